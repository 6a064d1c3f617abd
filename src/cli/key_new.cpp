#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <filesystem>

#include "approval/approval.hpp"
#include "base/digest.hpp"
#include "base/file.hpp"
#include "base/safe_text.hpp"
#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/terminal.hpp"

namespace clawback::cli {
namespace {

constexpr std::size_t passphrase_min = 8;

Result<Secret> new_passphrase(const KeyNewArguments& arguments, const Context& context) {
  if (arguments.no_passphrase) return Secret();
  auto given = passphrase_from_environment(context);
  if (!given) return given.error();
  if (*given) return std::move(**given);
  if (!can_ask(context)) {
    return Error{.code = Errc::invalid,
                 .message = "a key needs a passphrase, and there is no terminal to ask for one",
                 .hint = "--passphrase-env NAME, or --no-passphrase"};
  }
  auto first = ask_passphrase("Passphrase for the new key: ", context);
  if (!first) return first.error();
  if (first->reveal().size() < passphrase_min) {
    return Error{.code = Errc::invalid,
                 .message = fmt::format("a passphrase has at least {} characters", passphrase_min)};
  }
  const auto second = ask_passphrase("Once more: ", context);
  if (!second) return second.error();
  if (first->reveal() != second->reveal()) {
    return Error{.code = Errc::invalid, .message = "the two passphrases differ"};
  }
  return std::move(*first);
}

}  // namespace

Result<int> execute(const KeyNewArguments& arguments, const Context& context) {
  std::error_code ec;
  if (std::filesystem::exists(std::filesystem::symlink_status(arguments.output, ec))) {
    return Error{.code = Errc::invalid,
                 .message = fmt::format("{} exists; a key is never overwritten",
                                        printable(arguments.output))};
  }
  const auto passphrase = new_passphrase(arguments, context);
  if (!passphrase) return passphrase.error();
  const auto key = approval::make_key(*passphrase);
  if (!key) return key.error();
  const auto written = write_file(arguments.output, key->private_pem.reveal());
  if (!written) return written.error();
  const std::string public_half = base64(key->public_key);
  context.console.result(
      json::object{
          {"schema", "clawback.key/1"}, {"file", arguments.output}, {"ed25519", public_half}},
      public_half + "\n");
  context.console.note(
      "An administrator registers it in clawback.toml: [[approver]] with name and ed25519.");
  return exit_code::done;
}

}  // namespace clawback::cli
