#include <fmt/format.h>

#include <algorithm>

#include "approval/id_token.hpp"
#include "base/file.hpp"
#include "base/safe_text.hpp"
#include "cli/apply_approvals.hpp"
#include "cli/plan_file.hpp"
#include "cli/plan_output.hpp"
#include "cli/serve_house_parts.hpp"
#include "cli/sign_checks.hpp"
#include "cli/signing.hpp"
#include "cli/undo_plan.hpp"
#include "plan/split.hpp"

namespace clawback::cli {
namespace {

// Whoever signs must be registered with this very account: a signature that `apply` would refuse
// helps nobody.
Result<void> check_person(const console::Person& person, const Config& config) {
  if (!config.approve_client_id) {
    return Error{.code = Errc::invalid,
                 .message = fmt::format("{}: there is no [identity.approve]",
                                        printable(config.file.string()))};
  }
  const bool fits =
      std::any_of(config.approvers.begin(), config.approvers.end(), [&](const auto& one) {
        return one.name == person.name && !one.entra.object.empty() && one.entra == person.account;
      });
  if (fits) return {};
  return Error{.code = Errc::approval,
               .message = fmt::format("\"{}\" is not a registered approver with this account",
                                      printable(person.name, 80)),
               .hint = "an administrator adds an [[approver]] to the configuration"};
}

SignArguments arguments_of(const approval::Statement& statement, const std::string& file) {
  return {.plan = file,
          .signer = {.key = {}, .as = statement.approver, .sign_in = true, .browser = {}},
          .reason = statement.reason,
          .rejects = statement.decision == approval::Decision::reject};
}

// The tenants of this person's accounts, if the token says that it is of one of them.
std::set<std::string> tenants_of(const std::string& name, const Secret& id_token,
                                 const Config& config) {
  const std::string claimed = approval::claimed_tenant(id_token.reveal());
  for (const approval::Approver& one : config.approvers) {
    if (one.name == name && !claimed.empty() && one.entra.tenant == claimed) return {claimed};
  }
  return {};
}

}  // namespace

Result<void> ServeHouse::check_open(const WaitingPlan& waiting, approval::Decision decision) {
  if (decision != approval::Decision::approve) return {};
  const auto seen = view(waiting);
  if (!seen) return seen.error();
  if (seen->closed.empty()) return {};
  return Error{.code = Errc::approval,
               .message = "nobody is asked about this plan any more: " + seen->closed};
}

Result<approval::Statement> ServeHouse::statement(const std::string& plan,
                                                  approval::Decision decision,
                                                  const console::Person& person,
                                                  const std::string& reason, Time now) {
  if (!person.approver || decision == approval::Decision::ratify) {
    return Error{.code = Errc::approval,
                 .message = "only a registered approver signs, with a yes or a no"};
  }
  if (const auto known = check_person(person, config_); !known) return known.error();
  if (const auto good = check_reason(reason); !good) {
    return Error{.code = Errc::invalid,
                 .message = "the reason is missing, or longer than anybody reads",
                 .hint = "say why, in a sentence or two"};
  }
  const auto there = waiting(plan);
  if (!there) return there.error();
  const SignArguments arguments = arguments_of(
      {.decision = decision, .approver = person.name, .reason = reason}, there->file.string());
  const auto usable = check_signing(there->plan, arguments, config_, now, now);
  if (!usable) return usable.error();
  if (const auto open = check_open(*there, decision); !open) return open.error();
  return statement_on(there->plan, arguments, now);
}

Result<void> ServeHouse::keep(const approval::Statement& statement, const Secret& id_token,
                              const std::string& plan, Time now) {
  const auto there = waiting(plan);
  if (!there) return there.error();
  if (there->plan.digest != statement.plan_digest) {
    return Error{.code = Errc::approval,
                 .message = "the plan is not the one that was signed: nothing was kept"};
  }
  const SignArguments arguments = arguments_of(statement, there->file.string());
  // Somebody may have rejected or used it while this person signed in.
  auto usable = check_signing(there->plan, arguments, config_, now, now);
  if (!usable) return usable;
  const auto journal = store();
  if (!journal) return journal.error();
  const auto registry = registry_of(tenants_of(statement.approver, id_token, config_),
                                    statement.plan_digest, Trust::live, config_, **journal);
  if (!registry) return registry.error();
  const auto envelope = approval::seal_token(statement, id_token, *registry, now);
  if (!envelope) return envelope.error();
  auto recorded = record_keys(*registry, statement.plan_digest, **journal, now);
  if (!recorded) return recorded;
  // With today's keys in the database a no that somebody signed in for can be checked.
  if (auto open = check_open(*there, statement.decision); !open) return open;
  const auto kept = keep_envelope(*envelope, there->plan, arguments, config_, context_);
  if (!kept) return kept.error();
  if (kept->not_recorded) {
    return within("this no is beside the plan, but not in the database", *kept->not_recorded);
  }
  return {};
}

Result<std::string> ServeHouse::undo(const std::string& run, const console::Person& person,
                                     Time now) {
  if (!person.approver) {
    return Error{.code = Errc::approval, .message = "only a registered approver asks for an undo"};
  }
  const auto journal = store();
  if (!journal) return journal.error();
  const auto known = own_run(run, **journal);
  if (!known) return known.error();
  // The name is one that its owner signed in with; nobody claimed it at a terminal.
  const auto made = make_undo({.run = known->id,
                               .policy = policy_given_,
                               .requester = {.by = person.name},
                               .now = now,
                               .id = plan_id(known->id, context_)},
                              config_, **journal);
  if (!made) return made.error();
  if (made->actions.empty()) {
    return Error{.code = Errc::conflict,
                 .message = fmt::format("run {} did nothing that can be taken back", known->id),
                 .hint = made->remarks.empty() ? std::string() : made->remarks.front()};
  }
  const auto folder = plans_folder(*config_.database);
  const auto waits = there(now);
  if (!waits) return waits.error();
  for (const WaitingPlan& one : waits->waiting) {
    if (one.plan.undo_of != made->undo_of || !plan::same_work(one.plan, *made)) continue;
    // After a no a new one is asked for, not the one that nobody can approve any more.
    const auto seen = view(one);
    if (seen && seen->closed.empty()) return one.plan.id;
  }
  const auto place = place_for(*made, folder, waits->waiting);
  if (!place) return place.error();
  if (auto written = write_file(*place, plan::to_text(*made)); !written) return written.error();
  return made->id;
}

}  // namespace clawback::cli
