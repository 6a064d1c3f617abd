#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "base/file.hpp"
#include "base/safe_text.hpp"
#include "cli/commands.hpp"
#include "cli/completion_words.hpp"
#include "cli/exit_code.hpp"
#include "cli/judged.hpp"
#include "cli/plan_file.hpp"
#include "cli/requester.hpp"
#include "detect/holders.hpp"
#include "journal/answer_note.hpp"
#include "report/ask_sheet.hpp"

namespace clawback::cli {
namespace {

constexpr std::size_t people_max = 200;
constexpr std::size_t told_max = 20;

std::string account_of(const domain::User& user) {
  return printable(user.user_principal_name ? *user.user_principal_name : user.id.str(), 120);
}

Error ask_whom(const detect::Holders& holders, const detect::HeldApp& app,
               const std::vector<domain::User>& people) {
  const std::string name = printable(app.name, 80);
  if (!people.empty()) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < std::min(people.size(), told_max); ++i) {
      names.push_back(account_of(people[i]));
    }
    if (people.size() > told_max)
      names.push_back(fmt::format("and {} more", people.size() - told_max));
    return {
        .code = Errc::invalid,
        .message =
            fmt::format("{} is held by {} people: {}", name, people.size(), fmt::join(names, ", ")),
        .hint = "--user USER makes the sheet of one of them, --everyone -o FOLDER one for each"};
  }
  if (holders.is_for_everyone(app)) {
    return {.code = Errc::invalid,
            .message = name + " was let in for everyone, and no sign-in shows who uses it",
            .hint = "say with --user who is to be asked"};
  }
  return {.code = Errc::not_found,
          .message = name + ": no user holds it, so that there is nobody to ask",
          .hint = "it has application permissions alone: ask who administers it"};
}

Result<std::vector<domain::User>> people_of(const AskArguments& arguments,
                                            const detect::Holders& holders,
                                            const detect::HeldApp& app) {
  auto people = holders.holders_of(app);
  if (!arguments.user.empty()) {
    auto user = holders.user(arguments.user);
    if (!user) return user.error();
    const auto apps = holders.apps_of(user->id);
    if (std::find(apps.begin(), apps.end(), app) != apps.end()) {
      return std::vector<domain::User>{std::move(*user)};
    }
    return Error{.code = Errc::not_found,
                 .message = fmt::format("{}: nothing shows that {} has it", printable(app.name, 80),
                                        account_of(*user)),
                 .hint = "a sheet without it would ask for nothing"};
  }
  if (people.empty() || (people.size() > 1 && !arguments.everyone)) {
    return ask_whom(holders, app, people);
  }
  if (people.size() <= people_max) return people;
  return Error{.code = Errc::invalid,
               .message = fmt::format("{} is held by {} people: sheets are made for {} at most",
                                      printable(app.name, 80), people.size(), people_max),
               .hint = "ask some of them: --user USER"};
}

report::AskSheet sheet_of(const domain::User& person, const std::vector<detect::HeldApp>& apps,
                          Time now) {
  report::AskSheet sheet{.person = person, .date = format_time(now).substr(0, 10), .programs = {}};
  for (const detect::HeldApp& app : apps) {
    sheet.programs.push_back({.name = app.name, .app_id = app.app_id.str()});
  }
  return sheet;
}

bool is_folder(const AskArguments& arguments, const Context& context) {
  const bool named = !arguments.output.empty() && arguments.output != "-";
  return named && arguments.everyone && !context.console.style().json;
}

// Before it is journalled that there is a sheet.
Result<void> check_place(const AskArguments& arguments, const Context& context) {
  if (arguments.output.empty() || arguments.output == "-") return {};
  if (!is_folder(arguments, context)) return can_write_file(arguments.output);
  if (const auto made = make_folder(arguments.output); !made) return made;
  return can_write_file(std::filesystem::path(arguments.output) / "sheet");
}

// Who made a sheet about which case, and for whom.
Result<void> keep(const Judged& judged, const detect::HeldApp& app,
                  const std::vector<domain::User>& people, const Context& context) {
  const bool ours = judged.config && judged.config->tenant_id == judged.snapshot.tenant.str();
  if (!judged.state || !ours) {
    context.console.note("note: nothing is journalled: no state database is used for this tenant");
    return {};
  }
  const auto store = open_store(*judged.config);
  if (!store) return store.error();
  for (const domain::User& person : people) {
    const journal::Asked asked{.tenant = judged.snapshot.tenant,
                               .case_key = app.case_key,
                               .app = app.app_id,
                               .user = person.id,
                               .user_principal_name = person.user_principal_name.value_or(""),
                               .account = local_account(context)};
    const auto kept = (*store)->note(journal::to_note(asked, context.now()));
    if (!kept) return kept.error();
  }
  return {};
}

// For the responder alone, and never on the sheet.
void tell(const detect::HeldApp& app, const domain::User& person,
          const std::vector<detect::HeldApp>& apps, const Context& context) {
  const auto at = std::find(apps.begin(), apps.end(), app);
  context.console.note(fmt::format("{}: the case is entry {} of {}, {}", account_of(person),
                                   at - apps.begin() + 1, apps.size(), printable(app.name, 80)));
  if (apps.size() == 1) {
    context.console.note(
        "  it is the only one, so that the sheet can't hide which one is meant: talk of devices "
        "and mail programs in general first");
  }
  // By id: a name is what somebody else wrote, and this line is pasted into a shell.
  context.console.note(fmt::format(
      "  record it: clawback answer {} --user {} --says mine|not-mine|unsure --by NAME --channel "
      "phone|in-person|other",
      app.case_key, sh_quoted(person.id.str())));
}

// A name for a file from one that may be hostile.
std::string file_name(std::size_t number, const domain::User& person, std::string_view format) {
  std::string name;
  for (const char c : account_of(person).substr(0, 60)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    name += plain || c == '-' || c == '.' || c == '@' ? c : '_';
  }
  return fmt::format("{:03}-{}.{}", number, name, format == "html" ? "html" : "txt");
}

std::string written(const report::AskSheet& sheet, std::string_view format) {
  return format == "html" ? report::sheet_html(sheet) : report::sheet_text(sheet);
}

Result<void> write_folder(const std::vector<report::AskSheet>& sheets,
                          const AskArguments& arguments) {
  const std::filesystem::path folder(arguments.output);
  std::size_t number = 0;
  for (const report::AskSheet& sheet : sheets) {
    const auto done = write_file(folder / file_name(++number, sheet.person, arguments.format),
                                 written(sheet, arguments.format));
    if (!done) return done;
  }
  return {};
}

Result<void> write_sheets(const std::vector<report::AskSheet>& sheets,
                          const AskArguments& arguments, const Context& context) {
  const std::string file = arguments.output.empty() ? "-" : arguments.output;
  if (context.console.style().json) {
    return write_output(file, report::json_text(report::sheets_json(sheets)), context);
  }
  if (is_folder(arguments, context)) return write_folder(sheets, arguments);
  std::string text;
  for (const report::AskSheet& sheet : sheets) {
    text += (text.empty() ? "" : "\n\f\n") + written(sheet, arguments.format);
  }
  return write_output(file, text, context);
}

}  // namespace

Result<int> execute(const AskArguments& arguments, const Context& context) {
  auto judged = judge_only(arguments.input, context);
  if (!judged) return judged.error();
  const domain::Memory* memory = nullptr;
  if (judged->state) {
    const auto loaded = judged->state->load(judged->snapshot);
    if (!loaded) return loaded.error();
    memory = *loaded;
  }
  const detect::Holders holders(judged->snapshot, judged->policy, memory);
  const auto app = holders.find(arguments.what);
  if (!app) return app.error();
  const auto people = people_of(arguments, holders, *app);
  if (!people) return people.error();
  if (const auto fine = check_place(arguments, context); !fine) return fine.error();
  if (const auto kept = keep(*judged, *app, *people, context); !kept) return kept.error();
  std::vector<report::AskSheet> sheets;
  for (const domain::User& person : *people) {
    const auto apps = holders.apps_of(person.id);
    sheets.push_back(sheet_of(person, apps, context.now()));
    tell(*app, person, apps, context);
  }
  context.console.note(
      "never by mail or chat of this tenant: whoever reads the mailbox reads it too");
  if (const auto done = write_sheets(sheets, arguments, context); !done) return done.error();
  return exit_code::done;
}

}  // namespace clawback::cli
