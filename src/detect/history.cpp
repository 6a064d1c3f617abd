#include "detect/history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/safe_text.hpp"
#include "detect/ledger.hpp"
#include "detect/signal.hpp"
#include "detect/uses.hpp"

namespace clawback::detect {
namespace {

namespace source = domain::source;
using domain::GrantHistory;
using std::chrono::minutes;

constexpr std::size_t records_max = 50;

std::string actor_text(const domain::AuditEvent& event) {
  if (event.actor_user_principal_name) return *event.actor_user_principal_name;
  if (event.actor_user) return "user " + event.actor_user->str();
  if (event.actor_app_name) return "application " + *event.actor_app_name;
  if (event.actor_app) return "application " + event.actor_app->str();
  return {};
}

std::string place_of(const domain::SignIn& sign_in) {
  std::string text = sign_in.ip_address.value_or("an address that is not recorded");
  if (sign_in.country) text += fmt::format(" ({})", *sign_in.country);
  return text;
}

void say_who(const Case& subject, const Happening& event, GrantHistory& out) {
  if (std::string actor = actor_text(*event.event); !actor.empty()) out.by = std::move(actor);
  if (const auto* sign_in = sign_in_behind(subject, event)) out.from = place_of(*sign_in);
}

void keep_later(std::optional<Time>& bound, std::optional<Time> other) {
  if (other && (!bound || *other > *bound)) bound = other;
}

void keep_earlier(std::optional<Time>& bound, std::optional<Time> other) {
  if (other && (!bound || *other < *bound)) bound = other;
}

void add_track(const Case& subject, const GrantTrack& track, GrantHistory& out) {
  if (out.id.empty()) out.id = track.id;
  for (const Happening* event : track.records) {
    if (out.records.size() < records_max) out.records.push_back(event->event->id.str());
  }
  if (track.made != nullptr) {
    out.first_seen = track.made->event->time;
    say_who(subject, *track.made, out);
  } else if (track.first != nullptr) {
    keep_earlier(out.not_after, track.first->event->time);
  }
  if (track.grew != nullptr) {
    out.added_scopes = track.grown;
    out.last_changed = track.grew->event->time;
  } else if (track.last != nullptr && track.last != track.made) {
    out.last_changed = track.last->event->time;
  }
}

void add_records(const GrantHistory& before, GrantHistory& out) {
  std::vector<std::string> records = before.records;
  for (std::string& record : out.records) {
    const bool known = std::find(records.begin(), records.end(), record) != records.end();
    if (!known && records.size() < records_max) records.push_back(std::move(record));
  }
  out.records = std::move(records);
}

void add_remembered(const Case& subject, const GrantHistory& before, GrantHistory& out) {
  add_records(before, out);
  // It was gone: what is there now was given anew, and nothing of its making is remembered.
  if (!before.present && out.present) return;
  if (!out.first_seen) {
    out.first_seen = before.first_seen;
    if (before.first_seen) {
      out.by = before.by;
      out.from = before.from;
    }
  }
  keep_later(out.not_before, before.not_before);
  keep_earlier(out.not_after, before.not_after);
  if (!out.last_changed) out.changed_after = before.changed_after;
  keep_later(out.last_changed, before.last_changed);
  std::vector<std::string> grown = before.added_scopes;
  grown.insert(grown.end(), out.added_scopes.begin(), out.added_scopes.end());
  if (before.present) {
    const auto more = difference(out.scopes, before.scopes);
    // That no record explains it leaves the moment at which it was first seen.
    if (!difference(more, out.added_scopes).empty()) {
      keep_later(out.last_changed, subject.context.snapshot.observed);
      out.changed_after = subject.context.memory->last_snapshot;
    }
    grown.insert(grown.end(), more.begin(), more.end());
  }
  std::sort(grown.begin(), grown.end());
  grown.erase(std::unique(grown.begin(), grown.end()), grown.end());
  out.added_scopes = std::move(grown);
}

// What the inventory of this and of the last pass say about the time.
void bound_by_snapshots(const Case& subject, const Known& known, GrantHistory& out) {
  const auto* app = subject.facts.app;
  if (app != nullptr && subject.facts.in_inventory) keep_later(out.not_before, app->created);
  if (known.grant == nullptr || subject.facts.grants_from_log) return;
  keep_earlier(out.not_after, subject.context.snapshot.observed);
  const auto* memory = subject.context.memory;
  const bool is_new = known.remembered == nullptr || !known.remembered->present;
  if (is_new && memory != nullptr && memory->last_snapshot) {
    keep_later(out.not_before, memory->last_snapshot);
  }
}

std::string why_unknown(const Case& subject, const GrantHistory& history) {
  std::string text;
  if (!history.first_seen) {
    const auto since = subject.context.snapshot.coverage.logs_since;
    text = !was_read(subject, source::audits) ? why_not_read(subject, source::audits)
           : since ? fmt::format("no record of it in directoryAudits, which begin at {}",
                                 format_time(*since))
                   : std::string("no record of it in directoryAudits");
    text = "when and by whom is not known: " + text;
    if (history.not_before)
      text += fmt::format("; not before {}", format_time(*history.not_before));
    if (history.not_after) {
      text += fmt::format("; at {} it was there", format_time(*history.not_after));
    }
    return text;
  }
  if (!history.by) return "by whom is not in the record";
  if (history.from) return {};
  return was_read(subject, source::sign_ins)
             ? "from where is not known: no sign-in of that user to this application is near the "
               "consent"
             : "from where is not known: " + why_not_read(subject, source::sign_ins);
}

GrantHistory history_of(const Case& subject, const domain::GrantKey& key, const Known& known) {
  GrantHistory out;
  out.client = key.client;
  out.resource = key.resource;
  out.principal = key.principal;
  out.consent =
      key.principal ? domain::ConsentType::principal : domain::ConsentType::all_principals;
  out.present = known.grant != nullptr;
  if (known.grant != nullptr) {
    out.id = known.grant->id;
    out.scopes = known.grant->scopes;
  } else if (known.track != nullptr && !known.track->scopes.empty()) {
    out.scopes = known.track->scopes;
  } else if (known.remembered != nullptr) {
    out.scopes = known.remembered->scopes;
  }
  // Without an inventory nobody knows whether it is still there.
  if (known.grant == nullptr && !was_read(subject, source::grants)) {
    out.present = known.track != nullptr ? known.track->present : known.remembered->present;
  }
  if (known.track != nullptr) add_track(subject, *known.track, out);
  if (known.remembered != nullptr) {
    if (out.id.empty()) out.id = known.remembered->id;
    add_remembered(subject, *known.remembered, out);
  }
  bound_by_snapshots(subject, known, out);
  return out;
}

const domain::SignIn* nearest(const Case& subject, const Happening& event, bool same_app,
                              Duration before, Duration after) {
  const std::string app = !event.app_id.empty()          ? event.app_id
                          : subject.facts.app != nullptr ? subject.facts.app->app_id.str()
                                                         : std::string();
  const auto& all = subject.context.index.sign_ins_of(actor_of(subject, event));
  const auto first =
      std::lower_bound(all.begin(), all.end(), event.event->time - before,
                       [](const domain::SignIn* one, Time time) { return one->time < time; });
  const domain::SignIn* best = nullptr;
  Duration best_distance = Duration::max();
  for (auto at = first; at != all.end() && (*at)->time - event.event->time <= after; ++at) {
    if (!succeeded(**at) || (same_app && (*at)->app_id.str() != app)) continue;
    const Duration away = std::chrono::abs((*at)->time - event.event->time);
    if (away < best_distance) {
      best = *at;
      best_distance = away;
    }
  }
  return best;
}

}  // namespace

std::vector<GrantHistory> histories(const Case& subject, Words words) {
  const auto tracks = replay(subject.facts.events);
  std::vector<GrantHistory> out;
  out.reserve(subject.facts.grants.size());
  for (const auto& [key, known] : collect(subject, tracks)) {
    out.push_back(history_of(subject, key, known));
    if (words == Words::yes) out.back().unknown = why_unknown(subject, out.back());
  }
  return out;
}

const domain::SignIn* sign_in_behind(const Case& subject, const Happening& event) {
  if (event.event == nullptr || actor_of(subject, event).empty()) return nullptr;
  if (const auto* same = nearest(subject, event, true, minutes(15), minutes(5))) return same;
  return nearest(subject, event, false, minutes(10), minutes(2));
}

}  // namespace clawback::detect
