#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "domain/snapshot.hpp"

// Makers that keep a test to what it is about. Everything is of one tenant at one moment; a maker's
// result is the unremarkable case (a third party's app, verified publisher, here for years), and a
// test changes one thing.
namespace clawback::test {

inline const domain::TenantId own_tenant{"aaaabbbb-0000-cccc-1111-dddd2222eeee"};
inline const domain::TenantId third_tenant{"5d1cf1a4-3c5b-4c0a-9d6a-6c2f0a3f1b77"};
inline const domain::TenantId microsoft_tenant{"f8cdef31-a31e-4b4a-93e4-5f571e91255a"};

inline const std::string em_client_id = "e9a7fea1-1cc0-4cd9-a31b-9137ca5deedd";
inline const std::string perfectdata_id = "ff8d92dc-3d82-41d6-bcbd-b9174d163620";
inline const std::string thunderbird_id = "9e5f94bc-e8a4-4e73-b8be-63364c29d753";

inline Time at(const std::string& text) { return *parse_time(text); }
inline Time now() { return at("2026-11-23T09:00:00Z"); }
inline Time days_ago(int days) { return now() - std::chrono::days(days); }

// "11111111-0000-4000-8000-000000000007"
inline std::string app_guid(int number) {
  std::string digits = std::to_string(number);
  return "11111111-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits;
}

inline domain::VerifiedPublisher verified(const std::string& name = "Harborly Inc.") {
  return {.id = "5120334", .display_name = name};
}
inline domain::VerifiedPublisher unverified() {
  return {.id = std::nullopt, .display_name = std::nullopt};
}

inline domain::ServicePrincipal service_principal(const std::string& id, const std::string& app_id,
                                                  const std::string& name = "Harborly") {
  return {.id = domain::ServicePrincipalId(id),
          .app_id = domain::AppId(app_id),
          .display_name = name,
          .owner_tenant = third_tenant,
          .type = "Application",
          .account_enabled = true,
          .disabled_by_microsoft = std::nullopt,
          .verified_publisher = verified(),
          .created = days_ago(730),
          .reply_urls = std::vector<std::string>{"https://app.example/cb"},
          .homepage = std::nullopt,
          .app_roles = {}};
}

inline domain::ServicePrincipal resource(const std::string& id, const std::string& app_id) {
  auto out = service_principal(id, app_id, id);
  out.owner_tenant = microsoft_tenant;
  return out;
}

inline std::vector<domain::ServicePrincipal> resources() {
  return {resource("sp-graph", "00000003-0000-0000-c000-000000000000"),
          resource("sp-exchange", "00000002-0000-0ff1-ce00-000000000000")};
}

// `user` empty: for everyone in the tenant.
inline domain::Grant grant(const std::string& id, const std::string& client,
                           const std::string& user, std::vector<std::string> scopes,
                           const std::string& on = "sp-graph") {
  std::sort(scopes.begin(), scopes.end());
  return {.id = domain::GrantId(id),
          .client = domain::ServicePrincipalId(client),
          .resource = domain::ServicePrincipalId(on),
          .consent =
              user.empty() ? domain::ConsentType::all_principals : domain::ConsentType::principal,
          .principal = user.empty() ? std::nullopt : std::optional(domain::UserId(user)),
          .scopes = std::move(scopes)};
}

inline domain::AppRoleAssignment app_role(const std::string& id, const std::string& client,
                                          std::optional<std::string> value,
                                          const std::string& on = "sp-graph") {
  return {.id = domain::AssignmentId(id),
          .principal = domain::ServicePrincipalId(client),
          .resource = domain::ServicePrincipalId(on),
          .role_id = "810c84a8-4a9e-49e6-bf7d-12d183f40d01",
          .value = std::move(value),
          .created = days_ago(5)};
}

inline domain::User user(const std::string& id) {
  return {.id = domain::UserId(id),
          .user_principal_name = id + "@contoso.example",
          .display_name = id,
          .account_enabled = true,
          .type = "Member",
          .sessions_valid_from = days_ago(90)};
}

inline domain::AuditEvent consent_event(const std::string& id, Time time, const std::string& client,
                                        const std::string& user_id) {
  domain::AuditEvent event;
  event.id = domain::RecordId(id);
  event.time = time;
  event.activity = "Consent to application";
  event.result = domain::AuditResult::success;
  event.actor_user = domain::UserId(user_id);
  event.actor_user_principal_name = user_id + "@contoso.example";
  event.targets = {
      {.id = client, .type = "ServicePrincipal", .display_name = client, .properties = {}}};
  return event;
}

// One grant in a consent record: "[Id: …, ClientId: …]".
inline std::string consent_entry(const std::string& client, const std::string& resource_id,
                                 const std::string& user_id, const std::string& scopes) {
  return "[Id: , ClientId: " + client + ", PrincipalId: " + user_id +
         ", ResourceId: " + resource_id +
         ", ConsentType: " + (user_id.empty() ? "AllPrincipals" : "Principal") +
         ", Scope:  " + scopes + ", CreatedDateTime: , LastModifiedDateTime ]";
}

inline void set_property(domain::AuditEvent& event, const std::string& name,
                         const std::string& new_value, const std::string& old_value = {}) {
  if (event.targets.empty()) event.targets.emplace_back();
  event.targets[0].properties.push_back(
      {.name = name, .old_value = old_value, .new_value = new_value});
}

// A consent that says what was given: `before` and `after` are lists of consent_entry joined by
// ", ", or empty.
inline domain::AuditEvent consent_to(const std::string& id, Time time, const std::string& client,
                                     const std::string& user_id, const std::string& after,
                                     const std::string& before = {}) {
  auto event = consent_event(id, time, client, user_id);
  set_property(event, "ConsentContext.IsAdminConsent", "False");
  set_property(event, "ConsentContext.OnBehalfOfAll", "False");
  set_property(event, "ConsentAction.Permissions", "[" + before + "] => [" + after + "]; ");
  return event;
}

// "Add delegated permission grant" (or "Remove …"), also as a direct change without a consent.
inline domain::AuditEvent grant_change(const std::string& id, Time time, const std::string& client,
                                       const std::string& user_id, const std::string& before,
                                       const std::string& after,
                                       const std::string& on = "sp-graph") {
  auto event = consent_event(id, time, on, user_id);
  event.activity = "Add delegated permission grant";
  event.app_id = domain::AppId("00000003-0000-0000-c000-000000000000");  // the resource's
  set_property(event, "DelegatedPermissionGrant.Scope", after, before);
  set_property(event, "DelegatedPermissionGrant.ConsentType", "Principal", "Principal");
  set_property(event, "DelegatedPermissionGrant.PrincipalId", user_id, user_id);
  set_property(event, "ServicePrincipal.ObjectID", client);
  return event;
}

inline domain::SignIn sign_in(const std::string& id, Time time, const std::string& app_id,
                              const std::string& user_id) {
  domain::SignIn out;
  out.id = domain::RecordId(id);
  out.time = time;
  out.app_id = domain::AppId(app_id);
  out.user = domain::UserId(user_id);
  out.user_principal_name = user_id + "@contoso.example";
  out.ip_address = "203.0.113.7";
  out.error_code = 0;
  return out;
}

inline const std::vector<std::string_view>& all_sources() {
  namespace source = domain::source;
  static const std::vector<std::string_view> names = {source::service_principals,
                                                      source::grants,
                                                      source::app_roles,
                                                      source::users,
                                                      source::audits,
                                                      source::sign_ins,
                                                      source::authorization_policy,
                                                      source::permission_grant_policies,
                                                      source::mail_accesses,
                                                      source::mailbox_changes,
                                                      source::app_activities,
                                                      source::organization_config};
  return names;
}

inline void set_source(domain::Snapshot& snapshot, std::string_view name,
                       domain::SourceState state) {
  domain::record(snapshot.coverage,
                 {.name = std::string(name), .state = state, .records = 0, .reason = std::nullopt});
}

// Takes a source away, as if it could not be read.
inline void deny(domain::Snapshot& snapshot, std::string_view name) {
  namespace source = domain::source;
  if (name == source::service_principals) snapshot.service_principals.clear();
  if (name == source::grants) snapshot.grants.clear();
  if (name == source::app_roles) snapshot.app_roles.clear();
  if (name == source::users) snapshot.users.clear();
  if (name == source::audits) snapshot.audits.clear();
  if (name == source::sign_ins) {
    snapshot.sign_ins.clear();
    snapshot.user_countries.clear();
  }
  if (name == source::mail_accesses) snapshot.mail_accesses.clear();
  if (name == source::mailbox_changes) snapshot.mailbox_changes.clear();
  if (name == source::app_activities) snapshot.app_activities.clear();
  if (name == source::organization_config) snapshot.organization_config.reset();
  set_source(snapshot, name, domain::SourceState::denied);
}

// All sources read; the resources are there.
inline domain::Snapshot snapshot(std::vector<domain::ServicePrincipal> apps = {},
                                 std::vector<domain::Grant> grants = {}) {
  domain::Snapshot out;
  out.tenant = own_tenant;
  out.tenant_name = "contoso";
  out.observed = now();
  out.service_principals = resources();
  out.service_principals.insert(out.service_principals.end(), apps.begin(), apps.end());
  out.grants = std::move(grants);
  for (const auto& name : all_sources()) set_source(out, name, domain::SourceState::read);
  out.coverage.logs_since = days_ago(30);
  domain::normalise(out);
  return out;
}

}  // namespace clawback::test
