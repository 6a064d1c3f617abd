#include "detect/decide.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "detect/allowance.hpp"
#include "detect/existence.hpp"
#include "detect/rules.hpp"

namespace clawback::detect {
namespace {

using domain::Mode;
using domain::Ownership;
using domain::Verdict;

constexpr std::string_view denied = "D25";  // a user says that it is not theirs

Verdict verdict_of(int score, const policy::Policy& policy) {
  if (score >= policy.alert_at) return Verdict::alert;
  return score >= policy.watch_at ? Verdict::watch : Verdict::info;
}

// A log names no owner. A trustworthy catalog entry does, and it is not Microsoft nor this tenant.
bool catalog_knows_owner(const Case& subject) {
  return subject.ownership == Ownership::unknown && subject.facts.app != nullptr &&
         !subject.facts.in_inventory && subject.entry != nullptr &&
         subject.entry->disposition == policy::Disposition::alert &&
         !policy::is_weak(*subject.entry);
}

// All that is known of it is that consents were refused: it may not even be in the tenant.
bool was_never_let_in(const AppFacts& facts) {
  const auto refused = [](const Happening* event) { return event->refused; };
  return facts.id.empty() && !facts.events.empty() && facts.grants.empty() &&
         facts.sign_ins.empty() && facts.accesses.empty() &&
         std::all_of(facts.events.begin(), facts.events.end(), refused);
}

bool hits(const domain::Finding& finding, std::string_view id) {
  return std::any_of(finding.signals.begin(), finding.signals.end(), [&](const auto& signal) {
    return signal.id == id && signal.state == domain::SignalState::hit;
  });
}

// What may be said of it at most. The tenant's own are watched: whoever runs them can be asked. One
// that was made here, given a secret and let in within minutes is an intruder's as likely as ours.
Verdict most_to_say(const Case& subject, const domain::Finding& finding) {
  const bool made_in_minutes = finding.ownership == Ownership::own_tenant && hits(finding, "D23");
  const bool known = finding.ownership == Ownership::third_party || catalog_knows_owner(subject);
  return known || made_in_minutes ? Verdict::alert : Verdict::watch;
}

void decide_verdict(const Case& subject, domain::Finding& finding) {
  const policy::Policy& policy = subject.context.policy;
  int catalogued = 0;
  for (const auto& signal : finding.signals) {
    finding.score += signal.weight;
    if (signal.id == "D01") catalogued = signal.weight;
  }
  finding.verdict = verdict_of(finding.score, policy);
  // Guard G4: a weak entry lifts nothing above watch; what the other signals say by themselves
  // stays.
  if (subject.entry != nullptr && policy::is_weak(*subject.entry)) {
    const Verdict without = verdict_of(finding.score - catalogued, policy);
    finding.verdict = std::max(without, std::min(finding.verdict, Verdict::watch));
  }
  finding.verdict = std::min(finding.verdict, most_to_say(subject, finding));
  if (was_never_let_in(subject.facts)) finding.verdict = std::min(finding.verdict, Verdict::watch);
}

// Guard G3.
void decide_existence(const Case& subject, domain::Finding& finding) {
  Existence found = existence(subject, finding.history);
  finding.existence = found.state;
  finding.existence_reason = std::move(found.reason);
  if (found.state != domain::Existence::pre_existing || shows_activity(finding.signals)) return;
  if (finding.verdict < Verdict::alert) return;
  finding.verdict = Verdict::watch;
  finding.existence_reason +=
      "; nothing that could be looked at happened since, so it is shown and not alarmed";
}

void decide_mode(const Case& subject, Mode ceiling, domain::Finding& finding) {
  finding.mode = std::min(Mode::report, ceiling);
  if (const auto choice = choose_rule(subject, finding, ceiling)) {
    finding.rule = choice->rule->id;
    finding.mode = choice->mode;
    finding.mode_reason = choice->reason;
    finding.mode_if_read = choice->mode_if_read;
    finding.needs = choice->needs;
  }
  const Allowance accepted = allowance(subject);
  // Guard G2: what was accepted is the application, and neither Microsoft's verdict on it nor a
  // script that borrows its id. One who says that it is not theirs opens the case again, and a
  // person decides which of the two is wrong.
  if (hits(finding, "D10") || hits(finding, "D18")) return;
  const bool covered = accepted.state == Allowance::State::covered;
  if (!covered && accepted.state != Allowance::State::unknown) return;
  if (hits(finding, denied)) {
    finding.mode_if_read = std::min(finding.mode_if_read, Mode::approve);
    if (finding.mode > Mode::approve) {
      finding.mode = Mode::approve;
      finding.mode_reason =
          fmt::format("{} ({}), and a user denies it",
                      covered ? "it was accepted" : "an exception may cover it", accepted.text);
    }
    return;
  }
  if (covered) finding.exception = accepted.text;
  finding.needs.clear();  // as far as it is known it is accepted: nothing waits to be done
  if (finding.mode <= Mode::report) return;
  finding.mode = Mode::report;
  finding.mode_reason =
      covered ? "accepted: " + accepted.text
              : "an exception covers all that could be read, but not everything could: " +
                    accepted.text;
}

void decide_all(const Case& subject, Mode ceiling, domain::Finding& finding) {
  decide_verdict(subject, finding);
  decide_existence(subject, finding);
  decide_mode(subject, ceiling, finding);
}

bool names_denial(const Case& subject, const std::optional<std::string>& rule) {
  const auto& rules = subject.context.policy.rules;
  return std::any_of(rules.begin(), rules.end(), [&](const policy::Rule& one) {
    const auto in = [](const std::vector<std::string>& ids) {
      return std::find(ids.begin(), ids.end(), denied) != ids.end();
    };
    return one.id == rule && (in(one.match.signals_any) || in(one.match.signals_all));
  });
}

// The mode that the same case would have had without the denial.
Mode mode_without_denial(const Case& subject, Mode ceiling, domain::Finding finding) {
  for (domain::SignalResult& signal : finding.signals) {
    if (signal.id != denied) continue;
    signal.state = domain::SignalState::miss;
    signal.weight = 0;
  }
  decide_all(subject, ceiling, finding);
  return finding.mode;
}

}  // namespace

void decide(const Case& subject, Mode ceiling, domain::Finding& finding) {
  const bool is_denied = hits(finding, denied);
  const Mode before = is_denied ? mode_without_denial(subject, ceiling, finding) : Mode::automatic;
  decide_all(subject, ceiling, finding);
  const Mode most = std::max(before, Mode::approve);
  if (!is_denied || names_denial(subject, finding.rule)) return;
  finding.mode_if_read = std::min(finding.mode_if_read, most);
  if (finding.mode <= most) return;
  finding.mode = most;
  finding.mode_reason = "it would do no more without what the user said: a person decides";
}

}  // namespace clawback::detect
