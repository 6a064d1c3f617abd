#include "lab/identities.hpp"

#include <algorithm>

#include "lab/apps.hpp"
#include "lab/ids.hpp"

namespace clawback::lab {
namespace {

const std::vector<std::string> read_default = {
    "Application.Read.All", "Directory.Read.All",          "AuditLog.Read.All",
    "Policy.Read.All",      "Policy.Read.PermissionGrant", "Organization.Read.All"};
const std::vector<std::string> write_default = {"DelegatedPermissionGrant.ReadWrite.All",
                                                "AppRoleAssignment.ReadWrite.All",
                                                "Application.ReadWrite.All",
                                                "User.RevokeSessions.All",
                                                "Directory.Read.All",
                                                "User.Read.All",
                                                "User.EnableDisableAccount.All",
                                                "Policy.Read.All",
                                                "Policy.ReadWrite.Authorization",
                                                "Policy.ReadWrite.ConsentRequest",
                                                "Policy.ReadWrite.ConditionalAccess"};

const std::vector<std::string> read_mailboxes = {"MailboxSettings.Read"};
const std::vector<std::string> write_mailboxes = {"MailboxSettings.Read",
                                                  "MailboxSettings.ReadWrite"};

struct Wanted {
  std::string client_id;
  const std::vector<std::string>& roles;
  Time created;
};

void assign(Tenant& tenant, Random& random, const Wanted& wanted) {
  const ServicePrincipal* app = find_app(tenant, wanted.client_id);
  const ServicePrincipal* graph = find_app(tenant, graph_app_id);
  if (app == nullptr || graph == nullptr) return;
  ServicePrincipal& resource = tenant.service_principals.at(graph->id);
  for (const std::string& role : wanted.roles) {
    offer_role(resource, role, random.guid());
    const std::string id = assignment_id(random, app->id);
    tenant.role_assignments[id] = {.id = id,
                                   .principal_id = app->id,
                                   .principal_type = "ServicePrincipal",
                                   .resource_id = resource.id,
                                   .role_id = role_id_of(resource, role),
                                   .created = wanted.created};
  }
}

std::vector<std::string> without(std::vector<std::string> roles,
                                 const std::vector<std::string>& denied) {
  std::erase_if(roles, [&](const std::string& role) {
    return std::find(denied.begin(), denied.end(), role) != denied.end();
  });
  return roles;
}

// Two people whom nothing happened to: a plan of the planted cases does not affect them.
std::vector<std::string> uninvolved(const Tenant& tenant) {
  constexpr std::size_t wanted = 2;
  std::vector<std::string> out;
  for (const auto& [id, user] : tenant.users) {
    const bool involved =
        std::any_of(tenant.planted.begin(), tenant.planted.end(), [&](const Planted& one) {
          return std::find(one.user_ids.begin(), one.user_ids.end(), id) != one.user_ids.end();
        });
    const bool named_twice = std::any_of(out.begin(), out.end(), [&](const std::string& other) {
      return tenant.users.at(other).display_name == user.display_name;
    });
    if (user.type != "Member" || !user.account_enabled || involved || named_twice) continue;
    out.push_back(id);
    if (out.size() == wanted) break;
  }
  return out;
}

}  // namespace

void install_identities(Tenant& tenant, const Options& options) {
  Random random(options.tenant.seed ^ 0x1de17171u);
  const Time created = options.tenant.now - std::chrono::days(90);
  const auto roles = [&](std::vector<std::string> asked, const std::vector<std::string>& mailboxes,
                         const std::vector<std::string>& denied) {
    if (options.mailbox_settings) asked.insert(asked.end(), mailboxes.begin(), mailboxes.end());
    return without(std::move(asked), denied);
  };
  const auto read = roles(options.read_roles.empty() ? read_default : options.read_roles,
                          read_mailboxes, options.read_denied);
  const auto write = roles(options.write_roles.empty() ? write_default : options.write_roles,
                           write_mailboxes, options.write_denied);
  assign(tenant, random, {tenant.read_client_id, read, created});
  assign(tenant, random, {tenant.write_client_id, write, created});
  // A registration without permissions of its own: it has no service principal until somebody signs
  // in, and the lab does not make one then.
  tenant.approve_client_id = random.guid();
  tenant.approvers = uninvolved(tenant);
}

}  // namespace clawback::lab
