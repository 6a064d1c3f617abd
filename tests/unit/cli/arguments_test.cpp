#include "cli/arguments.hpp"

#include <doctest/doctest.h>

using namespace clawback;
using namespace clawback::cli;

namespace {

template <class T>
T parsed(const std::vector<std::string>& words) {
  const auto result = parse_arguments(words);
  REQUIRE(result);
  const auto* invocation = std::get_if<Invocation>(&*result);
  REQUIRE(invocation != nullptr);
  const T* command = std::get_if<T>(&invocation->command);
  REQUIRE(command != nullptr);
  return *command;
}

Global globals(const std::vector<std::string>& words) {
  const auto result = parse_arguments(words);
  REQUIRE(result);
  REQUIRE(std::holds_alternative<Invocation>(*result));
  return std::get<Invocation>(*result).global;
}

}  // namespace

TEST_CASE("arguments: global flags stand before or after the command") {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"--json", "--config", "c.toml", "runs"},
        std::vector<std::string>{"runs", "--json", "--config", "c.toml"},
        std::vector<std::string>{"--json", "runs", "--config=c.toml"}}) {
    const Global global = globals(words);
    CHECK(global.json);
    CHECK(global.config == "c.toml");
  }
}

TEST_CASE("arguments: evidence takes several paths") {
  const auto scan = parsed<ScanArguments>(
      {"scan", "--evidence", "a.json", "b", "--since", "7d", "--policy", "p", "-o", "-"});
  CHECK(scan.input.evidence == std::vector<std::string>{"a.json", "b"});
  CHECK(scan.input.since == std::chrono::days(7));
  CHECK(scan.input.policy == "p");
  CHECK(scan.output == "-");
  CHECK(parsed<ScanArguments>({"scan", "--evidence", "-", "--json"}).input.evidence ==
        std::vector<std::string>{"-"});
  CHECK(parsed<PlanArguments>({"plan"}).input.since == std::chrono::days(30));
}

TEST_CASE("arguments: every command is understood") {
  CHECK(parsed<CollectArguments>({"collect", "-o", "d"}).folder == "d");
  CHECK(parsed<ShowArguments>({"show", "-"}).what == "-");
  const auto approve = parsed<SignArguments>({"approve", "p.json", "--key", "k", "--as",
                                              "Dana Reyes", "--reason", "why", "--expires", "2h"});
  CHECK(approve.signer.as == "Dana Reyes");
  CHECK(approve.expires == std::chrono::hours(2));
  CHECK_FALSE(approve.rejects);
  CHECK(parsed<SignArguments>({"reject", "p", "--key", "k", "--as", "a", "--reason", "r"}).rejects);
  CHECK(parsed<ApplyArguments>({"apply", "p", "--verify-window", "30s"}).verify_window ==
        std::chrono::seconds(30));
  CHECK(parsed<ResumeArguments>({"resume", "5e"}).run == "5e");
  CHECK(parsed<UndoArguments>({"undo", "5e", "-o", "u"}).output == "u");
  CHECK(parsed<LogArguments>({"log", "--run", "5e", "--limit", "7"}).limit == 7);
  CHECK(parsed<LogArguments>({"log"}).limit == 1000);
  CHECK(parsed<LogVerifyArguments>({"log", "verify", "--head", "1:a"}).head == "1:a");
  using Act = KillSwitchArguments::Act;
  const auto stop = parsed<KillSwitchArguments>({"kill-switch", "on", "--reason", "r"});
  CHECK(stop.act == Act::on);
  CHECK(stop.reason == "r");
  CHECK(parsed<KillSwitchArguments>({"kill-switch", "off", "--reason", "r"}).act == Act::off);
  CHECK(parsed<KillSwitchArguments>({"kill-switch", "status"}).act == Act::status);
  CHECK(parsed<PolicyCheckArguments>({"policy", "check", "f"}).folder == "f");
  CHECK(parsed<PolicyShowArguments>({"policy", "show"}).folder.empty());
  CHECK(parsed<PolicyTestArguments>({"policy", "test", "f"}).folder == "f");
  CHECK(parsed<CatalogListArguments>({"catalog", "list", "--policy", "f"}).policy == "f");
  CHECK(parsed<CatalogShowArguments>({"catalog", "show", "eM Client"}).what == "eM Client");
  CHECK(parsed<CatalogCheckArguments>({"catalog", "check"}).files.empty());
  CHECK(parsed<CatalogCheckArguments>({"catalog", "check", "a", "b"}).files.size() == 2);
  CHECK_FALSE(parsed<PolicyShowArguments>({"policy", "show"}).rules);
  CHECK(parsed<PolicyShowArguments>({"policy", "show", "--rules"}).rules);
  CHECK(parsed<PolicyShowArguments>({"policy", "show", "--rules", "--markdown"}).markdown);
  CHECK(parsed<DoctorArguments>({"doctor"}).policy.empty());
  CHECK(parsed<LabArguments>({"lab", "--users", "7", "--latency", "20"}).latency_ms == 20);
  CHECK(parsed<KeyNewArguments>({"key", "new", "-o", "k", "--no-passphrase"}).no_passphrase);
  CHECK(parsed<DemoArguments>({"demo"}).keep == "demo-output");
  CHECK(globals({"runs", "--now", "2026-11-23T03:04:09Z"}).now ==
        *parse_time("2026-11-23T03:04:09Z"));
}

TEST_CASE("arguments: what can't be used is refused, with a suggestion") {
  struct Case {
    std::string_view name;
    std::vector<std::string> words;
    std::string_view said;
  };
  const Case cases[] = {
      {"mistyped command", {"scna"}, "did you mean \"scan\"?"},
      {"unknown command", {"frobnicate"}, "no command \"frobnicate\""},
      {"mistyped option", {"scan", "--polcy", "x"}, "did you mean \"--policy\"?"},
      {"too much", {"runs", "extra"}, "no place for \"extra\""},
      {"no subcommand", {"policy"}, "subcommand"},
      {"unknown subcommand", {"policy", "frob"}, ""},
      {"missing file", {"apply"}, "plan"},
      {"missing reason", {"approve", "p", "--key", "k", "--as", "a"}, "--reason"},
      {"bad duration", {"scan", "--since", "soon"}, "--since"},
      {"bad time", {"scan", "--now", "today"}, "--now"},
      {"not a number", {"lab", "--port", "http"}, "port"},
      {"hostile word", {"sc\x1b[2Jan"}, "<U+001B>"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    const auto result = parse_arguments(c.words);
    REQUIRE_FALSE(result);
    CHECK(result.error().code == Errc::invalid);
    const std::string said = result.error().message + " " + result.error().hint;
    CAPTURE(said);
    CHECK(said.find(c.said) != std::string::npos);
  }
}

TEST_CASE("arguments: help is an answer, not an error") {
  struct Case {
    std::vector<std::string> words;
    std::string_view holds;
  };
  const Case cases[] = {{{}, "scan"},
                        {{"--help"}, "apply"},
                        {{"scan", "--help"}, "--evidence"},
                        {{"key", "new", "--help"}, "--no-passphrase"},
                        {{"--version"}, "clawback 0."}};
  for (const Case& c : cases) {
    const auto result = parse_arguments(c.words);
    REQUIRE(result);
    REQUIRE(std::holds_alternative<Help>(*result));
    const std::string text = std::get<Help>(*result).text;
    CAPTURE(text);
    CHECK(text.find(c.holds) != std::string::npos);
  }
}
