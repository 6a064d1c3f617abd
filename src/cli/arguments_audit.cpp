#include "cli/arguments_audit.hpp"

#include <CLI/CLI.hpp>

namespace clawback::cli {
namespace {

void add_switch(CLI::App& app, RawArguments& raw, const AddCommand& add) {
  using Act = KillSwitchArguments::Act;
  auto* kill_switch = add(app, "kill-switch", "Stops everything that would change a tenant", {});
  kill_switch->require_subcommand(1);
  const auto act = [&](const std::string& name, const std::string& what, Act which) {
    auto* one = add(*kill_switch, name, what, [&raw, which] {
      raw.kill_switch.act = which;
      return Command(raw.kill_switch);
    });
    if (which == Act::status) return;
    one->add_option("--reason", raw.kill_switch.reason, "Why")->type_name("TEXT")->required();
  };
  act("on", "No request leaves from now on", Act::on);
  act("off", "Sending may go on", Act::off);
  act("status", "Exit code 0: off, 5: on", Act::status);
}

}  // namespace

void add_audit_commands(CLI::App& app, RawArguments& raw, const AddCommand& add) {
  add(app, "runs", "The history", [] { return Command(RunsArguments{}); });
  auto* log = add(app, "log", "The audit log, newest last", [&raw] { return Command(raw.log); });
  log->add_option("--run", raw.log.run, "Only this run's: its id, or its start")->type_name("RUN");
  log->add_option("--limit", raw.log.limit, "Only the newest rows; default: 1000")
      ->type_name("N")
      ->check(CLI::PositiveNumber);
  log->add_flag("--whole", raw.log.whole,
                "With --json: signatures, ID tokens and signing keys too, not only their digests");
  auto* verify =
      add(*log, "verify", "Is it what was written?", [&raw] { return Command(raw.log_verify); });
  verify
      ->add_option("--head", raw.log_verify.head,
                   "The audit head of a report that was kept elsewhere: SEQ:HASH or HASH")
      ->type_name("HEAD");
  add_switch(app, raw, add);
}

}  // namespace clawback::cli
