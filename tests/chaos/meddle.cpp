#include "chaos/meddle.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <sstream>

#include "base/digest.hpp"
#include "lab/ids.hpp"

namespace chaos {

using namespace clawback;

namespace {

// What facts of this sort are called.
std::string_view sort_of(Meddling::What what) {
  using enum Meddling::What;
  switch (what) {
    case widen_grant:
    case narrow_grant:
    case remove_grant:
    case consent_again:
      return "grant:";
    case enable_app:
    case disable_app:
      return "app:";
    case remove_role:
    case give_role_again:
      return "role:";
    case revoke_sessions:
      return "sessions:";
    case disable_user:
    case enable_user:
      return "user:";
    case new_grant:
      return "new:";
    case change_consent:
      return "policy:consent";
    case enable_rule:
    case disable_rule:
    case redirect_rule:
    case remove_rule:
      return "rule:";
    case change_requests:
      return "policy:requests";
    case switch_access:
    case remove_access:
      return "access:";
  }
  return "";
}

// The plan's facts of one sort, and every fourth time all that the tenant has of it.
std::vector<std::string> choice(const Meddling& one, const std::vector<Step>& steps,
                                const lab::Directory& truth) {
  std::vector<std::string> out;
  const std::string_view sort = sort_of(one.what);
  if (one.pick % 4 != 0) {
    for (const Step& step : steps) {
      if (step.key.starts_with(sort)) out.push_back(step.key);
    }
    if (!out.empty()) return out;
  }
  for (const auto& [key, value] : state_of(truth.tenant())) {
    if (!key.starts_with(sort)) continue;
    // Nobody takes from clawback's own identities, or from Microsoft's.
    const bool own =
        key.contains(truth.tenant().write_client_id) || key.contains(truth.tenant().read_client_id);
    if (!own) out.push_back(key);
  }
  return out;
}

std::string id_in(const std::string& key) { return key.substr(key.find(':') + 1); }

std::string narrowed(const std::string& scope) {
  std::istringstream words(sorted_words(scope));
  std::string first;
  words >> first;
  return first;
}

std::vector<Change> change_grant(const Meddling& one, const std::string& key,
                                 const lab::Directory& truth) {
  const lab::Grant* found = truth.grant(id_in(key));
  if (found == nullptr) return {};
  lab::Grant grant = *found;
  if (one.what == Meddling::What::remove_grant) {
    return {{key, lab::Gone<lab::Grant>{grant.id}}};
  }
  if (one.what == Meddling::What::widen_grant) {
    grant.scope += one.pick % 2 == 0 ? " Mail.ReadWrite Tasks.Read" : " Notes.Read";
  } else {
    grant.scope = narrowed(grant.scope);
  }
  if (sorted_words(grant.scope) == sorted_words(found->scope)) return {};
  return {{key, grant}};
}

std::string guid_at(const std::string& bytes, std::size_t from);

// The three ids that a grant's id is made of.
std::optional<lab::Grant> grant_from_id(const std::string& id) {
  const auto bytes = from_base64url(id);
  if (!bytes || bytes->size() < 32) return std::nullopt;
  lab::Grant grant{.id = id,
                   .client_id = guid_at(*bytes, 0),
                   .resource_id = guid_at(*bytes, 16),
                   .principal_id = bytes->size() >= 48 ? guid_at(*bytes, 32) : ""};
  return grant;
}

std::string guid_at(const std::string& bytes, std::size_t from) {
  constexpr std::array<std::size_t, 16> order = {3, 2, 1,  0,  5,  4,  7,  6,
                                                 8, 9, 10, 11, 12, 13, 14, 15};
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out.push_back('-');
    const auto byte = static_cast<unsigned char>(bytes[from + order[i]]);
    out.push_back(digits[byte >> 4u]);
    out.push_back(digits[byte & 15u]);
  }
  return out;
}

std::vector<Change> consent_again(const Meddling& one, const std::string& key,
                                  const std::vector<Step>& steps, const lab::Directory& truth) {
  if (truth.grant(id_in(key)) != nullptr) return {};
  auto grant = grant_from_id(id_in(key));
  if (!grant || truth.app(grant->client_id) == nullptr) return {};
  const auto planned = std::ranges::find(steps, key, &Step::key);
  const std::string before =
      planned == steps.end() ? "" : planned->before.value_or(planned->after.value_or(""));
  // The same, less, or something that nobody planned for.
  grant->scope = one.pick % 3 == 0   ? before
                 : one.pick % 3 == 1 ? narrowed(before)
                                     : before + " Contacts.Read";
  if (sorted_words(grant->scope).empty()) grant->scope = "User.Read";
  return {{key, *grant}};
}

std::vector<Change> switch_app(const Meddling& one, const std::string& key,
                               const lab::Directory& truth) {
  const lab::ServicePrincipal* found = truth.app_by_app_id(id_in(key));
  const bool on = one.what == Meddling::What::enable_app;
  if (found == nullptr || found->account_enabled == on) return {};
  // Switching off Graph itself or clawback's identities is another story.
  if (found->owner_tenant == lab::microsoft_tenant || found->owner_tenant == truth.tenant().id)
    return {};
  lab::ServicePrincipal app = *found;
  app.account_enabled = on;
  return {{key, app}};
}

std::vector<Change> change_role(const Meddling& one, const std::string& key,
                                const lab::Directory& truth) {
  const std::string triple = id_in(key);
  const std::string client = triple.substr(0, triple.find('/'));
  const lab::ServicePrincipal* app = truth.app(client);
  if (app == nullptr || app->app_id == truth.tenant().write_client_id ||
      app->app_id == truth.tenant().read_client_id) {
    return {};
  }
  for (const lab::RoleAssignment* role : truth.roles_held_by(client)) {
    if (role_key(*role) != key) continue;
    if (one.what == Meddling::What::give_role_again) return {};
    return {{key, lab::Gone<lab::RoleAssignment>{role->id}}};
  }
  if (one.what == Meddling::What::remove_role) return {};
  lab::Random random(one.pick);
  const std::size_t second = triple.find('/') + 1;
  const lab::RoleAssignment made{.id = lab::assignment_id(random, client),
                                 .principal_id = client,
                                 .principal_type = "ServicePrincipal",
                                 .resource_id = triple.substr(second, triple.rfind('/') - second),
                                 .role_id = triple.substr(triple.rfind('/') + 1),
                                 .created = system_now()};
  return {{key, made}};
}

std::vector<Change> change_user(const Meddling& one, const std::string& key,
                                const lab::Directory& truth) {
  const lab::User* found = truth.user(id_in(key));
  if (found == nullptr) return {};
  lab::User user = *found;
  if (one.what != Meddling::What::revoke_sessions) {
    user.account_enabled = one.what == Meddling::What::enable_user;
    if (user.account_enabled == found->account_enabled) return {};
  } else {
    user.sessions_valid_from = system_now();
    ++user.revocations;
  }
  return {{key, user}};
}

// Another value in the list, or one that was there in another place.
std::vector<Change> change_consent(const Meddling& one, const lab::Directory& truth) {
  json::value policy = truth.tenant().authorization_policy;
  json::value& list = policy.as_object()["defaultUserRolePermissions"]
                          .as_object()["permissionGrantPoliciesAssigned"];
  json::array& values = list.as_array();
  if (one.pick % 3 == 0 && !values.empty()) {
    values.erase(values.begin());
  } else {
    values.emplace_back("managePermissionGrantsForOwnedResource.chaos-" + std::to_string(one.pick));
  }
  return {{"policy:consent", lab::NewAuthorizationPolicy{policy}}};
}

json::value request_policy(const Meddling& one, const lab::Directory& truth) {
  json::value policy = truth.tenant().admin_consent_request_policy;
  json::object& members = policy.as_object();
  if (one.pick % 3 == 0) {
    members["isEnabled"] = !bool_at(policy, "isEnabled").value_or(false);
  } else if (one.pick % 3 == 1) {
    members["notifyReviewers"] = !bool_at(policy, "notifyReviewers").value_or(false);
  } else {
    members["requestDurationInDays"] = int_at(policy, "requestDurationInDays").value_or(0) + 1;
  }
  return policy;
}

std::vector<Change> change_access(const Meddling& one, const std::string& key,
                                  const lab::Directory& truth) {
  for (const json::value& found : truth.tenant().conditional_access_policies) {
    if (string_at(found, "displayName") != id_in(key)) continue;
    if (one.what == Meddling::What::remove_access) {
      return {{key, lab::NewAccessPolicy{.policy = found, .gone = true}}};
    }
    json::value policy = found;
    const bool on = string_at(policy, "state") == "enabled";
    policy.as_object()["state"] = on || one.pick % 2 == 0 ? "disabled" : "enabled";
    if (policy == found) return {};
    return {{key, lab::NewAccessPolicy{.policy = policy}}};
  }
  return {};
}

std::vector<Change> change_rule(const Meddling& one, const std::string& key,
                                const lab::Directory& truth) {
  const std::string id = id_in(key);
  const lab::User* found = truth.user(id.substr(0, id.find('/')));
  if (found == nullptr) return {};
  lab::User user = *found;
  const auto rule =
      std::ranges::find(user.rules, id.substr(id.find('/') + 1), &lab::MessageRule::id);
  if (rule == user.rules.end()) return {};
  if (one.what == Meddling::What::remove_rule) {
    user.rules.erase(rule);
    return {{key, user}};
  }
  if (one.what == Meddling::What::redirect_rule) {
    const json::object address{{"address", "other-" + std::to_string(one.pick) + "@drop.example"}};
    rule->actions.as_object()["forwardTo"] = json::array{json::object{{"emailAddress", address}}};
    return {{key, user}};
  }
  const bool on = one.what == Meddling::What::enable_rule;
  if (rule->enabled == on) return {};
  rule->enabled = on;
  return {{key, user}};
}

// A consent that no plan knows of: another user, or another resource.
std::vector<Change> new_grant(const Meddling& one, const lab::Directory& truth) {
  const lab::Tenant& tenant = truth.tenant();
  lab::Random random(one.pick);
  std::vector<std::string> apps;
  for (const auto& [id, app] : tenant.service_principals) {
    if (app.owner_tenant != lab::microsoft_tenant && app.owner_tenant != tenant.id) {
      apps.push_back(id);
    }
  }
  std::vector<std::string> users;
  for (const auto& [id, user] : tenant.users) users.push_back(id);
  const auto* graph = truth.app_by_app_id(lab::graph_app_id);
  if (apps.empty() || graph == nullptr) return {};
  lab::Grant grant{.client_id = one_of(random, apps),
                   .resource_id = graph->id,
                   .principal_id = one_of(random, users),
                   .scope = "Calendars.Read openid"};
  grant.id = lab::grant_id(grant.client_id, grant.resource_id, grant.principal_id);
  if (truth.grant(grant.id) != nullptr) return {};
  return {{"grant:" + grant.id, grant}};
}

}  // namespace

bool fits(Meddling::What what, const std::string& key) { return key.starts_with(sort_of(what)); }

std::vector<Change> changes_of(const Meddling& one, const std::string& key,
                               const std::vector<Step>& steps, const lab::Directory& truth) {
  using enum Meddling::What;
  if (one.what == new_grant) return chaos::new_grant(one, truth);
  if (one.what == change_consent) return chaos::change_consent(one, truth);
  if (one.what == change_requests) {
    return {{"policy:requests", lab::NewRequestPolicy{request_policy(one, truth)}}};
  }
  std::string chosen = key;
  if (chosen.empty()) {
    const auto keys = choice(one, steps, truth);
    if (keys.empty()) return {};
    chosen = keys[one.pick / 4 % keys.size()];
  }
  if (one.what == consent_again) return chaos::consent_again(one, chosen, steps, truth);
  if (sort_of(one.what) == "grant:") return change_grant(one, chosen, truth);
  if (sort_of(one.what) == "app:") return switch_app(one, chosen, truth);
  if (sort_of(one.what) == "role:") return change_role(one, chosen, truth);
  if (sort_of(one.what) == "rule:") return change_rule(one, chosen, truth);
  if (sort_of(one.what) == "access:") return change_access(one, chosen, truth);
  return change_user(one, chosen, truth);
}

}  // namespace chaos
