#include <doctest/doctest.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <sstream>

#include "base/digest.hpp"
#include "base/file.hpp"
#include "cli/lab_faults.hpp"
#include "cli/plan_file.hpp"
#include "cli/policy_files.hpp"
#include "cli/rule_test.hpp"
#include "support/folder.hpp"

using namespace clawback;
using namespace clawback::cli;
using test::Folder;

namespace {

const std::filesystem::path shipped =
    std::filesystem::path(CLAWBACK_SOURCE_DIR) / "policies/default";

// A folder, and a command's surroundings that print nowhere.
struct Bench {
  Folder folder;
  std::ostringstream sink;
  Console console{sink, sink, {}};
  Global global;
  Environment environment = [](const std::string&) { return std::nullopt; };
  Context context{.global = global, .console = console, .environment = environment, .started = {}};
};

}  // namespace

TEST_CASE("policy files: the shipped policy is found above the program and is valid") {
  const auto folder = shipped_policy();
  REQUIRE(folder);
  CHECK(std::filesystem::equivalent(*folder, shipped));
  const auto policy = load_policy({}, nullptr);
  REQUIRE(policy);
  CHECK_FALSE(policy->rules.empty());
}

TEST_CASE("policy files: the folder is the command line's, the configuration's, the shipped one") {
  Config config;
  CHECK(*policy_folder("given", &config) == "given");
  config.policy = "configured";
  CHECK(*policy_folder({}, &config) == "configured");
  CHECK(*policy_folder("given", &config) == "given");
}

TEST_CASE("policy files: a digest does not depend on where the policy lies") {
  const Folder copy;
  std::filesystem::copy(shipped.parent_path(), copy.path, std::filesystem::copy_options::recursive);
  const auto here = load_policy(shipped.string(), nullptr);
  const auto there = load_policy((copy.path / "default").string(), nullptr);
  REQUIRE(here);
  REQUIRE(there);
  CHECK(here->digest == there->digest);
  CHECK(here->catalog.digest == there->catalog.digest);
}

TEST_CASE("policy files: a folder without a policy is unusable") {
  const Folder empty;
  const auto policy = load_policy(empty.path.string(), nullptr);
  REQUIRE_FALSE(policy);
  CHECK(policy.error().code == Errc::invalid);
}

TEST_CASE("rule tests: every shipped rule passes its own, and a wrong expectation fails") {
  const auto policy = load_policy(shipped.string(), nullptr);
  REQUIRE(policy);
  for (const policy::Rule& rule : policy->rules) {
    for (policy::RuleTest test : rule.tests) {
      CAPTURE(rule.id);
      CAPTURE(test.name);
      const auto outcome = try_rule(*policy, rule, test);
      REQUIRE(outcome);
      CHECK(outcome->passed());
      test.plan.push_back("disable-app nobody");
      const auto wrong = try_rule(*policy, rule, test);
      REQUIRE(wrong);
      CHECK_FALSE(wrong->passed());
    }
  }
}

TEST_CASE("approvals: one envelope a line; no file is no approval") {
  const Folder folder;
  CHECK(read_envelopes((folder.path / "absent").string())->empty());
  const auto lines = read_envelopes(folder.put("two", "{\"a\":1}\n\n  \n{\"b\":2}"));
  REQUIRE(lines);
  CHECK(*lines == std::vector<std::string>{"{\"a\":1}", "{\"b\":2}"});
  CHECK(approvals_of("plan.json", "") == "plan.json.approvals");
  CHECK(approvals_of("plan.json", "other") == "other");
}

TEST_CASE("approvals: what is appended is kept, for its owner only") {
  Bench bench;
  const Context& context = bench.context;
  const std::string file = (bench.folder.path / "approvals").string();
  REQUIRE(append_envelope(file, "one", context));
  REQUIRE(append_envelope(file, "two", context));
  CHECK(*read_file(file) == "one\ntwo\n");
  using std::filesystem::perms;
  CHECK((std::filesystem::status(file).permissions() & (perms::group_all | perms::others_all)) ==
        perms::none);
}

TEST_CASE("approvals: of what could not be appended nothing stays") {
  Bench bench;
  const Context& context = bench.context;
  const std::string file = (bench.folder.path / "approvals").string();
  REQUIRE(append_envelope(file, "one", context));
  // The disk is full in the middle of the second one.
  const auto before = std::signal(SIGXFSZ, SIG_IGN);
  rlimit usual{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &usual) == 0);
  const rlimit small{.rlim_cur = 10, .rlim_max = usual.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  const auto cut = append_envelope(file, "a second one", context);
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &usual) == 0);
  std::signal(SIGXFSZ, before);
  REQUIRE_FALSE(cut);
  CHECK(cut.error().message.find("File too large") != std::string::npos);
  CHECK(*read_file(file) == "one\n");
  REQUIRE(append_envelope(file, "two", context));
  CHECK(*read_envelopes(file) == std::vector<std::string>{"one", "two"});
}

TEST_CASE("plan files: what is not a plan is named") {
  const Folder folder;
  struct Case {
    std::string_view name;
    std::string_view text;
  };
  const Case cases[] = {
      {"empty", ""}, {"not JSON", "{"}, {"not a plan", "{\"schema\":\"x\"}"}, {"a list", "[]"}};
  for (const Case& c : cases) {
    CAPTURE(c.name);
    const auto plan = read_plan(folder.put("plan.json", c.text));
    REQUIRE_FALSE(plan);
    CHECK(plan.error().code == Errc::invalid);
  }
  const auto absent = read_plan((folder.path / "nothing").string());
  REQUIRE_FALSE(absent);
  CHECK(absent.error().code == Errc::not_found);
}

TEST_CASE("lab faults: a list of known kinds, or an error that names the entry") {
  const Folder folder;
  const auto faults = read_faults(folder.put(
      "good", R"([{"kind":"status","operation":"user_get","status":429,"retryAfter":"1","times":-1},
                  {"kind":"reset-after","after":2}])"));
  REQUIRE(faults);
  REQUIRE(faults->size() == 2);
  CHECK((*faults)[0].status == 429);
  CHECK((*faults)[0].times == -1);
  CHECK((*faults)[1].operation == "*");
  for (const std::string_view text : {"{}", "[{}]", "[{\"kind\":\"bad\"}]", "["}) {
    CAPTURE(text);
    CHECK_FALSE(read_faults(folder.put("bad", text)));
  }
}
