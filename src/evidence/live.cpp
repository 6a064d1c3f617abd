#include "evidence/live.hpp"

#include <boost/asio/this_coro.hpp>

#include "evidence/collection.hpp"
#include "http/run.hpp"

namespace clawback::evidence {
namespace {

constexpr std::string_view needs_audit_export =
    "Graph does not give it: add an export of the Unified Audit Log";

void record_coverage(Collection& to) {
  namespace source = domain::source;
  domain::Snapshot& snapshot = to.snapshot;
  const auto note = [&](std::string_view name, const Outcome& outcome, std::size_t records) {
    domain::record(snapshot.coverage, to_source(name, outcome, records));
  };
  note(source::service_principals, to.service_principals, snapshot.service_principals.size());
  note(source::grants, to.grants, snapshot.grants.size());
  note(source::app_roles, to.app_roles, snapshot.app_roles.size());
  note(source::users, to.users, snapshot.users.size());
  note(source::audits, to.audits, snapshot.audits.size());
  note(source::sign_ins, to.sign_ins, snapshot.sign_ins.size());
  note(source::authorization_policy, to.authorization_policy,
       snapshot.authorization_policy.has_value() ? 1 : 0);
  note(source::permission_grant_policies, to.permission_grant_policies,
       snapshot.permission_grant_policies.size());
  note(source::app_activities, to.app_activities, snapshot.app_activities.size());
  const auto not_in_graph = [&](std::string_view name, std::string_view where) {
    domain::record(snapshot.coverage, {.name = std::string(name),
                                       .state = domain::SourceState::absent,
                                       .records = 0,
                                       .reason = std::string(where)});
  };
  not_in_graph(source::mail_accesses, needs_audit_export);
  not_in_graph(source::mailbox_changes, needs_audit_export);
  not_in_graph(source::organization_config, "Graph does not give it: add Get-OrganizationConfig");
  snapshot.coverage.logs_since = to.logs_since;
}

// Why there is nothing at all to show, if so.
std::optional<Error> whole_failure(const Collection& to) {
  for (const Outcome* outcome :
       {&to.grants, &to.service_principals, &to.app_roles, &to.users, &to.audits, &to.sign_ins,
        &to.authorization_policy, &to.permission_grant_policies}) {
    if (outcome->error && is_sign_in_failure(*outcome->error)) return outcome->error;
  }
  if (!to.grants.error || !to.service_principals.error) return std::nullopt;
  const bool gone =
      is_out_of_reach(*to.grants.error) && is_out_of_reach(*to.service_principals.error);
  const bool nothing = to.snapshot.grants.empty() && to.snapshot.service_principals.empty() &&
                       !is_refusal(*to.grants.error) && !is_refusal(*to.service_principals.error);
  return gone || nothing ? to.grants.error : std::nullopt;
}

}  // namespace

Collection::Collection(graph::Reader& graph_reader, const LiveOptions& live_options,
                       const asio::any_io_executor& executor)
    : reader(graph_reader),
      options(live_options),
      logs_since(std::chrono::floor<std::chrono::seconds>(live_options.now - live_options.since)),
      users_wanted(executor),
      grants_known(executor),
      service_principals_known(executor),
      app_roles_known(executor),
      audits_known(executor) {
  snapshot.tenant = options.tenant;
  snapshot.tenant_name = options.tenant_name;
  snapshot.observed = options.now;
}

asio::awaitable<Outcome> read_collection(Collection& to, std::string_view source, graph::Call call,
                                         Take take, graph::Reader::PageLimits limits) {
  Outcome outcome;
  std::size_t records = 0;
  const auto on_page = [&](const json::array& page) -> Result<void> {
    for (const json::value& value : page) {
      const auto taken = take(value);
      if (taken) continue;
      if (outcome.unusable++ == 0) outcome.first_unusable = taken.error().message;
    }
    records += page.size();
    if (to.options.progress) to.options.progress(source, records);
    return {};
  };
  const auto read = co_await to.reader.pages(std::move(call), on_page, limits);
  if (!read) outcome.error = read.error();
  co_return outcome;
}

asio::awaitable<Outcome> read_collection(Collection& to, std::string_view source, graph::Call call,
                                         Take take) {
  return read_collection(to, source, std::move(call), std::move(take), {});
}

asio::awaitable<Result<domain::Snapshot>> collect(graph::Reader& reader, LiveOptions options) {
  const auto executor = co_await asio::this_coro::executor;
  Collection to(reader, options, executor);
  using Task = asio::awaitable<void> (*)(Collection&);
  constexpr Task all[] = {read_grants,
                          read_service_principals,
                          read_app_roles,
                          read_users,
                          read_audits,
                          read_sign_ins,
                          read_app_activities,
                          read_authorization_policy,
                          read_permission_grant_policies};
  std::vector<std::function<asio::awaitable<void>()>> tasks;
  for (const Task task : all) tasks.emplace_back([task, &to]() { return task(to); });
  const std::size_t width = tasks.size();  // some wait for others, so that all must have started
  co_await http::run_all(std::move(tasks), width);
  if (const auto failure = whole_failure(to)) co_return *failure;
  domain::normalise(to.snapshot);
  record_coverage(to);
  co_return std::move(to.snapshot);
}

}  // namespace clawback::evidence
