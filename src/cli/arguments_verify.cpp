#include "cli/arguments_verify.hpp"

#include <CLI/CLI.hpp>

namespace clawback::cli {

void add_verify_options(CLI::App& app, RawArguments::Texts& into) {
  app.add_option("--verify-window", into.verify_window,
                 "How long an effect may take to show; default: 15m")
      ->type_name("DURATION");
  app.add_option("--verify-gap", into.verify_gap,
                 "How far apart the two reads are that must show it; default: 30s")
      ->type_name("DURATION");
}

}  // namespace clawback::cli
