#include "detect/happening.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/digest.hpp"
#include "base/json.hpp"
#include "detect/consent_action.hpp"
#include "domain/grant_id.hpp"

namespace clawback::detect {
namespace {

constexpr std::array<std::pair<std::string_view, HappeningKind>, 13> activities = {{
    {"consent to application", HappeningKind::consent},
    {"add delegated permission grant", HappeningKind::grant_changed},
    {"remove delegated permission grant", HappeningKind::grant_changed},
    {"add app role assignment to service principal", HappeningKind::app_role_added},
    {"remove app role assignment from service principal", HappeningKind::app_role_removed},
    {"add service principal", HappeningKind::app_added},
    {"add application", HappeningKind::app_registered},
    {"remove service principal", HappeningKind::app_removed},
    {"add service principal credentials", HappeningKind::credential_added},
    {"update application", HappeningKind::reply_url_changed},
    {"update service principal", HappeningKind::reply_url_changed},
    {"update authorization policy", HappeningKind::policy_changed},
    {"set company information", HappeningKind::policy_changed},
}};

// Values come as JSON in JSON: one level of quotes may be left.
std::string_view bare(std::string_view value) {
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
    value = value.substr(1, value.size() - 2);
  }
  return value;
}

const domain::AuditProperty* property(const domain::AuditEvent& event, std::string_view name) {
  for (const auto& target : event.targets) {
    for (const auto& entry : target.properties) {
      if (entry.name == name) return &entry;
    }
  }
  return nullptr;
}

// A removal says it in the old value.
std::string value_of(const domain::AuditEvent& event, std::string_view name) {
  const auto* found = property(event, name);
  if (found == nullptr) return {};
  const std::string_view now = bare(found->new_value);
  return std::string(!now.empty() ? now : bare(found->old_value));
}

std::optional<bool> flag(const domain::AuditEvent& event, std::string_view name) {
  const std::string text = to_lower(value_of(event, name));
  if (text == "true") return true;
  if (text == "false") return false;
  return std::nullopt;
}

const domain::AuditTarget* first_of_type(const domain::AuditEvent& event, std::string_view type) {
  for (const auto& target : event.targets) {
    if (target.type == type && !target.id.empty()) return &target;
  }
  return nullptr;
}

// A text, or a list of texts: ["…"]. At most `texts_max`.
std::vector<std::string> texts_of(std::string_view text) {
  constexpr std::size_t texts_max = 200;
  std::vector<std::string> out;
  const auto value = parse_json(text);
  const json::array* list = value ? value->if_array() : nullptr;
  if (list == nullptr) {
    if (!bare(text).empty() && bare(text) != "[]") out.emplace_back(bare(text));
    return out;
  }
  for (const json::value& one : *list) {
    if (one.is_string() && out.size() < texts_max) out.emplace_back(one.get_string());
  }
  return out;
}

// Of an application: a property of records that register one or make its service principal.
std::string app_id_property(const domain::AuditEvent& event) {
  for (const std::string_view name : {"AppId", "AppPrincipalId"}) {
    const auto* found = property(event, name);
    if (found == nullptr) continue;
    const auto texts = texts_of(found->new_value);
    if (texts.size() == 1) return to_lower(texts.front());
  }
  return {};
}

void name_target(const domain::AuditEvent& event, Happening& out) {
  if (const auto* app = first_of_type(event, "ServicePrincipal")) {
    out.service_principal = app->id;
    out.app_name = app->display_name;
  } else if (const auto* refused = first_of_type(event, "Application")) {
    out.app_name = refused->display_name;
  } else if (!event.targets.empty()) {
    out.app_name = event.targets.front().display_name;
  }
  if (event.app_id) out.app_id = event.app_id->str();
}

void name_application(const domain::AuditEvent& event, Happening& out) {
  name_target(event, out);
  if (const auto* target = first_of_type(event, "Application")) out.application = target->id;
  if (out.app_id.empty()) out.app_id = app_id_property(event);
}

// nullopt: a grant for one user of whom nobody says who he is. For everyone it is not.
std::optional<GrantChange> change_of(const ConsentEntry& entry, const domain::AuditEvent& event,
                                     const std::string& client) {
  GrantChange change{.id = entry.id,
                     .client = entry.client,
                     .resource = entry.resource,
                     .consent = entry.consent,
                     .principal = entry.principal,
                     .before = std::nullopt,
                     .after = std::nullopt};
  if (change.client.empty() || domain::is_zero_guid(change.client.str())) {
    change.client = domain::ServicePrincipalId(client);
  }
  if (change.consent == domain::ConsentType::all_principals) {
    change.principal.reset();
  } else {
    if (!change.principal) change.principal = event.actor_user;
    if (!change.principal) return std::nullopt;
  }
  return change;
}

void read_consent(const domain::AuditEvent& event, Happening& out) {
  name_target(event, out);
  out.admin_consent = flag(event, "ConsentContext.IsAdminConsent");
  out.for_everyone = flag(event, "ConsentContext.OnBehalfOfAll");
  out.refusal = value_of(event, "ConsentAction.Reason");
  if (out.refusal.empty() && event.reason) out.refusal = *event.reason;
  const auto* permissions = property(event, "ConsentAction.Permissions");
  if (permissions == nullptr) return;
  const auto action = parse_consent_action(permissions->new_value);
  if (!action) return;
  for (const ConsentEntry& entry : action->after) {
    auto change = change_of(entry, event, out.service_principal);
    if (!change) continue;
    change->after = entry.scopes;
    out.changes.push_back(*std::move(change));
  }
  for (const ConsentEntry& entry : action->before) {
    const auto before = change_of(entry, event, out.service_principal);
    if (!before) continue;
    const auto same = std::find_if(out.changes.begin(), out.changes.end(), [&](const auto& one) {
      return one.resource == before->resource && one.principal == before->principal;
    });
    // A consent never takes away: an entry that only the old side has was left alone.
    if (same != out.changes.end()) same->before = entry.scopes;
  }
}

void read_grant_change(const domain::AuditEvent& event, Happening& out) {
  out.service_principal = to_lower(value_of(event, "ServicePrincipal.ObjectID"));
  const auto* scope = property(event, "DelegatedPermissionGrant.Scope");
  if (scope == nullptr || out.service_principal.empty()) return;
  GrantChange change;
  change.client = domain::ServicePrincipalId(out.service_principal);
  // The resource is the target that carries the properties.
  for (const auto& target : event.targets) {
    if (!target.properties.empty()) change.resource = domain::ServicePrincipalId(target.id);
  }
  const std::string consent = to_lower(value_of(event, "DelegatedPermissionGrant.ConsentType"));
  const std::string principal = to_lower(value_of(event, "DelegatedPermissionGrant.PrincipalId"));
  if (consent == "allprincipals") {
    change.consent = domain::ConsentType::all_principals;
  } else if (!principal.empty()) {
    change.principal = domain::UserId(principal);
  } else {
    change.principal = event.actor_user;  // some records leave it out: at the consent page it is he
  }
  auto before = scopes_of(bare(scope->old_value));
  auto after = scopes_of(bare(scope->new_value));
  if (!before.empty()) change.before = std::move(before);
  if (!after.empty()) change.after = std::move(after);
  const bool whose = change.principal || change.consent == domain::ConsentType::all_principals;
  if (whose && !change.resource.empty() && (change.before || change.after)) {
    out.changes.push_back(std::move(change));
  }
}

// [{"AddressType":0,"Address":"https://…"}], or a list of texts.
std::vector<std::string> addresses(std::string_view text) {
  std::vector<std::string> out;
  const auto value = parse_json(text);
  const json::array* list = value ? value->if_array() : nullptr;
  if (list == nullptr) return out;
  for (const json::value& one : *list) {
    if (one.is_string()) out.emplace_back(one.get_string());
    if (const auto address = string_at(one, "Address")) out.push_back(*address);
  }
  return out;
}

bool read_reply_urls(const domain::AuditEvent& event, Happening& out) {
  const auto* urls = property(event, "AppAddress");
  if (urls == nullptr) urls = property(event, "ReplyUrls");
  if (urls == nullptr) return false;
  const auto before = addresses(urls->old_value);
  for (std::string& url : addresses(urls->new_value)) {
    if (std::find(before.begin(), before.end(), url) == before.end()) {
      out.values.push_back(std::move(url));
    }
  }
  name_application(event, out);
  return !out.values.empty();
}

// The same activity tells of secrets that are taken away: false if none was added. A record without
// the property is taken at its word.
bool read_credentials(const domain::AuditEvent& event, Happening& out) {
  name_application(event, out);
  const auto* keys = property(event, "KeyDescription");
  if (keys == nullptr) return true;
  const auto before = texts_of(keys->old_value);
  for (std::string& key : texts_of(keys->new_value)) {
    if (std::find(before.begin(), before.end(), key) == before.end()) {
      out.values.push_back(std::move(key));
    }
  }
  return !out.values.empty();
}

}  // namespace

std::optional<HappeningKind> kind_of(std::string_view activity) {
  if (activity.size() > 80) return std::nullopt;
  while (!activity.empty() && (activity.back() == ' ' || activity.back() == '.')) {
    activity.remove_suffix(1);
  }
  const std::string wanted = to_lower(activity);
  // The dash between is a long one, and exports spoil it in several ways.
  if (wanted.starts_with("update application ") &&
      wanted.ends_with(" certificates and secrets management")) {
    return HappeningKind::credential_added;
  }
  for (const auto& [name, kind] : activities) {
    if (name == wanted) return kind;
  }
  return std::nullopt;
}

std::optional<Happening> understand(const domain::AuditEvent& event) {
  const auto kind = kind_of(event.activity);
  if (!kind) return std::nullopt;
  Happening out;
  out.event = &event;
  out.kind = *kind;
  out.refused = event.result == domain::AuditResult::failure;
  out.undecided = event.result == domain::AuditResult::other;
  out.by_managed_identity = event.actor_app_name == "Managed Service Identity";
  switch (*kind) {
    case HappeningKind::consent:
      read_consent(event, out);
      break;
    case HappeningKind::grant_changed:
      read_grant_change(event, out);
      break;
    case HappeningKind::app_role_added:
    case HappeningKind::app_role_removed:
      out.service_principal = to_lower(value_of(event, "ServicePrincipal.ObjectID"));
      out.values.push_back(value_of(event, "AppRole.Value"));
      break;
    case HappeningKind::app_added:
    case HappeningKind::app_removed:
    case HappeningKind::app_registered:
      name_application(event, out);
      break;
    case HappeningKind::credential_added:
      if (!read_credentials(event, out)) return std::nullopt;
      break;
    case HappeningKind::reply_url_changed:
      if (!read_reply_urls(event, out)) return std::nullopt;
      break;
    case HappeningKind::policy_changed:
      return out;
  }
  if (out.service_principal.empty() && out.app_id.empty() && out.application.empty()) {
    return std::nullopt;
  }
  return out;
}

}  // namespace clawback::detect
