#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/safe_text.hpp"
#include "detect/access.hpp"
#include "detect/signal.hpp"

namespace clawback::detect {
namespace {

namespace source = domain::source;

// Tools need seconds for all three, and a person at the portal some minutes: half an hour leaves
// room for both and is shorter than a developer's day.
constexpr Duration made_within = std::chrono::minutes(30);

// Microsoft rotates the credentials of managed identities itself. The actor's name alone can be
// borrowed by any application, so the inventory may object.
bool is_rotation(const Case& subject, const Happening& event) {
  if (!event.by_managed_identity) return false;
  const auto* app = subject.facts.app;
  const bool known = app != nullptr && app->type;
  return !known || *app->type == "ManagedIdentity";
}

std::string how(const Happening& event) {
  std::string text = fmt::format("\"{}\"", printable(event.event->activity, 80));
  if (!event.values.empty()) text += ": " + printable(event.values.front(), 120);
  if (event.values.size() > 1) text += fmt::format(" and {} more", event.values.size() - 1);
  return text;
}

enum Part : std::uint8_t { registered, credential, given };

struct Made {
  std::array<const Happening*, 3> parts{};  // by Part; nullptr: not seen
  bool together = false;                    // within made_within
};

std::optional<Part> part_of(const Case& subject, const Happening& event) {
  if (event.refused) return std::nullopt;
  if (event.kind == HappeningKind::app_registered) return registered;
  if (event.kind == HappeningKind::app_added && subject.ownership != domain::Ownership::third_party)
    return registered;
  if (event.kind == HappeningKind::credential_added && !is_rotation(subject, event))
    return credential;
  if (gives(event)) return given;
  return std::nullopt;
}

// The first half hour that holds all three; else the first of each.
Made look_for(const Case& subject) {
  Made first;
  Made latest;
  for (const Happening* event : subject.facts.events) {
    const auto part = part_of(subject, *event);
    if (!part || !in_window(subject, event->event->time)) continue;
    if (first.parts[*part] == nullptr) first.parts[*part] = event;
    // The registration says more than the service principal that follows it.
    const Happening* before = latest.parts[*part];
    const bool follows = event->kind == HappeningKind::app_added && before != nullptr &&
                         before->kind == HappeningKind::app_registered &&
                         event->event->time - before->event->time <= made_within;
    if (!follows) latest.parts[*part] = event;
    latest.together = std::all_of(latest.parts.begin(), latest.parts.end(), [&](const auto* one) {
      return one != nullptr && event->event->time - one->event->time <= made_within;
    });
    if (latest.together) return latest;
  }
  return first;
}

std::string what_is_missing(const Made& made) {
  constexpr std::array<std::string_view, 3> missing = {
      "the log does not show that it was registered here", "no credential was added to it",
      "nothing was given to it"};
  std::string text;
  for (std::size_t i = 0; i < missing.size(); ++i) {
    if (made.parts[i] == nullptr) text += (text.empty() ? "" : ", ") + std::string(missing[i]);
  }
  return text;
}

}  // namespace

Answer added_credential(const Case& subject, int weight) {
  const Happening* last = nullptr;
  std::vector<std::string> records;
  bool rotated = false;
  bool old = false;
  for (const Happening* event : subject.facts.events) {
    if (event->kind != HappeningKind::credential_added || event->refused) continue;
    if (is_rotation(subject, *event)) {
      rotated = true;
    } else if (!in_window(subject, event->event->time)) {
      old = true;
    } else {
      last = event;
      records.push_back(event->event->id.str());
    }
  }
  if (last == nullptr) {
    if (!was_read(subject, source::audits)) {
      return not_evaluable(why_not_read(subject, source::audits), to_read(source::audits));
    }
    if (old) return miss("a credential was added before the time that is looked at");
    return miss(rotated ? "only Managed Service Identity rotated its credential"
                        : "no credential was added to it");
  }
  const auto mail = holds_mail(subject);
  const std::string act = fmt::format("{} added a credential to it on {} ({})", who(*last->event),
                                      format_time(last->event->time), how(*last));
  if (mail == false) return miss(act + ", but it holds no access to mail");
  if (!mail) {
    const bool grants = was_read(subject, source::grants);
    const auto lacking = grants ? source::app_roles : source::grants;
    return not_evaluable(act + "; whether it reaches mail is not known", to_read(lacking));
  }
  return hit(weight, act + ": whoever has it acts as this application and reaches the same mail",
             std::move(records));
}

Answer made_in_minutes(const Case& subject, int weight) {
  if (subject.ownership == domain::Ownership::third_party ||
      subject.ownership == domain::Ownership::microsoft) {
    return miss("it is not an application of this tenant");
  }
  const Made made = look_for(subject);
  if (made.together) {
    const Happening& start = *made.parts[registered];
    if (start.kind == HappeningKind::app_added &&
        subject.ownership != domain::Ownership::own_tenant) {
      return not_evaluable(
          "it came, got a credential and was let in within minutes, but whose application it is, "
          "is not known",
          "appOwnerOrganizationId of " + to_read(source::service_principals));
    }
    const auto [first, last] = std::minmax(
        {made.parts[0]->event->time, made.parts[1]->event->time, made.parts[2]->event->time});
    std::vector<std::string> records;
    for (const Happening* part : made.parts) records.push_back(part->event->id.str());
    return hit(weight,
               fmt::format("within {} on {} it was registered in this tenant by {}, given a "
                           "credential by {} and let in by {}",
                           span_text(last - first), format_time(first), who(*start.event),
                           who(*made.parts[credential]->event), who(*made.parts[given]->event)),
               std::move(records));
  }
  if (!was_read(subject, source::audits)) {
    return not_evaluable(why_not_read(subject, source::audits), to_read(source::audits));
  }
  std::string missing = what_is_missing(made);
  if (!missing.empty()) return miss(std::move(missing));
  return miss(fmt::format("it was registered, given a credential and let in, but not within {}",
                          span_text(made_within)));
}

}  // namespace clawback::detect
