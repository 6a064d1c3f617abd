#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "detect/signal.hpp"

namespace clawback::detect {
namespace {

namespace source = domain::source;
using domain::ConsentType;

enum class New : std::uint8_t { yes, no, unknown };

struct Newness {
  New state = New::unknown;
  std::string reason;
  std::vector<std::string> evidence;
};

const domain::AuditEvent* first_success(const AppFacts& facts) {
  for (const Happening* event : facts.events) {
    if (!event->refused) return event->event;
  }
  return nullptr;
}

// When an earlier pass read the inventory and did not find it there.
std::optional<Time> absent_at(const Case& subject) {
  const auto* memory = subject.context.memory;
  if (memory == nullptr || !subject.facts.in_inventory || remembered(subject) != nullptr) return {};
  return subject.facts.app->app_id.empty() ? std::nullopt : memory->last_snapshot;
}

Newness newness(const Case& subject) {
  const auto* app = subject.facts.app;
  const Time now = subject.context.now;
  const auto* known = remembered(subject);
  if (known != nullptr && now - known->first_seen > young) {
    return {.state = New::no,
            .reason =
                fmt::format("the state database knows it since {}", format_time(known->first_seen)),
            .evidence = {}};
  }
  if (app != nullptr && app->created) {
    const bool is_new = now - *app->created <= young;
    return {.state = is_new ? New::yes : New::no,
            .reason = fmt::format("it is in this tenant since {}", format_time(*app->created)),
            .evidence = {app->id.str()}};
  }
  const domain::AuditEvent* first = first_success(subject.facts);
  if (first != nullptr && now - first->time <= young) {
    return {.state = New::yes,
            .reason = fmt::format("the first that the log shows of it was on {}",
                                  format_time(first->time)),
            .evidence = {first->id.str()}};
  }
  if (first != nullptr) {
    return {.state = New::no,
            .reason = fmt::format("it was given something on {}", format_time(first->time)),
            .evidence = {}};
  }
  if (const auto since = absent_at(subject); since && now - *since <= young) {
    return {.state = New::yes,
            .reason = fmt::format("it was not there on {} yet", format_time(*since)),
            .evidence = {app->id.str()}};
  }
  return {};
}

}  // namespace

const domain::RememberedApp* remembered(const Case& subject) {
  const auto* memory = subject.context.memory;
  if (memory == nullptr || subject.facts.app == nullptr) return nullptr;
  const auto& id = subject.facts.app->app_id;
  const auto found =
      std::lower_bound(memory->apps.begin(), memory->apps.end(), id,
                       [](const auto& one, const auto& wanted) { return one.app_id < wanted; });
  return found != memory->apps.end() && found->app_id == id && !id.empty() ? &*found : nullptr;
}

std::optional<Time> first_seen(const Case& subject) {
  std::optional<Time> earliest;
  if (subject.facts.app != nullptr) earliest = subject.facts.app->created;
  bool came = earliest.has_value();
  for (const Happening* event : subject.facts.events) {
    if (event->refused) continue;
    if (!earliest || event->event->time < *earliest) earliest = event->event->time;
    came = came || event->kind == HappeningKind::app_added;
  }
  if (const auto* known = remembered(subject)) {
    if (!earliest || known->first_seen < *earliest) earliest = known->first_seen;
    // The first pass of all finds everything at once: only what is long ago is sure to be so.
    came = came || subject.context.now - known->first_seen > young;
  }
  if (!came && !earliest) {
    earliest = absent_at(subject);
    came = earliest.has_value();
  }
  // A consent in the log shows that it was there then, not that it was not there before.
  return came ? earliest : std::nullopt;
}

Answer rare_and_new(const Case& subject, int weight) {
  std::set<std::string_view> users;
  for (const HeldGrant& held : subject.facts.grants) {
    if (held.grant->consent == ConsentType::all_principals)
      return miss("it was granted for the whole tenant");
    if (held.grant->principal) users.insert(held.grant->principal->str());
  }
  if (users.size() > few_principals) {
    std::string reason = fmt::format("{} users hold it", users.size());
    const Newness age = newness(subject);
    // A campaign reaches many as well, but within days.
    if (age.state != New::no) return miss(std::move(reason));
    return against(fmt::format("{}, and {}", reason, age.reason));
  }
  Newness newness_of = newness(subject);
  const std::string few = users.size() == 1 ? "only 1 user holds it"
                                            : fmt::format("only {} users hold it", users.size());
  const auto* grants = domain::find(subject.context.snapshot.coverage, source::grants);
  const bool partial = grants != nullptr && grants->state == domain::SourceState::partial;
  if (partial && !users.empty() && newness_of.state == New::yes) {
    return hit(weight / 2,
               fmt::format("{}, as far as is known, and {}; {}: counts half", few,
                           newness_of.reason, why_not_read(subject, source::grants)),
               std::move(newness_of.evidence));
  }
  if (!was_read(subject, source::grants)) {
    return not_evaluable(fmt::format("how many users hold it is not known: {}",
                                     why_not_read(subject, source::grants)),
                         to_read(source::grants));
  }
  if (users.empty()) return miss("no user granted it anything");
  switch (newness_of.state) {
    case New::yes:
      return hit(weight, fmt::format("{}, and {}", few, newness_of.reason),
                 std::move(newness_of.evidence));
    case New::no:
      return miss(newness_of.reason);
    case New::unknown:
      break;
  }
  return not_evaluable("since when it is in this tenant is not known",
                       fmt::format("createdDateTime of {}, or {}", source::service_principals,
                                   to_read(source::audits)));
}

}  // namespace clawback::detect
