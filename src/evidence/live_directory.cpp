#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "domain/permissions.hpp"
#include "evidence/collection.hpp"
#include "graph/parse.hpp"
#include "http/run.hpp"

namespace clawback::evidence {
namespace {

constexpr std::string_view service_principal_fields =
    "id,appId,displayName,appOwnerOrganizationId,servicePrincipalType,accountEnabled,"
    "disabledByMicrosoftStatus,verifiedPublisher,createdDateTime,replyUrls,homepage";

Take take_grant(Collection& to) {
  return [&to](const json::value& value) -> Result<void> {
    auto grant = graph::parse_grant(value);
    if (!grant) return grant.error();
    if (grant->principal && to.principals.size() <= users_by_id_max) {
      to.principals.insert(grant->principal->str());
      if (to.principals.size() > users_by_id_max) to.users_wanted.open();
    }
    to.snapshot.grants.push_back(std::move(*grant));
    return {};
  };
}

// Graph lets the list of grants be split by this, and only by this, without knowing ids.
asio::awaitable<void> read_grants_of(Collection& to, std::string_view consent_type,
                                     Outcome& outcome) {
  graph::Call call =
      graph::make_call("oauth2PermissionGrant_list", {},
                       fmt::format("$filter=consentType eq '{}'&$top=999", consent_type));
  outcome = co_await read_collection(to, domain::source::grants, std::move(call), take_grant(to));
}

Take take_assignment(Collection& to) {
  return [&to](const json::value& value) -> Result<void> {
    // Users and groups may be assigned to an API too; only applications hold application
    // permissions.
    if (string_at(value, "principalType") != "ServicePrincipal") return {};
    auto assignment = graph::parse_app_role_assignment(value);
    if (!assignment) return assignment.error();
    to.snapshot.app_roles.push_back(std::move(*assignment));
    return {};
  };
}

asio::awaitable<void> read_assignments_of(Collection& to, std::string resource, Outcome& outcome) {
  graph::Call call =
      graph::make_call("servicePrincipal_listAppRoleAssignedTo", {std::move(resource)}, "$top=999");
  outcome =
      co_await read_collection(to, domain::source::app_roles, std::move(call), take_assignment(to));
}

// The APIs that reach mail, as far as this tenant has them, with the roles that they offer.
asio::awaitable<Result<std::vector<domain::ServicePrincipal>>> read_resources(Collection& to) {
  std::vector<graph::Call> calls;
  for (const domain::AppId& app : domain::mail_resources()) {
    calls.push_back(
        graph::make_call("servicePrincipal_getByAppId", {app.str()}, "$select=id,appId,appRoles"));
  }
  const auto answers = co_await to.reader.batch(calls);
  if (!answers) co_return answers.error();
  std::vector<domain::ServicePrincipal> resources;
  for (std::size_t i = 0; i < answers->size(); ++i) {
    const graph::Answer& answer = (*answers)[i];
    if (answer.status == 404) continue;
    if (!answer.ok()) co_return graph::to_error(calls[i], answer);
    auto resource = graph::parse_service_principal(answer.body);
    if (!resource) co_return within(calls[i].operation, resource.error());
    resources.push_back(std::move(*resource));
  }
  co_return resources;
}

void name_roles(std::vector<domain::AppRoleAssignment>& assignments,
                const std::vector<domain::ServicePrincipal>& resources) {
  std::map<std::pair<domain::ServicePrincipalId, std::string>, std::string> names;
  for (const domain::ServicePrincipal& resource : resources) {
    for (const domain::AppRole& role : resource.app_roles)
      names[{resource.id, role.id}] = role.value;
  }
  for (domain::AppRoleAssignment& assignment : assignments) {
    const auto found = names.find({assignment.resource, assignment.role_id});
    if (found != names.end()) assignment.value = found->second;
  }
}

void add_roles(std::vector<domain::ServicePrincipal>& all,
               const std::vector<domain::ServicePrincipal>& resources) {
  for (const domain::ServicePrincipal& resource : resources) {
    const auto found =
        std::find_if(all.begin(), all.end(),
                     [&](const domain::ServicePrincipal& one) { return one.id == resource.id; });
    if (found != all.end()) found->app_roles = resource.app_roles;
  }
}

}  // namespace

asio::awaitable<void> read_grants(Collection& to) {
  const graph::Gate::Opener users(to.users_wanted);
  const graph::Gate::Opener opener(to.grants_known);
  Outcome tenant_wide;
  Outcome personal;
  std::vector<std::function<asio::awaitable<void>()>> parts;
  parts.emplace_back([&]() { return read_grants_of(to, "AllPrincipals", tenant_wide); });
  parts.emplace_back([&]() { return read_grants_of(to, "Principal", personal); });
  co_await http::run_all(std::move(parts), 2);
  to.grants = tenant_wide + personal;
}

asio::awaitable<void> read_service_principals(Collection& to) {
  const graph::Gate::Opener opener(to.service_principals_known);
  graph::Call call = graph::make_call("servicePrincipal_list", {},
                                      fmt::format("$select={}&$top=999", service_principal_fields));
  const Take take = [&to](const json::value& value) -> Result<void> {
    auto parsed = graph::parse_service_principal(value);
    if (!parsed) return parsed.error();
    to.snapshot.service_principals.push_back(std::move(*parsed));
    return {};
  };
  to.service_principals =
      co_await read_collection(to, domain::source::service_principals, std::move(call), take);
}

asio::awaitable<void> read_app_roles(Collection& to) {
  const graph::Gate::Opener opener(to.app_roles_known);
  const auto resources = co_await read_resources(to);
  if (!resources) {
    to.app_roles.error = resources.error();
    co_return;
  }
  std::vector<Outcome> outcomes(resources->size());
  std::vector<std::function<asio::awaitable<void>()>> tasks;
  tasks.reserve(resources->size());
  for (std::size_t i = 0; i < resources->size(); ++i) {
    tasks.emplace_back([&to, &outcomes, &resources, i]() {
      return read_assignments_of(to, (*resources)[i].id.str(), outcomes[i]);
    });
  }
  const std::size_t width = std::max<std::size_t>(tasks.size(), 1);
  co_await http::run_all(std::move(tasks), width);
  for (const Outcome& outcome : outcomes) to.app_roles = to.app_roles + outcome;
  name_roles(to.snapshot.app_roles, *resources);
  co_await to.service_principals_known.passed();
  add_roles(to.snapshot.service_principals, *resources);
}

}  // namespace clawback::evidence
