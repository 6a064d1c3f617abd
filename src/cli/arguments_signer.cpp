#include "cli/arguments_signer.hpp"

#include <CLI/CLI.hpp>

namespace clawback::cli {

void add_signer_options(CLI::App& app, SignerArguments& into, std::string& timeout) {
  app.add_option("--key", into.key, "Your private key")->type_name("FILE");
  app.add_flag("--sign-in", into.sign_in, "Sign by signing in with Entra, instead of a key");
  app.add_option("--as", into.as, "Your name in the configuration")->type_name("NAME")->required();
  app.add_option("--browser", into.browser, "Program that opens the sign-in address")
      ->type_name("COMMAND");
  app.add_option("--sign-in-timeout", timeout, "How long the sign-in is waited for; default: 5m")
      ->type_name("DURATION");
}

}  // namespace clawback::cli
