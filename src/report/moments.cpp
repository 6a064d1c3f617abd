#include "report/moments.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "report/words.hpp"

namespace clawback::report {
namespace {

Lane lane_of(domain::TimelineKind kind) {
  switch (kind) {
    case domain::TimelineKind::directory:
      return Lane::consent;
    case domain::TimelineKind::sign_in:
      return Lane::sign_in;
    case domain::TimelineKind::mail_read:
      return Lane::mail_read;
    case domain::TimelineKind::mail_rule:
      return Lane::mail_rule;
  }
  return Lane::consent;
}

std::string whose(const domain::Finding& finding, const domain::GrantHistory& history) {
  // Looking for the name among the users of everybody's client is not worth its time.
  constexpr std::size_t users_max = 500;
  if (finding.users.size() <= users_max) return history_subject(finding, history);
  return history.principal ? history.principal->str() : std::string("everyone");
}

// Of a change no record is named: those of the history tell the making of the grant too.
void add_change(const domain::Finding& finding, const domain::GrantHistory& history,
                const std::set<Time>& told, std::vector<Moment>& out) {
  if (!history.last_changed) return;
  const std::string words = "Change of the grant for " + whose(finding, history);
  if (history.changed_after && *history.changed_after < *history.last_changed) {
    out.push_back({.time = *history.changed_after,
                   .until = history.last_changed,
                   .words = words + ", at a time between the two",
                   .record = {}});
  } else if (!told.contains(*history.last_changed)) {
    out.push_back({.time = *history.last_changed, .until = {}, .words = words, .record = {}});
  }
}

// Grants whose time is known although no record of the timeline tells it: the state database
// remembered them, or two snapshots enclose them.
void add_history(const domain::Finding& finding, const std::set<Time>& told,
                 std::vector<Moment>& out) {
  for (const domain::GrantHistory& history : finding.history) {
    const std::string record = history.records.empty() ? std::string() : history.records.front();
    if (history.first_seen) {
      if (!told.contains(*history.first_seen)) {
        out.push_back({.time = *history.first_seen,
                       .until = {},
                       .words = "Grant for " + whose(finding, history),
                       .record = record});
      }
    } else if (history.not_before && history.not_after &&
               *history.not_before < *history.not_after) {
      out.push_back(
          {.time = *history.not_before,
           .until = history.not_after,
           .words = fmt::format("Grant for {}, at a time between the two", whose(finding, history)),
           .record = record});
    }
    add_change(finding, history, told, out);
  }
}

// What the directory keeps a time with: application permissions, and the application itself.
void add_created(const domain::Finding& finding, const std::set<Time>& told,
                 std::vector<Moment>& out) {
  if (finding.app.created && !told.contains(*finding.app.created)) {
    out.push_back({.time = *finding.app.created,
                   .until = {},
                   .words = "The application came into the tenant",
                   .record = {}});
  }
  for (const domain::AppRoleAssignment& role : finding.app_roles) {
    if (!role.created || told.contains(*role.created)) continue;
    out.push_back(
        {.time = *role.created,
         .until = {},
         .words = fmt::format("Application permission {} given", role.value.value_or(role.role_id)),
         .record = {}});
  }
}

void add_first_read(const domain::Finding& finding, std::vector<Moment>& out) {
  if (!finding.blast.first_read) return;
  const auto told = std::ranges::find_if(out, [&](const Moment& moment) {
    return moment.lane == Lane::mail_read && moment.time == *finding.blast.first_read;
  });
  if (told != out.end()) {
    told->mark = Mark::first_read;
    told->words = "First read: " + told->words;
    return;
  }
  const std::string after = after_consent_words(finding.blast);
  out.push_back({.time = *finding.blast.first_read,
                 .until = {},
                 .lane = Lane::mail_read,
                 .mark = Mark::first_read,
                 .words = "First mail read through the application" +
                          (after.empty() ? std::string() : ", " + after),
                 .record = {}});
}

std::string action_name(const plan::Action& action) {
  return fmt::format(
      "{} {}: {} {}", action.id, name_of(action.kind), action.target.kind,
      action.target.display_name.empty() ? action.target.id : action.target.display_name);
}

}  // namespace

std::string_view name_of(Lane lane) {
  switch (lane) {
    case Lane::consent:
      return "Consent and directory";
    case Lane::sign_in:
      return "Sign-ins";
    case Lane::mail_read:
      return "Mail read";
    case Lane::mail_rule:
      return "Rules and forwarding";
    case Lane::remediation:
      return "Remediation";
  }
  return {};
}

std::string_view source_behind(Lane lane) {
  switch (lane) {
    case Lane::consent:
      return domain::source::audits;
    case Lane::sign_in:
      return domain::source::sign_ins;
    case Lane::mail_read:
      return domain::source::mail_accesses;
    case Lane::mail_rule:
      return domain::source::mailbox_changes;
    case Lane::remediation:
      break;
  }
  return {};
}

std::vector<Moment> moments(const domain::Finding& finding,
                            const std::vector<Moment>& remediation) {
  std::vector<Moment> out;
  std::set<Time> told;
  for (const domain::TimelineEntry& entry : finding.timeline) {
    out.push_back({.time = entry.time,
                   .until = {},
                   .lane = lane_of(entry.kind),
                   .words = entry.event,
                   .record = entry.record});
    if (entry.kind == domain::TimelineKind::directory) told.insert(entry.time);
  }
  add_history(finding, told, out);
  add_created(finding, told, out);
  add_first_read(finding, out);
  out.insert(out.end(), remediation.begin(), remediation.end());
  std::ranges::sort(out, [](const Moment& a, const Moment& b) {
    return std::tie(a.time, a.lane, a.words, a.record) <
           std::tie(b.time, b.lane, b.words, b.record);
  });
  return out;
}

std::vector<Moment> planned_moments(const plan::Plan& plan, std::string_view finding) {
  std::vector<Moment> out;
  for (const plan::Action& action : plan.actions) {
    if (action.because.finding != finding) continue;
    out.push_back({.time = plan.created,
                   .until = {},
                   .lane = Lane::remediation,
                   .mark = Mark::planned,
                   .words = "Planned, not sent: " + action_name(action),
                   .record = {}});
  }
  return out;
}

std::vector<Moment> sent_moments(const RunView& run, std::string_view finding) {
  std::vector<Moment> out;
  for (const plan::Action& action : run.plan.actions) {
    if (action.because.finding != finding) continue;
    const journal::ActionState state = state_of(run, action.id);
    const bool begun = state.phase != journal::Phase::waiting;
    out.push_back({.time = begun ? state.at : run.plan.created,
                   .until = {},
                   .lane = Lane::remediation,
                   .mark = is_good(state.phase) ? Mark::done
                           : begun              ? Mark::failed
                                                : Mark::planned,
                   .words = fmt::format("{}: {}", action_name(action), outcome_words(state.phase)),
                   .record = {}});
  }
  return out;
}

}  // namespace clawback::report
