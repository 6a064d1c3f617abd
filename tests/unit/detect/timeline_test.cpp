#include <doctest/doctest.h>

#include "detect/happening.hpp"
#include "judging.hpp"

using namespace clawback;
using namespace clawback::test;

namespace {

domain::AuditEvent grant_event(const std::string& id, const std::string& client) {
  auto event = consent_event(id, days_ago(1), "sp-graph", "ada");
  event.activity = "Add delegated permission grant";
  event.app_id = domain::AppId("00000003-0000-0000-c000-000000000000");
  event.targets[0].properties = {
      {.name = "DelegatedPermissionGrant.Scope", .old_value = "", .new_value = "Mail.Read"},
      {.name = "ServicePrincipal.ObjectID", .old_value = "", .new_value = "\"" + client + "\""}};
  return event;
}

domain::Snapshot mailbox_app() {
  return snapshot({service_principal("sp", app_guid(1))}, {grant("g", "sp", "ada", {"Mail.Read"})});
}

}  // namespace

TEST_CASE("audit: activities are told apart by name, whatever dot or blank ends them") {
  CHECK(detect::kind_of("Consent to application.") == detect::HappeningKind::consent);
  CHECK(detect::kind_of("ADD SERVICE PRINCIPAL ") == detect::HappeningKind::app_added);
  CHECK(detect::kind_of("Add service principal credentials") ==
        detect::HappeningKind::credential_added);
  CHECK(detect::kind_of("Update application \u2013 Certificates and secrets management ") ==
        detect::HappeningKind::credential_added);
  CHECK(!detect::kind_of("Add member to group"));
  CHECK(!detect::kind_of(""));
}

TEST_CASE("audit: a grant event is about the client, not about the resource that it targets") {
  const auto subject = detect::understand(grant_event("au", "sp"));
  REQUIRE(subject);
  CHECK(subject->service_principal == "sp");
  CHECK(subject->app_id.empty());
}

TEST_CASE("audit: a removal says in the old value whose grant it was, and some events do not say") {
  auto removal = grant_event("au", "sp");
  removal.activity = "Remove delegated permission grant";
  removal.targets[0].properties[1] = {
      .name = "ServicePrincipal.ObjectID", .old_value = "sp", .new_value = "\"\""};
  CHECK(detect::understand(removal)->service_principal == "sp");
  removal.targets[0].properties.clear();
  CHECK(!detect::understand(removal));
}

TEST_CASE(
    "timeline: an event that names only the app id is found, and its actor is told as far as "
    "known") {
  auto all = mailbox_app();
  auto by_id = consent_event("au-1", days_ago(3), "", "ada");
  by_id.targets.clear();
  by_id.app_id = domain::AppId(app_guid(1));
  by_id.actor_user_principal_name.reset();
  auto by_app = by_id;
  by_app.id = domain::RecordId("au-2");
  by_app.actor_user.reset();
  by_app.actor_app = domain::AppId(app_guid(2));
  auto by_nobody = by_app;
  by_nobody.id = domain::RecordId("au-3");
  by_nobody.actor_app.reset();
  auto of_another = by_nobody;
  of_another.app_id = domain::AppId(app_guid(3));
  all.audits = {by_id, by_app, by_nobody, of_another};
  const auto judgement = judged(all, shipped_policy());
  const auto& timeline = judgement.findings.at(0).timeline;
  REQUIRE(timeline.size() == 3);
  CHECK(timeline[0].event == "Consent to application by user ada");
  CHECK(timeline[1].event == "Consent to application by app " + app_guid(2));
  CHECK(timeline[2].event == "Consent to application");
}

TEST_CASE("timeline: consents, grants and sign-ins stand in the order of time") {
  auto all = mailbox_app();
  all.audits = {grant_event("au-2", "sp"), consent_event("au-1", days_ago(2), "sp", "ada")};
  all.audits.push_back(consent_event("au-0", days_ago(3), "sp", "bob"));
  all.audits.back().result = domain::AuditResult::failure;
  all.audits.back().reason = "Risky application\u202e detected";
  all.audits.push_back(consent_event("au-x", days_ago(3), "sp-other", "bob"));
  all.sign_ins = {sign_in("si", days_ago(0), app_guid(1), "ada")};
  all.sign_ins[0].error_code = 50053;
  const auto judgement = judged(all, shipped_policy());
  const auto& timeline = judgement.findings.at(0).timeline;
  REQUIRE(timeline.size() == 4);
  CHECK(timeline[0].event ==
        "Consent to application by bob@contoso.example (refused: Risky application<U+202E> "
        "detected)");
  CHECK(timeline[1].record == "au-1");
  CHECK(timeline[2].event == "Add delegated permission grant by ada@contoso.example: Mail.Read");
  CHECK(timeline[3].event == "Sign-in of ada@contoso.example from 203.0.113.7 (failed: 50053)");
  all.sign_ins[0].error_code = domain::error_unknown;
  const auto unknown = judged(all, shipped_policy());
  CHECK(unknown.findings.at(0).timeline.at(3).event ==
        "Sign-in of ada@contoso.example from 203.0.113.7 (failed)");
}

TEST_CASE("timeline: of a long one the oldest and the newest are kept") {
  auto all = mailbox_app();
  for (int i = 0; i < 200; ++i) {
    all.sign_ins.push_back(sign_in("si-" + std::to_string(1000 + i),
                                   days_ago(20) + std::chrono::hours(i), app_guid(1), "ada"));
  }
  all.audits = {consent_event("au", days_ago(21), "sp", "ada")};
  const auto judgement = judged(all, shipped_policy());
  const auto& timeline = judgement.findings.at(0).timeline;
  REQUIRE(timeline.size() == 50);
  CHECK(timeline.front().record == "au");
  CHECK(timeline[24].record == "si-1023");
  CHECK(timeline[25].record == "si-1175");
  CHECK(timeline.back().record == "si-1199");
}
