#include "evidence/live.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "evidence/collection.hpp"
#include "evidence/files.hpp"
#include "unit/graph/scripted.hpp"

using namespace clawback;
using namespace clawback::tests;
using domain::SourceState;

namespace {

constexpr std::string_view graph_api = "00000003-0000-0000-c000-000000000000";
constexpr std::string_view mail_read_role = "810c84a8-4a9e-49e6-bf7d-12d183f40d01";
const std::string denied_body =
    R"({"error":{"code":"Authorization_RequestDenied","message":"no"}})";

std::string value_of(const std::string& records) { return "{\"value\":[" + records + "]}"; }

// A tenant of a few objects: app-mail holds a mail scope for ada and for everyone, app-daemon a
// mail role, app-plain neither, app-own belongs to the tenant.
struct SmallTenant {
  SmallTenant() {
    const auto sp = [](const std::string& id, const std::string& app, const std::string& owner) {
      return R"({"id":")" + id + R"(","appId":")" + app + R"(","appOwnerOrganizationId":")" +
             owner + R"(","accountEnabled":true,"displayName":"x"})";
    };
    bodies["servicePrincipal_list"] = value_of(
        sp("sp-graph", std::string(graph_api), "f8cdef31-a31e-4b4a-93e4-5f571e91255a") + "," +
        sp("sp-mail", "app-mail", "other") + "," + sp("sp-daemon", "app-daemon", "other") + "," +
        sp("sp-plain", "app-plain", "other") + "," + sp("sp-own", "app-own", "own"));
    bodies["grants AllPrincipals"] = value_of(
        R"({"id":"g1","clientId":"sp-mail","resourceId":"sp-graph","consentType":"AllPrincipals","scope":"Mail.Read"})");
    bodies["grants Principal"] = value_of(
        R"({"id":"g2","clientId":"sp-mail","resourceId":"sp-graph","consentType":"Principal","principalId":"ada","scope":"Mail.Send"},
           {"id":"g3","clientId":"sp-plain","resourceId":"sp-graph","consentType":"Principal","principalId":"bob","scope":"User.Read"},
           {"id":"g4","clientId":"sp-own","resourceId":"sp-graph","consentType":"Principal","principalId":"gone","scope":"Mail.Read"})");
    bodies["servicePrincipal_getByAppId"] =
        R"({"id":"sp-graph","appId":")" + std::string(graph_api) + R"(","appRoles":[{"id":")" +
        std::string(mail_read_role) + R"(","value":"Mail.Read"}]})";
    bodies["servicePrincipal_listAppRoleAssignedTo"] = value_of(
        R"({"id":"a1","principalId":"sp-daemon","principalType":"ServicePrincipal","resourceId":"sp-graph","appRoleId":")" +
        std::string(mail_read_role) +
        R"("},{"id":"a2","principalId":"ada","principalType":"User","resourceId":"sp-graph","appRoleId":"r"})");
    bodies["directoryAudit_list"] = value_of(
        R"({"id":"e1","activityDisplayName":"Consent to application","activityDateTime":"2026-11-20T00:00:00Z","initiatedBy":{"user":{"id":"00000000-aaaa-4000-8000-00000000abcd"}}})");
    bodies["signIn_list_beta"] = value_of(
        R"({"id":"s1","appId":"app-mail","userId":"ada","createdDateTime":"2026-11-20T00:00:00Z","userAgent":"x"})");
    bodies["servicePrincipalSignInActivity_list"] = value_of(
        R"({"appId":"app-mail","lastSignInActivity":{"lastSignInDateTime":"2026-11-20T00:00:00Z"}})");
    bodies["signIn_list"] = value_of(
        R"({"id":"s1","appId":"app-mail","userId":"ada","createdDateTime":"2026-11-20T00:00:00Z"})");
    bodies["authorizationPolicy_get"] =
        R"({"defaultUserRolePermissions":{"permissionGrantPoliciesAssigned":["x"]}})";
    bodies["permissionGrantPolicy_list"] = value_of(R"({"id":"p1","displayName":"P"})");
  }

  Result<http::Response> answer(const std::string& method, const std::string& path) {
    const graph::Operation* of = graph::match(method, path);
    if (of == nullptr) return status(400);
    std::string key(of->id);
    if (key == "oauth2PermissionGrant_list") {
      key = path.find("AllPrincipals") != std::string::npos ? "grants AllPrincipals"
                                                            : "grants Principal";
    }
    asked.emplace_back(key, path);
    const auto fault = faults.find(key);
    if (fault != faults.end()) return fault->second;
    if (key == "user_get") {
      const std::string id = path.substr(path.find("users/") + 6, 3);
      if (id != "ada" && id != "bob") return status(404);
      return ok(R"({"id":")" + id + R"(","userPrincipalName":")" + id + "@x\"}");
    }
    if (key == "servicePrincipal_getByAppId" && path.find(graph_api) == std::string::npos)
      return status(404);
    return ok(bodies.at(key));
  }

  Result<http::Response> operator()(const http::Request& request) {
    if (request.target != "/v1.0/$batch") return answer(request.method, request.target);
    json::array responses;
    const json::value body = *parse_json(request.body);
    for (const json::value& item : *array_at(body, "requests")) {
      const auto one = answer(*string_at(item, "method"), "/v1.0" + *string_at(item, "url"));
      if (!one) return one.error();
      responses.push_back(json::object{
          {"id", item.at("id")}, {"status", one->status}, {"body", *parse_json(one->body)}});
    }
    return ok(compact_json(json::object{{"responses", std::move(responses)}}));
  }

  [[nodiscard]] std::vector<std::string> paths_of(std::string_view key) const {
    std::vector<std::string> out;
    for (const auto& [name, path] : asked) {
      if (name == key) out.push_back(path);
    }
    return out;
  }

  std::map<std::string, std::string> bodies;
  std::map<std::string, Result<http::Response>> faults;
  std::vector<std::pair<std::string, std::string>> asked;
};

Result<domain::Snapshot> collect(SmallTenant& tenant) {
  ScriptedGraph graph;
  graph.otherwise([&](const http::Request& request) { return tenant(request); });
  Rig rig(graph);
  evidence::LiveOptions options;
  options.tenant = domain::TenantId("own");
  options.tenant_name = "contoso";
  options.now = *parse_time("2026-11-23T03:04:09.500Z");
  options.since = *parse_duration("30d");
  Result<domain::Snapshot> out = domain::Snapshot{};
  http::run(
      [&]() -> asio::awaitable<void> { out = co_await evidence::collect(rig.reader, options); });
  return out;
}

std::vector<std::string> ids(const auto& records) {
  std::vector<std::string> out;
  out.reserve(records.size());
  for (const auto& record : records) out.push_back(record.id.str());
  return out;
}

using Ids = std::vector<std::string>;

bool not_in_graph(std::string_view source) {
  return source == domain::source::mail_accesses || source == domain::source::mailbox_changes ||
         source == domain::source::organization_config;
}

}  // namespace

TEST_CASE("live: everything that is needed, and nothing that is not") {
  SmallTenant tenant;
  const auto snapshot = collect(tenant);
  REQUIRE(snapshot);
  CHECK(ids(snapshot->grants) == Ids{"g1", "g2", "g3", "g4"});
  CHECK(snapshot->service_principals.size() == 5);
  CHECK(ids(snapshot->users) == Ids{"ada", "bob"});  // gone: deleted since
  CHECK(ids(snapshot->app_roles) == Ids{"a1"});      // a2: not an application
  CHECK(snapshot->app_roles[0].value == "Mail.Read");
  CHECK(ids(snapshot->audits) == Ids{"e1"});
  CHECK(ids(snapshot->sign_ins) == Ids{"s1"});
  CHECK(snapshot->authorization_policy);
  CHECK(snapshot->permission_grant_policies.size() == 1);
  CHECK(snapshot->app_activities.size() == 1);
  REQUIRE(snapshot->coverage.sources.size() == 12);
  for (const domain::Source& source : snapshot->coverage.sources) {
    CAPTURE(source.name);
    if (not_in_graph(source.name)) {
      CHECK(source.state == SourceState::absent);
      CHECK(source.reason->find("add ") != std::string::npos);
      continue;
    }
    CHECK(source.state == SourceState::read);
    CHECK(!source.reason);
  }
  CHECK(snapshot->coverage.logs_since == parse_time("2026-10-24T03:04:09Z"));
  CHECK(tenant.paths_of("signIn_list").empty());
  auto sign_ins = tenant.paths_of("signIn_list_beta");
  REQUIRE(sign_ins.size() == 2);
  std::sort(sign_ins.begin(), sign_ins.end());  // by application, by user
  CHECK(sign_ins[0].find("nonInteractiveUser") != std::string::npos);
  CHECK(sign_ins[0].find("servicePrincipal") == std::string::npos);
  CHECK(sign_ins[1].find("userId%20eq%20%2700000000-aaaa-4000-8000-00000000abcd%27") !=
        std::string::npos);
  CHECK(sign_ins[1].find("nonInteractiveUser") == std::string::npos);
  CHECK(sign_ins[0].find("app-mail") != std::string::npos);
  CHECK(sign_ins[0].find("app-daemon") != std::string::npos);
  CHECK(sign_ins[0].find("app-plain") == std::string::npos);
  CHECK(sign_ins[0].find("app-own") == std::string::npos);
  CHECK(sign_ins[0].find("createdDateTime%20ge%202026-10-24T03:04:09Z") != std::string::npos);
}

TEST_CASE("live: a source that can't be read is said so, and the rest goes on") {
  struct Case {
    std::string_view name;
    std::string_view fault;  // operation
    Result<http::Response> answer;
    std::string_view source;
    SourceState state;
    std::string_view reason;
  };
  const auto denied = status(403, denied_body);
  const auto garbage = ok("<html>");
  const Case cases[] = {
      {"grants denied in part", "grants AllPrincipals", denied, domain::source::grants,
       SourceState::partial, "Directory.Read.All"},
      {"service principals denied", "servicePrincipal_list", denied,
       domain::source::service_principals, SourceState::denied, "Application.Read.All"},
      {"app roles denied", "servicePrincipal_listAppRoleAssignedTo", denied,
       domain::source::app_roles, SourceState::denied, "Application.Read.All"},
      {"resources denied", "servicePrincipal_getByAppId", denied, domain::source::app_roles,
       SourceState::denied, "Application.Read.All"},
      {"users denied", "user_get", denied, domain::source::users, SourceState::denied,
       "User.Read.All"},
      {"audits denied", "directoryAudit_list", denied, domain::source::audits, SourceState::denied,
       "AuditLog.Read.All"},
      {"audits 401", "directoryAudit_list", status(401), domain::source::audits,
       SourceState::denied, "401"},
      {"audits not there", "directoryAudit_list", status(404), domain::source::audits,
       SourceState::denied, "404"},
      {"audits broken", "directoryAudit_list", garbage, domain::source::audits,
       SourceState::partial, "unusable page"},
      {"audits without end of 503", "directoryAudit_list", status(503), domain::source::audits,
       SourceState::partial, "503"},
      {"sign-ins broken", "signIn_list_beta", garbage, domain::source::sign_ins,
       SourceState::partial, "unusable page"},
      {"beta has no sign-ins", "signIn_list_beta", status(404), domain::source::sign_ins,
       SourceState::partial, "v1.0: no non-interactive sign-ins"},
      {"beta refuses sign-ins", "signIn_list_beta", denied, domain::source::sign_ins,
       SourceState::partial, "v1.0: no non-interactive sign-ins"},
      {"activities denied", "servicePrincipalSignInActivity_list", denied,
       domain::source::app_activities, SourceState::denied, "AuditLog.Read.All"},
      {"policy denied", "authorizationPolicy_get", denied, domain::source::authorization_policy,
       SourceState::denied, "Policy.Read.All"},
      {"policy unusable", "authorizationPolicy_get", ok("{}"), domain::source::authorization_policy,
       SourceState::partial, "permissionGrantPoliciesAssigned"},
      {"grant policies denied", "permissionGrantPolicy_list", denied,
       domain::source::permission_grant_policies, SourceState::denied,
       "Policy.Read.PermissionGrant"},
      {"a record unusable", "permissionGrantPolicy_list", ok(R"({"value":[{"id":"p"},{}]})"),
       domain::source::permission_grant_policies, SourceState::partial, "1 records are unusable"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    SmallTenant tenant;
    tenant.faults.emplace(c.fault, c.answer);
    const auto snapshot = collect(tenant);
    REQUIRE(snapshot);
    const domain::Source* source = domain::find(snapshot->coverage, c.source);
    REQUIRE(source != nullptr);
    CHECK(domain::name_of(source->state) == domain::name_of(c.state));
    REQUIRE(source->reason);
    CAPTURE(*source->reason);
    CHECK(source->reason->find(c.reason) != std::string::npos);
    for (const domain::Source& other : snapshot->coverage.sources) {
      CAPTURE(other.name);
      const bool follows =
          (other.name == domain::source::users || other.name == domain::source::sign_ins);
      if (other.name != c.source && !follows && !not_in_graph(other.name))
        CHECK(other.state == SourceState::read);
    }
  }
}

TEST_CASE("live: sign-ins that neither version gives are denied, and why") {
  SmallTenant tenant;
  const auto refused =
      status(403, R"({"error":{"code":"Authentication_RequestFromNonPremiumTenantOrB2CTenant"}})");
  tenant.faults.emplace("signIn_list_beta", refused);
  tenant.faults.emplace("signIn_list", refused);
  const auto snapshot = collect(tenant);
  REQUIRE(snapshot);
  const domain::Source* source = domain::find(snapshot->coverage, domain::source::sign_ins);
  CHECK(source->state == SourceState::denied);
  CHECK(source->reason->find("needs Entra ID P1") != std::string::npos);
}

TEST_CASE("live: users who consented are asked for in portions, and the rest is said") {
  struct Case {
    int users;
    std::size_t requests;
    SourceState state;
  };
  const Case cases[] = {{15, 1, SourceState::read},
                        {16, 2, SourceState::read},
                        {60, 4, SourceState::read},
                        {61, 4, SourceState::partial}};
  for (const Case& c : cases) {
    CAPTURE(c.users);
    SmallTenant tenant;
    std::string events;
    for (int i = 0; i < c.users; ++i) {
      events += fmt::format(
          R"({}{{"id":"e{}","activityDisplayName":"Consent to application","activityDateTime":)"
          R"("2026-11-20T00:00:00Z","initiatedBy":{{"user":{{"id":)"
          R"("00000000-aaaa-4000-8000-{:012}"}}}}}})",
          i == 0 ? "" : ",", i, i);
    }
    tenant.bodies["directoryAudit_list"] = value_of(events);
    const auto snapshot = collect(tenant);
    REQUIRE(snapshot);
    std::size_t asked = 0;
    for (const std::string& path : tenant.paths_of("signIn_list_beta")) {
      if (path.find("userId") != std::string::npos) ++asked;
    }
    CHECK(asked == c.requests);
    const domain::Source* source = domain::find(snapshot->coverage, domain::source::sign_ins);
    CHECK(domain::name_of(source->state) == domain::name_of(c.state));
    if (source->reason) CHECK(source->reason->find("60 of 61 users") != std::string::npos);
  }
}

TEST_CASE("live: a flood of sign-ins is cut, and that is said") {
  SmallTenant tenant;
  const graph::Call call = graph::make_call("signIn_list_beta");
  int page = 0;
  ScriptedGraph graph;
  graph.otherwise([&](const http::Request& request) -> Result<http::Response> {
    if (!request.target.starts_with(call.path)) return tenant(request);
    ++page;
    return ok(fmt::format(
        R"({{"@odata.nextLink":"https://graph.example{}?$skiptoken={}","value":[{{"id":"s{}",)"
        R"("appId":"app-mail","userId":"ada","createdDateTime":"2026-11-20T00:00:00Z"}}]}})",
        call.path, page, page));
  });
  Rig rig(graph);
  evidence::LiveOptions options;
  options.now = *parse_time("2026-11-23T03:04:09Z");
  options.since = *parse_duration("30d");
  Result<domain::Snapshot> snapshot = domain::Snapshot{};
  http::run([&]() -> asio::awaitable<void> {
    snapshot = co_await evidence::collect(rig.reader, options);
  });
  REQUIRE(snapshot);
  const domain::Source* source = domain::find(snapshot->coverage, domain::source::sign_ins);
  CHECK(source->state == SourceState::partial);
  CHECK(source->reason->find("only the newest") != std::string::npos);
  CHECK(source->records > 10);
}

TEST_CASE("live: who consented to what reaches mail is asked about first") {
  domain::Snapshot snapshot;
  const auto said_yes = [&](const std::string& user, const std::string& target, int hour) {
    domain::AuditEvent event;
    event.activity = "Consent to application";
    event.time = *parse_time("2026-11-20T00:00:00Z") + std::chrono::hours(hour);
    event.actor_user = domain::UserId(user);
    event.targets = {{.id = target, .type = {}, .display_name = {}, .properties = {}}};
    snapshot.audits.push_back(event);
  };
  domain::ServicePrincipal mail;
  mail.id = domain::ServicePrincipalId("sp-mail");
  mail.app_id = domain::AppId("app-mail");
  snapshot.service_principals = {mail};
  said_yes("late", "sp-other", 9);
  said_yes("early", "sp-other", 1);
  said_yes("concerned", "sp-mail", 0);
  const auto users = evidence::consenting_users(snapshot, {domain::AppId("app-mail")});
  CHECK(users ==
        std::vector{domain::UserId("concerned"), domain::UserId("late"), domain::UserId("early")});
}

TEST_CASE("live: what depends on an incomplete list is incomplete too") {
  SmallTenant tenant;
  tenant.faults.emplace("grants Principal", status(403, denied_body));
  const auto snapshot = collect(tenant);
  REQUIRE(snapshot);
  CHECK(domain::find(snapshot->coverage, domain::source::users)->state == SourceState::partial);
  CHECK(domain::find(snapshot->coverage, domain::source::sign_ins)->state == SourceState::partial);
}

TEST_CASE("live: an error in the middle of a collection leaves it partial") {
  SmallTenant tenant;
  std::string& body = tenant.bodies["servicePrincipal_list"];
  body.insert(1, R"("@odata.nextLink":"https://evil.example/v1.0/servicePrincipals",)");
  const auto snapshot = collect(tenant);
  REQUIRE(snapshot);
  const domain::Source* source =
      domain::find(snapshot->coverage, domain::source::service_principals);
  CHECK(source->state == SourceState::partial);
  CHECK(source->reason->find("evil.example") != std::string::npos);
}

TEST_CASE("live: a service that is not there is an error") {
  SmallTenant tenant;
  tenant.faults.emplace("grants AllPrincipals", failed(Errc::unavailable));
  tenant.faults.emplace("grants Principal", failed(Errc::unavailable));
  tenant.faults.emplace("servicePrincipal_list", failed(Errc::unavailable));
  const auto snapshot = collect(tenant);
  REQUIRE(!snapshot);
  CHECK(snapshot.error().code == Errc::unavailable);
}

TEST_CASE("live: a failed sign-in is an error") {
  class NoSignIn final : public http::Transport {
    asio::awaitable<Result<http::Response>> send(const http::Request&) override {
      co_return status(401,
                       R"({"error":"invalid_client","error_description":"AADSTS7000215: bad"})");
    }
  } graph;
  Rig rig(graph);
  http::run([&]() -> asio::awaitable<void> {
    const auto snapshot = co_await evidence::collect(rig.reader, evidence::LiveOptions{});
    REQUIRE(!snapshot);
    CHECK(snapshot.error().code == Errc::unauthenticated);
  });
}

TEST_CASE("live: many users are listed rather than asked for one by one") {
  SmallTenant tenant;
  std::string grants;
  std::string users;
  const std::size_t many = evidence::users_by_id_max + 1;
  for (std::size_t i = 0; i < many; ++i) {
    const std::string id = "u" + std::to_string(i);
    const std::string_view comma = i == 0 ? "" : ",";
    grants += fmt::format(R"({}{{"id":"g{}","clientId":"sp-mail","resourceId":"sp-graph",)"
                          R"("consentType":"Principal","principalId":"{}","scope":"Mail.Read"}})",
                          comma, id, id);
    users += fmt::format(R"({}{{"id":"{}"}})", comma, id);
  }
  tenant.bodies["grants Principal"] = value_of(grants);
  tenant.bodies["user_list"] = value_of(users + R"(,{"id":"without a grant"})");
  const auto snapshot = collect(tenant);
  REQUIRE(snapshot);
  CHECK(tenant.paths_of("user_list").size() == 1);
  CHECK(tenant.paths_of("user_get").empty());
  CHECK(snapshot->users.size() == many);
}

TEST_CASE("live: sign-ins are asked for in portions of apps, and no more than are bearable") {
  struct Case {
    int apps;
    std::size_t requests;
    SourceState state;
  };
  const Case cases[] = {
      {14, 1, SourceState::read}, {29, 2, SourceState::read}, {400, 20, SourceState::partial}};
  for (const Case& c : cases) {
    CAPTURE(c.apps);
    SmallTenant tenant;
    std::string apps = R"({"id":"sp-graph","appId":")" + std::string(graph_api) + "\"}";
    std::string grants;
    for (int i = 0; i < c.apps; ++i) {
      apps +=
          fmt::format(R"(,{{"id":"sp{}","appId":"app{}","appOwnerOrganizationId":"other"}})", i, i);
      grants += fmt::format(R"({}{{"id":"g{}","clientId":"sp{}","resourceId":"sp-graph",)"
                            R"("consentType":"AllPrincipals","scope":"IMAP.AccessAsUser.All"}})",
                            i == 0 ? "" : ",", i, i);
    }
    tenant.bodies["servicePrincipal_list"] = value_of(apps);
    tenant.bodies["grants AllPrincipals"] = value_of(grants);
    tenant.bodies["servicePrincipal_listAppRoleAssignedTo"] = value_of("");
    const auto snapshot = collect(tenant);
    REQUIRE(snapshot);
    CHECK(tenant.paths_of("signIn_list_beta").size() == c.requests + 1);  // one by user
    CHECK(domain::name_of(domain::find(snapshot->coverage, domain::source::sign_ins)->state) ==
          domain::name_of(c.state));
  }
}

TEST_CASE("live: the same tenant gives the same bytes, saved or collected again") {
  SmallTenant tenant;
  const auto first = collect(tenant);
  const auto second = collect(tenant);
  REQUIRE(first);
  REQUIRE(second);
  const std::string text = canonical_json(evidence::evidence_json(*first));
  CHECK(text == canonical_json(evidence::evidence_json(*second)));
  const auto read = evidence::read_bytes("x", text, {});
  REQUIRE(read);
  CHECK(canonical_json(evidence::evidence_json(read->snapshot)) == text);
}
