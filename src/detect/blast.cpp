#include "detect/blast.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "detect/signal.hpp"
#include "detect/uses.hpp"

namespace clawback::detect {
namespace {

namespace source = domain::source;

constexpr std::size_t listed_max = 500;

void add_doubt(domain::BlastRadius& out, const std::string& doubt) {
  out.known = false;
  out.unknown += (out.unknown.empty() ? "" : "; ") + doubt;
}

// Sorted before they are cut, so that the same ones stay whatever the order of records.
std::vector<std::string> listed(const std::set<std::string>& all, std::string_view what,
                                domain::BlastRadius& out) {
  std::vector<std::string> kept(all.begin(), all.end());
  if (kept.size() > listed_max) {
    add_doubt(out, fmt::format("{} of {} {} are listed", listed_max, kept.size(), what));
    kept.resize(listed_max);
  }
  return kept;
}

void add_reads(const Case& subject, const Consents& consents, domain::BlastRadius& out) {
  std::set<std::string> mailboxes;
  const domain::MailAccess* first = nullptr;
  bool throttled = false;
  for (const auto* access : subject.facts.accesses) {
    mailboxes.insert(access->mailbox);
    out.items += access->items;
    throttled = throttled || access->throttled;
    if (first == nullptr) first = access;
  }
  out.mailboxes = listed(mailboxes, "mailboxes", out);
  if (throttled) add_doubt(out, "more was read than the log holds (throttled)");
  if (first == nullptr) return;
  out.first_read = first->first;
  if (const Happening* consent = consents.before(*first)) {
    out.seconds_after_consent =
        std::chrono::floor<std::chrono::seconds>(first->first - consent->event->time).count();
  }
}

void add_rules(const Case& subject, const Consents& consents, domain::BlastRadius& out) {
  std::set<std::string> rules;
  for (const RuleMade& rule : rules_made(subject, consents)) {
    if (rule.consent != nullptr) rules.insert(rule.change->id.str());
  }
  out.rules = listed(rules, "rules", out);
}

}  // namespace

domain::BlastRadius blast_radius(const Case& subject) {
  domain::BlastRadius out;
  out.known = true;
  for (const std::string_view needed : {source::mail_accesses, source::mailbox_changes}) {
    if (!was_read(subject, needed)) add_doubt(out, why_not_read(subject, needed));
  }
  const Consents consents(subject);
  add_reads(subject, consents, out);
  add_rules(subject, consents, out);
  if (const std::size_t hidden = hidden_reads(subject, consents); hidden > 0) {
    add_doubt(out, fmt::format("{} rows of reads through EWS of its users' mailboxes do not name "
                               "the application",
                               hidden));
  }
  return out;
}

}  // namespace clawback::detect
