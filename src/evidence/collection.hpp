#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <string_view>
#include <unordered_set>

#include "evidence/live.hpp"
#include "evidence/outcome.hpp"
#include "graph/signal.hpp"

namespace clawback::evidence {

// One collection under way: what has been read so far, and who waits for what.
struct Collection {
  Collection(graph::Reader& graph_reader, const LiveOptions& live_options,
             const asio::any_io_executor& executor);

  graph::Reader& reader;
  const LiveOptions& options;
  domain::Snapshot snapshot;
  Time logs_since;

  std::unordered_set<std::string> principals;  // users that hold a grant

  graph::Gate
      users_wanted;  // either all principals are known, or they are too many to ask one by one
  graph::Gate grants_known;
  graph::Gate service_principals_known;
  graph::Gate app_roles_known;
  graph::Gate audits_known;

  Outcome grants;
  Outcome service_principals;
  Outcome app_roles;
  Outcome users;
  Outcome audits;
  Outcome sign_ins;
  Outcome authorization_policy;
  Outcome permission_grant_policies;
  Outcome app_activities;

  bool beta_refused = false;  // sign-ins come from v1.0 then
};

inline constexpr std::size_t users_by_id_max = 400;

using Take = std::function<Result<void>(const json::value&)>;

// Every record of a collection goes through `take`; one that it refuses is counted and left out.
asio::awaitable<Outcome> read_collection(Collection& to, std::string_view source, graph::Call call,
                                         Take take, graph::Reader::PageLimits limits);
asio::awaitable<Outcome> read_collection(Collection& to, std::string_view source, graph::Call call,
                                         Take take);

// Each fills its part of the snapshot and its outcome, and opens its gates however it ends.
asio::awaitable<void> read_grants(Collection& to);
asio::awaitable<void> read_service_principals(Collection& to);
asio::awaitable<void> read_app_roles(Collection& to);
asio::awaitable<void> read_users(Collection& to);
asio::awaitable<void> read_audits(Collection& to);
asio::awaitable<void> read_sign_ins(Collection& to);
asio::awaitable<void> read_app_activities(Collection& to);
asio::awaitable<void> read_authorization_policy(Collection& to);
asio::awaitable<void> read_permission_grant_policies(Collection& to);

// Applications whose sign-ins matter: not Microsoft's, not the tenant's own, and able to reach
// mail.
std::vector<domain::AppId> mail_reaching_apps(const domain::Snapshot& snapshot);
// Who said yes or tried to, in the records of the log; those whose yes was to one of these
// applications come first, then the latest.
std::vector<domain::UserId> consenting_users(const domain::Snapshot& snapshot,
                                             const std::vector<domain::AppId>& apps);

}  // namespace clawback::evidence
