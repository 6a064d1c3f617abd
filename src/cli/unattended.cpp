#include "cli/unattended.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "approval/approval.hpp"
#include "base/file.hpp"
#include "base/safe_text.hpp"
#include "cli/apply_checks.hpp"
#include "cli/exit_code.hpp"
#include "cli/run_view.hpp"
#include "cli/saved_evidence.hpp"
#include "cli/sending.hpp"
#include "cli/waiting_plans.hpp"
#include "journal/kill_switch.hpp"
#include "plan/split.hpp"

namespace clawback::cli {
namespace {

// A guard that holds is no failure of the pass.
void note_error(const Error& error, Pass& pass) {
  if (error.code == Errc::guard) {
    pass.stopped.push_back(error.message);
  } else {
    pass.errors.push_back(error);
  }
}

void note_run(const std::string& id, bool resumed, journal::Store& store, Pass& pass) {
  const auto run = store.run(id);
  if (!run) return pass.errors.push_back(run.error());
  const auto view = view_of(*run, store);
  if (!view) return pass.errors.push_back(view.error());
  PassRun out{.id = id, .actions = view->plan.actions.size(), .resumed = resumed};
  for (const auto& [action, state] : view->state.actions) {
    const bool done =
        state.phase == journal::Phase::done || state.phase == journal::Phase::satisfied;
    out.done += done ? 1 : 0;
  }
  out.code = code_of(view->state);
  pass.runs.push_back(std::move(out));
}

Result<void> check(const plan::Plan& plan, const Unattended& with, const Context& context) {
  auto checked = journal::check_kill_switch(with.store, *with.config.database);
  if (!checked) return checked;
  checked = check_clock(context.global);
  if (!checked) return checked;
  checked = check_current(plan, with.config, with.policy, context.now());
  if (!checked) return checked;
  checked = check_inspect_only(plan);
  if (!checked) return checked;
  return check_rules(plan, with.config, with.policy);
}

Sending sending_of(const Unattended& with, const approval::ApprovedPlan& approved,
                   const std::string& run, const Context& context) {
  Sending out{.config = with.config,
              .store = with.store,
              .approved = approved,
              .verify_window = with.verify_window,
              .verify_gap = with.verify_gap};
  out.under_lease = [&with, &approved, run, now = context.earlier()] {
    return check_limits(approved.plan(), with.policy, with.store, now, run);
  };
  return out;
}

}  // namespace

bool is_own(const journal::Run& run, const Config& config) {
  return run.tenant == config.tenant_id && run.approvals.empty() && run.undo_of.empty();
}

void resume_own(const Unattended& with, Pass& pass, const Context& context) {
  const auto runs = with.store.runs();
  if (!runs) return pass.errors.push_back(runs.error());
  for (const journal::Run& run : *runs) {
    if (!is_own(run, with.config)) continue;
    const auto view = view_of(run, with.store);
    if (!view) {
      pass.errors.push_back(view.error());
      continue;
    }
    const plan::Plan& plan = view->plan;
    const bool over = view->state.ended && journal::settled(view->state);
    const bool today = plan.policy == with.policy.digest &&
                       plan.catalog == with.policy.catalog.digest && context.now() < plan.expires;
    if (over || !today) continue;
    if (const auto checked = check(plan, with, context); !checked) {
      note_error(checked.error(), pass);
      continue;
    }
    const auto approved =
        approval::approve_by_policy(plan, with.policy, with.config.ceiling, context.now());
    if (!approved) {
      note_error(approved.error(), pass);
      continue;
    }
    const Sending sending = sending_of(with, *approved, run.id, context);
    const auto resumed = go_on_quietly(sending, run, context);
    if (!resumed) note_error(resumed.error(), pass);
    note_run(run.id, true, with.store, pass);
  }
}

void send_now(const Unattended& with, const plan::Plan& plan, const std::string& document,
              Pass& pass, const Context& context) {
  if (const auto checked = check(plan, with, context); !checked) {
    return note_error(checked.error(), pass);
  }
  const auto limits = check_limits(plan, with.policy, with.store, context.earlier());
  if (!limits) return note_error(limits.error(), pass);
  const auto approved =
      approval::approve_by_policy(plan, with.policy, with.config.ceiling, context.now());
  if (!approved) return note_error(approved.error(), pass);
  const auto saved =
      save_evidence(document, plan.evidence, keeping_evidence(with.config), {}, context);
  if (!saved) return note_error(saved.error(), pass);
  const Sending sending = sending_of(with, *approved, {}, context);
  const auto sent = send_quietly(sending, {}, context);
  if (sent) return note_run(*sent, false, with.store, pass);
  note_error(sent.error(), pass);
  for (const auto& [key, value] : sent.error().details) {
    if (key == "run") note_run(value, false, with.store, pass);
  }
}

std::optional<plan::Plan> leave_waiting(const Unattended& with, const plan::Plan& plan,
                                        const std::string& document, Pass& pass,
                                        const Context& context) {
  const auto folder = plans_folder(*with.config.database);
  const auto there = waiting_plans(folder, with.store, context);
  if (!there) {
    pass.errors.push_back(there.error());
    return std::nullopt;
  }
  if (plan.actions.empty()) return std::nullopt;
  const auto same = std::find_if(there->begin(), there->end(), [&](const WaitingPlan& one) {
    return plan::same_work(one.plan, plan);
  });
  const bool kept = same != there->end();
  std::filesystem::path file;
  if (kept) {
    file = same->file;
  } else {
    const auto place = place_for(plan, folder, *there);
    if (!place) {
      note_error(place.error(), pass);
      return std::nullopt;
    }
    file = *place;
    auto written =
        save_evidence(document, plan.evidence, keeping_evidence(with.config), {}, context);
    if (written) written = write_file(file, plan::to_text(plan));
    if (!written) {
      pass.errors.push_back(written.error());
      return std::nullopt;
    }
  }
  const plan::Plan& waits = kept ? same->plan : plan;
  PassWaiting out{.file = file.string(),
                  .digest = waits.digest,
                  .actions = waits.actions.size(),
                  .expires = waits.expires,
                  .kept = kept};
  const auto rejections = with.store.rejections(waits.digest);
  out.rejected = rejections && !rejections->empty();
  if (!waits.inspect_only.empty()) out.refused = "inspection only: " + waits.inspect_only.front();
  if (!waits.breaches.empty()) {
    const plan::Breach& first = waits.breaches.front();
    out.refused =
        fmt::format("over {}: {} planned, {} allowed", first.limit, first.planned, first.allowed);
    pass.stopped.push_back("the plan goes " + out.refused + "; nothing of it is sent");
  }
  pass.waiting = std::move(out);
  return waits;
}

}  // namespace clawback::cli
