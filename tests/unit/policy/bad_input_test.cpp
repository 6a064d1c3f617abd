#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string_view>

#include "files.hpp"

using namespace clawback;
using namespace clawback::policy;
using namespace clawback::policy::test;

namespace {

struct Case {
  std::string_view name;
  std::string text;
  std::string_view place;    // "file:line:column"
  std::string_view message;  // a part of it
};

void check_refused(const Files& input, const Case& c) {
  CAPTURE(c.name);
  const auto policy = parse(input);
  REQUIRE(!policy);
  const Error& error = policy.error();
  CAPTURE(error.message);
  CHECK(error.code == Errc::invalid);
  REQUIRE(error.position);
  CHECK(fmt::format("{}:{}:{}", error.position->file, error.position->line,
                    error.position->column) == c.place);
  CHECK(error.message.find(c.message) != std::string::npos);
}

const std::string some_id = "11111111-0000-4000-8000-000000000001";

}  // namespace

TEST_CASE("policy: what is wrong in policy.toml is told with its place") {
  const Case cases[] = {
      {"unknown key", policy_text("[limits]\nmax_app = 3\n"), "p/policy.toml:7:1",
       "unknown key \"max_app\""},
      {"unknown table", policy_text("[limit]\n"), "p/policy.toml:6:2", "unknown key \"limit\""},
      {"negative limit", policy_text("[limits]\nmax_apps = -1\n"), "p/policy.toml:7:1", "negative"},
      {"wrong type", policy_text("[limits]\nmax_apps = \"3\"\n"), "p/policy.toml:7:1",
       "must be a whole number"},
      {"unknown signal", policy_text("[weights]\nD99 = 1\n"), "p/policy.toml:7:1",
       "unknown signal \"D99\""},
      {"signal that nobody has", policy_text("[weights]\nD26 = 1\n"), "p/policy.toml:7:1",
       "unknown signal \"D26\""},
      {"negative weight", policy_text("[weights]\nD01 = -1\n"), "p/policy.toml:7:1",
       "from 0 to 1000"},
      {"alert below watch", policy_text("[verdict]\nwatch = 50\nalert = 40\n"), "p/policy.toml:8:1",
       "below"},
      {"watching everything", policy_text("[verdict]\nwatch = 0\n"), "p/policy.toml:7:1",
       "at least 1"},
      {"consent value", policy_text("[consent]\nuser_consent = \"nobody\"\n"), "p/policy.toml:7:1",
       "can't be \"nobody\""},
      {"reviewer is no GUID", policy_text("[consent]\nreviewers = [\"dana\"]\n"),
       "p/policy.toml:7:14", "not a GUID"},
      {"requests without reviewers",
       policy_text("[consent]\nadmin_consent_requests = \"enable\"\n"), "p/policy.toml:7:1",
       "somebody who reviews"},
      {"schema", "schema = 2\n" + policy_text().substr(11), "p/policy.toml:1:1",
       "schema 2 is unknown"},
      {"no schema", policy_text().substr(11), "p/policy.toml:1:1", "\"schema\" is missing"},
      {"no meta", "schema = 1\n[catalog]\nfiles = [\"c.toml\"]\n", "p/policy.toml:1:1",
       "\"meta\" is missing"},
      {"no catalog", "schema = 1\n[meta]\nid = \"t\"\n", "p/policy.toml:1:1",
       "\"catalog\" is missing"},
      {"no TOML", "schema = \n", "p/policy.toml:1:10", ""},
      {"block is no GUID", policy_text("block = [\"x\"]\n"), "p/policy.toml:6:10", "not a GUID"},
      {"block twice", policy_text("block = [\"" + some_id + "\", \"" + some_id + "\"]\n"),
       "p/policy.toml:6:50", "twice"},
      {"block Microsoft", policy_text("block = [\"00000003-0000-0000-c000-000000000000\"]\n"),
       "p/policy.toml:6:1", "belongs to Microsoft"},
  };
  for (const Case& c : cases) {
    Files input = files();
    input.policy.text = c.text;
    check_refused(input, c);
  }
}

TEST_CASE("policy: what is wrong in a rule is told with its place") {
  const auto with_head = [](const std::string& head) { return rule_text(head, good_tests); };
  const auto with_tests = [](const std::string& tests) { return rule_text(good_head, tests); };
  const std::string match = "[match]\nsignals_any = [\"D01\"]\n";
  const std::string plans = good_tests.substr(0, good_tests.find("[[test]]", 1));
  const std::string rests = good_tests.substr(good_tests.find("[[test]]", 1));
  const Case cases[] = {
      {"unknown key", with_head("mdoe = \"approve\"\nactions = [\"disable-app\"]\n" + match),
       "p/rules/r.toml:3:1", "unknown key \"mdoe\""},
      {"unknown mode", with_head("mode = \"aprove\"\nactions = [\"disable-app\"]\n" + match),
       "p/rules/r.toml:3:1", "unknown mode \"aprove\""},
      {"unknown verdict", with_head("mode = \"report\"\nverdict = \"info\"\n" + match),
       "p/rules/r.toml:4:1", "can't be \"info\""},
      {"unknown action",
       with_head("mode = \"approve\"\nactions = [\"disable-app\", \"delete-app\"]\n" + match),
       "p/rules/r.toml:4:27", "unknown action \"delete-app\""},
      {"both ways to make a grant smaller",
       with_head("mode = \"approve\"\nactions = [\"revoke-grant\", \"narrow-grant\"]\n" + match),
       "p/rules/r.toml:4:28", "\"revoke-grant\" and \"narrow-grant\" can't be in one rule"},
      {"what comes with block-app",
       with_head("mode = \"approve\"\nactions = [\"confirm-block\"]\n" + match),
       "p/rules/r.toml:4:12", "unknown action"},
      {"action of undo plans",
       with_head("mode = \"approve\"\nactions = [\"enable-app\"]\n" + match), "p/rules/r.toml:4:12",
       "unknown action"},
      {"action twice",
       with_head("mode = \"approve\"\nactions = [\"disable-app\", \"disable-app\"]\n" + match),
       "p/rules/r.toml:4:27", "given twice"},
      {"no action", with_head("mode = \"approve\"\nactions = []\n" + match), "p/rules/r.toml:4:1",
       "needs at least one action"},
      {"contain without containment",
       with_head("mode = \"contain\"\nactions = [\"revoke-grant\"]\n" + match),
       "p/rules/r.toml:3:1", "nothing to send at once"},
      {"no match", with_head("mode = \"approve\"\nactions = [\"disable-app\"]\n"),
       "p/rules/r.toml:1:1", "\"match\" is missing"},
      {"match on everything",
       with_head("mode = \"approve\"\nactions = [\"disable-app\"]\n[match]\napp_ids = []\n"),
       "p/rules/r.toml:5:2", "match every finding"},
      {"unknown signal",
       with_head("mode = \"approve\"\nactions = [\"disable-app\"]\n[match]\nsignals_any = "
                 "[\"D01\", \"X1\"]\n"),
       "p/rules/r.toml:6:23", "unknown signal \"X1\""},
      {"app id is no GUID",
       with_head(
           "mode = \"approve\"\nactions = [\"disable-app\"]\n[match]\napp_ids = [\"eM Client\"]\n"),
       "p/rules/r.toml:6:12", "not a GUID"},
      {"Microsoft's app id",
       with_head("mode = \"approve\"\nactions = [\"disable-app\"]\n[match]\napp_ids = "
                 "[\"00000003-0000-0000-c000-000000000000\"]\n"),
       "p/rules/r.toml:1:1", "belongs to Microsoft"},
      {"bad duration",
       with_head("mode = \"approve\"\nactions = [\"disable-app\"]\n" + match +
                 "first_seen_within = \"a month\"\n"),
       "p/rules/r.toml:7:1", "not a duration"},
      {"quorum below one",
       with_head("mode = \"approve\"\nactions = [\"disable-app\"]\n" + match +
                 "[approval]\nquorum = 0\n"),
       "p/rules/r.toml:8:1", "at least one person"},
      {"negative limit",
       with_head("mode = \"approve\"\nactions = [\"disable-app\"]\n" + match +
                 "[limits]\nmax_users = -2\n"),
       "p/rules/r.toml:8:1", "negative"},
      {"limit above the plan's",
       with_head("mode = \"approve\"\nactions = [\"disable-app\"]\n" + match +
                 "[limits]\nmax_users = 101\n"),
       "p/rules/r.toml:8:1", "above the limit of the whole plan, 100"},
      {"no test", with_tests(""), "p/rules/r.toml:1:1", "no test that plans something"},
      {"no test that plans", with_tests(rests), "p/rules/r.toml:1:1",
       "no test that plans something"},
      {"no test that rests", with_tests(plans), "p/rules/r.toml:1:1", "no test that plans nothing"},
      {"test without plan", with_tests(good_tests + "[[test]]\nname = \"c\"\ngiven = \"c.json\"\n"),
       "p/rules/r.toml:15:1", "\"plan\" is missing"},
      {"two tests of one name",
       with_tests(good_tests + "[[test]]\nname = \"a\"\ngiven = \"c.json\"\nplan = []\n"),
       "p/rules/r.toml:16:1", "two tests"},
      {"plan without an id",
       with_tests(plans + "[[test]]\nname = \"c\"\ngiven = \"c.json\"\nplan = [\"disable-app\"]\n"),
       "p/rules/r.toml:14:9", "not an action and an id"},
      {"plan beyond the rule",
       with_tests(plans +
                  "[[test]]\nname = \"c\"\ngiven = \"c.json\"\nplan = [\"revoke-grant g\"]\n"),
       "p/rules/r.toml:14:9", "not an action of this rule"},
      {"report that plans", with_head("mode = \"report\"\n" + match), "p/rules/r.toml:9:9",
       "a rule of mode \"report\" plans nothing"},
  };
  for (const Case& c : cases) {
    Files input = files();
    input.rules[0].text = c.text;
    check_refused(input, c);
  }
}

TEST_CASE("policy: a rule's id is its file name, and there is one of each") {
  Files input = files();
  input.rules.push_back({.path = "q/rules/r.toml", .text = input.rules[0].text});
  check_refused(input,
                {"twice", "", "q/rules/r.toml:1:1", "rule \"r\" is already in p/rules/r.toml"});
  input = files();
  input.rules[0].path = "p/rules/My Rule.toml";
  check_refused(input, {"bad name", "", "p/rules/My Rule.toml:1:1", "can't be a rule's file name"});
}

TEST_CASE("policy: what is wrong in an exception is told with its place") {
  const std::string rest = "reason = \"r\"\nowner = \"o\"\nexpires = 2027-06-30\n";
  const Case cases[] = {
      {"no owner", exception_text("reason = \"r\"\nexpires = 2027-06-30\n"),
       "p/exceptions.toml:1:1", "\"owner\" is missing"},
      {"no reason", exception_text("owner = \"o\"\nexpires = 2027-06-30\n"),
       "p/exceptions.toml:1:1", "\"reason\" is missing"},
      {"no end", exception_text("owner = \"o\"\nreason = \"r\"\n"), "p/exceptions.toml:1:1",
       "\"expires\" is missing"},
      {"blank reason", exception_text("owner = \"o\"\nreason = \" \"\nexpires = 2027-06-30\n"),
       "p/exceptions.toml:4:1", "\"reason\" is empty"},
      {"end is a text", exception_text("owner = \"o\"\nreason = \"r\"\nexpires = \"never\"\n"),
       "p/exceptions.toml:5:1", "must be a date"},
      {"user is a name", exception_text("users = [\"Dana\"]\n" + rest), "p/exceptions.toml:3:10",
       "neither an object id"},
      {"unknown key", exception_text("scope = []\n" + rest), "p/exceptions.toml:3:1",
       "unknown key \"scope\""},
      {"app id", "[[exception]]\napp_id = \"x\"\n" + rest, "p/exceptions.toml:2:1", "not a GUID"},
  };
  for (const Case& c : cases) {
    Files input = files();
    input.exceptions = File{.path = "p/exceptions.toml", .text = c.text};
    check_refused(input, c);
  }
}

TEST_CASE("catalog: what is wrong in an entry is told with its place") {
  const std::string microsoft =
      "[[microsoft]]\nname = \"M\"\napp_id = \"" + some_id + "\"\nsources = [\"s\"]\n";
  const Case cases[] = {
      {"no source", catalog_text(entry_text(some_id, "")), "p/c.toml:2:1", "no source"},
      {"empty sources", catalog_text(entry_text(some_id, "sources = []")), "p/c.toml:10:1",
       "no source"},
      {"Microsoft's resource", catalog_text(entry_text("00000003-0000-0000-c000-000000000000")),
       "p/c.toml:2:1", "belongs to Microsoft"},
      {"Microsoft's app", catalog_text(entry_text(some_id) + microsoft), "p/c.toml:2:1",
       "belongs to Microsoft"},
      {"Microsoft's tenant",
       catalog_text(entry_text(
           some_id, "sources = [\"s\"]\nowner_tenant = \"f8cdef31-a31e-4b4a-93e4-5f571e91255a\"")),
       "p/c.toml:2:1", "belongs to Microsoft"},
      {"one id twice", catalog_text(entry_text(some_id) + entry_text(some_id)), "p/c.toml:11:1",
       "is already at p/c.toml:2"},
      {"id is no GUID", catalog_text(entry_text("eM Client")), "p/c.toml:4:1", "not a GUID"},
      {"no id",
       catalog_text("[[app]]\nnames = [\"N\"]\nkind = \"mailbox_exfil\"\ndisposition = "
                    "\"alert\"\nconfidence = \"high\"\nwhy = \"w\"\nsources = [\"s\"]\nreviewed = "
                    "2026-11-23\n"),
       "p/c.toml:2:1", "\"app_id\" is missing"},
      {"disposition", catalog_text(entry_text(some_id, "sources = [\"s\"]\nkinds = \"x\"")),
       "p/c.toml:11:1", "unknown key \"kinds\""},
      {"campaign without a source",
       catalog_text(
           "[[campaign]]\nname = \"c\"\nwhy = \"w\"\nreviewed = 2026-11-23\napp_ids = [\"" +
           some_id + "\"]\n"),
       "p/c.toml:2:1", "\"sources\" is missing"},
  };
  for (const Case& c : cases) {
    Files input = files();
    input.catalogs[0].text = c.text;
    check_refused(input, c);
  }
}
