#include "cli/arguments_parts.hpp"

#include <CLI/CLI.hpp>

#include "cli/arguments_verify.hpp"

namespace clawback::cli {
namespace {

constexpr const char* asks = "The registered person who asks for it; default: this account";

void pass_options(CLI::App& pass, RawArguments& raw, PassArguments& into) {
  pass.add_option("--since", raw.texts.since, "How far back logs are read")->type_name("DURATION");
  pass.add_option("--policy", into.input.policy, "The policy's folder")->type_name("FOLDER");
  pass.add_option("--tenant", into.input.tenant, "Name or id; anything else is refused")
      ->type_name("NAME");
  add_verify_options(pass, raw.texts);
}

}  // namespace

void add_globals(CLI::App& app, RawArguments& raw) {
  const std::string group = "Everywhere";
  app.add_option("--config", raw.global.config, "clawback.toml")->group(group)->type_name("FILE");
  app.add_flag("--json", raw.global.json, "Machine output on stdout, and nothing else there")
      ->group(group);
  app.add_flag("--quiet,-q", raw.global.quiet, "No notes and no progress")->group(group);
  app.add_flag("--verbose,-v", raw.global.verbose, "More of both")->group(group);
  app.add_flag("--no-color", raw.global.no_color, "No colours")->group(group);
  app.add_flag("--log-journal", raw.global.log_journal, "Notes and errors to systemd's journal")
      ->group(group);
  app.add_flag("--yes", raw.global.yes, "No prompt; never replaces an approval")->group(group);
  app.add_option("--passphrase-env", raw.global.passphrase_env,
                 "Variable that holds the key's passphrase")
      ->group(group)
      ->type_name("NAME");
  app.add_option("--now", raw.texts.now, "A fixed clock, RFC 3339")
      ->group(group)
      ->type_name("TIME");
}

void add_export_option(CLI::App& app, RawArguments::Texts& into) {
  app.add_option("--export", into.exports,
                 "Write csv, csv-actions, sarif, ocsf, stix or markdown; can be repeated")
      ->type_name("FORMAT=FILE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void add_plan_options(CLI::App& plan, PlanArguments& into) {
  plan.add_option("--as", into.as, asks)->type_name("NAME");
}

void add_undo_options(CLI::App& undo, UndoArguments& into) {
  undo.add_option("--as", into.as, asks)->type_name("NAME");
  auto* only = undo.add_option("--only-user", into.only_user,
                               "Only what the run took from this user: object id or user "
                               "principal name");
  only->type_name("USER");
  undo.add_flag("--with-app", into.with_app,
                "With --only-user: enable the application again too, for everyone")
      ->needs(only);
}

void add_serve_command(CLI::App& app, RawArguments& raw, const AddCommand& add) {
  auto* serve = add(app, "serve", "The web console: look, approve, reject; it sends nothing",
                    [&raw] { return Command(raw.serve); });
  serve->add_option("--listen", raw.serve.listen, "Where; default: [console] listen")
      ->type_name("ADDRESS:PORT");
  serve->add_option("--policy", raw.serve.policy, "The policy's folder")->type_name("FOLDER");
}

void add_pass_commands(CLI::App& app, RawArguments& raw, const AddCommand& add) {
  auto* run = add(app, "run", "One scheduled pass: scan, plan, then what each rule allows",
                  [&raw] { return Command(raw.run); });
  auto* watch = add(app, "watch", "The same again and again, as a service",
                    [&raw] { return Command(raw.watch); });
  pass_options(*run, raw, raw.run);
  pass_options(*watch, raw, raw.watch);
  watch->add_option("--every", raw.texts.every, "From one pass to the next; default 15m")
      ->type_name("DURATION");
}

}  // namespace clawback::cli
