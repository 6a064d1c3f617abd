#include "cli/arguments_ask.hpp"

#include <CLI/CLI.hpp>

#include "cli/arguments_tree.hpp"

namespace clawback::cli {
namespace {

constexpr const char* which = "A case's key or its start, or an app id";

}  // namespace

void add_ask_commands(CLI::App& app, RawArguments& raw, const AddCommand& add,
                      const AddInput& add_input) {
  auto* ask = add(app, "ask", "A neutral sheet for asking a person which applications are theirs",
                  [&raw] { return Command(raw.ask); });
  ask->add_option("case", raw.ask.what, which)->type_name("CASE")->required();
  auto* user = ask->add_option("--user", raw.ask.user,
                               "Who is asked: object id or user principal "
                               "name");
  user->type_name("USER");
  ask->add_flag("--everyone", raw.ask.everyone,
                "A sheet for each person of the case; with -o, a folder of them")
      ->excludes(user);
  one_of(*ask->add_option("--format", raw.ask.format, "html is for printing; default: text"),
         {"text", "html"});
  ask->add_option("-o,--output", raw.ask.output, "Write the sheet")->type_name("FILE");
  add_input(ask, raw.ask.input);
  auto* answer = add(app, "answer", "Record what a person said who was asked",
                     [&raw] { return Command(raw.answer); });
  answer->add_option("case", raw.answer.what, which)->type_name("CASE")->required();
  answer->add_option("--user", raw.answer.user, "Whose answer: object id or user principal name")
      ->type_name("USER")
      ->required();
  auto* says = answer->add_option("--says", raw.answer.says, "Whether it is theirs");
  one_of(*says, {"mine", "not-mine", "unsure"});
  says->required();
  answer->add_option("--by", raw.answer.by, "Who asked and records it")
      ->type_name("NAME")
      ->required();
  one_of(*answer->add_option("--channel", raw.answer.channel,
                             "How they were asked: never by mail; default: other"),
         {"phone", "in-person", "other"});
  answer->add_option("--note", raw.answer.note, "In their words, up to 1000 characters")
      ->type_name("TEXT");
}

}  // namespace clawback::cli
