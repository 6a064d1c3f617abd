#include "cli/arguments_knowing.hpp"

#include <CLI/CLI.hpp>

namespace clawback::cli {
namespace {

void policy(CLI::App* app, std::string& into) {
  app->add_option("--policy", into, "The policy's folder")->type_name("FOLDER");
}

void add_policies(CLI::App& app, RawArguments& raw, const AddCommand& add) {
  auto* policies = add(app, "policy", "The rules", {});
  policies->require_subcommand(1);
  auto* check = add(*policies, "check", "Validate a policy", [&raw] { return Command(raw.check); });
  check->add_option("folder", raw.check.folder, "The policy")->type_name("FOLDER");
  auto* shown =
      add(*policies, "show", "Print the effective policy", [&raw] { return Command(raw.shown); });
  shown->add_option("folder", raw.shown.folder, "The policy")->type_name("FOLDER");
  shown->add_flag("--rules", raw.shown.rules, "Every signal and guard: what, why, weight, data");
  shown->add_flag("--markdown", raw.shown.markdown, "With --rules: the page of the documentation")
      ->needs("--rules");
  auto* test =
      add(*policies, "test", "Run the rules' own tests", [&raw] { return Command(raw.test); });
  test->add_option("folder", raw.test.folder, "The policy")->type_name("FOLDER");
}

void add_catalog(CLI::App& app, RawArguments& raw, const AddCommand& add) {
  auto* catalog = add(app, "catalog", "The known applications", {});
  catalog->require_subcommand(1);
  auto* list =
      add(*catalog, "list", "All of them, with sources", [&raw] { return Command(raw.catalog); });
  policy(list, raw.catalog.policy);
  auto* entry = add(*catalog, "show", "One of them, with all that is known",
                    [&raw] { return Command(raw.catalog_show); });
  entry->add_option("what", raw.catalog_show.what, "An app id or a name")
      ->type_name("ID|NAME")
      ->required();
  policy(entry, raw.catalog_show.policy);
  auto* sound = add(*catalog, "check", "Refuse what must not be in a catalog",
                    [&raw] { return Command(raw.catalog_check); });
  sound->add_option("files", raw.catalog_check.files, "Besides those that the policy names")
      ->type_name("FILE");
  policy(sound, raw.catalog_check.policy);
}

}  // namespace

void add_knowing_commands(CLI::App& app, RawArguments& raw, const AddCommand& add) {
  add_policies(app, raw, add);
  add_catalog(app, raw, add);
}

}  // namespace clawback::cli
