#include "cli/arguments_signer.hpp"

#include <CLI/CLI.hpp>

namespace clawback::cli {
namespace {

// Who signs: --key or --sign-in, and --as.
void add_signer(CLI::App& app, SignerArguments& into, std::string& timeout) {
  app.add_option("--key", into.key, "Your private key")->type_name("FILE");
  app.add_flag("--sign-in", into.sign_in, "Sign by signing in with Entra, instead of a key");
  app.add_option("--as", into.as, "Your name in the configuration")->type_name("NAME")->required();
  app.add_option("--browser", into.browser, "Program that opens the sign-in address")
      ->type_name("COMMAND");
  app.add_option("--sign-in-timeout", timeout, "How long the sign-in is waited for; default: 5m")
      ->type_name("DURATION");
}

CLI::App* add_decision(CLI::App& app, RawArguments& raw, const AddCommand& add,
                       SignArguments& into) {
  const bool rejects = into.rejects;
  auto* one = add(app, rejects ? "reject" : "approve",
                  rejects ? "Sign a final no" : "Sign a yes to exactly this plan",
                  [&into] { return Command(into); });
  one->add_option("plan", into.plan, "The plan")->type_name("FILE")->required();
  add_signer(*one, into.signer, raw.texts.sign_in_timeout);
  one->add_option("--reason", into.reason, "Why")->type_name("TEXT")->required();
  one->add_option("-o,--output", into.output,
                  "Where the signature is appended; default: FILE.approvals")
      ->type_name("FILE");
  return one;
}

}  // namespace

void add_signing_commands(CLI::App& app, RawArguments& raw, const AddCommand& add) {
  raw.reject.rejects = true;
  auto* approve = add_decision(app, raw, add, raw.approve);
  approve->add_flag("--break-glass", raw.approve.break_glass,
                    "Alone, in an emergency: reversible containment only; to be ratified in 24 h");
  approve->add_option("--expires", raw.texts.expires, "How long the approval holds")
      ->type_name("DURATION");
  add_decision(app, raw, add, raw.reject);
  auto* ratify = add(app, "ratify", "Agree afterwards to a run that one person approved",
                     [&raw] { return Command(raw.ratify); });
  ratify->add_option("run", raw.ratify.run, "The run's id, or its start")
      ->type_name("RUN")
      ->required();
  add_signer(*ratify, raw.ratify.signer, raw.texts.sign_in_timeout);
  ratify->add_option("--reason", raw.ratify.reason, "Why")->type_name("TEXT")->required();
  ratify->add_option("--policy", raw.ratify.policy, "The policy's folder")->type_name("FOLDER");
}

}  // namespace clawback::cli
