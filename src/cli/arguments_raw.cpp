#include "cli/arguments_raw.hpp"

#include <fmt/format.h>

#include "base/safe_text.hpp"
#include "cli/exports.hpp"
#include "policy/nearest.hpp"

namespace clawback::cli {
namespace {

template <class Store>
Result<void> read_duration(const std::string& option, const std::string& text, Store store) {
  if (text.empty()) return {};
  const auto value = parse_duration(text);
  if (!value) return within(option, value.error());
  store(*value);
  return {};
}

}  // namespace

Result<void> read_texts(RawArguments& raw) {
  if (!raw.texts.now.empty()) {
    const auto now = parse_time(raw.texts.now);
    if (!now) return within("--now", now.error());
    raw.global.now = *now;
  }
  const auto exports = read_exports(raw.texts.exports);
  if (!exports) return exports.error();
  raw.scan.exports = raw.plan.exports = raw.show.exports = *exports;
  raw.apply.exports = raw.resume.exports = raw.undo.exports = *exports;
  auto read = read_duration("--since", raw.texts.since, [&](Duration value) {
    raw.scan.input.since = raw.plan.input.since = raw.collect.since = value;
    raw.ask.input.since = value;
    raw.run.input.since = raw.watch.input.since = value;
  });
  if (!read) return read;
  read = read_duration("--expires", raw.texts.expires,
                       [&](Duration value) { raw.approve.expires = value; });
  if (!read) return read;
  read =
      read_duration("--every", raw.texts.every, [&](Duration value) { raw.watch.every = value; });
  if (!read) return read;
  read = read_duration("--sign-in-timeout", raw.texts.sign_in_timeout, [&](Duration value) {
    raw.approve.signer.sign_in_timeout = raw.reject.signer.sign_in_timeout =
        raw.ratify.signer.sign_in_timeout = value;
  });
  if (!read) return read;
  read = read_duration("--verify-gap", raw.texts.verify_gap, [&](Duration value) {
    raw.apply.verify_gap = raw.resume.verify_gap = value;
    raw.run.verify_gap = raw.watch.verify_gap = value;
  });
  if (!read) return read;
  return read_duration("--verify-window", raw.texts.verify_window, [&](Duration value) {
    raw.apply.verify_window = raw.resume.verify_window = value;
    raw.run.verify_window = raw.watch.verify_window = value;
  });
}

Error unknown_command(std::string_view command, const std::vector<std::string>& known,
                      std::string_view word) {
  std::string hint = policy::suggestion(word, known);
  if (hint.empty()) hint = "clawback --help lists the commands";
  return Error{.code = Errc::invalid,
               .message = fmt::format("there is no command \"{}\"", printable(command, 80)),
               .hint = std::move(hint)};
}

Error unknown_word(std::string_view command, std::string_view word,
                   const std::vector<std::string>& known) {
  std::string hint = word.starts_with('-') ? policy::suggestion(word, known) : std::string();
  const std::string space = command.empty() ? "" : " ";
  if (hint.empty()) hint = fmt::format("clawback{}{} --help", space, command);
  return Error{.code = Errc::invalid,
               .message = fmt::format("{}{}there is no place for \"{}\"", command,
                                      command.empty() ? "" : ": ", printable(word, 60)),
               .hint = std::move(hint)};
}

}  // namespace clawback::cli
