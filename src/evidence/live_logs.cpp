#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <unordered_map>

#include "domain/permissions.hpp"
#include "evidence/collection.hpp"
#include "graph/parse.hpp"
#include "http/run.hpp"

namespace clawback::evidence {
namespace {

constexpr std::string_view activities[] = {
    "Consent to application",
    "Add delegated permission grant",
    "Remove delegated permission grant",
    "Add app role assignment to service principal",
    "Remove app role assignment from service principal",
    "Add app role assignment grant to user",
    "Add service principal",
    "Update service principal",
    "Remove service principal",
    "Update authorization policy",
};

// The role id that stands for "assigned, without any role".
constexpr std::string_view default_access = "00000000-0000-0000-0000-000000000000";

constexpr std::size_t apps_per_request = 15;
constexpr std::size_t sign_in_requests_max = 20;
// Graph allows five requests in ten seconds on the logs, and the audit log takes one.
constexpr std::size_t sign_in_requests_at_once = 4;

std::string any_of(std::string_view field, const std::vector<std::string>& values) {
  std::string out;
  for (const std::string& value : values) {
    if (!out.empty()) out += " or ";
    out += fmt::format("{} eq '{}'", field, value);
  }
  return "(" + out + ")";
}

asio::awaitable<void> read_sign_ins_of(Collection& to, std::vector<std::string> apps,
                                       Outcome& outcome) {
  const std::string filter = fmt::format("$filter=createdDateTime ge {} and {}&$top=999",
                                         format_time(to.logs_since), any_of("appId", apps));
  const Take take = [&to](const json::value& value) -> Result<void> {
    if (graph::is_of_no_user(value)) return {};
    auto sign_in = graph::parse_sign_in(value);
    if (!sign_in) return sign_in.error();
    to.snapshot.sign_ins.push_back(std::move(*sign_in));
    return {};
  };
  outcome = co_await read_collection(to, domain::source::sign_ins,
                                     graph::make_call("signIn_list", {}, filter), take);
}

bool all_apps_known(const Collection& to) {
  for (const Outcome* outcome : {&to.grants, &to.service_principals, &to.app_roles}) {
    if (outcome->error || outcome->unusable > 0) return false;
  }
  return true;
}

std::vector<std::vector<std::string>> portions(const std::vector<domain::AppId>& apps) {
  std::vector<std::vector<std::string>> out;
  for (const domain::AppId& app : apps) {
    if (out.empty() || out.back().size() == apps_per_request) {
      if (out.size() == sign_in_requests_max) break;
      out.emplace_back();
    }
    out.back().push_back(app.str());
  }
  return out;
}

}  // namespace

std::vector<domain::AppId> mail_reaching_apps(const domain::Snapshot& snapshot) {
  // The same few scopes come in every grant.
  std::unordered_map<std::string_view, bool> known;
  const auto reaches_mail = [&](std::string_view scope) {
    const auto [found, added] = known.try_emplace(scope, false);
    if (added) found->second = domain::mail_reach_of_scope(scope).any();
    return found->second;
  };
  std::set<domain::ServicePrincipalId> mail_apis;
  for (const domain::ServicePrincipal& one : snapshot.service_principals) {
    if (domain::is_resource_api(one.app_id)) mail_apis.insert(one.id);
  }
  std::set<domain::ServicePrincipalId> holders;
  for (const domain::Grant& grant : snapshot.grants) {
    const bool reaches = std::any_of(grant.scopes.begin(), grant.scopes.end(), reaches_mail);
    if (reaches && mail_apis.contains(grant.resource)) holders.insert(grant.client);
  }
  for (const domain::AppRoleAssignment& role : snapshot.app_roles) {
    // A role whose name is unknown may reach mail.
    const bool reaches = role.value ? domain::mail_reach_of_app_role(*role.value).any()
                                    : role.role_id != default_access;
    if (reaches) holders.insert(role.principal);
  }
  std::set<domain::AppId> apps;
  for (const domain::ServicePrincipal& one : snapshot.service_principals) {
    const auto owner = domain::ownership_of(one, snapshot.tenant);
    const bool others =
        owner == domain::Ownership::third_party || owner == domain::Ownership::unknown;
    if (others && holders.contains(one.id)) apps.insert(one.app_id);
  }
  return {apps.begin(), apps.end()};
}

asio::awaitable<void> read_audits(Collection& to) {
  const std::vector<std::string> wanted(std::begin(activities), std::end(activities));
  const std::string filter =
      fmt::format("$filter=activityDateTime ge {} and {}&$top=999", format_time(to.logs_since),
                  any_of("activityDisplayName", wanted));
  const Take take = [&to](const json::value& value) -> Result<void> {
    auto event = graph::parse_audit_event(value);
    if (!event) return event.error();
    to.snapshot.audits.push_back(std::move(*event));
    return {};
  };
  to.audits = co_await read_collection(to, domain::source::audits,
                                       graph::make_call("directoryAudit_list", {}, filter), take);
}

asio::awaitable<void> read_sign_ins(Collection& to) {
  co_await to.grants_known.passed();
  co_await to.service_principals_known.passed();
  co_await to.app_roles_known.passed();
  const std::vector<domain::AppId> apps = mail_reaching_apps(to.snapshot);
  const auto parts = portions(apps);
  std::vector<Outcome> outcomes(parts.size());
  std::vector<std::function<asio::awaitable<void>()>> tasks;
  tasks.reserve(parts.size());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    tasks.emplace_back(
        [&to, &parts, &outcomes, i]() { return read_sign_ins_of(to, parts[i], outcomes[i]); });
  }
  co_await http::run_all(std::move(tasks), sign_in_requests_at_once);
  for (const Outcome& outcome : outcomes) to.sign_ins = to.sign_ins + outcome;
  if (!all_apps_known(to)) {
    to.sign_ins.gap = "the apps concerned are not all known: directory objects were not all read";
  } else if (apps.size() > apps_per_request * sign_in_requests_max) {
    to.sign_ins.gap = fmt::format("asked for the first {} of {} apps only",
                                  apps_per_request * sign_in_requests_max, apps.size());
  }
}

}  // namespace clawback::evidence
