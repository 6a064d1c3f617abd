#include "detect/timeline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "base/safe_text.hpp"
#include "detect/audit.hpp"

namespace clawback::detect {
namespace {

constexpr std::size_t half = 25;

std::string actor_of(const domain::AuditEvent& event) {
  if (event.actor_user_principal_name)
    return " by " + printable(*event.actor_user_principal_name, 80);
  if (event.actor_user) return " by user " + printable(event.actor_user->str(), 80);
  if (event.actor_app) return " by app " + printable(event.actor_app->str(), 80);
  return {};
}

domain::TimelineEntry entry_of(const domain::AuditEvent& event) {
  std::string text = printable(event.activity, 80) + actor_of(event);
  if (event.result == domain::AuditResult::failure) {
    text += event.reason && !event.reason->empty()
                ? fmt::format(" (refused: {})", printable(*event.reason, 80))
                : " (refused)";
  }
  return {.time = event.time, .event = std::move(text), .record = event.id.str()};
}

domain::TimelineEntry entry_of(const domain::SignIn& sign_in) {
  std::string text =
      "Sign-in of " + printable(sign_in.user_principal_name.value_or(sign_in.user.str()), 80);
  if (sign_in.client_app_used) text += " with " + printable(*sign_in.client_app_used, 40);
  if (sign_in.ip_address) text += " from " + printable(*sign_in.ip_address, 45);
  if (sign_in.country) text += fmt::format(" ({})", printable(*sign_in.country, 20));
  if (sign_in.error_code && *sign_in.error_code != 0)
    text += fmt::format(" (failed: {})", *sign_in.error_code);
  return {.time = sign_in.time, .event = std::move(text), .record = sign_in.id.str()};
}

// Adds the first and the last `half` of what is sorted by time: no more can survive the joint cut.
template <class Record>
void add_ends(const std::vector<const Record*>& records,
              std::vector<domain::TimelineEntry>& entries) {
  const std::size_t head = std::min(half, records.size());
  const std::size_t tail = std::max(head, records.size() - head);
  for (std::size_t i = 0; i < head; ++i) entries.push_back(entry_of(*records[i]));
  for (std::size_t i = tail; i < records.size(); ++i) entries.push_back(entry_of(*records[i]));
}

}  // namespace

std::vector<domain::TimelineEntry> timeline(const AppFacts& facts) {
  std::vector<domain::TimelineEntry> entries;
  add_ends(facts.events, entries);
  add_ends(facts.sign_ins, entries);
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return std::tie(a.time, a.record, a.event) < std::tie(b.time, b.record, b.event);
  });
  if (entries.size() > 2 * half) {
    const auto at = [&](std::size_t i) { return entries.begin() + static_cast<std::ptrdiff_t>(i); };
    entries.erase(at(half), at(entries.size() - half));
  }
  return entries;
}

}  // namespace clawback::detect
