#include "remediate/execute.hpp"

#include <fmt/format.h>

#include <map>
#include <set>

#include "base/safe_text.hpp"
#include "plan/guard.hpp"
#include "plan/shape.hpp"
#include "remediate/approvals.hpp"
#include "remediate/driver.hpp"
#include "remediate/look.hpp"

namespace clawback::remediate {
namespace {

Error guarded(std::string message, std::string hint = {}) {
  return Error{.code = Errc::guard, .message = std::move(message), .hint = std::move(hint)};
}

Result<void> check_limits(const plan::Plan& plan) {
  if (plan.breaches.empty()) return {};
  const plan::Breach& first = plan.breaches.front();
  return guarded(fmt::format("the plan goes over {}: {} planned, {} allowed; nothing of it is sent",
                             printable(first.limit, 80), first.planned, first.allowed),
                 "raise the limit in the policy, or narrow the rule, and plan again");
}

Result<void> check_own(const plan::Plan& plan, const std::vector<std::string>& own) {
  for (const plan::Action& action : plan.actions) {
    for (const std::string& id : own) {
      if (action.target.app_id == id) {
        return guarded(fmt::format("{} is about clawback's own identity {}", action.id, id));
      }
    }
  }
  return {};
}

// Asked again of the tenant itself: a plan file may be old, or made by somebody else.
asio::awaitable<Result<void>> check_apps(const plan::Plan& plan, graph::Reader& reader,
                                         const Settings& settings) {
  // path -> application ids that actions name
  std::map<std::string, std::set<std::string>> apps;
  for (const plan::Action& action : plan.actions) {
    const plan::Target& target = action.target;
    if (!target.service_principal_id.empty()) {
      apps[plan::service_principal_path(target.service_principal_id)].insert(target.app_id);
    } else if (!target.app_id.empty()) {
      // What blocks an application names no object: it may be here by now.
      apps[plan::service_principal_by_app_path(target.app_id)].insert(target.app_id);
    }
  }
  std::vector<std::string> paths;
  for (const auto& [path, app_ids] : apps) paths.push_back(path);
  const auto found = co_await look_up_apps(reader, paths);
  if (!found) co_return found.error();
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const FoundApp& app = (*found)[i];
    if (!app) continue;
    const std::string& id = app->id.str();
    if (apps.at(paths[i]) != std::set<std::string>{app->app_id.str()}) {
      co_return guarded(
          fmt::format("service principal {} is not the application that the plan names",
                      printable(id, 60)),
          "make the plan again with `clawback plan`");
    }
    const auto why =
        plan::protected_because(*app, domain::TenantId(plan.tenant), settings.own_app_ids);
    if (why) {
      co_return guarded(fmt::format("service principal {} ({}) is protected: {}", printable(id, 60),
                                    printable(app->display_name, 60), *why));
    }
  }
  co_return Result<void>();
}

asio::awaitable<Result<void>> check(const plan::Plan& plan, graph::Reader& reader,
                                    const Settings& settings) {
  if (!plan.inspect_only.empty()) {
    co_return guarded("the plan is inspect-only: a rule needed what could not be read");
  }
  auto limits = check_limits(plan);
  if (!limits) co_return limits;
  auto own = check_own(plan, settings.own_app_ids);
  if (!own) co_return own;
  co_return co_await check_apps(plan, reader, settings);
}

asio::awaitable<Result<Outcome>> finish(Progress progress, std::string run) {
  const auto driven = co_await drive(progress);
  if (!driven) co_return driven.error();
  co_return Outcome{.run = std::move(run), .state = progress.state()};
}

// What may stop a run before it starts, with the lease in hand.
Result<void> allowed(const Settings& settings) {
  if (settings.may_send) {
    auto free = settings.may_send();
    if (!free) return free;
  }
  return settings.under_lease ? settings.under_lease() : Result<void>();
}

}  // namespace

asio::awaitable<Result<Outcome>> execute(const approval::ApprovedPlan& approved,
                                         std::vector<std::string> envelopes, graph::Writer& writer,
                                         journal::Store& store, Settings settings) {
  const plan::Plan& plan = approved.plan();
  if (settings.now() >= plan.expires) {
    co_return Error{.code = Errc::stale,
                    .message = "the plan expired on " + format_time(plan.expires),
                    .hint = "make a new one with `clawback plan`"};
  }
  const auto lease = store.lease(plan.tenant);
  if (!lease) co_return lease.error();
  const auto free = allowed(settings);
  if (!free) co_return free.error();
  const auto checked = co_await check(plan, writer.reader(), settings);
  if (!checked) co_return checked.error();
  const journal::Run run{.id = settings.make_guid(),
                         .tenant = plan.tenant,
                         .plan_digest = plan.digest,
                         .plan_text = plan::to_text(plan),
                         .undo_of = plan.undo_of,
                         .started = settings.now(),
                         .approvals = std::move(envelopes)};
  const auto started = store.start(run);
  if (!started) co_return started.error();
  const auto used = use_approvals(approved, run.id, store, run.started);
  if (!used) co_return used.error();
  if (settings.on_event)
    settings.on_event(nullptr, {.kind = journal::EventKind::started, .time = run.started});
  Progress progress(approved, writer, store, settings, run.id, journal::fold(plan, {}));
  co_return co_await finish(std::move(progress), run.id);
}

asio::awaitable<Result<Outcome>> resume(const journal::Run& run,
                                        const approval::ApprovedPlan& approved,
                                        graph::Writer& writer, journal::Store& store,
                                        Settings settings) {
  if (run.plan_digest != approved.plan().digest) {
    co_return Error{.code = Errc::internal, .message = "a run was resumed with another run's plan"};
  }
  // Before the events are read: whoever held it may have gone on.
  const auto lease = store.lease(run.tenant);
  if (!lease) co_return lease.error();
  const auto events = store.events(run.id);
  if (!events) co_return events.error();
  const auto free = allowed(settings);
  if (!free) co_return free.error();
  const auto used = use_approvals(approved, run.id, store, settings.now());
  if (!used) co_return used.error();
  const auto checked = co_await check(approved.plan(), writer.reader(), settings);
  if (!checked) co_return checked.error();
  Progress progress(approved, writer, store, settings, run.id,
                    journal::fold(approved.plan(), *events));
  co_return co_await finish(std::move(progress), run.id);
}

}  // namespace clawback::remediate
