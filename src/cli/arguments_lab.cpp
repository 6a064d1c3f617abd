#include "cli/arguments_lab.hpp"

#include <CLI/CLI.hpp>

namespace clawback::cli {

void add_lab_options(CLI::App& lab, LabArguments& into) {
  lab.add_option("--port", into.port, "0: any free one")->type_name("PORT");
  lab.add_option("--users", into.users, "Its users; with the planted cases at least 14")
      ->type_name("N");
  lab.add_option("--apps", into.apps, "Besides the planted cases")->type_name("N");
  lab.add_option("--grants", into.grants, "Besides the planted cases")->type_name("N");
  lab.add_option("--seed", into.seed, "The same seed gives the same tenant")->type_name("N");
  lab.add_option("--latency", into.latency_ms, "Added to every answer")->type_name("MILLISECONDS");
  lab.add_option("-o,--output", into.output, "Where its clawback.toml goes")->type_name("FOLDER");
  lab.add_option("--faults", into.faults, "JSON list of what the service does wrong")
      ->type_name("FILE");

  lab.add_option("--visibility", into.visibility_ms, "Writes show up in reads only after this")
      ->type_name("MILLISECONDS");
  lab.add_flag("--no-planted", into.no_planted, "A tenant without the planted cases");
  lab.add_flag("--no-premium", into.no_premium, "A tenant without Entra ID P1: no sign-in logs");
  lab.add_flag("--create-ignores-disabled", into.create_ignores_disabled,
               "A service principal that is created is enabled, whatever was asked for");
  lab.add_option("--uncreatable", into.uncreatable,
                 "An application that is gone or disabled at its home")
      ->type_name("APP-ID");
  lab.add_flag("--mailbox-settings", into.mailbox_settings,
               "The identities may reach inbox rules, as disable-inbox-rule needs it");
  lab.add_option("--deny-read", into.deny_read, "A permission that the read identity lacks")
      ->type_name("PERMISSION");
  lab.add_option("--redirect", into.redirects,
                 "Where sign-ins may lead back to, besides http://localhost")
      ->type_name("URL");
  lab.add_option("--deny-write", into.deny_write, "A permission that the write identity lacks")
      ->type_name("PERMISSION");
}

}  // namespace clawback::cli
