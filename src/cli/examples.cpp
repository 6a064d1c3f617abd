#include <map>

#include "cli/command_tree.hpp"

namespace clawback::cli {
namespace {

// By command. Plain words and double quotes only; a test reads every line as a command line.
const std::map<std::string, std::vector<std::string>>& table() {
  static const std::map<std::string, std::vector<std::string>> examples = {
      {"", {"clawback demo", "clawback scan --evidence exports/", "clawback plan -o plan.json"}},
      {"answer",
       {"clawback answer e9a7fea1-1cc0-4cd9-a31b-9137ca5deedd --user ada@contoso.example --says "
        "not-mine --by \"Dana Reyes\" --channel phone",
        "clawback answer sha256:4f2a --user ada@contoso.example --says mine --by \"Dana Reyes\" "
        "--channel in-person --note \"set it up in May, on the old laptop\""}},
      {"apply", {"clawback apply plan.json", "clawback apply plan.json --verify-window 30m"}},
      {"approve",
       {"clawback approve plan.json --key dana.key --as \"Dana Reyes\" --reason \"INC-4711\"",
        "clawback approve plan.json --sign-in --as \"Dana Reyes\" --reason \"INC-4711\""}},
      {"ask",
       {"clawback ask e9a7fea1-1cc0-4cd9-a31b-9137ca5deedd --user ada@contoso.example",
        "clawback ask sha256:4f2a --everyone -o sheets",
        "clawback ask sha256:4f2a --evidence exports/ --format html -o sheet.html"}},
      {"catalog", {"clawback catalog show \"eM Client\""}},
      {"catalog check", {"clawback catalog check", "clawback catalog check our-clients.toml"}},
      {"catalog list", {"clawback catalog list", "clawback catalog list --json"}},
      {"catalog show",
       {"clawback catalog show \"eM Client\"",
        "clawback catalog show e9a7fea1-1cc0-4cd9-a31b-9137ca5deedd"}},
      {"collect", {"clawback collect -o evidence-monday --since 14d"}},
      {"completion",
       {"clawback completion bash > ~/.local/share/bash-completion/completions/clawback",
        "clawback completion zsh > ~/.zfunc/_clawback",
        "clawback completion fish > ~/.config/fish/completions/clawback.fish"}},
      {"demo", {"clawback demo", "clawback demo --keep first-look"}},
      {"doctor", {"clawback doctor", "clawback doctor --json"}},
      {"key", {"clawback key new -o dana.key"}},
      {"key new", {"clawback key new -o dana.key"}},
      {"kill-switch", {"clawback kill-switch on --reason \"INC-4711: wrong tenant\""}},
      {"kill-switch off", {"clawback kill-switch off --reason \"INC-4711 is over\""}},
      {"kill-switch on", {"clawback kill-switch on --reason \"INC-4711: wrong tenant\""}},
      {"kill-switch status", {"clawback kill-switch status"}},
      {"lab", {"clawback lab -o lab", "clawback lab --users 500 --seed 7 -o lab"}},
      {"log", {"clawback log --limit 50", "clawback log --run 3f2a --json"}},
      {"log verify", {"clawback log verify", "clawback log verify --head 1042:9c1f"}},
      {"man", {"clawback man scan", "clawback man -o man1"}},
      {"notify", {"clawback notify test"}},
      {"notify test", {"clawback notify test"}},
      {"plan",
       {"clawback plan -o plan.json", "clawback plan -o plan.json --as \"Dana Reyes\" --since 14d",
        "clawback plan --evidence exports/ -o plan.json --report plan.html"}},
      {"policy", {"clawback policy check policies/ours", "clawback policy test"}},
      {"policy check", {"clawback policy check", "clawback policy check policies/ours"}},
      {"policy show", {"clawback policy show", "clawback policy show --rules"}},
      {"policy test", {"clawback policy test policies/ours"}},
      {"ratify",
       {"clawback ratify 3f2a --key sam.key --as \"Sam Okafor\" --reason \"agreed afterwards\""}},
      {"reject",
       {"clawback reject plan.json --key dana.key --as \"Dana Reyes\" --reason \"wrong client\""}},
      {"resume", {"clawback resume 3f2a", "clawback resume 3f2a --approvals newer.approvals"}},
      {"run", {"clawback run", "clawback run --since 7d --log-journal"}},
      {"runs", {"clawback runs", "clawback runs --json"}},
      {"scan",
       {"clawback scan", "clawback scan --evidence exports/ --report findings.html",
        "clawback scan --json -o findings.json --since 14d"}},
      {"serve", {"clawback serve", "clawback serve --listen 127.0.0.1:8443"}},
      {"show",
       {"clawback show plan.json", "clawback show plan.json --against earlier.json",
        "clawback show 3f2a"}},
      {"undo",
       {"clawback undo 3f2a -o undo.json",
        "clawback undo 3f2a --only-user ada@contoso.example -o undo.json"}},
      {"watch", {"clawback watch --every 15m"}},
  };
  return examples;
}

}  // namespace

std::vector<std::string> examples_of(const std::string& command) {
  const auto found = table().find(command);
  return found != table().end() ? found->second : std::vector<std::string>();
}

}  // namespace clawback::cli
