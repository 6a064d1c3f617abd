#include "notify/message.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace clawback::notify {
namespace {

bool is_done(journal::Phase state) {
  return state == journal::Phase::done || state == journal::Phase::satisfied;
}

std::int64_t count_of(const Message& message, domain::Verdict verdict) {
  return std::count_if(message.found.begin(), message.found.end(),
                       [&](const Case& found) { return found.verdict == verdict; });
}

std::string plural(std::int64_t count, std::string_view one, std::string_view more) {
  return fmt::format("{} {}", count, count == 1 ? one : more);
}

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
  std::string out;
  for (const std::string& part : parts) {
    if (!out.empty()) out += between;
    out += part;
  }
  return out;
}

std::string found_words(const Message& message) {
  std::vector<std::string> parts;
  for (const auto verdict :
       {domain::Verdict::alert, domain::Verdict::watch, domain::Verdict::info}) {
    const std::int64_t count = count_of(message, verdict);
    if (count != 0) parts.push_back(fmt::format("{} {}", count, domain::name_of(verdict)));
  }
  return joined(parts, ", ") + " found";
}

std::string done_words(const Message& message) {
  std::int64_t done = 0;
  std::int64_t open = 0;
  for (const Done& part : message.done) (is_done(part.state) ? done : open) += part.count;
  std::string out = plural(done, "action", "actions") + " done";
  if (open != 0) out += fmt::format(", {} not done", open);
  return out;
}

}  // namespace

std::string_view name_of(Event event) {
  switch (event) {
    case Event::found:
      return "found";
    case Event::done:
      return "done";
    case Event::waits:
      return "waits";
    case Event::failed:
      return "failed";
    case Event::followup:
      return "followup";
  }
  return "found";
}

std::optional<Event> event_from(std::string_view text) {
  for (const Event event : every_event) {
    if (name_of(event) == text) return event;
  }
  return std::nullopt;
}

std::string_view name_of(FollowUpKind kind) {
  switch (kind) {
    case FollowUpKind::re_consent:
      return "re-consent";
    case FollowUpKind::re_enabled:
      return "re-enabled";
    case FollowUpKind::gone:
      return "gone";
    case FollowUpKind::policy_changed:
      return "policy-changed";
  }
  return "re-consent";
}

std::set<Event> events_of(const Message& message) {
  std::set<Event> out;
  if (!message.found.empty()) out.insert(Event::found);
  if (!message.done.empty()) out.insert(Event::done);
  if (!message.waits.empty()) out.insert(Event::waits);
  if (!message.followup.empty()) out.insert(Event::followup);
  const bool open = std::any_of(message.done.begin(), message.done.end(),
                                [](const Done& part) { return !is_done(part.state); });
  if (open || !message.errors.empty()) out.insert(Event::failed);
  return out;
}

bool concerns(const Message& message, const std::vector<Event>& on) {
  if (message.test || !message.escalations.empty()) return true;
  const std::set<Event> told = events_of(message);
  return std::any_of(on.begin(), on.end(), [&](Event event) { return told.contains(event); });
}

std::string headline(const Message& message) {
  std::vector<std::string> parts;
  const auto count = [](const auto& list) { return static_cast<std::int64_t>(list.size()); };
  if (message.test) parts.emplace_back("a test: nothing happened");
  if (!message.escalations.empty()) {
    parts.push_back(fmt::format("{} break-glass not ratified in time", count(message.escalations)));
  }
  if (!message.followup.empty()) {
    parts.push_back(plural(count(message.followup), "follow-up finding", "follow-up findings"));
  }
  if (!message.found.empty()) parts.push_back(found_words(message));
  if (!message.done.empty()) parts.push_back(done_words(message));
  if (!message.waits.empty()) {
    parts.push_back(plural(count(message.waits), "plan waits", "plans wait"));
  }
  if (!message.errors.empty()) parts.push_back(plural(count(message.errors), "error", "errors"));
  return parts.empty() ? "nothing to tell" : joined(parts, "; ");
}

}  // namespace clawback::notify
