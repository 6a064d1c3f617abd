#include "cli/apply_approvals.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <optional>

#include "approval/break_glass.hpp"
#include "auth/issuer.hpp"
#include "base/safe_text.hpp"
#include "cli/apply_checks.hpp"
#include "cli/session.hpp"

namespace clawback::cli {
namespace {

constexpr std::string_view keys_kind = "keys";

Result<approval::KeySets> recorded_keys(const std::string& plan_digest, journal::Store& store) {
  const auto notes = store.notes(std::string(keys_kind), "");
  if (!notes) return notes.error();
  approval::KeySets out;
  for (const journal::AuditNote& note : *notes) {
    const auto tenant = string_at(note.record, "tenant");
    const auto jwks = string_at(note.record, "jwks");
    if (string_at(note.record, "plan") != plan_digest || !tenant || !jwks) continue;
    out[*tenant].push_back(*jwks);
  }
  return out;
}

using Fetched = std::vector<std::pair<std::string, Result<std::string>>>;

Result<Fetched> fetch(const std::set<std::string>& tenants, const Config& config) {
  Fetched out;
  if (tenants.empty()) return out;
  const auto use = [&](http::Transport& transport) -> asio::awaitable<void> {
    for (const std::string& tenant : tenants) {
      auto keys = co_await auth::fetch_keys(config.login, tenant, transport);
      out.emplace_back(tenant, std::move(keys));
    }
  };
  if (const auto ran = with_transport(config, use); !ran) return ran.error();
  return out;
}

void add(approval::KeySets& keys, const std::string& tenant, const std::string& jwks) {
  auto& known = keys[tenant];
  if (std::find(known.begin(), known.end(), jwks) == known.end()) known.push_back(jwks);
}

}  // namespace

Result<approval::Registry> registry_for(const std::vector<std::string>& envelopes,
                                        const std::string& plan_digest, Trust trust,
                                        const Config& config, journal::Store& store) {
  return registry_of(approval::tenants_of(envelopes, config.registry()), plan_digest, trust, config,
                     store);
}

Result<approval::Registry> registry_of(const std::set<std::string>& tenants,
                                       const std::string& plan_digest, Trust trust,
                                       const Config& config, journal::Store& store) {
  if (tenants.empty()) return config.registry();
  Result<approval::KeySets> keys = approval::KeySets();
  if (trust == Trust::recorded) keys = recorded_keys(plan_digest, store);
  if (!keys) return keys.error();
  const auto fetched = fetch(tenants, config);
  if (!fetched) return fetched.error();
  for (const auto& [tenant, jwks] : *fetched) {
    if (jwks) {
      add(*keys, tenant, *jwks);
    } else if (!keys->contains(tenant)) {
      return within("the approvals can't be checked", jwks.error());
    }
  }
  return config.registry(std::move(*keys));
}

Result<approval::Registry> recorded_registry(const std::string& plan_digest, const Config& config,
                                             journal::Store& store) {
  auto keys = recorded_keys(plan_digest, store);
  if (!keys) return keys.error();
  return config.registry(std::move(*keys));
}

Result<void> record_keys(const approval::Registry& registry, const std::string& plan_digest,
                         journal::Store& store, Time now) {
  if (registry.entra.keys.empty()) return {};
  const auto known = recorded_keys(plan_digest, store);
  if (!known) return known.error();
  for (const auto& [tenant, documents] : registry.entra.keys) {
    const auto there = known->find(tenant);
    for (const std::string& jwks : documents) {
      if (there != known->end() &&
          std::find(there->second.begin(), there->second.end(), jwks) != there->second.end()) {
        continue;
      }
      auto noted = store.note({.kind = std::string(keys_kind),
                               .run = {},
                               .time = now,
                               .record = json::object{{"plan", plan_digest},
                                                      {"tenant", tenant},
                                                      {"login", registry.entra.login},
                                                      {"jwks", jwks}}});
      if (!noted) return noted;
    }
  }
  return {};
}

Result<void> check_unused_approvals(const approval::ApprovedPlan& approved, const std::string& run,
                                    journal::Store& store) {
  const auto used = store.approvals_since(Time{});
  if (!used) return used.error();
  for (const journal::UsedApproval& one : *used) {
    for (const approval::Statement& statement : approved.statements()) {
      if (statement.nonce.empty() || one.nonce != statement.nonce || one.run == run) continue;
      return Error{.code = Errc::approval,
                   .message = fmt::format("the approval of {} was used before, by run {}",
                                          printable(statement.approver, 60), one.run),
                   .hint = "an approval is good once: sign again with `clawback approve`"};
    }
  }
  return {};
}

Result<void> check_glass_left(journal::Store& store, const std::string& run,
                              std::int64_t max_per_day, Time now) {
  const auto used = store.approvals_since(now - std::chrono::hours(24));
  if (!used) return used.error();
  const auto count = std::count_if(used->begin(), used->end(), [&](const auto& one) {
    return one.break_glass && (run.empty() || one.run != run);
  });
  return approval::check_break_glass_limit(count, max_per_day);
}

Result<void> check_glass_left(const approval::ApprovedPlan& approved, const Approving& with,
                              Time now) {
  if (!approved.break_glass()) return {};
  return check_glass_left(with.store, with.run, with.break_glass_per_day, now);
}

Result<void> check_under_lease(const approval::ApprovedPlan& approved, const Approving& with,
                               const policy::Policy& policy, Time now) {
  auto left = check_glass_left(approved, with, now);
  if (!left) return left;
  return check_limits(approved.plan(), policy, with.store, now, with.run);
}

Result<approval::ApprovedPlan> approve_now(plan::Plan plan,
                                           const std::vector<std::string>& envelopes,
                                           const Approving& with, const Context& context) {
  const std::string digest = plan.digest;
  const auto registry = registry_for(
      envelopes, digest, with.run.empty() ? Trust::live : Trust::recorded, with.config, with.store);
  if (!registry) return registry.error();
  auto approved =
      approval::approve(std::move(plan), envelopes, *registry, with.quorum, context.now());
  if (!approved) return approved;
  if (const auto unused = check_unused_approvals(*approved, with.run, with.store); !unused) {
    return unused.error();
  }
  if (const auto left = check_glass_left(*approved, with, context.earlier()); !left) {
    return left.error();
  }
  if (approved->break_glass()) {
    context.console.note(
        fmt::format("Approved by {} alone (break-glass). Others have to ratify it within 24 hours: "
                    "`clawback ratify RUN`",
                    approved->statements().front().approver));
  }
  if (const auto kept = record_keys(*registry, digest, with.store, context.now()); !kept) {
    return kept.error();
  }
  return approved;
}

}  // namespace clawback::cli
