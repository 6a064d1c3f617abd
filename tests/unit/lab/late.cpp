#include <doctest/doctest.h>

#include "lab/ids.hpp"
#include "test_lab.hpp"

using namespace clawback;
using namespace clawback::lab;

namespace {

Options late_lab() {
  Options options = small_lab();
  options.visibility = std::chrono::seconds(30);
  return options;
}

}  // namespace

TEST_CASE("trap 12: what was deleted is still listed for a while") {
  TestLab lab(late_lab());
  const Planted& planted = lab.planted("em-client");
  const std::string path = "/oauth2PermissionGrants/" + planted.grant_ids.at(0);
  const std::string list =
      "/oauth2PermissionGrants?$filter=clientId+eq+'" + planted.service_principal_id + "'";
  CHECK(lab.write("DELETE", path).status == 204);
  CHECK(lab.get(path).status == 200);
  CHECK(lab.get(list).value().size() == 4);
  // Once more is no error yet, and has no second effect.
  CHECK(lab.write("DELETE", path).status == 204);
  lab.clock += std::chrono::seconds(30);
  CHECK(lab.get(path).status == 404);
  CHECK(lab.get(list).value().size() == 3);
  CHECK(lab.write("DELETE", path).status == 404);
  lab.clock += std::chrono::minutes(2);
  CHECK(lab.get("/auditLogs/directoryAudits?$filter=activityDateTime+ge+2026-11-23T09:00:00Z")
            .value()
            .size() == 1);
}

TEST_CASE("trap 12: what was made is 404 for a while, and its grant says 404 but applies") {
  TestLab lab(late_lab());
  const Answer made = lab.write("POST", "/servicePrincipals",
                                R"({"appId":"11111111-2222-4333-8444-555555555555"})");
  REQUIRE(made.status == 201);
  const std::string id = text_of(made.body, "id");
  CHECK(lab.get("/servicePrincipals/" + id).status == 404);
  const std::string body =
      compact_json(json::object{{"clientId", id},
                                {"consentType", "AllPrincipals"},
                                {"resourceId", lab.app_id_to_object(graph_app_id)},
                                {"scope", "User.Read"}});
  const Answer first = lab.write("POST", "/oauth2PermissionGrants", body);
  CHECK(first.status == 404);
  CHECK(first.code() == "Directory_ObjectNotFound");
  const Answer second = lab.write("POST", "/oauth2PermissionGrants", body);
  CHECK(second.status == 400);
  CHECK(second.message() == "Permission entry already exists.");
  lab.clock += std::chrono::seconds(31);
  CHECK(lab.get("/servicePrincipals/" + id).status == 200);
  CHECK(lab.get("/oauth2PermissionGrants?$filter=clientId+eq+'" + id + "'").value().size() == 1);
}

TEST_CASE("trap 12: a switched application shows its old state for a while") {
  TestLab lab(late_lab());
  const std::string path = "/servicePrincipals/" + lab.planted("em-client").service_principal_id;
  CHECK(lab.write("PATCH", path, R"({"accountEnabled":false})").status == 204);
  CHECK(bool_at(lab.get(path).body, "accountEnabled") == true);
  lab.service.with_tenant([](Tenant&) {});
  CHECK(bool_at(lab.get(path).body, "accountEnabled") == true);
  lab.clock += std::chrono::seconds(31);
  CHECK(bool_at(lab.get(path).body, "accountEnabled") == false);
}

TEST_CASE("late writes become visible in order") {
  TestLab lab(late_lab());
  const std::string path = "/servicePrincipals/" + lab.planted("em-client").service_principal_id;
  CHECK(lab.write("PATCH", path, R"({"accountEnabled":false})").status == 204);
  lab.clock += std::chrono::seconds(20);
  CHECK(lab.write("PATCH", path, R"({"accountEnabled":true})").status == 204);
  lab.clock += std::chrono::seconds(15);
  CHECK(bool_at(lab.get(path).body, "accountEnabled") == false);
  lab.clock += std::chrono::seconds(15);
  CHECK(bool_at(lab.get(path).body, "accountEnabled") == true);
}

TEST_CASE("tenant: what a test changes is seen at once, in lists too") {
  TestLab lab(late_lab());
  const std::string id = lab.planted("em-client").grant_ids.at(0);
  const std::string client = lab.planted("em-client").service_principal_id;
  lab.service.with_tenant([&](Tenant& tenant) { tenant.grants.erase(id); });
  CHECK(lab.get("/oauth2PermissionGrants/" + id).status == 404);
  CHECK(lab.get("/oauth2PermissionGrants?$filter=clientId+eq+'" + client + "'").value().size() ==
        3);
}
