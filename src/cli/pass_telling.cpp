#include "cli/pass_telling.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <map>
#include <set>

#include "base/digest.hpp"
#include "cli/run_view.hpp"
#include "cli/telling.hpp"
#include "notify/compose.hpp"

namespace clawback::cli {
namespace {

// A run that nobody could be told of for so long is history.
constexpr Duration untold_max = std::chrono::hours(7 * 24);

bool concerns(const domain::Finding& finding) {
  return finding.verdict != domain::Verdict::info && !finding.exception;
}

notify::FollowUpKind kind_of(remediate::ChangeKind kind) {
  switch (kind) {
    case remediate::ChangeKind::re_consent:
      return notify::FollowUpKind::re_consent;
    case remediate::ChangeKind::re_enabled:
      return notify::FollowUpKind::re_enabled;
    case remediate::ChangeKind::gone:
      return notify::FollowUpKind::gone;
    case remediate::ChangeKind::policy_changed:
      return notify::FollowUpKind::policy_changed;
  }
  return notify::FollowUpKind::re_consent;
}

void add_run(notify::Message& message, const std::string& id, journal::Store& store) {
  message.runs.push_back(id);
  const auto run = store.run(id);
  if (!run) return;
  const auto view = view_of(*run, store);
  if (!view) return;
  const auto done = notify::done_of(id, view->plan, view->state);
  message.done.insert(message.done.end(), done.begin(), done.end());
}

void add_after(notify::Message& message, const Pass& pass) {
  for (const PassLook& look : pass.looks) {
    for (const remediate::Change& one : look.changes) {
      message.followup.push_back({.kind = kind_of(one.kind),
                                  .run = look.run,
                                  .app_id = one.app_id,
                                  .object_id = one.user,
                                  .display_name = one.user.empty() ? one.display_name : "",
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

void note(Pass& pass, const Unattended& with, const journal::AuditNote& entry) {
  if (const auto noted = with.store.note(entry); !noted) pass.errors.push_back(noted.error());
}

bool deliver(notify::Message message, Pass& pass, const Unattended& with, const Context& context) {
  const std::string id = message.id;
  if (const auto head = with.store.head(); head && head->seq > 0) {
    message.audit_head = journal::to_text(*head);
  }
  const auto told = tell(with.config, notify::without_addresses(std::move(message)), context);
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
    if (delivery.message != id) continue;  // of an earlier one
    const bool failed = delivery.state == notify::Delivery::State::failed;
    (failed ? lost : arrived) = true;
  }
  return arrived || !lost;
}

// What passes told, by what it was then: a pass may die before it could, and a scan by hand may be
// the first that sees a case.
struct Told {
  std::set<std::string> plans;  // digests
  std::set<std::string> cases;  // marks
  std::set<std::string> runs;
};

void add_texts(std::set<std::string>& to, const json::value& record, std::string_view key) {
  const json::array* texts = array_at(record, key);
  if (texts == nullptr) return;
  for (const json::value& text : *texts) {
    if (text.is_string()) to.emplace(text.get_string());
  }
}

Told told_before(Pass& pass, const Unattended& with) {
  Told out;
  const auto notes = with.store.notes("told", "");
  if (!notes) {
    pass.errors.push_back(notes.error());
    return out;
  }
  for (const journal::AuditNote& note : *notes) {
    if (auto plan = string_at(note.record, "plan")) out.plans.insert(std::move(*plan));
    add_texts(out.cases, note.record, "cases");
    add_texts(out.runs, note.record, "runs");
  }
  return out;
}

// By case: the case and all that would be told again if it changed.
std::map<std::string, std::string> marks_of(const detect::Judgement& judgement) {
  std::map<std::string, std::string> out;
  if (!judgement.memory) return out;
  for (const domain::RememberedCase& one : judgement.memory->cases) {
    out[one.key] = sha256_text(one.key + "\n" + one.fingerprint);
  }
  return out;
}

// Runs of this pass, and those of passes that died before they could tell of them.
std::vector<std::string> runs_to_tell(Pass& pass, const Unattended& with, const Context& context) {
  std::vector<std::string> out;
  for (const PassRun& run : pass.runs) out.push_back(run.id);
  const auto runs = with.store.runs();
  if (!runs) {
    pass.errors.push_back(runs.error());
    return out;
  }
  const Told before = told_before(pass, with);
  for (const journal::Run& run : *runs) {
    const bool lately = context.now() - run.started < untold_max;
    const bool listed = std::find(out.begin(), out.end(), run.id) != out.end();
    if (is_own(run, with.config) && lately && !listed && !before.runs.contains(run.id)) {
      out.push_back(run.id);
    }
  }
  return out;
}

}  // namespace

bool tell_found(Pass& pass, const detect::Judgement& judgement,
                const std::optional<plan::Plan>& waits, const Unattended& with,
                const Context& context) {
  if (with.config.notify_targets.empty()) return true;
  const Told before = told_before(pass, with);
  const auto marks = marks_of(judgement);
  notify::Message message = new_message(with.config, context);
  json::object told;
  json::array cases;
  for (const domain::Finding& finding : judgement.findings) {
    const auto mark = marks.find(finding.key);
    const bool untold = mark != marks.end() && !before.cases.contains(mark->second);
    if (!concerns(finding) || (finding.state == domain::CaseState::unchanged && !untold)) continue;
    message.found.push_back(notify::case_of(finding));
    if (untold) cases.emplace_back(mark->second);
  }
  if (!cases.empty()) told["cases"] = std::move(cases);
  if (waits && pass.waiting && !pass.waiting->rejected && !before.plans.contains(waits->digest)) {
    message.waits.push_back(notify::waiting_of(*waits, pass.waiting->file));
    told["plan"] = waits->digest;
  }
  if (!deliver(std::move(message), pass, with, context)) return false;
  if (!told.empty()) {
    note(pass, with, {.kind = "told", .run = {}, .time = context.now(), .record = std::move(told)});
  }
  return true;
}

bool tell_rest(Pass& pass, const Unattended& with, const Context& context) {
  if (with.config.notify_targets.empty()) return true;
  notify::Message message = new_message(with.config, context);
  const std::vector<std::string> runs = runs_to_tell(pass, with, context);
  for (const std::string& run : runs) add_run(message, run, with.store);
  add_after(message, pass);
  for (const std::string& line : pass.stopped) message.errors.push_back(line);
  for (const Error& error : pass.errors) message.errors.push_back(error.message);
  const bool nothing = message.runs.empty() && message.followup.empty() &&
                       message.escalations.empty() && message.errors.empty();
  if (nothing) return true;
  if (!deliver(std::move(message), pass, with, context)) return false;
  if (!runs.empty()) {
    json::array ids;
    for (const std::string& run : runs) ids.emplace_back(run);
    note(pass, with,
         {.kind = "told",
          .run = {},
          .time = context.now(),
          .record = json::object{{"runs", std::move(ids)}}});
  }
  return true;
}

}  // namespace clawback::cli
