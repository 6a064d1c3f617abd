#include <doctest/doctest.h>

#include <map>

#include "test_lab.hpp"

using namespace clawback;
using namespace clawback::lab;

namespace {

std::string property(const json::value& record, std::string_view name, std::string_view side) {
  for (const json::value& change :
       record.at("targetResources").at(0).at("modifiedProperties").as_array()) {
    if (text_of(change, "displayName") == name) return text_of(change, side);
  }
  return {};
}

Answer audits(TestLab& lab, const std::string& filter) {
  return lab.get("/auditLogs/directoryAudits?$filter=" + encode_query_value(filter));
}

}  // namespace

TEST_CASE(
    "trap 13: consent records are JSON in JSON, by the token service, with the client as target") {
  TestLab lab;
  const Planted& planted = lab.planted("em-client");
  const Answer answer = audits(
      lab, "activityDisplayName eq 'Consent to application' and targetResources/any(t: t/id eq '" +
               planted.service_principal_id + "')");
  REQUIRE(answer.value().size() == 2);
  const json::value& record = answer.value()[0];
  CHECK(text_of(record, "id").starts_with("Directory_" + text_of(record, "correlationId") + "_"));
  CHECK(text_of(record.at("initiatedBy").at("user"), "displayName") == "Azure ESTS Service");
  CHECK(text_of(record, "operationType") == "Assign");
  CHECK(property(record, "ConsentContext.IsAdminConsent", "newValue") == "\"False\"");
  const std::string permissions = property(record, "ConsentAction.Permissions", "newValue");
  CHECK(permissions.starts_with("\"[] => [[Id: "));
  CHECK(permissions.ends_with("]]; \""));
  CHECK(permissions.contains(
      "ConsentType: Principal, Scope:  EWS.AccessAsUser.All IMAP.AccessAsUser.All, "));
  CHECK(permissions.contains(planted.grant_ids.at(2)));
  CHECK(text_of(record.at("additionalDetails").at(1), "value") == planted.app_id);
}

TEST_CASE("trap 13: an amended consent is three records, and the main one shows no change") {
  TestLab lab;
  const Planted& planted = lab.planted("lookalike");
  const Answer all =
      audits(lab, "targetResources/any(t: t/id eq '" + planted.service_principal_id + "')");
  std::map<std::string, std::vector<const json::value*>> by_correlation;
  for (const json::value& record : all.value()) {
    by_correlation[text_of(record, "correlationId")].push_back(&record);
  }
  const std::vector<const json::value*>* triple = nullptr;
  for (const auto& [id, records] : by_correlation) {
    for (const json::value* record : records) {
      if (text_of(*record, "operationType") == "Unassign") triple = &records;
    }
  }
  REQUIRE(triple != nullptr);
  REQUIRE(triple->size() == 3);
  CHECK(text_of(*triple->at(0), "activityDisplayName") == "Consent to application");
  CHECK(text_of(*triple->at(1), "activityDisplayName") == "Remove delegated permission grant");
  CHECK(text_of(*triple->at(2), "activityDisplayName") == "Add delegated permission grant");
  CHECK_FALSE(
      property(*triple->at(0), "ConsentAction.Permissions", "newValue").contains("Mail.Read"));
  const std::string_view scope = "DelegatedPermissionGrant.Scope";
  CHECK_FALSE(property(*triple->at(1), scope, "oldValue").contains("Mail.Read"));
  CHECK(property(*triple->at(1), scope, "newValue").contains("Mail.Read"));
}

TEST_CASE("trap 13: a blocked consent has an Application as target and no client id") {
  TestLab lab;
  const Answer answer =
      audits(lab, "activityDisplayName eq 'Consent to application' and result eq 'failure'");
  REQUIRE(answer.value().size() == 2);
  CHECK(text_of(answer.value()[0].at("additionalDetails").at(1), "value") ==
        lab.planted("perfectdata").app_id);
  const json::value& record = answer.value()[1];
  CHECK(text_of(record.at("targetResources").at(0), "type") == "Application");
  CHECK(property(record, "ConsentAction.Permissions", "newValue")
            .contains("ClientId: 00000000-0000-0000-0000-000000000000"));
  CHECK(property(record, "ConsentAction.Reason", "newValue") == "\"Risky application detected\"");
}

TEST_CASE("history: writes through Graph are recorded in their application's name") {
  TestLab lab;
  const Planted& planted = lab.planted("app-role");
  CHECK(lab.write("DELETE", "/servicePrincipals/" + planted.service_principal_id +
                                "/appRoleAssignments/" + planted.assignment_ids.at(0))
            .status == 204);
  CHECK(lab.write("PATCH", "/servicePrincipals/" + planted.service_principal_id,
                  R"({"accountEnabled":false})")
            .status == 204);
  const Answer answer = audits(lab, "activityDateTime ge 2026-11-23T09:00:00Z");
  REQUIRE(answer.value().size() == 2);
  CHECK(text_of(answer.value()[0], "activityDisplayName") == "Update service principal");
  CHECK(property(answer.value()[0], "AccountEnabled", "newValue") == "[false]");
  CHECK(text_of(answer.value()[1], "activityDisplayName") ==
        "Remove app role assignment from service principal");
  CHECK(property(answer.value()[1], "AppRole.Value", "oldValue") == "\"Mail.Read\"");
  for (const json::value& record : answer.value()) {
    CHECK(text_of(record.at("initiatedBy").at("app"), "appId") ==
          lab.service.tenant().write_client_id);
    CHECK(record.at("initiatedBy").at("user").is_null());
  }
}

TEST_CASE("history: records come newest first, or oldest first on request, and by time") {
  TestLab lab;
  const Answer newest = lab.get("/auditLogs/directoryAudits?$top=5");
  const Answer oldest =
      lab.get("/auditLogs/directoryAudits?$top=5&$orderby=activityDateTime%20asc");
  CHECK(text_of(newest.value().at(0), "activityDateTime") >
        text_of(oldest.value().at(0), "activityDateTime"));
  CHECK(lab.get("/auditLogs/directoryAudits?$orderby=category").status == 400);
  const Answer recent = audits(lab, "activityDateTime ge 2026-11-20T00:00:00Z");
  for (const json::value& record : recent.value()) {
    CHECK(text_of(record, "activityDateTime") >= "2026-11-20");
  }
}

TEST_CASE("trap 14: a write is seen in the directory before it is in the log") {
  Options options = small_lab();
  options.visibility = std::chrono::minutes(1);
  options.audit_latency = std::chrono::minutes(5);
  TestLab lab(options);
  const std::string grant = lab.planted("em-client").grant_ids.at(0);
  CHECK(lab.write("DELETE", "/oauth2PermissionGrants/" + grant).status == 204);
  const std::string recent = "activityDateTime ge 2026-11-23T09:00:00Z";
  lab.clock += std::chrono::minutes(2);
  CHECK(lab.get("/oauth2PermissionGrants/" + grant).status == 404);
  CHECK(audits(lab, recent).value().empty());
  lab.clock += std::chrono::minutes(4);
  CHECK(audits(lab, recent).value().size() == 1);
}

TEST_CASE("history: sign-ins can be joined to a consent by user and time") {
  TestLab lab;
  const Planted& planted = lab.planted("perfectdata");
  const Answer answer =
      lab.get("/auditLogs/signIns?$filter=" +
              encode_query_value("appId eq '" + planted.app_id + "' and userId eq '" +
                                 planted.user_ids.at(0) + "'"));
  CHECK(answer.value().size() == 7);
  CHECK(int_at(answer.value().at(0).at("status"), "errorCode") == 0);
}

TEST_CASE("history: refused for one person, granted by the next within a minute") {
  TestLab lab;
  const Planted& planted = lab.planted("perfectdata");
  const Answer answer = audits(lab, "activityDisplayName eq 'Consent to application'");
  std::vector<const json::value*> of_app;
  for (const json::value& record : answer.value()) {
    if (text_of(record.at("additionalDetails").at(1), "value") == planted.app_id) {
      of_app.push_back(&record);
    }
  }
  REQUIRE(of_app.size() == 2);
  CHECK(text_of(*of_app[0], "result") == "success");
  CHECK(text_of(*of_app[1], "result") == "failure");
  const auto who = [](const json::value& record) {
    return text_of(record.at("initiatedBy").at("user"), "id");
  };
  CHECK(who(*of_app[0]) != who(*of_app[1]));
  const auto apart = *parse_time(text_of(*of_app[0], "activityDateTime")) -
                     *parse_time(text_of(*of_app[1], "activityDateTime"));
  CHECK(apart < std::chrono::minutes(1));
}

TEST_CASE("history: a secret for a service principal, and one for a registration of the tenant's") {
  TestLab lab;
  const Answer added = audits(lab, "activityDisplayName eq 'Add service principal credentials'");
  REQUIRE(added.value().size() == 1);
  CHECK(text_of(added.value()[0].at("targetResources").at(0), "id") ==
        lab.planted("tenant-wide").service_principal_id);
  CHECK(property(added.value()[0], "KeyDescription", "newValue").contains("KeyType=Password"));
  const std::string exact = "Update application \u2013 Certificates and secrets management ";
  CHECK(audits(lab, "activityDisplayName eq '" + exact + "'").value().size() == 1);
  CHECK(audits(lab, "startswith(activityDisplayName,'Update application')").value().size() == 1);
  CHECK(audits(lab, "activityDisplayName eq 'Add application'").value().size() == 1);
  const Planted& planted = lab.planted("registered-here");
  CHECK(lab.service.tenant().service_principals.at(planted.service_principal_id).owner_tenant ==
        lab.service.tenant().id);
}
