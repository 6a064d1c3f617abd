#include "cli/pass_telling.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/object.hpp>

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

void note(Pass& pass, const Unattended& with, journal::AuditNote entry) {
  if (const auto noted = with.store.note(entry); !noted) pass.errors.push_back(noted.error());
}

bool deliver(notify::Message message, Pass& pass, const Unattended& with, const Context& context) {
  if (const auto head = with.store.head(); head && head->seq > 0) {
    message.audit_head = fmt::format("{}:{}", head->seq, head->hash);
  }
  const auto told = tell(with.config, message, context);
  if (!told) {
    pass.errors.push_back(told.error());
    return false;
  }
  bool lost = false;
  bool arrived = false;
  for (const notify::Delivery& delivery : *told) {
    note(pass, with,
         {.kind = "notified",
          .run = {},
          .time = context.now(),
          .record = notify::to_json(delivery)});
    if (delivery.message != message.id) continue;  // of an earlier one
    const bool failed = delivery.state == notify::Delivery::State::failed;
    (failed ? lost : arrived) = true;
  }
  return arrived || !lost;
}

// Whether a plan was told: it may wait since a pass that died before it could.
bool was_told(const std::string& digest, Pass& pass, const Unattended& with) {
  const auto notes = with.store.notes("told", "");
  if (!notes) {
    pass.errors.push_back(notes.error());
    return false;
  }
  return std::any_of(notes->begin(), notes->end(), [&](const journal::AuditNote& one) {
    return string_at(one.record, "plan") == digest;
  });
}

}  // namespace

bool tell_found(Pass& pass, const std::vector<domain::Finding>& findings,
                const std::optional<plan::Plan>& waits, const Unattended& with,
                const Context& context) {
  if (with.config.notify_targets.empty()) return true;
  notify::Message message = new_message(with.config, context);
  for (const domain::Finding& finding : findings) {
    if (is_news(finding)) message.found.push_back(notify::case_of(finding));
  }
  if (waits && pass.waiting && !pass.waiting->rejected && !was_told(waits->digest, pass, with)) {
    message.waits.push_back(notify::waiting_of(*waits, pass.waiting->file));
  }
  const bool waits_news = !message.waits.empty();
  if (!deliver(std::move(message), pass, with, context)) return false;
  if (waits_news) {
    note(pass, with,
         {.kind = "told",
          .run = {},
          .time = context.now(),
          .record = json::object{{"plan", waits->digest}}});
  }
  return true;
}

bool tell_rest(Pass& pass, const Unattended& with, const Context& context) {
  if (with.config.notify_targets.empty()) return true;
  notify::Message message = new_message(with.config, context);
  add_runs(message, pass, with.store);
  add_after(message, pass);
  for (const std::string& line : pass.stopped) message.errors.push_back(line);
  for (const Error& error : pass.errors) message.errors.push_back(error.message);
  const bool nothing = message.runs.empty() && message.followup.empty() &&
                       message.escalations.empty() && message.errors.empty();
  return nothing || deliver(std::move(message), pass, with, context);
}

}  // namespace clawback::cli
