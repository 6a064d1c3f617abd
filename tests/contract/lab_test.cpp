#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/digest.hpp"
#include "table.hpp"
#include "unit/graph/lab_rig.hpp"

using namespace clawback;
using namespace clawback::tests;

namespace {

// Objects of the lab's tenant that requests can be about.
struct Objects {
  std::string app;  // a third party's service principal
  std::string app_id;
  std::string resource;  // Microsoft Graph
  std::string role;      // one that the app does not hold
  std::string user;
  std::string unassigned;  // a user who is not assigned to the app
  std::string reader;      // a user with an inbox rule, and the rule
  std::string rule;
  std::string grant;
  std::string access;  // a Conditional Access policy
  std::string held;    // an assignment, its holder and resource
  std::string holder;
  std::string held_on;
};

Objects pick(LabRig& rig) {
  Objects out;
  rig.server->with_tenant([&](lab::Tenant& tenant) {
    for (const auto& [id, app] : tenant.service_principals) {
      if (app.app_id == "00000003-0000-0000-c000-000000000000") out.resource = id;
    }
    const auto app = std::find_if(tenant.planted.begin(), tenant.planted.end(),
                                  [](const lab::Planted& one) { return one.label == "em-client"; });
    REQUIRE(app != tenant.planted.end());
    out.app = app->service_principal_id;
    out.app_id = app->app_id;
    out.user = tenant.users.begin()->first;
    for (const auto& [id, user] : tenant.users) {
      if (std::find(app->user_ids.begin(), app->user_ids.end(), id) == app->user_ids.end()) {
        out.unassigned = id;
      }
      if (user.rules.empty()) continue;
      out.reader = id;
      out.rule = user.rules.front().id;
    }
    out.grant = tenant.grants.begin()->first;
    out.access = string_at(tenant.conditional_access_policies.front(), "id").value();
    for (const json::value& role :
         *array_at(tenant.service_principals.at(out.resource).body, "appRoles")) {
      if (string_at(role, "value") == "Mail.Read") out.role = string_at(role, "id").value();
    }
    for (const auto& [id, assignment] : tenant.role_assignments) {
      const auto holder = tenant.service_principals.find(assignment.principal_id);
      if (holder == tenant.service_principals.end()) continue;  // a user
      // The requests would lose their own permissions.
      if (holder->second.app_id == tenant.read_client_id) continue;
      if (holder->second.app_id == tenant.write_client_id) continue;
      out.held = id;
      out.holder = assignment.principal_id;
      out.held_on = assignment.resource_id;
    }
  });
  return out;
}

struct Sent {
  std::vector<std::string> parameters;
  json::value body;
};

// A request of each operation that has to succeed.
Sent good(const Objects& of, std::string_view id) {
  const json::object grant{{"clientId", of.app},
                           {"consentType", "Principal"},
                           {"principalId", of.user},
                           {"resourceId", of.resource},
                           {"scope", "Mail.Read"}};
  const json::object role{
      {"principalId", of.app}, {"resourceId", of.resource}, {"appRoleId", of.role}};
  const json::object batch{
      {"requests",
       json::array{json::object{{"id", "1"}, {"method", "GET"}, {"url", "/users/" + of.user}}}}};
  const json::object access{
      {"displayName", "test"},
      {"state", "disabled"},
      {"conditions",
       {{"users", {{"includeUsers", {"None"}}}},
        {"applications", {{"includeApplications", {"None"}}}},
        {"clientAppTypes", {"all"}}}},
      {"grantControls", {{"operator", "OR"}, {"builtInControls", {"block"}}}}};
  const std::map<std::string_view, Sent> requests = {
      {"oauth2PermissionGrant_get", {{of.grant}, nullptr}},
      {"oauth2PermissionGrant_create", {{}, grant}},
      {"oauth2PermissionGrant_update", {{of.grant}, json::object{{"scope", "User.Read"}}}},
      {"oauth2PermissionGrant_delete", {{of.grant}, nullptr}},
      {"servicePrincipal_get", {{of.app}, nullptr}},
      {"servicePrincipal_getByAppId", {{of.app_id}, nullptr}},
      {"servicePrincipal_create",
       {{}, json::object{{"appId", random_guid()}, {"accountEnabled", false}}}},
      {"servicePrincipal_update", {{of.app}, json::object{{"accountEnabled", false}}}},
      {"servicePrincipal_upsertByAppId", {{of.app_id}, json::object{{"accountEnabled", false}}}},
      {"servicePrincipal_listAppRoleAssignments", {{of.app}, nullptr}},
      {"servicePrincipal_listAppRoleAssignedTo", {{of.resource}, nullptr}},
      {"servicePrincipal_createAppRoleAssignment", {{of.app}, role}},
      {"servicePrincipal_createAppRoleAssignedTo",
       {{of.app},
        json::object{{"principalId", of.unassigned},
                     {"resourceId", of.app},
                     {"appRoleId", "00000000-0000-0000-0000-000000000000"}}}},
      {"servicePrincipal_deleteAppRoleAssignment", {{of.holder, of.held}, nullptr}},
      {"servicePrincipal_deleteAppRoleAssignedTo", {{of.held_on, of.held}, nullptr}},
      {"user_get", {{of.user}, nullptr}},
      {"user_revokeSignInSessions", {{of.user}, nullptr}},
      {"user_update_accountEnabled", {{of.user}, json::object{{"accountEnabled", false}}}},
      {"messageRule_list", {{of.reader}, nullptr}},
      {"messageRule_get", {{of.reader, of.rule}, nullptr}},
      {"messageRule_update", {{of.reader, of.rule}, json::object{{"isEnabled", false}}}},
      {"authorizationPolicy_update",
       {{},
        json::object{{"defaultUserRolePermissions",
                      json::object{{"permissionGrantPoliciesAssigned", json::array{}}}}}}},
      {"adminConsentRequestPolicy_update",
       {{}, json::object{{"isEnabled", false}, {"reviewers", json::array{}}}}},
      {"conditionalAccessPolicy_create", {{}, access}},
      {"conditionalAccessPolicy_update", {{of.access}, json::object{{"state", "disabled"}}}},
      {"batch_post", {{}, batch}},
  };
  const auto found = requests.find(id);
  return found != requests.end() ? found->second : Sent{};
}

// Sent as it is, past the guards of Reader and Writer: the lab is what is tested here.
graph::Answer send(LabRig& rig, LabRig::As as, const graph::Call& call) {
  graph::Answer out;
  rig.run(as, [&](graph::Writer&, auth::TokenSource& tokens) -> asio::awaitable<void> {
    const auto authorization = co_await tokens.authorization();
    if (!authorization) FAIL(authorization.error().message);
    http::TlsClientOptions options;
    options.ca_file = rig.ca_file();
    const auto client = http::TlsClient::make(co_await asio::this_coro::executor, options);
    REQUIRE(client);
    http::Request request;
    request.method = call.method;
    request.origin = rig.origin();
    request.target = call.path;
    request.headers = {{.name = "Authorization", .value = *authorization}};
    if (!call.body.is_null()) {
      request.headers.push_back({.name = "Content-Type", .value = "application/json"});
      request.body = compact_json(call.body);
    }
    const auto response = co_await (*client)->send(request);
    if (!response) FAIL(response.error().message);
    out.status = response->status;
    auto body = parse_json(response->body);
    if (body) out.body = *body;
  });
  return out;
}

graph::Call call_of(const Expected& row, const Sent& sent, std::string_view query = {}) {
  return graph::make_call(row.id, sent.parameters, query, sent.body);
}

lab::Options allowed(const std::vector<std::string>& roles) {
  lab::Options options;
  options.write_roles = roles;
  return options;
}

bool one_of(int status, const std::vector<int>& statuses) {
  return std::find(statuses.begin(), statuses.end(), status) != statuses.end();
}

std::string code_of(const graph::Answer& answer) {
  const json::value* error = member(answer.body, "error");
  return error != nullptr ? string_at(*error, "code").value_or("") : "";
}

std::string message_of(const graph::Answer& answer) {
  const json::value* error = member(answer.body, "error");
  return error != nullptr ? string_at(*error, "message").value_or("") : "";
}

const std::vector<std::string> everything = {"Directory.Read.All",
                                             "Application.Read.All",
                                             "Application.ReadWrite.All",
                                             "AuditLog.Read.All",
                                             "Policy.Read.PermissionGrant",
                                             "Policy.Read.All",
                                             "Policy.ReadWrite.Authorization",
                                             "Policy.ReadWrite.ConsentRequest",
                                             "Policy.ReadWrite.ConditionalAccess",
                                             "User.Read.All",
                                             "User.RevokeSessions.All",
                                             "User.EnableDisableAccount.All",
                                             "MailboxSettings.Read",
                                             "MailboxSettings.ReadWrite",
                                             "Organization.Read.All",
                                             "AppRoleAssignment.ReadWrite.All",
                                             "DelegatedPermissionGrant.ReadWrite.All"};

}  // namespace

TEST_CASE("contract: the lab answers each operation with the status of the table") {
  LabRig rig(allowed(everything));
  for (const Expected& row : expected_operations()) {
    CAPTURE(row.id);
    const graph::Answer answer =
        send(rig, LabRig::As::write, call_of(row, good(pick(rig), row.id)));
    CAPTURE(message_of(answer));
    CAPTURE(answer.status);
    CHECK(one_of(answer.status, row.statuses));
  }
}

TEST_CASE("contract: in the lab each permission of the table is enough by itself") {
  const auto table = expected_operations();
  std::set<std::string> permissions;
  for (const Expected& row : table)
    permissions.insert(row.permissions.begin(), row.permissions.end());
  for (const std::string& permission : permissions) {
    CAPTURE(permission);
    LabRig rig(allowed({permission}));
    for (const Expected& row : table) {
      const auto& enough = row.permissions;
      if (std::find(enough.begin(), enough.end(), permission) == enough.end()) continue;
      CAPTURE(row.id);
      const graph::Answer answer =
          send(rig, LabRig::As::write, call_of(row, good(pick(rig), row.id)));
      CAPTURE(message_of(answer));
      CHECK(one_of(answer.status, row.statuses));
    }
  }
}

TEST_CASE("contract: in the lab no operation works without a permission of the table") {
  LabRig rig(allowed({"Calendars.Read"}));
  for (const Expected& row : expected_operations()) {
    if (row.permissions.empty()) continue;
    CAPTURE(row.id);
    const graph::Answer answer =
        send(rig, LabRig::As::write, call_of(row, good(pick(rig), row.id)));
    CHECK(answer.status == 403);
    CHECK(code_of(answer) == "Authorization_RequestDenied");
  }
}

TEST_CASE("contract: the lab gives the errors of the table") {
  LabRig rig(allowed(everything));
  const Objects objects = pick(rig);
  const std::string nobody = "99999999-9999-4999-8999-999999999999";
  for (const Expected& row : expected_operations()) {
    CAPTURE(row.id);
    for (const ExpectedError& error : row.errors) {
      CAPTURE(error.when);
      Sent sent = good(objects, row.id);
      std::string query;
      if (error.when == "page too large") {
        query = "$top=" + std::to_string(row.top_max + 1);
      } else if (error.when == "it exists already") {
        REQUIRE(send(rig, LabRig::As::write, call_of(row, sent)).status == 201);
      } else {
        // The object that is not there is the last one of the path.
        const std::string absent =
            row.id.starts_with("oauth2") ? "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789_-AbCdE" : nobody;
        sent.parameters.back() = absent;
      }
      const graph::Answer answer = send(rig, LabRig::As::write, call_of(row, sent, query));
      CAPTURE(answer.status);
      CAPTURE(code_of(answer));
      CHECK(one_of(answer.status, error.statuses));
      if (error.code) CHECK(code_of(answer) == *error.code);
      if (error.message) CHECK(message_of(answer) == *error.message);
    }
    if (row.top_max > 0) {
      const std::string query = "$top=" + std::to_string(row.top_max);
      const Sent sent = good(objects, row.id);
      CHECK(send(rig, LabRig::As::write, call_of(row, sent, query)).status == 200);
    }
  }
}
