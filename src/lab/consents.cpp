#include <fmt/format.h>

#include "lab/ids.hpp"
#include "lab/scene.hpp"

namespace clawback::lab {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// One entry of ConsentAction.Permissions. Scopes stand after two blanks, because the scope itself
// starts with one.
std::string entry(const Grant& grant, const std::string& client, const std::string& scope) {
  return fmt::format(
      "[Id: {}, ClientId: {}, PrincipalId: {}, ResourceId: {}, ConsentType: {}, Scope: {}, "
      "CreatedDateTime: , LastModifiedDateTime ]",
      grant_id(client, grant.resource_id, grant.principal_id), client, grant.principal_id,
      grant.resource_id, grant.principal_id.empty() ? "AllPrincipals" : "Principal", scope);
}

AuditChange change(std::string name, std::string_view text) {
  return {.name = std::move(name), .before = std::nullopt, .after = quoted(text)};
}

struct Flags {
  bool admin = false;
  bool app_only = false;
  bool everyone = false;
};

std::vector<AuditChange> consent_changes(const Flags& flags, const std::string& permissions) {
  const auto text = [](bool value) { return value ? "True" : "False"; };
  return {change("ConsentContext.IsAdminConsent", text(flags.admin)),
          change("ConsentContext.IsAppOnly", text(flags.app_only)),
          change("ConsentContext.OnBehalfOfAll", text(flags.everyone)),
          change("ConsentContext.Tags", "WindowsAzureActiveDirectoryIntegratedApp"),
          change("ConsentAction.Permissions", permissions)};
}

AuditRecord consent_record(const Happening& happening, const ServicePrincipal& app,
                           const Flags& flags, const std::string& permissions) {
  AuditTarget target{.id = app.id, .name = app.display_name};
  target.changes = consent_changes(flags, permissions);
  target.changes.push_back(change("TargetId.ServicePrincipalNames", app.app_id));
  return {.happening = happening,
          .activity = "Consent to application",
          .operation = "Assign",
          .targets = {std::move(target)},
          .details = {{"User-Agent", "EvoSTS"}, {"AppId", app.app_id}}};
}

void sign_in_before(Scene& scene, const Consent& yes, const ServicePrincipal& app) {
  const auto resource = app_of(scene.tenant, yes.scopes.front().first).app_id;
  add_sign_in(scene,
              {.time = yes.time - seconds(20),
               .app_id = app.app_id,
               .app_name = app.display_name,
               .resource_app_id = resource,
               .ip_address = yes.ip_address,
               .country = yes.country,
               .city = yes.country == "US" ? "Seattle" : "",
               .device = yes.device,
               .app_owner = app.owner_tenant},
              yes.user);
}

}  // namespace

std::vector<std::string> consent(Scene& scene, const Consent& yes) {
  const ServicePrincipal& app = scene.tenant.service_principals.at(yes.client);
  Happening happening = by_user(scene, yes.user, yes.time);
  sign_in_before(scene, yes, app);
  if (yes.first) add_audit(scene, added_service_principal(happening, app));
  std::vector<std::string> ids;
  std::string entries;
  for (const auto& [resource, scope] : yes.scopes) {
    happening.time += milliseconds(4);
    const std::string principal = yes.for_everyone ? std::string() : yes.user;
    ids.push_back(give_grant(scene, yes.client, resource, principal, scope));
    const Grant& grant = scene.tenant.grants.at(ids.back());
    add_audit(scene,
              changed_grant(happening, scene.tenant, grant, {.before = "", .after = scope}, true));
    const std::string client = yes.zero_client_id ? std::string(zero_guid) : yes.client;
    if (!entries.empty()) entries += ", ";
    entries += entry(grant, client, scope);
  }
  if (!yes.for_everyone) {
    happening.time += milliseconds(3);
    assign_user(scene, yes.client, yes.user, happening.time);
    for (const auto& [id, assignment] : scene.tenant.role_assignments) {
      if (assignment.principal_id != yes.user || assignment.resource_id != yes.client) continue;
      add_audit(scene, assigned_user(happening, scene.tenant, assignment));
      break;
    }
  }
  happening.time += milliseconds(6);
  const Flags flags{.admin = yes.for_everyone, .app_only = false, .everyone = yes.for_everyone};
  add_audit(scene, consent_record(happening, app, flags, fmt::format("[] => [{}]; ", entries)));
  return ids;
}

void amend_consent(Scene& scene, const std::string& grant_key, const std::string& scope,
                   Time time) {
  Grant& grant = scene.tenant.grants.at(grant_key);
  const std::string before = grant.scope;
  Happening happening = by_user(scene, grant.principal_id, time);
  const ScopeChange scopes{.before = before, .after = scope};
  add_audit(scene, changed_grant(happening, scene.tenant, grant, scopes, true));
  happening.time += milliseconds(2);
  add_audit(scene, changed_grant(happening, scene.tenant, grant, scopes, false));
  happening.time += milliseconds(11);
  const std::string same = entry(grant, grant.client_id, before);
  add_audit(scene, consent_record(happening, app_of(scene.tenant, grant.client_id), {},
                                  fmt::format("[{0}] => [{0}]; ", same)));
  grant.scope = scope;
}

void blocked_consent(Scene& scene, const Blocked& no) {
  constexpr std::string_view refused =
      "Microsoft.Online.Security.UserConsentBlockedForRiskyAppsException";
  const Grant wanted{.id = "",
                     .client_id = std::string(zero_guid),
                     .resource_id = scene.graph,
                     .principal_id = no.user,
                     .scope = " Mail.Read Mail.Send User.Read"};
  AuditTarget target{.id = scene.random.guid(), .name = no.app_name, .type = "Application"};
  target.changes = consent_changes(
      {}, fmt::format("[] => [{}]; ", entry(wanted, wanted.client_id, wanted.scope)));
  target.changes.push_back(change("ConsentAction.Reason", "Risky application detected"));
  target.changes.push_back(change("MethodExecutionResult.", refused));
  add_audit(scene, {.happening = by_user(scene, no.user, no.time),
                    .activity = "Consent to application",
                    .operation = "Assign",
                    .result = "failure",
                    .reason = std::string(refused),
                    .targets = {std::move(target)},
                    .details = {{"User-Agent", "EvoSTS"}, {"AppId", no.app_id}}});
}

void add_secret(Scene& scene, const std::string& client, const std::string& user, Time time,
                bool at_registration) {
  const ServicePrincipal& app = scene.tenant.service_principals.at(client);
  Happening happening = by_user(scene, user, time);
  happening.actor.through_consent_page = false;
  AuditTarget target{.id = at_registration ? scene.random.guid() : app.id,
                     .name = app.display_name,
                     .type = at_registration ? "Application" : "ServicePrincipal"};
  const std::string key = fmt::format(
      "[KeyIdentifier={},KeyType=Password,KeyUsage=Verify,DisplayName=sync]", scene.random.guid());
  target.changes = {{.name = "KeyDescription", .before = "[]", .after = in_brackets(quoted(key))},
                    {.name = "Included Updated Properties",
                     .before = std::nullopt,
                     .after = quoted("KeyDescription")}};
  add_audit(scene,
            {.happening = happening,
             .activity = at_registration
                             ? "Update application \u2013 Certificates and secrets management "
                             : "Add service principal credentials",
             .operation = at_registration ? "Update" : "Assign",
             .targets = {std::move(target)},
             .details = {{"User-Agent", "Mozilla/5.0"}, {"AppId", app.app_id}}});
}

std::vector<std::string> consent_to_roles(
    Scene& scene, const std::string& client, const std::string& administrator, Time time,
    const std::vector<std::pair<std::string, std::string>>& roles) {
  const ServicePrincipal& app = scene.tenant.service_principals.at(client);
  Happening happening = by_user(scene, administrator, time);
  add_audit(scene, added_service_principal(happening, app));
  std::vector<std::string> ids;
  for (const auto& [resource, value] : roles) {
    happening.time += milliseconds(5);
    ids.push_back(give_role(scene, client, resource, value, happening.time));
    add_audit(scene, changed_app_role(happening, scene.tenant,
                                      scene.tenant.role_assignments.at(ids.back()), true));
  }
  happening.time += milliseconds(5);
  const Flags flags{.admin = true, .app_only = true, .everyone = true};
  add_audit(scene, consent_record(happening, app, flags, "[] => []; "));
  return ids;
}

}  // namespace clawback::lab
