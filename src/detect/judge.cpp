#include "detect/judge.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "base/share_out.hpp"
#include "detect/answers.hpp"
#include "detect/blast.hpp"
#include "detect/case.hpp"
#include "detect/decide.hpp"
#include "detect/history.hpp"
#include "detect/holders.hpp"
#include "detect/names.hpp"
#include "detect/remember.hpp"
#include "detect/signal.hpp"
#include "detect/timeline.hpp"
#include "domain/permissions.hpp"

namespace clawback::detect {
namespace {

namespace source = domain::source;
using domain::Mode;
using domain::Ownership;

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

void describe(const Case& subject, domain::Finding& finding) {
  finding.key = case_key(subject);
  finding.answers = answers_of(subject);
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
  if (is_microsofts(facts.app, subject.ownership, context.policy.catalog)) return std::nullopt;
  domain::Finding finding;
  finding.signals = evaluate_all(subject);
  if (finding.signals.empty()) return std::nullopt;
  finding.ownership = subject.ownership;
  describe(subject, finding);
  decide(subject, ceiling, finding);
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
