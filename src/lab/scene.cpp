#include "lab/scene.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include <boost/json/object.hpp>

#include "base/digest.hpp"
#include "lab/ids.hpp"

namespace clawback::lab {
namespace {

std::vector<json::value> newest_first(std::vector<std::pair<Time, json::value>> records) {
  std::vector<std::size_t> order(records.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    return records[a].first != records[b].first ? records[a].first > records[b].first : a > b;
  });
  std::vector<json::value> out;
  out.reserve(records.size());
  for (const std::size_t i : order) out.push_back(std::move(records[i].second));
  return out;
}

json::value activity_record(const std::string& app_id, Time last) {
  const json::object used{{"lastSignInDateTime", format_time(last)}, {"lastSignInRequestId", ""}};
  const json::object never{{"lastSignInDateTime", nullptr}, {"lastSignInRequestId", nullptr}};
  return json::object{{"id", base64url(app_id)},
                      {"appId", app_id},
                      {"lastSignInActivity", used},
                      {"delegatedClientSignInActivity", used},
                      {"delegatedResourceSignInActivity", never},
                      {"applicationAuthenticationClientSignInActivity", never},
                      {"applicationAuthenticationResourceSignInActivity", never}};
}

}  // namespace

void add_audit(Scene& scene, const AuditRecord& record) {
  scene.audits.emplace_back(record.happening.time, to_json(record, scene.random));
}

void add_sign_in(Scene& scene, const SignInSpec& spec, const std::string& user_id) {
  json::value record = sign_in_record(spec, user_of(scene, user_id), scene.random);
  if (spec.interactive) scene.sign_ins.emplace_back(spec.time, record);
  scene.beta_sign_ins.emplace_back(spec.time,
                                   beta_sign_in_record(std::move(record), spec, scene.tenant.id));
  Time& last = scene.last_used[spec.app_id];
  last = std::max(last, spec.time);
}

void file_history(Scene& scene) {
  scene.tenant.directory_audits = newest_first(std::move(scene.audits));
  scene.tenant.sign_ins = newest_first(std::move(scene.sign_ins));
  scene.tenant.beta_sign_ins = newest_first(std::move(scene.beta_sign_ins));
  for (const auto& [app_id, time] : scene.last_used) {
    scene.tenant.app_activities.push_back(activity_record(app_id, time));
  }
}

const User& user_of(const Scene& scene, const std::string& id) { return scene.tenant.users.at(id); }

Happening by_user(Scene& scene, const std::string& user_id, Time time) {
  Happening happening;
  happening.time = time;
  happening.actor.user_id = user_id;
  happening.actor.user_principal_name = user_of(scene, user_id).user_principal_name;
  happening.correlation_id = scene.random.guid();
  return happening;
}

std::string install(Scene& scene, const AppSpec& spec) {
  ServicePrincipal app = make_app(scene.random, spec);
  const std::string id = app.id;
  scene.tenant.service_principals.emplace(id, std::move(app));
  return id;
}

std::string give_grant(Scene& scene, const std::string& client, const std::string& resource,
                       const std::string& principal, const std::string& scope) {
  const std::string id = grant_id(client, resource, principal);
  scene.tenant.grants[id] = {.id = id,
                             .client_id = client,
                             .resource_id = resource,
                             .principal_id = principal,
                             .scope = scope};
  return id;
}

std::string give_role(Scene& scene, const std::string& client, const std::string& resource,
                      std::string_view value, Time created) {
  const std::string id = assignment_id(scene.random, client);
  scene.tenant.role_assignments[id] = {.id = id,
                                       .principal_id = client,
                                       .principal_type = "ServicePrincipal",
                                       .resource_id = resource,
                                       .role_id = role_id_of(app_of(scene.tenant, resource), value),
                                       .created = created};
  return id;
}

void add_inbox_rule(Scene& scene, const std::string& user, const std::string& name,
                    json::object actions) {
  std::vector<MessageRule>& rules = scene.tenant.users.at(user).rules;
  const Sha256 digest = sha256(user + name + std::to_string(rules.size()));
  std::string id = base64(std::string(digest.begin(), digest.begin() + 8));
  std::ranges::replace(id, '/', '_');
  std::ranges::replace(id, '+', '-');
  rules.push_back({.id = std::move(id), .name = name, .actions = std::move(actions)});
}

void assign_user(Scene& scene, const std::string& client, const std::string& user, Time created) {
  const std::string id = assignment_id(scene.random, user);
  scene.tenant.role_assignments[id] = {.id = id,
                                       .principal_id = user,
                                       .principal_type = "User",
                                       .resource_id = client,
                                       .role_id = std::string(zero_guid),
                                       .created = created};
}

}  // namespace clawback::lab
