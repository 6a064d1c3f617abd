#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <set>

#include "base/digest.hpp"
#include "base/safe_text.hpp"
#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/plan_file.hpp"
#include "cli/requester.hpp"
#include "detect/answers.hpp"
#include "journal/answer_note.hpp"
#include "journal/memory_store.hpp"
#include "report/text_layout.hpp"
#include "report/words.hpp"

namespace clawback::cli {
namespace {

constexpr std::string_view key_prefix = "sha256:";
constexpr std::size_t start_min = 4;
constexpr std::size_t note_max = 1000;  // characters
constexpr std::size_t name_max = 100;
constexpr std::size_t listed_max = 5;

// What is known of the tenant's cases without looking at the tenant.
struct Known {
  std::set<std::string> cases;
  std::vector<journal::Asked> asked;
};

Result<Known> known_of(const Config& config, journal::Store& store) {
  Known out;
  auto remembered = journal::MemoryStore::open(*config.database);
  if (!remembered) return remembered.error();
  const auto memory = remembered->load(domain::TenantId(config.tenant_id));
  if (!memory) return memory.error();
  for (const domain::RememberedCase& one : memory->cases) out.cases.insert(one.key);
  const auto notes = store.notes(std::string(journal::asked_kind), {});
  if (!notes) return notes.error();
  for (const journal::AuditNote& note : *notes) {
    auto asked = journal::asked_from(note);
    if (!asked) return asked.error();
    if (asked->tenant.str() != config.tenant_id) continue;
    out.cases.insert(asked->case_key);
    out.asked.push_back(std::move(*asked));
  }
  return out;
}

Result<std::string> case_named(const std::string& wanted, const Known& known,
                               const Config& config) {
  const std::string text = to_lower(wanted);
  if (is_guid(text)) {
    auto key = detect::case_key(domain::TenantId(config.tenant_id), domain::AppId(text));
    if (known.cases.contains(key)) return key;
  }
  const std::string start = text.starts_with(key_prefix) ? text : std::string(key_prefix) + text;
  std::vector<std::string> found;
  if (start.size() >= key_prefix.size() + start_min) {
    for (const std::string& key : known.cases) {
      if (key.starts_with(start)) found.push_back(key);
    }
  }
  if (found.size() == 1) return found.front();
  if (found.empty()) {
    return Error{.code = Errc::not_found,
                 .message = fmt::format("no case \"{}\" is known in {}", printable(wanted, 80),
                                        printable(config.database->string())),
                 .hint =
                     "a case is known once `clawback scan` has seen it or `clawback ask` has "
                     "made a sheet"};
  }
  if (found.size() > listed_max) found.resize(listed_max);
  return Error{.code = Errc::invalid,
               .message = fmt::format("several cases begin with {}: {}", printable(wanted, 80),
                                      fmt::join(found, ", ")),
               .hint = "give more of it"};
}

Result<std::string> short_text(const std::string& option, const std::string& text,
                               std::size_t most) {
  // Cut or made printable it would not be what was said.
  const std::string clean = printable(text, most);
  if (clean == printable(text, text.size() + 1) && valid_utf8(text) == text) return clean;
  return Error{.code = Errc::invalid,
               .message = fmt::format("{}: up to {} characters of text", option, most),
               .hint = "one line, without control or invisible characters"};
}

Result<domain::UserAnswer> answer_from(const AnswerArguments& arguments, const Known& known,
                                       const Config& config, const Context& context) {
  const auto key = case_named(arguments.what, known, config);
  if (!key) return key.error();
  const auto by = short_text("--by", arguments.by, name_max);
  if (!by) return by.error();
  if (by->find_first_not_of(' ') == std::string::npos) {
    return Error{.code = Errc::invalid,
                 .message = "--by: who recorded it is missing",
                 .hint = "--by \"Your Name\": it stands in the audit log beside the answer"};
  }
  const auto note = short_text("--note", arguments.note, note_max);
  if (!note) return note.error();
  domain::UserAnswer answer{.case_key = *key,
                            .says = *domain::says_from(arguments.says),
                            .channel = *domain::channel_from(arguments.channel),
                            .time = context.now(),
                            .by = *by,
                            .account = local_account(context),
                            .note = *note};
  const std::string wanted = to_lower(arguments.user);
  for (const journal::Asked& asked : known.asked) {
    if (asked.case_key != *key) continue;
    if (to_lower(asked.user.str()) != wanted && to_lower(asked.user_principal_name) != wanted) {
      continue;
    }
    answer.user = asked.user;
    answer.user_principal_name = asked.user_principal_name;
    return answer;
  }
  // Somebody may have been asked without a sheet.
  if (is_guid(wanted)) {
    answer.user = domain::UserId(wanted);
  } else if (wanted.find('@') != std::string::npos && wanted.size() <= name_max * 2) {
    answer.user_principal_name = printable(arguments.user);
  } else {
    return Error{.code = Errc::invalid,
                 .message = fmt::format("--user {}: that is neither an object id nor a user "
                                        "principal name",
                                        printable(arguments.user, 80)),
                 .hint = "like dana@example.com, as the sheet and `clawback show` name the person"};
  }
  context.console.note(
      "note: no sheet was made for this person and case: the answer is kept as "
      "one of whom you name");
  return answer;
}

std::string_view what_follows(domain::Says says) {
  switch (says) {
    case domain::Says::mine:
      return "The case is to be reviewed by a person: nothing is released and nothing is sent "
             "unattended because of it. What was contained stays contained.";
    case domain::Says::not_mine:
      return "It counts from the next scan or pass on (signal D25).";
    case domain::Says::unsure:
      return "It is shown with the case and changes nothing.";
  }
  return "";
}

}  // namespace

Result<int> execute(const AnswerArguments& arguments, const Context& context) {
  const auto config = require_config(context);
  if (!config) return config.error();
  if (!config->database) {
    return Error{.code = Errc::invalid,
                 .message = "an answer needs a place where it is kept",
                 .hint =
                     "name a state database in the configuration: [state] database = "
                     "\"sqlite:///var/lib/clawback/clawback.db\""};
  }
  const auto store = open_store(*config);
  if (!store) return store.error();
  const auto known = known_of(*config, **store);
  if (!known) return known.error();
  const auto answer = answer_from(arguments, *known, *config, context);
  if (!answer) return answer.error();
  const auto kept = (*store)->note(journal::to_note(*answer, domain::TenantId(config->tenant_id)));
  if (!kept) return kept.error();
  const auto head = (*store)->head();
  if (!head) return head.error();
  const json::value value = json::object{{"schema", "clawback.answer/1"},
                                         {"case", answer->case_key},
                                         {"user", answer->user.str()},
                                         {"userPrincipalName", answer->user_principal_name},
                                         {"says", domain::name_of(answer->says)},
                                         {"channel", domain::name_of(answer->channel)},
                                         {"time", format_time(answer->time)},
                                         {"by", answer->by},
                                         {"account", answer->account},
                                         {"note", answer->note},
                                         {"auditHead", journal::to_text(*head)}};
  const report::TextOptions options = context.console.text_options();
  context.console.result(
      value, report::paragraph("Recorded: " + report::answer_words(*answer) + ".", options) +
                 report::paragraph(what_follows(answer->says), options) +
                 report::head_text(*head, options));
  return exit_code::done;
}

}  // namespace clawback::cli
