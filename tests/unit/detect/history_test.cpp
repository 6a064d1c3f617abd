#include "detect/history.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "judging.hpp"

using namespace clawback;
using namespace clawback::test;

namespace {

using Scopes = std::vector<std::string>;
using std::chrono::milliseconds;
using std::chrono::minutes;

domain::Snapshot with_grant(Scopes scopes = {"Mail.Read", "User.Read", "offline_access"}) {
  auto all = snapshot({service_principal("sp", em_client_id, "eM Client")},
                      {grant("g", "sp", "ada", std::move(scopes))});
  all.users = {user("ada")};
  return all;
}

const domain::Finding& only(const detect::Judgement& judgement) {
  REQUIRE(judgement.findings.size() == 1);
  return judgement.findings.front();
}

const domain::GrantHistory& only_history(const detect::Judgement& judgement) {
  const auto& finding = only(judgement);
  REQUIRE(finding.history.size() == 1);
  return finding.history.front();
}

}  // namespace

TEST_CASE(
    "history: when, by whom and from where, the address from the sign-in behind the consent") {
  auto all = with_grant();
  all.audits = {consent_to("au", days_ago(3), "sp", "ada",
                           consent_entry("sp", "sp-graph", "ada", "Mail.Read User.Read"))};
  all.audits[0].ip_address = "20.190.0.1";  // the token service's
  all.sign_ins = {sign_in("si-far", days_ago(3) - minutes(40), em_client_id, "ada"),
                  sign_in("si", days_ago(3) - minutes(1), em_client_id, "ada"),
                  sign_in("si-other-user", days_ago(3), em_client_id, "bob")};
  all.sign_ins[1].ip_address = "198.51.100.9";
  all.sign_ins[1].country = "NG";
  const auto judgement = judged(all, shipped_policy());
  const auto& history = only_history(judgement);
  CHECK(history.first_seen == days_ago(3));
  CHECK(history.by == "ada@contoso.example");
  CHECK(history.from == "198.51.100.9 (NG)");
  CHECK(history.records == Scopes{"au"});
  CHECK(history.unknown.empty());
  CHECK(only(judgement).existence == domain::Existence::in_window);
}

TEST_CASE("history: a grant without any record says why, and between which moments") {
  auto all = with_grant();
  const auto judgement = judged(all, shipped_policy());
  const auto& history = only_history(judgement);
  CHECK(!history.first_seen);
  CHECK(history.not_before == days_ago(730));  // the application came then
  CHECK(history.not_after == now());
  CHECK(history.unknown.find("no record of it in directoryAudits") != std::string::npos);
  CHECK(only(judgement).existence == domain::Existence::unknown);
  CHECK(only(judgement).verdict == domain::Verdict::alert);

  deny(all, domain::source::audits);
  const auto less = judged(all, shipped_policy());
  CHECK(only_history(less).unknown.find("directoryAudits was not read (denied)") !=
        std::string::npos);
}

TEST_CASE("history: three records of an amended consent are one growth, whatever they are called") {
  auto all = with_grant({"Mail.Read", "User.Read"});
  const Time time = days_ago(2);
  auto remove =
      grant_change("au-2", time + milliseconds(2), "sp", "ada", "User.Read", "User.Read Mail.Read");
  remove.activity = "Remove delegated permission grant";
  const std::string same = consent_entry("sp", "sp-graph", "ada", "User.Read Mail.Read");
  all.audits = {consent_to("au-0", time - minutes(1), "sp", "ada",
                           consent_entry("sp", "sp-graph", "ada", "User.Read")),
                grant_change("au-1", time, "sp", "ada", "User.Read", "User.Read Mail.Read"), remove,
                consent_to("au-3", time + milliseconds(13), "sp", "ada", same, same)};
  const auto judgement = judged(all, shipped_policy());
  const auto& history = only_history(judgement);
  CHECK(history.present);
  CHECK(history.first_seen == time - minutes(1));
  CHECK(history.added_scopes == Scopes{"Mail.Read"});
  CHECK(history.last_changed == time);
  CHECK(history.records == Scopes{"au-0", "au-1", "au-2", "au-3"});
}

TEST_CASE("history: without an inventory the grants are put together from the log") {
  domain::Snapshot all;
  all.tenant = own_tenant;
  all.observed = now();
  set_source(all, domain::source::audits, domain::SourceState::read);
  auto first = consent_to(
      "au-1", days_ago(2), "sp", "ada",
      consent_entry("00000000-0000-0000-0000-000000000000", "sp-graph", "ada", "Mail.Read"));
  first.app_id = domain::AppId(em_client_id);
  first.targets[0].display_name = "eM Client";
  all.audits = {first};
  const auto judgement = judged(all, shipped_policy());
  const auto& finding = only(judgement);
  CHECK(finding.app.app_id.str() == em_client_id);
  CHECK(finding.app.display_name == "eM Client");
  REQUIRE(finding.grants.size() == 1);
  CHECK(finding.grants[0].client.str() == "sp");
  CHECK(finding.verdict == domain::Verdict::alert);  // the catalog knows whose it is
  CHECK(finding.mode == domain::Mode::report);       // and nothing may be sent on a log alone
  REQUIRE(finding.users.size() == 1);

  // Taken back again: nothing is held any more.
  all.audits.push_back(grant_change("au-2", days_ago(1), "sp", "ada", "Mail.Read", ""));
  const auto later = judged(all, shipped_policy());
  CHECK(only(later).grants.empty());
  CHECK(!only_history(later).present);
}

TEST_CASE("history: the state database dates a grant that no log tells of, and sees it grow") {
  auto all = with_grant({"User.Read"});
  const auto judge = [&](const domain::Memory& memory) {
    return detect::judge(all, shipped_policy(), {.now = now(), .memory = &memory});
  };
  all.grants.clear();
  all.observed = days_ago(4);
  const auto before = judge(domain::Memory{});
  REQUIRE(before.memory);
  CHECK(before.memory->last_snapshot == days_ago(4));

  all.observed = days_ago(3);
  all.grants = {grant("g", "sp", "ada", {"User.Read"})};
  const auto given = judge(*before.memory);
  CHECK(only_history(given).not_before == days_ago(4));
  CHECK(only_history(given).not_after == days_ago(3));
  CHECK(only(given).existence == domain::Existence::unknown);  // it holds no mail yet

  all.observed = days_ago(2);
  all.grants = {grant("g", "sp", "ada", {"Mail.Read", "User.Read"})};
  const auto grown = judge(*given.memory);
  CHECK(only_history(grown).not_after == days_ago(3));
  CHECK(only_history(grown).added_scopes == Scopes{"Mail.Read"});
  CHECK(only(grown).state == domain::CaseState::changed);

  const auto again = judge(*grown.memory);
  CHECK(only(again).state == domain::CaseState::unchanged);
  CHECK(only(again).case_since == now());

  all.grants.clear();
  const auto gone = judge(*again.memory);
  REQUIRE(gone.memory->grants.size() == 1);
  CHECK(!gone.memory->grants[0].present);
}

TEST_CASE(
    "existence: access from before the window is said and not alarmed, until something happens") {
  auto all = with_grant();
  all.audits = {consent_to("au", days_ago(40), "sp", "ada",
                           consent_entry("sp", "sp-graph", "ada", "Mail.Read User.Read"))};
  const auto judgement = judged(all, shipped_policy());
  CHECK(only(judgement).existence == domain::Existence::pre_existing);
  CHECK(only(judgement).verdict == domain::Verdict::watch);
  CHECK(only(judgement).existence_reason.find("not alarmed") != std::string::npos);
}

TEST_CASE("history: a grant that was gone and is back was given anew, whatever is remembered") {
  auto all = with_grant();
  all.audits = {consent_to("au", days_ago(200), "sp", "ada",
                           consent_entry("sp", "sp-graph", "ada", "Mail.Read User.Read"))};
  const auto judge = [&](const domain::Memory& memory) {
    return detect::judge(all, shipped_policy(), {.now = now(), .memory = &memory});
  };
  all.observed = days_ago(9);
  const auto first = judge(domain::Memory{});
  all.audits.clear();
  all.grants.clear();  // taken back
  all.observed = days_ago(8);
  const auto gone = judge(*first.memory);
  CHECK(!gone.memory->grants.at(0).present);

  all.grants = with_grant().grants;  // and given again, without a record
  all.observed = days_ago(7);
  const auto back = judge(*gone.memory);
  CHECK(!only_history(back).first_seen);
  CHECK(only_history(back).not_before == days_ago(8));
  CHECK(only_history(back).not_after == days_ago(7));
  CHECK(only_history(back).added_scopes.empty());
  CHECK(only_history(back).records == Scopes{"au"});
  CHECK(only(back).existence == domain::Existence::in_window);
  CHECK(only(back).verdict == domain::Verdict::alert);
}

TEST_CASE("existence: growth counts when it is of mail, and when two snapshots alone show it") {
  auto all = with_grant();
  const std::string before = consent_entry("sp", "sp-graph", "ada", "Mail.Read User.Read");
  all.audits = {consent_to("au", days_ago(40), "sp", "ada", before),
                grant_change("au-2", days_ago(3), "sp", "ada", "Mail.Read User.Read",
                             "Mail.Read User.Read Calendars.Read")};
  CHECK(only(judged(all, shipped_policy())).existence == domain::Existence::pre_existing);
  all.audits[1] = grant_change("au-2", days_ago(3), "sp", "ada", "Mail.Read User.Read",
                               "Mail.Read User.Read Mail.Send");
  CHECK(only(judged(all, shipped_policy())).existence == domain::Existence::in_window);

  domain::Memory memory;
  memory.last_snapshot = days_ago(50);
  domain::GrantHistory known;
  known.client = domain::ServicePrincipalId("sp");
  known.resource = domain::ServicePrincipalId("sp-graph");
  known.principal = domain::UserId("ada");
  known.scopes = {"User.Read"};
  known.first_seen = days_ago(60);
  memory.grants = {known};
  all.audits.clear();
  const auto grown = detect::judge(all, shipped_policy(), {.now = now(), .memory = &memory});
  CHECK(only(grown).existence == domain::Existence::unknown);
}

TEST_CASE("existence: without inventory and log nobody says that all access is old") {
  auto all = with_grant();
  all.app_roles = {app_role("r", "sp", "Mail.Read")};
  all.app_roles[0].created = days_ago(100);
  all.audits = {consent_to("au", days_ago(40), "sp", "ada",
                           consent_entry("sp", "sp-graph", "ada", "Mail.Read User.Read"))};
  CHECK(only(judged(all, shipped_policy())).existence == domain::Existence::pre_existing);
  deny(all, domain::source::grants);
  deny(all, domain::source::audits);
  const auto less = judged(all, shipped_policy());
  CHECK(only(less).existence == domain::Existence::unknown);
  CHECK(only(less).existence_reason.find("it may hold more") != std::string::npos);
  CHECK(only(less).verdict == domain::Verdict::alert);
}

TEST_CASE("existence: a role that only the log tells of counts") {
  auto all = with_grant();
  set_source(all, domain::source::app_roles, domain::SourceState::denied);
  all.audits = {consent_to("au", days_ago(40), "sp", "ada",
                           consent_entry("sp", "sp-graph", "ada", "Mail.Read User.Read")),
                consent_event("au-2", days_ago(2), "sp-graph", "ada")};
  all.audits[1].activity = "Add app role assignment to service principal";
  set_property(all.audits[1], "AppRole.Value", "Mail.ReadWrite");
  set_property(all.audits[1], "ServicePrincipal.ObjectID", "sp");
  CHECK(only(judged(all, shipped_policy())).existence == domain::Existence::in_window);
}

TEST_CASE("memory: a sign-in that failed is no use of an application") {
  auto all = with_grant();
  all.sign_ins = {sign_in("si", days_ago(5), em_client_id, "ada"),
                  sign_in("si-2", days_ago(1), em_client_id, "ada")};
  all.sign_ins[1].error_code = 50126;
  const domain::Memory nothing;
  const auto judgement = detect::judge(all, shipped_policy(), {.now = now(), .memory = &nothing});
  const auto& apps = judgement.memory->apps;
  const auto found = std::find_if(apps.begin(), apps.end(),
                                  [](const auto& one) { return one.app_id.str() == em_client_id; });
  REQUIRE(found != apps.end());
  CHECK(found->last_used == days_ago(5));
}

TEST_CASE("history: without an inventory an amended consent leaves what it added") {
  domain::Snapshot all;
  all.tenant = own_tenant;
  all.observed = now();
  set_source(all, domain::source::audits, domain::SourceState::read);
  const Time time = days_ago(2);
  const std::string old = consent_entry("sp", "sp-graph", "ada", "User.Read");
  auto first = consent_to("au-0", time - minutes(1), "sp", "ada", old);
  first.app_id = domain::AppId(em_client_id);
  all.audits = {first, grant_change("au-1", time, "sp", "ada", "User.Read", "Mail.Read User.Read"),
                consent_to("au-2", time + milliseconds(13), "sp", "ada", old, old)};
  const auto judgement = judged(all, shipped_policy());
  CHECK(only_history(judgement).scopes == Scopes{"Mail.Read", "User.Read"});
  CHECK(find_signal(only(judgement), "D04")->state == domain::SignalState::hit);
}

TEST_CASE("index: what the log gave after the inventory was read, or beside a part of it, counts") {
  auto all = with_grant();
  all.grants.clear();
  all.audits = {consent_to("au", days_ago(1), "sp", "ada",
                           consent_entry("sp", "sp-graph", "ada", "Mail.Read User.Read"))};
  const auto fresh = judged(all, shipped_policy());  // the inventory is newer: it is gone again
  CHECK(find_signal(only(fresh), "D04")->state == domain::SignalState::miss);

  all.observed = days_ago(2);
  const auto stale = judged(all, shipped_policy());
  CHECK(only(stale).verdict == domain::Verdict::alert);
  CHECK(only(stale).mode == domain::Mode::report);
  CHECK(only(stale).mode_reason.find("collect the inventory again") != std::string::npos);
  all.grants = {grant("g", "sp", "ada", {"User.Read"})};
  const auto wider = judged(all, shipped_policy());
  REQUIRE(only(wider).grants.size() == 1);
  CHECK(only(wider).grants[0].id.str() == "g");
  CHECK(only(wider).grants[0].scopes == Scopes{"Mail.Read", "User.Read"});

  all.observed = now();
  all.grants = {grant("g-bob", "sp", "bob", {"User.Read"})};
  set_source(all, domain::source::grants, domain::SourceState::partial);
  const auto part = judged(all, shipped_policy());
  CHECK(only(part).grants.size() == 2);
  CHECK(only(part).mode <= domain::Mode::report);
}

TEST_CASE("history: a record of an unknown outcome gives nothing") {
  domain::Snapshot all;
  all.tenant = own_tenant;
  all.observed = now();
  set_source(all, domain::source::audits, domain::SourceState::read);
  auto event = consent_to("au", days_ago(2), "sp", "ada",
                          consent_entry("sp", "sp-graph", "ada", "Mail.Read"));
  event.app_id = domain::AppId(em_client_id);
  event.result = domain::AuditResult::other;
  all.audits = {event};
  for (const auto& finding : judged(all, shipped_policy()).findings) CHECK(finding.grants.empty());
}

TEST_CASE("memory: a case that was closed, and a grant that came back, are told again") {
  auto all = with_grant();
  const auto judge = [&](const domain::Memory& memory, Time observed) {
    all.observed = observed;
    return detect::judge(all, shipped_policy(), {.now = observed, .memory = &memory});
  };
  const auto found = judge(domain::Memory{}, days_ago(4));
  CHECK(only(found).state == domain::CaseState::fresh);
  const auto held = all.grants;
  all.grants.clear();
  all.service_principals.clear();
  const auto gone = judge(*found.memory, days_ago(3));
  CHECK(gone.findings.empty());
  all = with_grant();
  const auto back = judge(*gone.memory, days_ago(2));
  CHECK(only(back).state == domain::CaseState::changed);
  CHECK(only(back).case_since == days_ago(4));
  CHECK(only(judge(*back.memory, days_ago(1))).state == domain::CaseState::unchanged);
}
