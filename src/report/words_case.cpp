#include <fmt/format.h>

#include <algorithm>

#include "base/listed.hpp"
#include "report/words.hpp"

namespace clawback::report {
namespace {

constexpr std::size_t listed_max = 12;

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

}  // namespace

std::string duration_words(std::int64_t seconds) {
  constexpr std::int64_t minute = 60;
  constexpr std::int64_t hour = 60 * minute;
  constexpr std::int64_t day = 24 * hour;
  if (seconds < 2 * minute) return fmt::format("{} s", seconds);
  if (seconds < 2 * hour) return fmt::format("{} min", seconds / minute);
  if (seconds < 2 * day) return fmt::format("{} h", seconds / hour);
  return fmt::format("{} days", seconds / day);
}

std::string case_words(const domain::Finding& finding) {
  const std::string since = finding.case_since ? format_time(*finding.case_since) : "";
  switch (finding.state) {
    case domain::CaseState::untracked:
      return {};
    case domain::CaseState::fresh:
      return "new";
    case domain::CaseState::unchanged:
      return since.empty() ? "unchanged" : "unchanged since " + since;
    case domain::CaseState::changed:
      return since.empty() ? "changed" : "changed; first reported " + since;
  }
  return {};
}

std::string existence_words(const domain::Finding& finding) {
  std::string out;
  switch (finding.existence) {
    case domain::Existence::unknown:
      out = "not known whether before or in the window";
      break;
    case domain::Existence::in_window:
      out = "given in the window";
      break;
    case domain::Existence::pre_existing:
      out = "given before the window";
      break;
  }
  if (!finding.existence_reason.empty()) out += ": " + finding.existence_reason;
  return out;
}

std::string history_subject(const domain::Finding& finding, const domain::GrantHistory& history) {
  if (history.consent == domain::ConsentType::all_principals) return "everyone";
  if (!history.principal) return "not known whom";
  for (const domain::User& user : finding.users) {
    if (user.id == *history.principal) return user_words(user);
  }
  return history.principal->str();
}

std::string history_scopes(const domain::GrantHistory& history) {
  constexpr std::size_t shown = 3;
  std::string out;
  for (std::size_t i = 0; i < std::min(history.scopes.size(), shown); ++i) {
    out += (i == 0 ? "" : " ") + history.scopes[i];
  }
  if (history.scopes.size() > shown) out += fmt::format(" +{}", history.scopes.size() - shown);
  return out;
}

std::string history_when(const domain::GrantHistory& history) {
  if (history.first_seen) return format_time(*history.first_seen);
  const std::string after = history.not_before ? format_time(*history.not_before) : "";
  const std::string before = history.not_after ? format_time(*history.not_after) : "";
  if (!after.empty() && !before.empty()) return fmt::format("between {} and {}", after, before);
  if (!after.empty()) return "after " + after;
  if (!before.empty()) return "before " + before;
  return "at a time that is not known";
}

std::string changed_when(const domain::GrantHistory& history) {
  if (!history.last_changed) return {};
  std::string last = format_time(*history.last_changed);
  const bool enclosed = history.changed_after && *history.changed_after < *history.last_changed;
  if (!enclosed) return last;
  return fmt::format("between {} and {}", format_time(*history.changed_after), last);
}

std::string history_words(const domain::GrantHistory& history) {
  std::string out = "given " + history_when(history);
  if (history.by) out += " by " + *history.by;
  if (history.from) out += " from " + *history.from;
  if (history.last_changed) {
    out += "; changed " + changed_when(history);
    if (!history.added_scopes.empty()) out += ", which added " + joined(history.added_scopes);
  }
  if (!history.present) out += "; it is not there any more";
  if (!history.unknown.empty()) out += ". Not known: " + history.unknown;
  return out;
}

std::string after_consent_words(const domain::BlastRadius& blast) {
  if (!blast.seconds_after_consent) return {};
  return duration_words(*blast.seconds_after_consent) + " after the consent";
}

std::string blast_words(const domain::BlastRadius& blast) {
  std::string out;
  const auto add = [&](const std::string& text) { out += (out.empty() ? "" : "; ") + text; };
  if (!blast.mailboxes.empty()) {
    add(fmt::format("{} read: {}", count_of(blast.mailboxes.size(), "mailbox", "mailboxes"),
                    listed(blast.mailboxes, listed_max)));
    if (blast.items != 0) add(fmt::format("{} named in the log", count_of(blast.items, "message")));
  } else if (blast.known) {
    add("no mailbox was read, as far as the log goes");
  }
  if (blast.first_read) {
    const std::string after = after_consent_words(blast);
    add("first read " + format_time(*blast.first_read) + (after.empty() ? "" : ", " + after));
  }
  if (!blast.rules.empty()) {
    add(fmt::format(
        "{} by these users: {}",
        count_of(blast.rules.size(), "inbox rule or forwarding", "inbox rules and forwardings"),
        listed(blast.rules, listed_max)));
  }
  if (!blast.known) {
    add("not known" + (out.empty() ? std::string() : std::string(" in full")) +
        (blast.unknown.empty() ? "" : ": " + blast.unknown));
  }
  return out;
}

}  // namespace clawback::report
