#include <doctest/doctest.h>

#include <set>

#include "lab/ids.hpp"
#include "test_lab.hpp"

using namespace clawback;
using namespace clawback::lab;

namespace {

std::vector<std::string> ids_over_pages(TestLab& lab, const std::string& path) {
  std::vector<std::string> ids;
  Answer page = lab.get(path);
  for (int pages = 0; pages < 200; ++pages) {
    CHECK(page.status == 200);
    for (const json::value& item : page.value()) ids.push_back(text_of(item, "id"));
    if (page.next().empty()) break;
    page = lab.follow(page.next());
  }
  return ids;
}

std::size_t members(const json::value& object) { return object.as_object().size(); }

}  // namespace

TEST_CASE("trap 1: grant ids are derived from the little-endian GUIDs, 43 or 64 characters") {
  CHECK(grant_id("ef969797-201d-4f6b-960c-e9ed5f31dab5", "943603e4-e787-4fe9-93d1-e30f749aae39",
                 "") == "l5eW7x0ga0-WDOntXzHateQDNpSH5-lPk9HjD3Sarjk");
  CHECK(grant_id("22a3c970-8ad4-4120-8127-300837f87f2c", "98dc9d95-49b6-405a-b3c0-834e969a708b",
                 "c2e8df37-c6a7-4d88-89b1-feb4f1fda7c5") ==
        "cMmjItSKIEGBJzAIN_h_LJWd3Ji2SVpAs8CDTpaacIs33-jCp8aITYmx_rTx_afF");
  TestLab lab;
  for (const auto& [id, grant] : lab.service.tenant().grants) {
    CHECK(id.size() == (grant.principal_id.empty() ? 43 : 64));
  }
}

TEST_CASE("trap 2: scopes of consented grants start with a blank") {
  TestLab lab;
  const Answer grant =
      lab.get("/oauth2PermissionGrants/" + lab.planted("em-client").grant_ids.at(0));
  CHECK(text_of(grant.body, "scope") == " openid email profile offline_access User.Read");
}

TEST_CASE("trap 3: a grant has object ids and no appId, and six properties in v1.0") {
  TestLab lab;
  const Planted& planted = lab.planted("em-client");
  const Answer grant = lab.get("/oauth2PermissionGrants/" + planted.grant_ids.at(0));
  CHECK(text_of(grant.body, "clientId") == planted.service_principal_id);
  CHECK_FALSE(grant.text.contains(planted.app_id));
  CHECK(members(grant.body) == 6 + 1);
}

TEST_CASE("paging: following the links gives every object once, in every page size") {
  Options options = small_lab();
  options.tenant.grants = 700;
  for (const std::string_view top : {"9", "37", "100", "999"}) {
    CAPTURE(top);
    TestLab lab(options);
    const auto ids = ids_over_pages(lab, "/oauth2PermissionGrants?$top=" + std::string(top));
    CHECK(ids.size() == lab.service.tenant().grants.size());
    CHECK(std::set<std::string>(ids.begin(), ids.end()).size() == ids.size());
  }
}

TEST_CASE("trap 6: directory pages end at 999, reports at 1000, and the default is 100") {
  Options options = small_lab();
  options.tenant.grants = 300;
  TestLab lab(options);
  struct Case {
    std::string_view path;
    int status;
  };
  const Case cases[] = {{"/oauth2PermissionGrants?$top=999", 200},
                        {"/oauth2PermissionGrants?$top=1000", 400},
                        {"/servicePrincipals?$top=1000", 400},
                        {"/users?$top=1000", 400},
                        {"/users?$top=0", 400},
                        {"/users?$top=x", 400},
                        {"/auditLogs/directoryAudits?$top=1000", 200},
                        {"/auditLogs/directoryAudits?$top=1001", 400},
                        {"/auditLogs/signIns?$top=1000", 200}};
  for (const Case& c : cases) {
    CAPTURE(c.path);
    CHECK(lab.get(std::string(c.path)).status == c.status);
  }
  const Answer refused = lab.get("/users?$top=1000");
  CHECK(refused.code() == "Request_UnsupportedQuery");
  CHECK(refused.message() ==
        "Invalid page size specified: '1000'. Must be between 1 and 999 inclusive.");
  CHECK(lab.get("/oauth2PermissionGrants").value().size() == 100);
}

TEST_CASE("trap 7: counting needs ConsistencyLevel") {
  TestLab lab;
  const Answer without = lab.get("/servicePrincipals/$count");
  CHECK(without.status == 400);
  CHECK(without.message() == "$count is not currently supported.");
  const http::Headers eventual = {{"ConsistencyLevel", "eventual"}};
  const Answer count = lab.get("/servicePrincipals/$count", eventual);
  CHECK(count.text == std::to_string(lab.service.tenant().service_principals.size()));
  CHECK(count.header("Content-Type") == "text/plain");
  CHECK_FALSE(lab.get("/servicePrincipals?$count=true").text.contains("@odata.count"));
  CHECK(int_at(lab.get("/servicePrincipals?$count=true&$top=5", eventual).body, "@odata.count") ==
        static_cast<std::int64_t>(lab.service.tenant().service_principals.size()));
}

TEST_CASE("trap 8: the next link is absolute, keeps the query, and comes before the value") {
  TestLab lab;
  const Answer page = lab.get(
      "/oauth2PermissionGrants?$top=5&$filter=consentType%20eq%20'Principal'&$select=id,scope");
  const std::string link = page.next();
  CHECK(link.starts_with("https://localhost:4443/v1.0/oauth2PermissionGrants?"));
  CHECK(link.contains("$filter=consentType+eq+%27Principal%27"));
  CHECK(link.contains("$select=id%2cscope"));
  CHECK(link.contains("$top=5"));
  const std::size_t context = page.text.find("@odata.context");
  const std::size_t next = page.text.find("@odata.nextLink");
  CHECK(context < next);
  CHECK(next < page.text.find("\"value\""));
  CHECK(members(lab.follow(link).value().at(0)) == 2);
  CHECK(lab.get("/oauth2PermissionGrants?$skiptoken=abcdef").status == 400);
  // A token of one collection is none of another.
  const std::string token = link.substr(link.find("$skiptoken="));
  CHECK(lab.get("/users?$top=5&" + token).status == 400);
}

TEST_CASE("trap 8: the count is on the first page only, and nothing carries the header over") {
  TestLab lab;
  const http::Headers eventual = {{"ConsistencyLevel", "eventual"}};
  const Answer first = lab.get("/servicePrincipals?$count=true&$top=5", eventual);
  CHECK(first.text.contains("@odata.count"));
  REQUIRE_FALSE(first.next().empty());
  CHECK_FALSE(lab.follow(first.next()).text.contains("@odata.count"));
}

TEST_CASE("trap 8: pages may be empty and still have a next link") {
  Options options = small_lab();
  options.empty_page_every = 2;
  TestLab lab(options);
  const Answer second = lab.follow(lab.get("/users?$top=20").next());
  CHECK(second.value().empty());
  CHECK_FALSE(second.next().empty());
  CHECK(ids_over_pages(lab, "/users?$top=20").size() == lab.service.tenant().users.size());
}

TEST_CASE("trap 8: the links of sign-ins have a lower-case path and go on working") {
  TestLab lab;
  const Answer page = lab.get("/auditLogs/signIns?&$top=10");
  CHECK(page.next().contains("/v1.0/auditLogs/signins?$top=10&$skiptoken="));
  CHECK(page.next().ends_with("_1"));
  CHECK(ids_over_pages(lab, "/auditLogs/signIns?$top=50").size() ==
        lab.service.tenant().sign_ins.size());
}

TEST_CASE("trap 9: contexts and tips") {
  TestLab lab;
  const std::string app = lab.planted("em-client").service_principal_id;
  struct Case {
    std::string path;
    std::string context;
  };
  const Case cases[] = {
      {"/servicePrincipals?$select=id,appId", "#servicePrincipals(id,appId)"},
      {"/servicePrincipals/" + app, "#servicePrincipals/$entity"},
      {"/servicePrincipals/" + app + "?$select=id", "#servicePrincipals(id)/$entity"},
      {"/servicePrincipals(appId='" + lab.planted("em-client").app_id + "')",
       "#servicePrincipals/$entity"},
      {"/servicePrincipals/" + app + "/appRoleAssignedTo",
       "#servicePrincipals('" + app + "')/appRoleAssignedTo"},
      {"/auditLogs/directoryAudits", "#auditLogs/directoryAudits"},
      {"/policies/permissionGrantPolicies", ""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.path);
    const std::string expected =
        c.context.empty() ? "" : "https://localhost:4443/v1.0/$metadata" + c.context;
    const Answer answer = lab.get(c.path);
    CHECK(answer.status == 200);
    CHECK(text_of(answer.body, "@odata.context") == expected);
  }
  CHECK(lab.get("/servicePrincipals").text.contains("@microsoft.graph.tips"));
  CHECK_FALSE(lab.get("/servicePrincipals?$select=id").text.contains("@microsoft.graph.tips"));
}

TEST_CASE("trap 10: v1.0 has no beta members, but returns createdDateTime") {
  TestLab lab;
  const Answer app = lab.get("/servicePrincipals/" + lab.planted("em-client").service_principal_id);
  CHECK(app.body.as_object().contains("createdDateTime"));
  CHECK(app.body.as_object().contains("oauth2PermissionScopes"));
  CHECK_FALSE(app.body.as_object().contains("publishedPermissionScopes"));
  CHECK_FALSE(app.body.as_object().contains("publisherName"));
  const Answer grants = lab.get("/oauth2PermissionGrants");
  CHECK_FALSE(grants.text.contains("expiryTime"));
  CHECK(lab.call(lab.read_token(), "GET", "/beta/servicePrincipals").status == 400);
  CHECK(
      lab.call(lab.read_token(), "GET", "/v1.0/reports/servicePrincipalSignInActivities").status ==
      400);
  for (const json::value& record : lab.get("/auditLogs/signIns").value()) {
    CHECK_FALSE(record.as_object().contains("userAgent"));
    CHECK(bool_at(record, "isInteractive").value());
    CHECK(text_of(record, "riskState") == "none");
  }
}

TEST_CASE("beta: sign-ins have their kind, network and user agent, and pages stay in beta") {
  TestLab lab;
  const auto read = [&](const std::string& filter) {
    std::string path = "/beta/auditLogs/signIns?$top=1000";
    if (!filter.empty()) path += "&$filter=" + encode_query_value(filter);
    return lab.call(lab.read_token(), "GET", path);
  };
  const Tenant& tenant = lab.service.tenant();
  CHECK(read("").value().size() == tenant.sign_ins.size());
  CHECK(read("signInEventTypes/any(t: t eq 'interactiveUser') or signInEventTypes/any(t: t eq "
             "'nonInteractiveUser')")
            .value()
            .size() == tenant.beta_sign_ins.size());
  const Answer quiet = read("signInEventTypes/any(t: t eq 'nonInteractiveUser')");
  CHECK(quiet.value().size() == tenant.beta_sign_ins.size() - tenant.sign_ins.size());
  CHECK_FALSE(quiet.value().empty());
  const Answer attacker = read("userAgent eq 'python-requests/2.32.3'");
  REQUIRE(attacker.value().size() == 7);
  CHECK(text_of(attacker.value().at(0), "appId") == lab.planted("perfectdata").app_id);
  CHECK(text_of(attacker.value().at(0), "riskLevelDuringSignIn") == "high");
  CHECK(int_at(attacker.value().at(0), "autonomousSystemNumber") == 14061);
  const Answer page = lab.call(lab.read_token(), "GET", "/beta/auditLogs/signIns?$top=5");
  CHECK(page.next().starts_with("https://localhost:4443/beta/auditLogs/signins?$top=5"));
  CHECK(text_of(page.body, "@odata.context").contains("/beta/$metadata#auditLogs/signIns"));
}

TEST_CASE("beta: when an application was last used") {
  TestLab lab;
  const Answer all =
      lab.call(lab.read_token(), "GET", "/beta/reports/servicePrincipalSignInActivities?$top=999");
  CHECK(all.value().size() == lab.service.tenant().app_activities.size());
  const Answer one =
      lab.call(lab.read_token(), "GET",
               "/beta/reports/servicePrincipalSignInActivities?$filter=" +
                   encode_query_value("appId eq '" + lab.planted("perfectdata").app_id + "'"));
  REQUIRE(one.value().size() == 1);
  CHECK_FALSE(text_of(one.value()[0].at("lastSignInActivity"), "lastSignInDateTime").empty());
}

TEST_CASE(
    "trap 11: an unverified publisher is an object of nulls, lists are empty, nobody is null") {
  TestLab lab;
  const Answer app =
      lab.get("/servicePrincipals/" + lab.planted("tenant-wide").service_principal_id);
  const json::value& publisher = app.body.at("verifiedPublisher");
  CHECK(publisher.at("verifiedPublisherId").is_null());
  CHECK(publisher.at("displayName").is_null());
  CHECK(app.body.at("keyCredentials").as_array().empty());
  const Answer grant =
      lab.get("/oauth2PermissionGrants/" + lab.planted("tenant-wide").grant_ids.at(0));
  CHECK(grant.body.at("principalId").is_null());
  CHECK(text_of(grant.body, "consentType") == "AllPrincipals");
}

TEST_CASE("grants: filters by client, consent type, principal and resource") {
  TestLab lab;
  const Planted& planted = lab.planted("em-client");
  const std::string exchange = lab.app_id_to_object(exchange_app_id);
  struct Case {
    std::string filter;
    std::size_t count;
  };
  const Case cases[] = {
      {"clientId eq '" + planted.service_principal_id + "'", 4},
      {"clientId eq '" + planted.service_principal_id + "' and resourceId eq '" + exchange + "'",
       2},
      {"clientId eq '" + planted.service_principal_id + "' and principalId eq '" +
           planted.user_ids.at(0) + "' and consentType eq 'Principal'",
       2},
      {"clientId eq '" + planted.service_principal_id + "' and consentType eq 'AllPrincipals'", 0},
      {"clientId eq '" + random_guid() + "'", 0},
  };
  for (const Case& c : cases) {
    CAPTURE(c.filter);
    const Answer answer =
        lab.get("/oauth2PermissionGrants?$filter=" + encode_query_value(c.filter));
    CHECK(answer.status == 200);
    CHECK(answer.value().size() == c.count);
  }
  std::size_t both = 0;
  for (const std::string_view type : {"Principal", "AllPrincipals"}) {
    both += ids_over_pages(lab, "/oauth2PermissionGrants?$top=50&$filter=consentType+eq+'" +
                                    std::string(type) + "'")
                .size();
  }
  CHECK(both == lab.service.tenant().grants.size());
  CHECK(lab.get("/oauth2PermissionGrants?$filter=scope+eq+'x'").code() ==
        "Request_UnsupportedQuery");
}

TEST_CASE("users: their grants are only those for themselves, by id or by name") {
  TestLab lab;
  const std::string user = lab.planted("em-client").user_ids.at(0);
  const Answer grants = lab.get("/users/" + user + "/oauth2PermissionGrants?$top=999");
  CHECK(grants.value().size() >= 2);
  for (const json::value& grant : grants.value()) CHECK(text_of(grant, "principalId") == user);
  const std::string name = lab.service.tenant().users.at(user).user_principal_name;
  CHECK(text_of(lab.get("/users/" + name).body, "id") == user);
}

TEST_CASE("users: accountEnabled comes only on request") {
  TestLab lab;
  const std::string user = lab.planted("em-client").user_ids.at(0);
  CHECK_FALSE(lab.get("/users/" + user).body.as_object().contains("accountEnabled"));
  const Answer asked =
      lab.get("/users/" + user + "?$select=id,accountEnabled,signInSessionsValidFromDateTime");
  CHECK(bool_at(asked.body, "accountEnabled") == true);
  CHECK(parse_time(text_of(asked.body, "signInSessionsValidFromDateTime")));
  CHECK(lab.get("/users?$select=id,shoeSize").status == 400);
}

TEST_CASE("trap 16: without the permission the answer is 403, whether the object exists or not") {
  Options options = small_lab();
  options.read_roles = {"AuditLog.Read.All"};
  TestLab lab(options);
  struct Case {
    std::string path;
    int status;
  };
  const Case cases[] = {
      {"/oauth2PermissionGrants", 403},
      {"/oauth2PermissionGrants/" + lab.planted("em-client").grant_ids.at(0), 403},
      {"/oauth2PermissionGrants/nothing", 403},
      {"/servicePrincipals/" + random_guid(), 403},
      {"/policies/authorizationPolicy", 403},
      {"/auditLogs/directoryAudits", 200},
  };
  for (const Case& c : cases) {
    CAPTURE(c.path);
    const Answer answer = lab.get(c.path);
    CHECK(answer.status == c.status);
    if (c.status == 403) CHECK(answer.code() == "Authorization_RequestDenied");
  }
}

TEST_CASE("trap 16: missing objects are 404, malformed ids 400") {
  TestLab lab;
  const std::string grant = grant_id(random_guid(), random_guid(), "");
  struct Case {
    std::string path;
    int status;
    std::string_view code;
  };
  const Case cases[] = {
      {"/oauth2PermissionGrants/" + grant, 404, "Request_ResourceNotFound"},
      {"/oauth2PermissionGrants/x", 400, "Request_BadRequest"},
      {"/servicePrincipals/" + random_guid(), 404, "Request_ResourceNotFound"},
      {"/servicePrincipals/x", 400, "Request_BadRequest"},
      {"/servicePrincipals(appId='" + random_guid() + "')", 404, "Request_ResourceNotFound"},
      {"/users/nobody@contoso.example", 404, "Request_ResourceNotFound"},
      {"/nothing/here", 400, "BadRequest"}};
  for (const Case& c : cases) {
    CAPTURE(c.path);
    const Answer answer = lab.get(c.path);
    CHECK(answer.status == c.status);
    CHECK(answer.code() == c.code);
  }
}

TEST_CASE("trap 20: errors have a date without a zone, and ids in body and header") {
  TestLab lab;
  const Answer answer =
      lab.get("/users/nobody", {{"client-request-id", "11111111-2222-3333-4444-555555555555"}});
  const json::value& inner = answer.body.at("error").at("innerError");
  CHECK(text_of(inner, "date") == "2026-11-23T09:00:00");
  CHECK(text_of(inner, "client-request-id") == "11111111-2222-3333-4444-555555555555");
  CHECK(answer.header("client-request-id") == "11111111-2222-3333-4444-555555555555");
  CHECK(answer.header("request-id") == text_of(inner, "request-id"));
  CHECK(lab.get("/auditLogs/directoryAudits/x").text.contains("\"innererror\""));
}

TEST_CASE("sign-ins: a tenant without the licence says so") {
  Options options = small_lab();
  options.tenant.premium = false;
  TestLab lab(options);
  const Answer answer = lab.get("/auditLogs/signIns");
  CHECK(answer.status == 403);
  CHECK(answer.code() == "Authentication_RequestFromNonPremiumTenantOrB2CTenant");
}

TEST_CASE("hostile names come through as JSON, byte for byte") {
  TestLab lab;
  const Planted& planted = lab.planted("benign-hostile-name");
  const Answer app = lab.get("/servicePrincipals/" + planted.service_principal_id);
  CHECK(text_of(app.body, "displayName") ==
        lab.service.tenant().service_principals.at(planted.service_principal_id).display_name);
}

TEST_CASE("organization: one tenant, with its id and domain") {
  TestLab lab;
  const Answer answer = lab.get("/organization");
  REQUIRE(answer.value().size() == 1);
  CHECK(text_of(answer.value()[0], "id") == lab.service.tenant().id);
}
