#include <doctest/doctest.h>

#include "lab/ids.hpp"
#include "test_lab.hpp"

using namespace clawback;
using namespace clawback::lab;

namespace {

std::string grant_body(const Grant& grant) {
  json::object body{{"clientId", grant.client_id},
                    {"consentType", grant.principal_id.empty() ? "AllPrincipals" : "Principal"},
                    {"resourceId", grant.resource_id},
                    {"scope", grant.scope}};
  if (!grant.principal_id.empty()) body["principalId"] = grant.principal_id;
  return compact_json(body);
}

}  // namespace

TEST_CASE("trap 1: a grant made again gets the same id") {
  TestLab lab;
  const std::string id = lab.planted("em-client").grant_ids.at(0);
  const Grant grant = lab.service.tenant().grants.at(id);
  CHECK(lab.write("DELETE", "/oauth2PermissionGrants/" + id).status == 204);
  const Answer again = lab.write("POST", "/oauth2PermissionGrants", grant_body(grant));
  CHECK(again.status == 201);
  CHECK(text_of(again.body, "id") == id);
  CHECK(lab.service.tenant().grants.at(id).scope == grant.scope);
}

TEST_CASE("trap 12: a grant that exists can't be made again") {
  TestLab lab;
  const Grant grant = lab.service.tenant().grants.at(lab.planted("tenant-wide").grant_ids.at(0));
  const Answer again = lab.write("POST", "/oauth2PermissionGrants", grant_body(grant));
  CHECK(again.status == 409);
  CHECK(again.message() == "Permission entry already exists.");
}

TEST_CASE("grants: a second DELETE is 404") {
  TestLab lab;
  const std::string path = "/oauth2PermissionGrants/" + lab.planted("em-client").grant_ids.at(0);
  CHECK(lab.write("DELETE", path).status == 204);
  const Answer again = lab.write("DELETE", path);
  CHECK(again.status == 404);
  CHECK(again.code() == "Request_ResourceNotFound");
}

TEST_CASE("grants: a body that is none is refused") {
  TestLab lab;
  const Grant good = lab.service.tenant().grants.at(lab.planted("em-client").grant_ids.at(0));
  struct Case {
    std::string_view name;
    std::string body;
    int status;
  };
  const auto with = [&](std::string_view key, const std::optional<std::string>& value) {
    json::value body = *parse_json(grant_body(good));
    body.as_object()[key] = value ? json::value(json::string(*value)) : json::value();
    return compact_json(body);
  };
  const Case cases[] = {{"no JSON", "{", 400},
                        {"unknown consent type", with("consentType", "Everyone"), 400},
                        {"principal missing", with("principalId", std::nullopt), 400},
                        {"principal for everyone", with("consentType", "AllPrincipals"), 400},
                        {"client is no id", with("clientId", "x"), 400},
                        {"unknown client", with("clientId", random_guid()), 404},
                        {"unknown resource", with("resourceId", random_guid()), 404},
                        {"unknown user", with("principalId", random_guid()), 404},
                        {"scope too long", with("scope", std::string(4000, 'x')), 400}};
  for (const Case& c : cases) {
    CAPTURE(c.name);
    CHECK(lab.write("POST", "/oauth2PermissionGrants", c.body).status == c.status);
  }
}

TEST_CASE("grants: PATCH replaces the whole scope, and nothing else can be changed") {
  TestLab lab;
  const std::string id = lab.planted("tenant-wide").grant_ids.at(0);
  const std::string path = "/oauth2PermissionGrants/" + id;
  CHECK(lab.write("PATCH", path, R"({"scope":"User.Read"})").status == 204);
  CHECK(lab.service.tenant().grants.at(id).scope == "User.Read");
  CHECK(lab.write("PATCH", path, R"({"consentType":"Principal"})").status == 400);
}

TEST_CASE("trap 4: grants can't be deleted under users, service principals or me") {
  TestLab lab;
  const Planted& planted = lab.planted("em-client");
  const std::string grant = "/oauth2PermissionGrants/" + planted.grant_ids.at(0);
  for (const std::string& path : {"/users/" + planted.user_ids.at(0) + grant, "/me" + grant,
                                  "/servicePrincipals/" + planted.service_principal_id + grant}) {
    CAPTURE(path);
    const Answer answer = lab.write("DELETE", path);
    CHECK(answer.status == 400);
    CHECK(answer.code() == "BadRequest");
    CHECK(answer.message().starts_with("Write requests are only supported on contained entities"));
  }
  CHECK(lab.service.tenant().grants.contains(planted.grant_ids.at(0)));
}

TEST_CASE("trap 5: deleting a role assignment that is gone is 400") {
  TestLab lab;
  const Planted& planted = lab.planted("app-role");
  const std::string path = "/servicePrincipals/" + planted.service_principal_id +
                           "/appRoleAssignments/" + planted.assignment_ids.at(0);
  CHECK(lab.write("DELETE", path).status == 204);
  const Answer again = lab.write("DELETE", path);
  CHECK(again.status == 400);
  CHECK(again.code() == "Request_BadRequest");
  CHECK(again.message() == "EntitlementGrant being updated or deleted is not found.");
}

TEST_CASE("roles: they can be taken away from either side and given back") {
  TestLab lab;
  const Planted& planted = lab.planted("app-role");
  const std::string client = "/servicePrincipals/" + planted.service_principal_id;
  const RoleAssignment role =
      lab.service.tenant().role_assignments.at(planted.assignment_ids.at(1));
  CHECK(lab.write("DELETE",
                  "/servicePrincipals/" + role.resource_id + "/appRoleAssignedTo/" + role.id)
            .status == 204);
  CHECK(lab.get(client + "/appRoleAssignments").value().size() == 1);
  const std::string body = compact_json(json::object{{"principalId", role.principal_id},
                                                     {"resourceId", role.resource_id},
                                                     {"appRoleId", role.role_id}});
  const Answer again = lab.write("POST", client + "/appRoleAssignments", body);
  CHECK(again.status == 201);
  CHECK(text_of(again.body, "appRoleId") == role.role_id);
  CHECK(text_of(again.body, "id").size() == 43);
  const Answer twice = lab.write("POST", client + "/appRoleAssignments", body);
  CHECK(twice.status == 400);
  CHECK(twice.message() == "Permission being assigned already exists on the object");
}

TEST_CASE("applications: disabling takes a Boolean, and changes what reads show") {
  TestLab lab;
  const std::string path = "/servicePrincipals/" + lab.planted("em-client").service_principal_id;
  CHECK(lab.write("PATCH", path, R"({"accountEnabled":"false"})").status == 400);
  const Answer done = lab.write("PATCH", path, R"({"accountEnabled":false})");
  CHECK(done.status == 204);
  CHECK(bool_at(lab.get(path + "?$select=accountEnabled").body, "accountEnabled") == false);
  CHECK(lab.write("PATCH", path, R"({"accountEnabled":false})").status == 204);
}

TEST_CASE("applications: an unknown one can be made blocked, once") {
  TestLab lab;
  const std::string app_id = random_guid();
  const std::string body = R"({"appId":")" + app_id + R"(","accountEnabled":false})";
  const Answer made = lab.write("POST", "/servicePrincipals", body);
  CHECK(made.status == 201);
  CHECK(bool_at(made.body, "accountEnabled") == false);
  CHECK(lab.write("POST", "/servicePrincipals", body).status == 409);
  const std::string by_app = "/servicePrincipals(appId='" + app_id + "')";
  const http::Headers create = {{"Prefer", "create-if-missing"}};
  CHECK(lab.write("PATCH", by_app, R"({"accountEnabled":true})", create).status == 204);
  CHECK(bool_at(lab.get(by_app).body, "accountEnabled") == true);
}

TEST_CASE("applications: an upsert makes what is missing only when asked to") {
  TestLab lab;
  const std::string path = "/servicePrincipals(appId='" + random_guid() + "')";
  CHECK(lab.write("PATCH", path, R"({"accountEnabled":false})").status == 404);
  const Answer made =
      lab.write("PATCH", path, R"({"accountEnabled":false})", {{"Prefer", "create-if-missing"}});
  CHECK(made.status == 201);
  CHECK(bool_at(made.body, "accountEnabled") == false);
}

TEST_CASE("applications: deleting one takes its grants and roles along") {
  TestLab lab;
  const Planted& planted = lab.planted("em-client");
  const std::string path = "/servicePrincipals/" + planted.service_principal_id;
  CHECK(lab.write("DELETE", path).status == 204);
  CHECK(lab.get(path).status == 404);
  for (const std::string& id : planted.grant_ids) {
    CHECK_FALSE(lab.service.tenant().grants.contains(id));
  }
}

TEST_CASE("trap 18: revoking sessions says true, counts, moves the time, and passes guests by") {
  TestLab lab;
  const std::string user = lab.planted("em-client").user_ids.at(0);
  lab.clock += std::chrono::minutes(1);
  const Answer answer = lab.write("POST", "/users/" + user + "/revokeSignInSessions");
  CHECK(answer.status == 200);
  CHECK(bool_at(answer.body, "value") == true);
  CHECK(text_of(answer.body, "@odata.context").ends_with("$metadata#Edm.Boolean"));
  CHECK(lab.service.tenant().users.at(user).revocations == 1);
  CHECK(lab.service.tenant().users.at(user).sessions_valid_from == lab.clock);
  CHECK(lab.write("POST", "/users/" + user + "/revokeSignInSessions").status == 200);
  CHECK(lab.service.tenant().users.at(user).revocations == 2);
  for (const auto& [id, guest] : lab.service.tenant().users) {
    if (guest.type != "Guest") continue;
    CHECK(lab.write("POST", "/users/" + id + "/revokeSignInSessions").status == 200);
    CHECK(lab.service.tenant().users.at(id).revocations == 0);
    break;
  }
}

TEST_CASE("users: disabling one needs its own permission") {
  Options options = small_lab();
  options.write_denied = {"User.EnableDisableAccount.All"};
  TestLab lab(options);
  const std::string path = "/users/" + lab.planted("em-client").user_ids.at(0);
  CHECK(lab.write("PATCH", path, R"({"accountEnabled":false})").status == 403);
  options = small_lab();
  options.write_roles = {"User.EnableDisableAccount.All"};
  TestLab allowed(options);
  CHECK(allowed.write("PATCH", path, R"({"accountEnabled":false})").status == 204);
  CHECK_FALSE(
      allowed.service.tenant().users.at(lab.planted("em-client").user_ids.at(0)).account_enabled);
}

TEST_CASE("trap 19: a PATCH replaces lists and merges objects, and takes any policy name") {
  Options options = small_lab();
  options.write_roles = {"Policy.ReadWrite.Authorization", "Policy.Read.All"};
  TestLab lab(options);
  const Answer done = lab.write(
      "PATCH", "/policies/authorizationPolicy",
      R"({"defaultUserRolePermissions":{"permissionGrantPoliciesAssigned":["no-prefix-at-all"]}})");
  CHECK(done.status == 204);
  const json::value policy = lab.get("/policies/authorizationPolicy").body;
  const json::value& defaults = policy.at("defaultUserRolePermissions");
  CHECK(defaults.at("permissionGrantPoliciesAssigned").as_array().size() == 1);
  CHECK(bool_at(defaults, "allowedToCreateApps") == true);
}

TEST_CASE(
    "trap 22: the consent request policy is replaced by PUT, and 204 has no body and no type") {
  Options options = small_lab();
  options.write_roles = {"Policy.ReadWrite.ConsentRequest"};
  TestLab lab(options);
  const std::string path = "/policies/adminConsentRequestPolicy";
  CHECK(lab.write("PATCH", path, R"({"isEnabled":true})").status == 405);
  const Answer done = lab.write("PUT", path, R"({"isEnabled":true,"reviewers":[]})");
  CHECK(done.status == 204);
  CHECK(done.text.empty());
  CHECK(done.header("Content-Type").empty());
  CHECK(bool_at(lab.get(path).body, "isEnabled") == true);
  CHECK(int_at(lab.get(path).body, "version") == 1);
}

TEST_CASE("trap 23: no ETag is needed or given") {
  TestLab lab;
  const std::string path = "/servicePrincipals/" + lab.planted("em-client").service_principal_id;
  CHECK(lab.get(path).header("ETag").empty());
  CHECK_FALSE(lab.get(path).body.as_object().contains("@odata.etag"));
  CHECK(lab.write("PATCH", path, R"({"accountEnabled":false})", {{"If-Match", "W/\"x\""}}).status ==
        204);
}

TEST_CASE("writes: the read identity may do none of them") {
  TestLab lab;
  const Planted& planted = lab.planted("em-client");
  const std::string token = lab.read_token();
  const std::string before = state_digest(lab.service.tenant());
  struct Case {
    std::string method;
    std::string path;
    std::string body;
  };
  const Case cases[] = {
      {"DELETE", "/oauth2PermissionGrants/" + planted.grant_ids.at(0), ""},
      {"PATCH", "/servicePrincipals/" + planted.service_principal_id,
       R"({"accountEnabled":false})"},
      {"POST", "/users/" + planted.user_ids.at(0) + "/revokeSignInSessions", ""},
      {"POST", "/servicePrincipals", R"({"appId":"11111111-2222-4333-8444-555555555555"})"}};
  for (const Case& c : cases) {
    CAPTURE(c.path);
    CHECK(lab.call(token, c.method, "/v1.0" + c.path, c.body).status == 403);
  }
  CHECK(state_digest(lab.service.tenant()) == before);
}
