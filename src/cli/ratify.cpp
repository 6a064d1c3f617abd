#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "approval/break_glass.hpp"
#include "approval/count.hpp"
#include "base/safe_text.hpp"
#include "cli/apply_approvals.hpp"
#include "cli/apply_checks.hpp"
#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/plan_file.hpp"
#include "cli/policy_files.hpp"
#include "cli/ratification.hpp"
#include "cli/signing.hpp"
#include "cli/terminal.hpp"

namespace clawback::cli {
namespace {

using approval::RatificationState;

constexpr std::string_view kind = "ratified";

Error refused(std::string message, std::string hint) {
  return Error{.code = Errc::approval, .message = std::move(message), .hint = std::move(hint)};
}

// Whoever may not ratify is told before signing.
Result<void> check_ratifier(const plan::Plan& plan, const approval::Ratification& stands,
                            const std::string& name, const Config& config) {
  switch (stands.state) {
    case RatificationState::ratified:
      return Error{.code = Errc::invalid, .message = "the run is ratified already"};
    case RatificationState::waiting:
    case RatificationState::overdue:
      break;
  }
  if (name == stands.broken_by) {
    return refused(
        fmt::format("{} broke the glass: somebody else ratifies it", printable(name, 80)),
        "another approver runs `clawback ratify`");
  }
  if (const auto why = approval::not_counted(plan, config.registry(), name)) {
    return refused(
        fmt::format("{} {}: this ratification would not count", printable(name, 80), *why),
        "another approver runs `clawback ratify`");
  }
  return {};
}

Result<void> confirm(const journal::Run& run, const approval::Ratification& stands,
                     const Context& context) {
  context.console.ask(fmt::format("Run {}, approved by {} alone; plan {}\n", run.id,
                                  printable(stands.broken_by, 80), run.plan_digest));
  if (context.global.yes) return {};
  if (!can_ask(context)) {
    return Error{.code = Errc::invalid,
                 .message = "there is no terminal to confirm on",
                 .hint = "read the run with `clawback show`, then sign with --yes"};
  }
  if (ask_yes("Agree to what this run did?", context)) return {};
  return Error{.code = Errc::approval, .message = "nothing was signed"};
}

std::string_view name_of(RatificationState state) {
  switch (state) {
    case RatificationState::ratified:
      return "ratified";
    case RatificationState::waiting:
      return "waiting";
    case RatificationState::overdue:
      return "overdue";
  }
  return "waiting";
}

void report_state(const journal::Run& run, const approval::Ratification& stands,
                  const Context& context) {
  json::array by;
  std::string names;
  for (const std::string& name : stands.by) {
    by.emplace_back(name);
    names += (names.empty() ? "" : ", ") + printable(name, 60);
  }
  std::string text = fmt::format("Ratified by {}: run {}\n", names, run.id);
  if (stands.missing > 0) {
    text = fmt::format("Ratified by {}; {} more needed by {}: run {}\n", names, stands.missing,
                       format_time(stands.until), run.id);
  }
  context.console.result(json::object{{"schema", "clawback.ratification/1"},
                                      {"run", run.id},
                                      {"state", name_of(stands.state)},
                                      {"brokenBy", stands.broken_by},
                                      {"by", std::move(by)},
                                      {"missing", stands.missing},
                                      {"until", format_time(stands.until)}},
                         text);
}

}  // namespace

Result<std::map<std::string, approval::BrokenGlass>> broken_glass(journal::Store& store) {
  const auto used = store.approvals_since(Time{});
  if (!used) return used.error();
  std::map<std::string, approval::BrokenGlass> out;
  for (const journal::UsedApproval& one : *used) {
    if (one.break_glass) {
      out.emplace(one.run, approval::BrokenGlass{.by = one.approver, .at = one.time});
    }
  }
  return out;
}

Result<approval::Ratification> ratification_of_run(
    const journal::Run& run, const approval::BrokenGlass& broken, const Config& config,
    const policy::Policy& policy, journal::Store& store, Time now, const std::string& more) {
  const auto plan = plan::parse(run.plan_text);
  if (!plan) return within("run " + run.id, plan.error());
  const auto notes = store.notes(std::string(kind), run.id);
  if (!notes) return notes.error();
  std::vector<std::string> ratifications;
  for (const journal::AuditNote& note : *notes) {
    if (auto envelope = string_at(note.record, "envelope")) ratifications.push_back(*envelope);
  }
  if (!more.empty()) ratifications.push_back(more);
  std::vector<std::string> all = run.approvals;
  all.insert(all.end(), ratifications.begin(), ratifications.end());
  const auto registry = registry_for(all, run.plan_digest, Trust::recorded, config, store);
  if (!registry) return registry.error();
  return approval::ratification_of(*plan, broken, run.approvals, ratifications, *registry,
                                   quorum_for(*plan, policy), now);
}

Result<bool> was_ratified(const std::string& run, journal::Store& store) {
  const auto notes = store.notes(std::string(kind), run);
  if (!notes) return notes.error();
  return std::any_of(notes->begin(), notes->end(), [](const journal::AuditNote& note) {
    return int_at(note.record, "missing") == 0;
  });
}

Result<int> execute(const RatifyArguments& arguments, const Context& context) {
  if (const auto good = check_reason(arguments.reason); !good) return good.error();
  const auto config = require_config(context);
  if (!config) return config.error();
  const auto store = open_store(*config);
  if (!store) return store.error();
  const auto run = (*store)->run(arguments.run);
  if (!run) return run.error();
  const auto plan = plan::parse(run->plan_text);
  if (!plan) return within("run " + run->id, plan.error());
  const auto policy = load_policy(arguments.policy, &*config);
  if (!policy) return policy.error();
  const auto broken = broken_glass(**store);
  if (!broken) return broken.error();
  const auto alone = broken->find(run->id);
  if (alone == broken->end()) {
    return Error{.code = Errc::invalid,
                 .message = "the run was not approved by break-glass: there is nothing to ratify"};
  }
  const auto before =
      ratification_of_run(*run, alone->second, *config, *policy, **store, context.now());
  if (!before) return before.error();
  const auto may = check_ratifier(*plan, *before, arguments.signer.as, *config);
  if (!may) return may.error();
  const auto signer = prepare_signer(arguments.signer, *config, context);
  if (!signer) return signer.error();
  if (const auto agreed = confirm(*run, *before, context); !agreed) return agreed.error();

  const auto make = [&](Time now) {
    return approval::Statement{.plan_digest = run->plan_digest,
                               .tenant = run->tenant,
                               .decision = approval::Decision::ratify,
                               .approver = arguments.signer.as,
                               .reason = arguments.reason,
                               .issued = now,
                               .expires = now + approval::ratify_within,
                               .nonce = new_nonce()};
  };
  const auto envelope = sign_statement(*signer, arguments.signer, make, *config, context);
  if (!envelope) return envelope.error();
  const auto registry = registry_for({*envelope}, run->plan_digest, Trust::live, *config, **store);
  if (!registry) return registry.error();
  if (const auto kept = record_keys(*registry, run->plan_digest, **store, context.now()); !kept) {
    return kept.error();
  }
  const auto after =
      ratification_of_run(*run, alone->second, *config, *policy, **store, context.now(), *envelope);
  if (!after) return after.error();
  const auto noted = (*store)->note({.kind = std::string(kind),
                                     .run = run->id,
                                     .time = context.now(),
                                     .record = json::object{{"approver", arguments.signer.as},
                                                            {"reason", arguments.reason},
                                                            {"missing", after->missing},
                                                            {"envelope", *envelope}}});
  if (!noted) return noted.error();
  report_state(*run, *after, context);
  return exit_code::done;
}

}  // namespace clawback::cli
