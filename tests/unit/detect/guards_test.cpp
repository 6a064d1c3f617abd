#include <doctest/doctest.h>

#include <functional>

#include "judging.hpp"

using namespace clawback;
using namespace clawback::test;
using domain::Mode;
using domain::Verdict;
using policy::Exception;

namespace {

// eM Client with the mail of two users: an alert for which the shipped policy plans.
domain::Snapshot em_client() {
  auto app = service_principal("sp-em", em_client_id, "eM Client");
  auto all = snapshot(
      {app},
      {grant("g-ada", "sp-em", "ada", {"IMAP.AccessAsUser.All", "offline_access"}, "sp-exchange"),
       grant("g-bob", "sp-em", "bob", {"IMAP.AccessAsUser.All", "SMTP.Send"}, "sp-exchange")});
  all.users = {user("ada"), user("bob")};
  return all;
}

domain::ServicePrincipal& app_of(domain::Snapshot& all, std::string_view id) {
  return *std::find_if(all.service_principals.begin(), all.service_principals.end(),
                       [&](const auto& app) { return app.id.str() == id; });
}

Exception accepts(std::vector<std::string> users, std::vector<std::string> scopes) {
  Exception out;
  out.app_id = domain::AppId(em_client_id);
  for (auto& id : users) out.users.emplace_back(std::move(id));
  out.scopes = std::move(scopes);
  out.reason = "CHG-7";
  out.owner = "dana@contoso.example";
  out.expires = now() + std::chrono::days(1);
  return out;
}

const std::vector<std::string> both = {"IMAP.AccessAsUser.All", "smtp.send"};

}  // namespace

TEST_CASE("G1: Microsoft's own applications are never a finding") {
  struct Case {
    std::string_view name;
    std::function<void(domain::Snapshot&)> change;
    bool found;
  };
  const Case cases[] = {
      {"third party", [](auto&) {}, true},
      {"owner tenant", [](auto& all) { app_of(all, "sp-em").owner_tenant = microsoft_tenant; },
       false},
      {"app id, owner not known",
       [](auto& all) {
         app_of(all, "sp-em").app_id = domain::AppId("27922004-5251-4030-b22d-91ecd9a37ea4");
         app_of(all, "sp-em").owner_tenant.reset();
       },
       false},
      {"Microsoft's name is nobody's proof",
       [](auto& all) { app_of(all, "sp-em").display_name = "Microsoft Outlook"; }, true},
      {"consumer tenant",
       [](auto& all) {
         app_of(all, "sp-em").owner_tenant =
             domain::TenantId("9188040d-6c67-4c5b-b112-36a304b66dad");
       },
       true},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    auto all = em_client();
    c.change(all);
    CHECK((find_finding(judged(all, shipped_policy()), "sp-em") != nullptr) == c.found);
  }
}

TEST_CASE("G2: an exception covers a finding up to its ceiling, its users and its end") {
  struct Case {
    std::string_view name;
    std::vector<Exception> exceptions;
    bool covered;
  };
  auto ended = accepts({}, both);
  ended.expires = now();
  auto lasts = accepts({}, both);
  lasts.expires = now() + Duration(1);
  auto other = accepts({}, both);
  other.app_id = domain::AppId(perfectdata_id);
  const Case cases[] = {
      {"everyone, all scopes", {accepts({}, both)}, true},
      {"until the last moment", {lasts}, true},
      {"ended", {ended}, false},
      {"another application", {other}, false},
      {"a scope more", {accepts({}, {"IMAP.AccessAsUser.All"})}, false},
      {"no scope at all", {accepts({}, {})}, false},
      {"one user of two", {accepts({"ada"}, both)}, false},
      {"both users, by id and by name", {accepts({"ada", "bob@contoso.example"}, both)}, true},
      {"two that share the work",
       {accepts({"ada"}, {"IMAP.AccessAsUser.All"}), accepts({"bob"}, both)},
       true},
      {"the second is too low", {accepts({"ada"}, both), accepts({"bob"}, {"SMTP.Send"})}, false},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    auto policy = shipped_policy();
    policy.exceptions = c.exceptions;
    const auto judgement = judged(em_client(), policy);
    const auto* finding = find_finding(judgement, "sp-em");
    REQUIRE(finding != nullptr);
    CHECK(finding->exception.has_value() == c.covered);
    CHECK(finding->verdict == Verdict::alert);
    CHECK(finding->mode == (c.covered ? Mode::report : Mode::approve));
    if (c.covered)
      CHECK(finding->exception->find("CHG-7 (dana@contoso.example, until") != std::string::npos);
  }
}

TEST_CASE(
    "G2: application permissions and tenant-wide grants are not covered by what is said of users") {
  auto policy = shipped_policy();
  auto all = em_client();
  all.app_roles = {app_role("r", "sp-em", "Mail.Read")};
  policy.exceptions = {accepts({}, {"IMAP.AccessAsUser.All", "SMTP.Send", "Mail.Read"})};
  CHECK(!find_finding(judged(all, policy), "sp-em")->exception);
  policy.exceptions[0].app_roles = {"mail.read"};
  CHECK(find_finding(judged(all, policy), "sp-em")->exception);

  auto wide = em_client();
  wide.grants.push_back(grant("g-all", "sp-em", "", {"SMTP.Send"}));
  policy.exceptions = {accepts({"ada", "bob"}, both)};
  CHECK(!find_finding(judged(wide, policy), "sp-em")->exception);
}

TEST_CASE("G2: no exception covers what Microsoft disabled") {
  auto policy = shipped_policy();
  policy.exceptions = {accepts({}, both)};
  auto all = em_client();
  app_of(all, "sp-em").disabled_by_microsoft = "DisabledDueToViolationOfServicesAgreement";
  const auto judgement = judged(all, policy);
  const auto* finding = find_finding(judgement, "sp-em");
  CHECK(!finding->exception);
  CHECK(finding->mode == Mode::approve);
}

TEST_CASE("G2: what could not be read is neither accepted nor acted on") {
  auto policy = shipped_policy();
  policy.exceptions = {accepts({}, both)};
  auto all = em_client();
  deny(all, domain::source::app_roles);
  const auto judgement = judged(all, policy);
  const auto* finding = find_finding(judgement, "sp-em");
  CHECK(!finding->exception);
  CHECK(finding->mode == Mode::report);
  CHECK(finding->mode_reason.find("not everything could") != std::string::npos);
}

TEST_CASE("G4: a weak catalog entry lifts nothing above watch, and hides nothing") {
  auto all = snapshot({service_principal("sp", "854189f9-4c71-44bb-9880-dd0c2f75922a")},
                      {grant("g", "sp", "ada", {"Mail.Read", "offline_access"})});
  auto& app = app_of(all, "sp");
  app.verified_publisher = unverified();
  app.created = days_ago(2);
  const auto watched = judged(all, shipped_policy());
  CHECK(watched.findings.at(0).score == 30 + 37 + 20 + 10);
  CHECK(watched.findings.at(0).verdict == Verdict::watch);
  all.app_roles = {app_role("r", "sp", "Mail.Read")};
  const auto alerted = judged(all, shipped_policy());
  CHECK(alerted.findings.at(0).verdict == Verdict::alert);
  CHECK(alerted.findings.at(0).rule == "mail-app-role");
}

TEST_CASE(
    "judge: an application of this tenant, or of nobody known, is watched and reported at most") {
  for (const auto& owner : {std::optional(own_tenant), std::optional<domain::TenantId>()}) {
    CAPTURE(owner.has_value());
    auto all = em_client();
    app_of(all, "sp-em").owner_tenant = owner;
    auto policy = shipped_policy();
    for (auto& rule : policy.rules) rule.verdict = Verdict::watch;
    const auto judgement = judged(all, policy);
    const auto* finding = find_finding(judgement, "sp-em");
    REQUIRE(finding != nullptr);
    CHECK(finding->score >= 80);
    CHECK(finding->verdict == Verdict::watch);
    CHECK(finding->rule == "known-abused-mail-client");
    CHECK(finding->mode == Mode::report);
    CHECK(!finding->mode_reason.empty());
  }
}

TEST_CASE("judge: signals that honest apps show are no finding by themselves") {
  auto app = service_principal("sp", app_guid(1));
  app.verified_publisher = unverified();
  app.created = days_ago(1);
  app.reply_urls = {{"http://localhost:5000/access"}};
  const auto judgement =
      judged(snapshot({app}, {grant("g", "sp", "ada", {"User.Read", "offline_access"})}),
             shipped_policy());
  CHECK(judgement.findings.empty());
}
