#include "graph/parse.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <optional>

using namespace clawback;

namespace {

json::value read(std::string_view text) {
  auto value = parse_json(text);
  REQUIRE(value);
  return *value;
}

const domain::AuditProperty& property(const domain::AuditEvent& event, std::string_view name) {
  for (const domain::AuditProperty& one : event.targets.at(0).properties) {
    if (one.name == name) return one;
  }
  FAIL("no such property");
  return event.targets.at(0).properties.at(0);
}

}  // namespace

TEST_CASE("parse: scopes are sorted and unique, whatever blanks are between") {
  struct Case {
    std::string_view scope;
    std::vector<std::string> scopes;
  };
  const Case cases[] = {{"", {}},
                        {"   ", {}},
                        {" openid  Mail.Read\topenid ", {"Mail.Read", "openid"}},
                        {"IMAP.AccessAsUser.All", {"IMAP.AccessAsUser.All"}}};
  for (const Case& c : cases) {
    CAPTURE(c.scope);
    CHECK(graph::split_scopes(c.scope) == c.scopes);
  }
}

TEST_CASE("parse: a grant keeps its id's case and lower-cases GUIDs") {
  const auto grant = graph::parse_grant(read(R"({"@odata.id":"x","id":"AbC-_1","clientId":
      "AAAABBBB-0000-CCCC-1111-DDDD2222EEEE","resourceId":"res","consentType":"Principal",
      "principalId":"ada","scope":" Mail.Send  Mail.Read"})"));
  REQUIRE(grant);
  CHECK(grant->id.str() == "AbC-_1");
  CHECK(grant->client.str() == "aaaabbbb-0000-cccc-1111-dddd2222eeee");
  CHECK(grant->resource.str() == "res");
  REQUIRE(grant->principal);
  CHECK(grant->principal->str() == "ada");
  CHECK(grant->scopes == std::vector<std::string>{"Mail.Read", "Mail.Send"});
}

TEST_CASE("parse: a tenant-wide grant has no principal and may have no scope") {
  const auto grant = graph::parse_grant(read(
      R"({"id":"g","clientId":"c","resourceId":"r","consentType":"AllPrincipals","principalId":null,"scope":null})"));
  REQUIRE(grant);
  CHECK(grant->consent == domain::ConsentType::all_principals);
  CHECK(!grant->principal);
  CHECK(grant->scopes.empty());
}

TEST_CASE("parse: what an entity can't be without") {
  using Parse = std::function<std::optional<Error>(const json::value&)>;
  struct Case {
    std::string_view missing;
    Parse parse;
    std::string_view text;
  };
  const auto error_of = [](auto parse) -> Parse {
    return [parse](const json::value& value) -> std::optional<Error> {
      const auto parsed = parse(value);
      if (parsed) return std::nullopt;
      return parsed.error();
    };
  };
  const Parse grant = error_of(graph::parse_grant);
  const Parse app = error_of(graph::parse_service_principal);
  const Parse role = error_of(graph::parse_app_role_assignment);
  const Parse user = error_of(graph::parse_user);
  const Parse audit = error_of(graph::parse_audit_event);
  const Parse sign_in = error_of(graph::parse_sign_in);
  const Parse policy = error_of(graph::parse_authorization_policy);
  const Parse requests = error_of(graph::parse_admin_consent_request_policy);
  const Case cases[] = {
      {"\"id\"", grant, R"({"clientId":"c","resourceId":"r","consentType":"AllPrincipals"})"},
      {"\"clientId\"", grant, R"({"id":"g","resourceId":"r","consentType":"AllPrincipals"})"},
      {"\"resourceId\"", grant, R"({"id":"g","clientId":"c","consentType":"AllPrincipals"})"},
      {"\"consentType\"", grant,
       R"({"id":"g","clientId":"c","resourceId":"r","consentType":"all"})"},
      {"\"principalId\"", grant,
       R"({"id":"g","clientId":"c","resourceId":"r","consentType":"Principal"})"},
      {"\"id\"", grant, R"({"id":7,"clientId":"c"})"},
      {"\"id\"", grant, "null"},
      {"\"appId\"", app, R"({"id":"s"})"},
      {"\"appRoleId\"", role, R"({"id":"a","principalId":"p","resourceId":"r"})"},
      {"\"id\"", user, R"({"userPrincipalName":"a@b"})"},
      {"\"activityDateTime\"", audit,
       R"({"id":"a","activityDisplayName":"x","activityDateTime":"soon"})"},
      {"\"activityDisplayName\"", audit, R"({"id":"a","activityDateTime":"2026-01-01T00:00:00Z"})"},
      {"\"userId\"", sign_in, R"({"id":"s","appId":"a","createdDateTime":"2026-01-01T00:00:00Z"})"},
      {"permissionGrantPoliciesAssigned", policy, R"({"id":"authorizationPolicy"})"},
      {"\"isEnabled\"", requests, R"({"reviewers":[]})"},
      {"\"reviewers\"", requests, R"({"isEnabled":true})"},
      {"\"reviewers\"", requests, R"({"isEnabled":true,"reviewers":{}})"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const auto error = c.parse(read(c.text));
    REQUIRE(error);
    CHECK(error->code == Errc::protocol);
    CHECK(error->message.find(c.missing) != std::string::npos);
  }
}

TEST_CASE("parse: what was not returned is unknown, never a default") {
  const auto app = graph::parse_service_principal(read(R"({"id":"s","appId":"a"})"));
  REQUIRE(app);
  CHECK(!app->account_enabled);
  CHECK(!app->owner_tenant);
  CHECK(!app->verified_publisher);
  CHECK(!app->reply_urls);
  CHECK(!app->created);
  const auto user = graph::parse_user(read(R"({"id":"u","accountEnabled":null})"));
  REQUIRE(user);
  CHECK(!user->account_enabled);
  CHECK(!user->user_principal_name);
}

TEST_CASE("parse: an unverified publisher is an object of nulls") {
  const auto app = graph::parse_service_principal(read(R"({"id":"s","appId":"a","replyUrls":[],
      "verifiedPublisher":{"displayName":null,"verifiedPublisherId":null,"addedDateTime":null},
      "appRoles":[{"id":"810C84A8-4A9E-49E6-BF7D-12D183F40D01","value":"Mail.Read"}]})"));
  REQUIRE(app);
  REQUIRE(app->verified_publisher);
  CHECK(!app->verified_publisher->id);
  REQUIRE(app->reply_urls);
  CHECK(app->reply_urls->empty());
  CHECK(app->app_roles ==
        std::vector<domain::AppRole>{
            {.id = "810c84a8-4a9e-49e6-bf7d-12d183f40d01", .value = "Mail.Read"}});
}

TEST_CASE("parse: audit values are decoded once where they are quoted") {
  const auto event = graph::parse_audit_event(
      read(R"({"id":"Directory_1","activityDisplayName":"Consent to application",
      "activityDateTime":"2026-09-13T01:22:12.5603524Z","result":"success","correlationId":"k",
      "initiatedBy":{"user":{"id":"ADA","userPrincipalName":"ada@x"},"app":null},
      "additionalDetails":[{"key":"User-Agent","value":"EvoSTS"},{"key":"AppId","value":"app-1"}],
      "targetResources":[{"id":"sp-1","Type":"ServicePrincipal","displayName":null,"modifiedProperties":[
        {"displayName":"quoted","oldValue":null,"newValue":"\"False\""},
        {"displayName":"twice","oldValue":"\"\\\"x\\\"\"","newValue":"\"\""},
        {"displayName":"list","oldValue":"[]","newValue":"[\"a\"]"},
        {"displayName":"plain","oldValue":"DirectorySync","newValue":"\"broken"}]}]})"));
  REQUIRE(event);
  CHECK(format_time(event->time) == "2026-09-13T01:22:12.560Z");
  CHECK(event->result == domain::AuditResult::success);
  CHECK(event->actor_user == domain::UserId("ADA"));
  CHECK(!event->actor_app);
  CHECK(event->app_id == domain::AppId("app-1"));
  CHECK(event->targets.at(0).type == "ServicePrincipal");
  CHECK(property(*event, "quoted").new_value == "False");
  CHECK(property(*event, "quoted").old_value.empty());
  CHECK(property(*event, "twice").old_value == "\"x\"");
  CHECK(property(*event, "twice").new_value.empty());
  CHECK(property(*event, "list").new_value == "[\"a\"]");
  CHECK(property(*event, "plain").old_value == "DirectorySync");
  CHECK(property(*event, "plain").new_value == "\"broken");
}

TEST_CASE("parse: a sign-in") {
  const auto sign_in =
      graph::parse_sign_in(read(R"({"id":"s","appId":"A","userId":"u","createdDateTime":
      "2020-03-13T19:15:41Z","status":{"errorCode":50126},"location":{"countryOrRegion":"NL"},
      "clientAppUsed":"IMAP4","ipAddress":"2001:db8::1"})"));
  REQUIRE(sign_in);
  CHECK(sign_in->error_code == 50126);
  CHECK(sign_in->country == "NL");
  CHECK(sign_in->client_app_used == "IMAP4");
}
