#include "policy/policy.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "domain/permissions.hpp"
#include "files.hpp"
#include "support/shipped_policy.hpp"

using namespace clawback;
using namespace clawback::policy;
using namespace clawback::policy::test;
using domain::ActionKind;
using domain::Mode;

namespace {

Policy shipped() {
  auto policy = parse(clawback::test::shipped_policy_files());
  if (!policy) {
    const Error& error = policy.error();
    FAIL(error.position->file << ":" << error.position->line << ": " << error.message);
  }
  return *std::move(policy);
}

}  // namespace

TEST_CASE("policy: what is not said is the default") {
  const auto policy = parse(files());
  REQUIRE(policy);
  CHECK(policy->max_apps == 5);
  CHECK(policy->max_users == 100);
  CHECK(policy->max_actions == 1000);
  CHECK(policy->watch_at == 40);
  CHECK(policy->alert_at == 80);
  CHECK(policy->weights.size() == signals().size());
  CHECK(policy->weights.at("D01") == 60);
  CHECK(policy->weights.at("D04") == 25);
  CHECK(policy->consent.user_consent == UserConsent::keep);
  const Rule& rule = policy->rules.at(0);
  CHECK(rule.id == "r");
  CHECK(rule.quorum == 1);
  CHECK(rule.approval_expires == std::chrono::hours(4));
  CHECK(rule.verdict == domain::Verdict::alert);
  CHECK(!rule.limits.max_apps);
  CHECK(!rule.match.first_seen_within);
}

TEST_CASE("policy: what is said is read") {
  Files input = files();
  input.policy.text = policy_text(
      "block = [\"11111111-0000-4000-8000-00000000000A\"]\n[weights]\nD01 = 70\n[verdict]\nwatch = "
      "30\nalert = 90\n"
      "[limits]\nmax_apps = 0\n[consent]\nuser_consent = \"low\"\nadmin_consent_requests = "
      "\"enable\"\n"
      "reviewers = [\"22222222-0000-4000-8000-000000000001\"]\n");
  input.rules[0].text = rule_text(
      "mode = \"contain\"\nverdict = \"watch\"\nactions = [\"revoke-sessions\", "
      "\"disable-app\"]\n[match]\n"
      "signals_all = [\"D04\"]\napp_ids = [\"11111111-0000-4000-8000-00000000000B\"]\nscopes_any = "
      "[\"SMTP.Send\"]\n"
      "first_seen_within = \"2w\"\nunverified_publisher = true\n[approval]\nquorum = 3\nexpires = "
      "\"90s\"\n[limits]\nmax_users = 0\n",
      good_tests);
  input.exceptions =
      File{.path = "p/exceptions.toml",
           .text = exception_text("users = [\"Dana@Contoso.example\"]\nscopes = [\"Mail.Read\"]\n"
                                  "reason = \"r\"\nowner = \"o\"\nexpires = 2027-06-30\n")};
  const auto policy = parse(input);
  REQUIRE(policy);
  CHECK(policy->block == std::vector{domain::AppId("11111111-0000-4000-8000-00000000000a")});
  CHECK(policy->weights.at("D01") == 70);
  CHECK(policy->max_apps == 0);
  CHECK(policy->watch_at == 30);
  CHECK(policy->consent.enable_admin_consent_requests);
  CHECK(policy->consent.reviewers.size() == 1);
  const Rule& rule = policy->rules.at(0);
  CHECK(rule.mode == Mode::contain);
  CHECK(rule.actions == std::vector{ActionKind::disable_app, ActionKind::revoke_sessions});
  CHECK(rule.match.app_ids.at(0).str() == "11111111-0000-4000-8000-00000000000b");
  CHECK(rule.match.first_seen_within == std::chrono::days(14));
  CHECK(rule.match.unverified_publisher);
  CHECK(rule.quorum == 3);
  CHECK(rule.approval_expires == std::chrono::seconds(90));
  CHECK(rule.limits.max_users == 0);
  CHECK(rule.tests.at(0).plan == std::vector<std::string>{"disable-app sp"});
  CHECK(policy->exceptions.at(0).users.at(0).str() == "dana@contoso.example");
  CHECK(policy->exceptions.at(0).expires == *parse_time("2027-06-30T00:00:00Z"));
}

TEST_CASE("policy: a rule that only reports is tested by what it finds") {
  Files input = files();
  const std::string head = "mode = \"report\"\n[match]\nsignals_any = [\"D02\"]\n";
  input.rules[0].text =
      rule_text(head,
                "[[test]]\nname = \"a\"\ngiven = \"a.json\"\nfindings = [\"sp\"]\n"
                "[[test]]\nname = \"b\"\ngiven = \"b.json\"\nfindings = []\n");
  const auto policy = parse(input);
  REQUIRE(policy);
  CHECK(policy->rules.at(0).tests.at(0).findings == std::vector<std::string>{"sp"});
}

TEST_CASE("policy: the digest is over names and bytes, not over folders and order") {
  Files input = files();
  input.rules.push_back({.path = "p/rules/s.toml", .text = input.rules[0].text});
  const auto first = parse(input);
  std::swap(input.rules[0], input.rules[1]);
  for (File& rule : input.rules) rule.path = "/elsewhere/" + rule.path;
  input.catalogs[0].path = "/elsewhere/c.toml";
  const auto moved = parse(input);
  REQUIRE(first);
  REQUIRE(moved);
  CHECK(moved->digest == first->digest);
  CHECK(moved->catalog.digest == first->catalog.digest);
  CHECK(first->digest.starts_with("sha256:"));
  input.rules[0].text += "# changed\n";
  const auto changed = parse(input);
  REQUIRE(changed);
  CHECK(changed->digest != first->digest);
  CHECK(changed->catalog.digest == first->catalog.digest);
  input = files();
  input.catalogs[0].text += "# changed\n";
  const auto other = parse(input);
  REQUIRE(other);
  CHECK(other->catalog.digest != first->catalog.digest);
}

TEST_CASE("catalog: protected names of all files are joined and sorted") {
  Files input = files();
  input.catalogs[0].text =
      catalog_text("protected_names = [\"Outlook\", \"Azure\", \"Outlook\"]\n");
  const auto policy = parse(input);
  REQUIRE(policy);
  CHECK(policy->catalog.protected_names == std::vector<std::string>{"Azure", "Outlook"});
  input.catalogs[0].text = catalog_text("protected_names = [\" \"]\n");
  CHECK_FALSE(parse(input));
}

TEST_CASE("catalog: an entry without an id or a source is only learnt from") {
  const auto catalog =
      parse_catalog({{.path = "c.toml",
                      .text = catalog_text(
                          "[[app]]\nnames = [\"Nine\"]\nkind = \"benign_mail_client\"\n"
                          "disposition = \"learn_at_runtime\"\nconfidence = \"none\"\nwhy = \"w\"\n"
                          "reviewed = 2026-11-23\n")}});
  REQUIRE(catalog);
  CHECK(!catalog->entries.at(0).app_id);
  CHECK(find(*catalog, domain::AppId("")) == nullptr);
}

TEST_CASE("shipped policy: it parses, and nothing is sent without a person") {
  const Policy policy = shipped();
  CHECK(policy.rules.size() == 6);
  for (const Rule& rule : policy.rules) {
    CAPTURE(rule.id);
    CHECK(rule.mode <= Mode::approve);
  }
  CHECK(policy.exceptions.empty());
  CHECK(policy.max_apps == 5);
  CHECK(policy.max_users == 100);
}

TEST_CASE("shipped policy: the weights it names are the defaults") {
  const Policy policy = shipped();
  for (const SignalInfo& signal : signals()) {
    CAPTURE(signal.id);
    CHECK(policy.weights.at(std::string(signal.id)) == signal.weight);
  }
}

TEST_CASE("shipped policy: every scenario that a rule names is there") {
  const Files files = clawback::test::shipped_policy_files();
  const Policy policy = shipped();
  for (const Rule& rule : policy.rules) {
    for (const RuleTest& test : rule.tests) {
      CAPTURE(test.given);
      const auto folder = std::filesystem::path(rule.position.file).parent_path();
      CHECK(std::filesystem::exists(folder / test.given));
    }
  }
}

TEST_CASE("shipped catalog: well-known entries are as they should be") {
  struct Case {
    std::string_view name, id;
    Disposition disposition;
    bool weak;
  };
  const Case cases[] = {
      {"eM Client", "e9a7fea1-1cc0-4cd9-a31b-9137ca5deedd", Disposition::alert, false},
      {"PERFECTDATA SOFTWARE", "ff8d92dc-3d82-41d6-bcbd-b9174d163620", Disposition::alert, false},
      {"Newsletter Software Supermailer", "a245e8c0-b53c-4b67-9b45-751d1dff8e6b",
       Disposition::alert, false},
      {"Thunderbird", "9e5f94bc-e8a4-4e73-b8be-63364c29d753",
       Disposition::baseline_with_mismatch_check, false},
      {"iLSMART", "854189f9-4c71-44bb-9880-dd0c2f75922a", Disposition::alert, true},
      {"consent phishing reported by Wiz", "fc5d3843-d0e8-4c3f-b0ee-6d407f667751",
       Disposition::review, true},
  };
  const Policy policy = shipped();
  for (const Case& c : cases) {
    CAPTURE(c.name);
    const CatalogEntry* entry = find(policy.catalog, domain::AppId(std::string(c.id)));
    REQUIRE(entry != nullptr);
    CHECK(entry->names.front() == c.name);
    CHECK(entry->disposition == c.disposition);
    CHECK(is_weak(*entry) == c.weak);
    CHECK(entry->reviewed == "2026-11-23");
  }
}

TEST_CASE("shipped catalog: Microsoft's own are on the list and no entry is one of them") {
  const Policy policy = shipped();
  CHECK(policy.catalog.microsoft_apps.size() == 12);
  CHECK(is_microsoft_app(policy.catalog, domain::AppId("8c59ead7-d703-4a27-9e55-c96a0054c8d2")));
  for (const CatalogEntry& entry : policy.catalog.entries) {
    if (entry.app_id) CHECK(!is_microsoft_app(policy.catalog, *entry.app_id));
  }
}
