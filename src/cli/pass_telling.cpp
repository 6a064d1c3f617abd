#include "cli/pass_telling.hpp"

#include <fmt/format.h>

#include "cli/run_view.hpp"
#include "cli/telling.hpp"
#include "notify/compose.hpp"

namespace clawback::cli {
namespace {

bool is_news(const domain::Finding& finding) {
  return finding.verdict != domain::Verdict::info && !finding.exception &&
         finding.state != domain::CaseState::unchanged;
}

notify::FollowUpKind kind_of(remediate::ChangeKind kind) {
  switch (kind) {
    case remediate::ChangeKind::re_consent:
      return notify::FollowUpKind::re_consent;
    case remediate::ChangeKind::re_enabled:
    case remediate::ChangeKind::gone:
      return notify::FollowUpKind::re_enabled;
    case remediate::ChangeKind::policy_changed:
      return notify::FollowUpKind::policy_changed;
  }
  return notify::FollowUpKind::re_consent;
}

void add_runs(notify::Message& message, const Pass& pass, journal::Store& store) {
  for (const PassRun& one : pass.runs) {
    message.runs.push_back(one.id);
    const auto run = store.run(one.id);
    if (!run) continue;
    const auto view = view_of(*run, store);
    if (!view) continue;
    const auto done = notify::done_of(one.id, view->plan, view->state);
    message.done.insert(message.done.end(), done.begin(), done.end());
  }
}

void add_after(notify::Message& message, const Pass& pass) {
  for (const PassLook& look : pass.looks) {
    for (const remediate::Change& one : look.changes) {
      message.followup.push_back({.kind = kind_of(one.kind),
                                  .run = look.run,
                                  .app_id = one.app_id,
                                  .display_name = one.display_name,
                                  .detail = one.detail});
    }
  }
  for (const PassEscalation& one : pass.escalations) {
    message.escalations.push_back({.run = one.run,
                                   .approver = one.approver,
                                   .since = one.until - std::chrono::hours(24),
                                   .due = one.until,
                                   .detail = "one person approved it, and nobody ratified it"});
  }
}

}  // namespace

void tell_of(Pass& pass, const std::vector<domain::Finding>& findings,
             const std::optional<plan::Plan>& waits, const Unattended& with,
             const Context& context) {
  if (with.config.notify_targets.empty()) return;
  notify::Message message = new_message(with.config, context);
  for (const domain::Finding& finding : findings) {
    if (is_news(finding)) message.found.push_back(notify::case_of(finding));
  }
  add_runs(message, pass, with.store);
  if (waits && pass.waiting)
    message.waits.push_back(notify::waiting_of(*waits, pass.waiting->file));
  add_after(message, pass);
  for (const std::string& line : pass.stopped) message.errors.push_back(line);
  for (const Error& error : pass.errors) message.errors.push_back(error.message);
  if (const auto head = with.store.head(); head && head->seq > 0) {
    message.audit_head = fmt::format("{}:{}", head->seq, head->hash);
  }
  const auto told = tell(with.config, message, context);
  if (!told) return pass.errors.push_back(told.error());
  for (const notify::Delivery& delivery : *told) {
    const auto noted = with.store.note({.kind = "notified",
                                        .run = {},
                                        .time = context.now(),
                                        .record = notify::to_json(delivery)});
    if (!noted) pass.errors.push_back(noted.error());
  }
}

}  // namespace clawback::cli
