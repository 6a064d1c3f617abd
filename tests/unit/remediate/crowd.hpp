#pragma once

#include <set>

#include "bench.hpp"
#include "lab/ids.hpp"

namespace remediate_test {

// Plants an application with one grant of each of `victims` users, under the label "crowd".
inline void plant_crowd(Bench& bench, std::size_t victims) {
  bench.server->with_tenant([&](lab::Tenant& tenant) {
    std::string graph;
    for (const auto& [id, app] : tenant.service_principals) {
      if (app.app_id == lab::graph_app_id) graph = id;
    }
    lab::ServicePrincipal app{.id = random_guid(),
                              .app_id = random_guid(),
                              .display_name = "Mail for everybody",
                              .owner_tenant = random_guid()};
    lab::Planted planted{
        .label = "crowd", .app_id = app.app_id, .service_principal_id = app.id, .abused = true};
    for (const auto& [id, user] : tenant.users) {
      if (planted.grant_ids.size() == victims) break;
      if (user.type == "Guest") continue;  // whose sessions are the home tenant's
      const lab::Grant grant{.id = lab::grant_id(app.id, graph, id),
                             .client_id = app.id,
                             .resource_id = graph,
                             .principal_id = id,
                             .scope = "Mail.Read offline_access"};
      tenant.grants.emplace(grant.id, grant);
      planted.grant_ids.push_back(grant.id);
    }
    REQUIRE(planted.grant_ids.size() == victims);
    tenant.service_principals.emplace(app.id, std::move(app));
    tenant.planted.push_back(std::move(planted));
  });
}

// Writes in the order in which the lab answered them: "update", "delete" or "revoke".
inline std::vector<std::string> write_kinds(Bench& bench) {
  std::vector<std::string> out;
  for (const lab::Seen& seen : bench.server->seen()) {
    if (seen.method == "PATCH") out.emplace_back("update");
    if (seen.method == "DELETE") out.emplace_back("delete");
    if (seen.path.ends_with("/revokeSignInSessions")) out.emplace_back("revoke");
  }
  return out;
}

// No user's sessions were ended twice, and every grant of the plan is gone.
inline void check_each_once(Bench& bench, const plan::Plan& plan) {
  bench.server->with_tenant([&](lab::Tenant& tenant) {
    for (const plan::Action& action : plan.actions) {
      if (action.kind == domain::ActionKind::revoke_sessions)
        CHECK(tenant.users.at(action.target.id).revocations == 1);
      if (action.kind == domain::ActionKind::revoke_grant)
        CHECK_FALSE(tenant.grants.contains(action.target.id));
    }
  });
}

}  // namespace remediate_test
