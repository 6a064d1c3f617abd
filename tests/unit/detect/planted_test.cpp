#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "detect/judge.hpp"
#include "judging.hpp"

using namespace clawback;
using namespace clawback::test;
using domain::Mode;
using domain::Verdict;

namespace {

domain::ServicePrincipal young_and_unverified(const std::string& id, int number,
                                              const std::string& name) {
  auto app = service_principal(id, app_guid(number), name);
  app.verified_publisher = unverified();
  app.created = days_ago(5);
  return app;
}

const std::vector<std::string> ews = {"EWS.AccessAsUser.All", "IMAP.AccessAsUser.All",
                                      "offline_access"};

// The cases that the lab plants, and what a policy made for them must say.
domain::Snapshot planted() {
  std::vector<domain::ServicePrincipal> apps;
  auto em = service_principal("sp-em", em_client_id, "eM Client");
  em.created = days_ago(9);
  apps.push_back(em);
  auto perfectdata = service_principal("sp-perfect", perfectdata_id, "PERFECTDATA SOFTWARE");
  perfectdata.created = days_ago(3);
  apps.push_back(perfectdata);
  auto lookalike = young_and_unverified("sp-look", 1, "rnicrosoft 0utlook Sync");
  lookalike.reply_urls = {{"http://localhost:5000/access"}};
  apps.push_back(lookalike);
  apps.push_back(young_and_unverified("sp-wide", 2, "QuickReply Mail Assistant"));
  apps.push_back(young_and_unverified("sp-role", 3, "MailVault Cloud Archive"));
  auto outlook =
      service_principal("sp-outlook", "27922004-5251-4030-b22d-91ecd9a37ea4", "Outlook Mobile");
  outlook.owner_tenant = microsoft_tenant;
  apps.push_back(outlook);
  auto in_house = service_principal("sp-ours", app_guid(4), "Ticket Mailbox Reader");
  in_house.owner_tenant = own_tenant;
  apps.push_back(in_house);
  auto thunderbird = service_principal("sp-bird", thunderbird_id, "Mozilla Thunderbird");
  thunderbird.reply_urls = {{"https://localhost", "http://localhost"}};
  apps.push_back(thunderbird);
  apps.push_back(service_principal("sp-crm", app_guid(5), "Harborly CRM"));
  apps.push_back(service_principal("sp-rooms", app_guid(6), "Riverbend Rooms"));

  std::vector<domain::Grant> grants = {
      grant("g-em-ada", "sp-em", "ada", ews, "sp-exchange"),
      grant("g-em-bob", "sp-em", "bob", ews, "sp-exchange"),
      grant("g-pd", "sp-perfect", "cy", {"EWS.AccessAsUser.All"}, "sp-exchange"),
      grant("g-pd-2", "sp-perfect", "cy", {"offline_access", "User.Read"}),
      grant("g-look", "sp-look", "dee", {"Mail.ReadWrite", "Mail.Send", "offline_access"}),
      grant("g-wide", "sp-wide", "", {"Mail.ReadWrite", "offline_access"}),
      grant("g-outlook", "sp-outlook", "ada", {"Mail.ReadWrite", "offline_access"}),
      grant("g-outlook-all", "sp-outlook", "", {"Mail.ReadWrite"}),
  };
  for (int i = 0; i < 8; ++i) {
    const std::string user_id = "user" + std::to_string(i);
    grants.push_back(grant("g-bird-" + user_id, "sp-bird", user_id,
                           {"IMAP.AccessAsUser.All", "SMTP.Send", "offline_access"},
                           "sp-exchange"));
    grants.push_back(grant("g-crm-" + user_id, "sp-crm", user_id, {"Mail.Send", "offline_access"}));
    grants.push_back(grant("g-rooms-" + user_id, "sp-rooms", user_id, {"Calendars.ReadWrite"}));
  }
  auto all = snapshot(std::move(apps), std::move(grants));
  all.app_roles = {app_role("r-full", "sp-role", "full_access_as_app", "sp-exchange"),
                   app_role("r-read", "sp-role", "Mail.Read"),
                   app_role("r-ours", "sp-ours", "Mail.Read")};
  for (const std::string id : {"ada", "bob", "cy", "dee"}) all.users.push_back(user(id));
  all.audits = {consent_event("au-1", days_ago(9), "sp-em", "ada"),
                consent_event("au-2", days_ago(8), "sp-em", "bob")};
  all.sign_ins = {sign_in("si-1", days_ago(7), em_client_id, "ada")};
  domain::normalise(all);
  return all;
}

}  // namespace

TEST_CASE("shipped policy: every planted case comes out as it should") {
  struct Case {
    std::string_view app;
    std::optional<Verdict> verdict;  // nullopt: no finding at all
    std::string_view rule;
    Mode mode;
  };
  const Case cases[] = {
      {"sp-em", Verdict::alert, "known-abused-mail-client", Mode::approve},
      {"sp-perfect", Verdict::alert, "known-abused-mail-client", Mode::approve},
      {"sp-wide", Verdict::alert, "tenant-wide-mail-grant", Mode::approve},
      {"sp-role", Verdict::alert, "mail-app-role", Mode::approve},
      {"sp-look", Verdict::alert, "new-unverified-mail-app", Mode::approve},
      {"sp-outlook", std::nullopt, "", Mode::off},
      {"sp-ours", Verdict::watch, "", Mode::report},
      {"sp-bird", Verdict::info, "", Mode::report},
      {"sp-crm", Verdict::info, "", Mode::report},
      {"sp-rooms", std::nullopt, "", Mode::off},
  };
  const auto judgement = judged(planted(), shipped_policy());
  for (const Case& c : cases) {
    CAPTURE(c.app);
    const auto* finding = find_finding(judgement, c.app);
    REQUIRE((finding != nullptr) == c.verdict.has_value());
    if (finding == nullptr) continue;
    CAPTURE(finding->score);
    CHECK(finding->verdict == *c.verdict);
    CHECK(finding->rule.value_or("") == c.rule);
    CHECK(finding->mode == c.mode);
    CHECK(finding->mode_reason.empty());
  }
  CHECK(judgement.coverage.complete);
  CHECK(judgement.missing.empty());
}

TEST_CASE("judge: findings stand by verdict and score, and say what they are about") {
  const auto judgement = judged(planted(), shipped_policy());
  REQUIRE(judgement.findings.size() >= 2);
  CHECK(std::is_sorted(judgement.findings.begin(), judgement.findings.end(),
                       [](const auto& a, const auto& b) {
                         return std::tie(a.verdict, a.score) > std::tie(b.verdict, b.score);
                       }));
  const auto* em = find_finding(judgement, "sp-em");
  REQUIRE(em != nullptr);
  CHECK(em->key.starts_with("sha256:"));
  CHECK(em->grants.size() == 2);
  CHECK(em->users.size() == 2);
  CHECK(em->users.at(0).user_principal_name == "ada@contoso.example");
  CHECK(em->signals.size() == policy::signals().size());
  REQUIRE(em->timeline.size() == 3);
  CHECK(em->timeline.at(0).record == "au-1");
  CHECK(em->timeline.at(0).event == "Consent to application by ada@contoso.example");
  CHECK(em->timeline.at(2).event == "Sign-in of ada@contoso.example from 203.0.113.7");
}

TEST_CASE("judge: the order of the records does not matter") {
  const auto expected = judged(planted(), shipped_policy());
  auto shuffled = planted();
  std::mt19937 order(7);
  for (int round = 0; round < 5; ++round) {
    std::shuffle(shuffled.service_principals.begin(), shuffled.service_principals.end(), order);
    std::shuffle(shuffled.grants.begin(), shuffled.grants.end(), order);
    std::shuffle(shuffled.app_roles.begin(), shuffled.app_roles.end(), order);
    std::shuffle(shuffled.users.begin(), shuffled.users.end(), order);
    std::shuffle(shuffled.audits.begin(), shuffled.audits.end(), order);
    const auto again = judged(shuffled, shipped_policy());
    CHECK(again.findings == expected.findings);
  }
}

TEST_CASE("judge: the key of a case stays the same when the rest changes") {
  auto less = planted();
  std::erase_if(less.grants, [](const auto& held) { return held.id.str() == "g-em-bob"; });
  const auto before = judged(planted(), shipped_policy());
  const auto after = judged(less, shipped_policy());
  CHECK(find_finding(before, "sp-em")->key == find_finding(after, "sp-em")->key);
  CHECK(find_finding(before, "sp-em")->key != find_finding(before, "sp-perfect")->key);
}

TEST_CASE(
    "judge: taking a source away turns its signals not-evaluable, and nothing into a clean "
    "tenant") {
  struct Case {
    std::string_view source;
    std::string_view app;     // a finding that is still there
    std::string_view signal;  // not evaluable in it
    bool complete;
  };
  namespace source = domain::source;
  const Case cases[] = {
      {source::service_principals, "sp-em", "D01", false},
      {source::service_principals, "sp-wide", "D06", false},
      {source::grants, "sp-em", "D04", false},
      {source::app_roles, "sp-em", "D05", false},
      {source::audits, "sp-em", "", true},
      {source::sign_ins, "sp-em", "", true},
  };
  for (const Case& c : cases) {
    CAPTURE(c.source);
    auto less = planted();
    deny(less, c.source);
    const auto judgement = judged(less, shipped_policy());
    const auto* finding = find_finding(judgement, c.app);
    REQUIRE(finding != nullptr);
    CHECK(judgement.coverage.complete == c.complete);
    CHECK(judgement.missing.empty() == c.complete);
    if (c.signal.empty()) continue;
    const auto* signal = find_signal(*finding, c.signal);
    REQUIRE(signal != nullptr);
    CHECK(signal->state == domain::SignalState::not_evaluable);
    CHECK(signal->weight == 0);
    CHECK(!signal->reason.empty());
    CHECK(signal->missing.value_or("").find("ermission") != std::string::npos);
  }
}

TEST_CASE(
    "judge: an application whose service principal was not read is watched at most, and only "
    "reported") {
  auto less = planted();
  deny(less, domain::source::service_principals);
  const auto judgement = judged(less, shipped_policy());
  REQUIRE(!judgement.findings.empty());
  for (const auto& finding : judgement.findings) {
    CAPTURE(finding.app.id.str());
    // Known by its grants, or by its sign-ins: nothing says that the two are the same.
    CHECK((finding.app.app_id.empty() || finding.app.id.empty()));
    CHECK(finding.ownership == domain::Ownership::unknown);
    CHECK(finding.verdict <= Verdict::watch);
    CHECK(finding.mode <= Mode::report);
  }
}
