#include "cli/sign_checks.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "approval/break_glass.hpp"
#include "approval/count.hpp"
#include "base/safe_text.hpp"
#include "cli/apply_approvals.hpp"
#include "cli/past_sending.hpp"
#include "cli/plan_file.hpp"
#include "cli/policy_files.hpp"
#include "cli/signing.hpp"

namespace clawback::cli {
namespace {

Error does_not_count(const std::string& name, const std::string& why) {
  return Error{
      .code = Errc::approval,
      .message = fmt::format("{} {}: this approval would not count", printable(name, 80), why),
      .hint = "somebody else approves it; anybody may reject it"};
}

// What a break-glass approval may be for, and that there is room for one more today.
Result<void> check_break_glass(const plan::Plan& plan, const SignArguments& arguments,
                               const Config& config, Time now) {
  if (const auto contains = approval::check_containment(plan); !contains) return contains;
  if (const auto why = approval::affected(plan, config.registry(), arguments.signer.as)) {
    return does_not_count(arguments.signer.as, *why);
  }
  const auto policy = load_policy({}, &config);
  if (!policy) return policy.error();
  const auto store = open_store(config);
  // An approver's own account can't open the service's database. `apply` asks it in any case.
  if (!store && store.error().code == Errc::io) return {};
  if (!store) return store.error();
  return check_glass_left(**store, {}, policy->break_glass_per_day, now);
}

}  // namespace

Result<void> check_signing(const plan::Plan& plan, const SignArguments& arguments,
                           const Config& config, Time now, Time earlier) {
  if (plan.tenant != config.tenant_id) {
    return Error{.code = Errc::stale,
                 .message = fmt::format("the plan is for tenant {}, this configuration for {}",
                                        printable(plan.tenant, 60), config.tenant_id)};
  }
  if (arguments.rejects) return {};
  if (plan.actions.empty()) {
    return Error{.code = Errc::invalid,
                 .message = "the plan is empty: there is nothing to approve"};
  }
  if (now >= plan.expires) {
    return Error{.code = Errc::stale,
                 .message = "the plan expired on " + format_time(plan.expires),
                 .hint = "make a new one with `clawback plan`"};
  }
  if (const auto good = approval::check_approvable(plan); !good) return good;
  const std::string approvals = approvals_of(arguments.plan, arguments.output);
  if (const auto open = check_sendable(plan, approvals, config); !open) return open;
  if (arguments.expires && *arguments.expires > plan.approval_expires) {
    return Error{.code = Errc::invalid,
                 .message = fmt::format(
                     "--expires: the policy lets an approval of this plan hold for {} at most",
                     format_duration(plan.approval_expires))};
  }
  if (arguments.break_glass) {
    return check_break_glass(plan, arguments, config, earlier);
  }
  if (const auto why = approval::not_counted(plan, config.registry(), arguments.signer.as)) {
    return does_not_count(arguments.signer.as, *why);
  }
  return {};
}

approval::Statement statement_on(const plan::Plan& plan, const SignArguments& arguments, Time now) {
  const Duration holds = arguments.expires.value_or(plan.approval_expires);
  return {.plan_digest = plan.digest,
          .tenant = plan.tenant,
          .decision = arguments.rejects ? approval::Decision::reject : approval::Decision::approve,
          .approver = arguments.signer.as,
          .reason = arguments.reason,
          .issued = now,
          .expires = arguments.rejects ? plan.expires : std::min(now + holds, plan.expires),
          .nonce = new_nonce(),
          .break_glass = arguments.break_glass};
}

Result<Kept> keep_envelope(const std::string& envelope, const plan::Plan& plan,
                           const SignArguments& arguments, const Config& config,
                           const Context& context) {
  Result<void> stored;
  const bool records = arguments.rejects && config.database;
  if (records) {
    const auto store = open_store_if_there(config);
    if (!store) {
      stored = store.error();
    } else if (*store) {
      stored = (*store)->reject(plan.digest, envelope);
    } else {
      stored = Error{.code = Errc::io,
                     .message = printable(config.database->string()) + ": there is no such file"};
    }
  }
  const std::string file = approvals_of(arguments.plan, arguments.output);
  if (auto appended = append_envelope(file, envelope, context); !appended) {
    Error error = appended.error();
    if (records && stored) {
      error.message += "; but the no is in the database: the plan is rejected, and stays so";
    }
    return error;
  }
  if (!stored) return Kept{.recorded = false, .not_recorded = stored.error()};
  return Kept{.recorded = records};
}

}  // namespace clawback::cli
