#include "detect/judge.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "base/digest.hpp"
#include "base/share_out.hpp"
#include "detect/allowance.hpp"
#include "detect/blast.hpp"
#include "detect/case.hpp"
#include "detect/existence.hpp"
#include "detect/history.hpp"
#include "detect/names.hpp"
#include "detect/remember.hpp"
#include "detect/rules.hpp"
#include "detect/signal.hpp"
#include "detect/timeline.hpp"
#include "domain/permissions.hpp"

namespace clawback::detect {
namespace {

namespace source = domain::source;
using domain::Mode;
using domain::Ownership;
using domain::Verdict;

// Names of entries that may be compared by name: abused, of some confidence, and with an id, so
// that "another id" means something.
auto catalogued_names(const policy::Catalog& catalog) {
  std::unordered_map<std::string, std::vector<const policy::CatalogEntry*>> names;
  for (const policy::CatalogEntry& entry : catalog.entries) {
    const bool abused = entry.disposition == policy::Disposition::alert ||
                        entry.disposition == policy::Disposition::review;
    if (!abused || !entry.app_id || entry.confidence < policy::Confidence::medium) continue;
    for (const std::string& name : entry.names) {
      auto& entries = names[fold_name(name)];
      if (entries.empty() || entries.back() != &entry) entries.push_back(&entry);
    }
  }
  return names;
}

std::vector<std::string_view> names_of_apps(const Index& index) {
  std::vector<std::string_view> names;
  for (const AppFacts& facts : index.apps()) {
    if (facts.app != nullptr) names.emplace_back(facts.app->display_name);
  }
  return names;
}

// Guard G1, before any signal: Microsoft's own, by owner tenant or by id, never by name.
bool is_microsofts(const Case& subject) {
  if (subject.ownership == Ownership::microsoft) return true;
  const auto* app = subject.facts.app;
  return app != nullptr && (domain::is_resource_api(app->app_id) ||
                            policy::is_microsoft_app(subject.context.policy.catalog, app->app_id));
}

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
  // script that borrows its id.
  if (hits(finding, "D10") || hits(finding, "D18")) return;
  const bool covered = accepted.state == Allowance::State::covered;
  if (covered) finding.exception = accepted.text;
  if (!covered && accepted.state != Allowance::State::unknown) return;
  finding.needs.clear();  // as far as it is known it is accepted: nothing waits to be done
  if (finding.mode <= Mode::report) return;
  finding.mode = Mode::report;
  finding.mode_reason =
      covered ? "accepted: " + accepted.text
              : "an exception covers all that could be read, but not everything could: " +
                    accepted.text;
}

std::vector<domain::User> users_of(const Case& subject) {
  std::set<domain::UserId> ids;
  for (const HeldGrant& held : subject.facts.grants) {
    if (held.grant->principal) ids.insert(*held.grant->principal);
  }
  std::vector<domain::User> users;
  for (const domain::UserId& id : ids) {
    const domain::User* known = subject.context.index.user(id.str());
    if (known != nullptr) {
      users.push_back(*known);
    } else {
      users.emplace_back().id = id;
    }
  }
  return users;
}

std::string case_key(const Case& subject) {
  const auto& tenant = subject.context.snapshot.tenant.str();
  const auto* app = subject.facts.app;
  const bool named = app != nullptr && !app->app_id.empty();
  // Without its service principal an application is only known by that object's id.
  return sha256_text(tenant + (named ? "\napp " + app->app_id.str()
                                     : "\nservicePrincipal " + std::string(subject.facts.id)));
}

void describe(const Case& subject, domain::Finding& finding) {
  finding.key = case_key(subject);
  if (subject.facts.app != nullptr) {
    finding.app = *subject.facts.app;
  } else {
    finding.app.id = domain::ServicePrincipalId(std::string(subject.facts.id));
  }
  for (const HeldGrant& held : subject.facts.grants) finding.grants.push_back(*held.grant);
  for (const auto* role : subject.facts.roles) finding.app_roles.push_back(*role);
  finding.users = users_of(subject);
  finding.timeline = timeline(subject);
  finding.history = histories(subject);
  finding.blast = blast_radius(subject);
}

// Two passes: most applications show nothing that stands alone, and are done after the first.
std::vector<domain::SignalResult> evaluate_all(const Case& subject) {
  const std::vector<Signal>& table = signal_table();
  const std::vector<policy::SignalInfo>& infos = policy::signals();  // a row for each, in order
  std::vector<domain::SignalResult> results(table.size());
  bool stands = false;
  for (const bool alone : {true, false}) {
    if (!alone && !stands) return {};
    for (std::size_t i = 0; i < table.size(); ++i) {
      if (infos[i].stands_alone != alone) continue;
      results[i] = evaluate(table[i], subject);
      stands = stands || results[i].weight > 0;
    }
  }
  return results;
}

std::optional<domain::Finding> judge_app(const Context& context, const AppFacts& facts,
                                         Mode ceiling) {
  Case subject{
      .context = context, .facts = facts, .ownership = Ownership::unknown, .entry = nullptr};
  if (facts.app != nullptr) {
    subject.ownership = domain::ownership_of(*facts.app, context.snapshot.tenant);
    subject.entry = policy::find(context.policy.catalog, facts.app->app_id);
  }
  if (is_microsofts(subject)) return std::nullopt;
  domain::Finding finding;
  finding.signals = evaluate_all(subject);
  if (finding.signals.empty()) return std::nullopt;
  finding.ownership = subject.ownership;
  decide_verdict(subject, finding);
  describe(subject, finding);
  decide_existence(subject, finding);
  decide_mode(subject, ceiling, finding);
  if (context.memory != nullptr) compare_with_memory(subject, finding);
  return finding;
}

// Sources that the policy needs and that were not read whole: always the grants and their holders,
// and what enabled rules look at or act on.
std::vector<std::string> missing_sources(const domain::Coverage& coverage,
                                         const policy::Policy& policy) {
  std::set<std::string_view> needed = {source::service_principals, source::grants};
  for (const policy::Rule& rule : policy.rules) {
    if (rule.mode == Mode::off) continue;
    const auto& actions = rule.actions;
    if (std::find(actions.begin(), actions.end(), domain::ActionKind::remove_app_role) !=
        actions.end()) {
      needed.insert(source::app_roles);
    }
    for (const auto* ids : {&rule.match.signals_any, &rule.match.signals_all}) {
      for (const std::string& id : *ids) {
        const policy::SignalInfo* info = policy::find_signal(id);
        if (info != nullptr) needed.insert(info->needs.begin(), info->needs.end());
      }
    }
  }
  std::vector<std::string> missing;
  for (const std::string_view name : needed) {
    if (!domain::was_read(coverage, name)) missing.emplace_back(name);
  }
  return missing;
}

bool before(const domain::Finding& a, const domain::Finding& b) {
  return std::tie(b.verdict, b.score, a.app.app_id, a.app.id) <
         std::tie(a.verdict, a.score, b.app.app_id, b.app.id);
}

}  // namespace

Judgement judge(const domain::Snapshot& snapshot, const policy::Policy& policy,
                const JudgeOptions& options) {
  const Index index(snapshot, options.memory);
  const Lookalikes lookalikes(snapshot, policy.catalog, names_of_apps(index));
  const Context context{
      .snapshot = snapshot,
      .policy = policy,
      .now = options.now,
      .index = index,
      .names = catalogued_names(policy.catalog),
      .memory = options.memory,
      .window_start = options.window_start ? options.window_start : snapshot.coverage.logs_since,
      .lookalikes = &lookalikes,
      .own_apps = options.own_apps};
  Judgement judgement{.findings = {},
                      .coverage = snapshot.coverage,
                      .missing = missing_sources(snapshot.coverage, policy),
                      .memory = std::nullopt};
  judgement.coverage.complete = judgement.missing.empty();
  const auto& apps = index.apps();
  std::vector<std::optional<domain::Finding>> judged(apps.size());
  share_out(apps.size(),
            [&](std::size_t i) { judged[i] = judge_app(context, apps[i], options.ceiling); });
  for (auto& finding : judged) {
    if (finding) judgement.findings.push_back(*std::move(finding));
  }
  std::sort(judgement.findings.begin(), judgement.findings.end(), before);
  if (options.memory != nullptr) judgement.memory = remember(context, judgement.findings);
  return judgement;
}

}  // namespace clawback::detect
