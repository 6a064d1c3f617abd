#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "base/safe_text.hpp"
#include "domain/permissions.hpp"
#include "plan/consent_after.hpp"
#include "plan/count.hpp"
#include "plan/explain.hpp"
#include "plan/guard.hpp"
#include "plan/kinds.hpp"
#include "plan/plan.hpp"
#include "plan/projection.hpp"
#include "plan/shape.hpp"

namespace clawback::plan {
namespace {

using domain::ActionKind;
using domain::Finding;

class Builder {
 public:
  Builder(const domain::Snapshot& snapshot, const policy::Policy& policy, const Options& options)
      : snapshot_(snapshot), policy_(policy), options_(options) {}

  void add(const Finding& finding) {
    const policy::Rule* rule = rule_of(finding);
    if (rule == nullptr || finding.exception) return;
    const bool acts = finding.mode >= domain::Mode::approve;
    if (!acts && finding.needs.empty()) return;
    if (const auto why = refusal(finding)) {
      refused.push_back({.finding = finding.key, .target = finding.app.id.str(), .reason = *why});
    } else if (acts) {
      act(finding, *rule);
    } else {
      lowered_.push_back(&finding);
    }
  }

  // What only missing evidence keeps from being done. It never holds up what is known in full; if
  // it is all there is, it is planned to be looked at and no more.
  void add_lowered() {
    const bool alone = actions.empty();
    for (const Finding* finding : lowered_) {
      const policy::Rule& rule = *rule_of(*finding);
      if (alone) {
        act(*finding, rule);
        inspect_only.push_back(needs_words(*finding));
        continue;
      }
      Builder apart(snapshot_, policy_, options_);
      apart.act(*finding, rule);
      refused.push_back({.finding = finding->key,
                         .target = finding->app.id.str(),
                         .reason = fmt::format("{}. It would have planned {}",
                                               needs_words(*finding), kinds_words(apart.actions))});
    }
    std::sort(inspect_only.begin(), inspect_only.end());
    const auto same = std::unique(inspect_only.begin(), inspect_only.end());
    inspect_only.erase(same, inspect_only.end());
  }

  // An application that the policy blocks: disabled if it is here, put here disabled if it is not.
  void add_block(const domain::AppId& app) {
    const Because because{.finding = {}, .rule = std::string(block_rule), .signals = {}};
    const auto refuse = [&](std::string reason) {
      refused.push_back({.finding = {}, .target = app.str(), .reason = std::move(reason)});
    };
    if (!domain::was_read(snapshot_.coverage, domain::source::service_principals)) {
      return refuse(
          "whether the tenant has it is unknown: the service principals were not read in full");
    }
    const auto& apps = snapshot_.service_principals;
    const auto found = std::find_if(apps.begin(), apps.end(),
                                    [&](const auto& known) { return known.app_id == app; });
    if (found == apps.end()) {
      if (const auto why = protected_app_id(app)) return refuse(*why);
      Action action{.kind = ActionKind::block_app, .because = because};
      action.target = {.kind = "application", .id = app.str(), .app_id = app.str()};
      put(action);
      action.kind = ActionKind::confirm_block;
      put(std::move(action));
      return;
    }
    if (found->account_enabled == false) return;
    if (const auto why = protected_because(*found, snapshot_.tenant, options_.own_app_ids)) {
      return refuse(*why);
    }
    if (!found->account_enabled) return refuse("whether it is enabled is unknown");
    // A finding may have asked for it already.
    const bool planned = std::any_of(actions.begin(), actions.end(), [&](const Action& other) {
      return other.kind == ActionKind::disable_app && other.target.id == found->id.str();
    });
    if (planned) return;
    Action action{.kind = ActionKind::disable_app, .because = because};
    action.target = app_target(*found, found->id.str());
    put(std::move(action));
  }

  std::vector<Action> actions;
  std::vector<Refusal> refused;
  std::vector<std::string> inspect_only;
  std::vector<CaseReasons> cases;
  std::set<std::string> affected;

 private:
  void act(const Finding& finding, const policy::Rule& rule) {
    const Because because = because_of(finding, rule);
    const std::size_t before = actions.size();
    for (const ActionKind kind : rule.actions) add(finding, because, kind);
    if (actions.size() == before) return;
    cases.push_back(reasons_of(finding, rule));
    for (const domain::UserId& user : users_of(snapshot_, finding)) affected.insert(user.str());
  }

  const policy::Rule* rule_of(const Finding& finding) const {
    if (!finding.rule) return nullptr;
    const auto found =
        std::find_if(policy_.rules.begin(), policy_.rules.end(),
                     [&](const policy::Rule& rule) { return rule.id == *finding.rule; });
    return found != policy_.rules.end() ? &*found : nullptr;
  }

  std::optional<std::string> refusal(const Finding& finding) const {
    if (const auto why = protected_because(finding.app, snapshot_.tenant, options_.own_app_ids)) {
      return why;
    }
    if (const auto why = protected_app_id(finding.app.app_id)) return why;
    if (!finding.app.account_enabled) return "whether it is enabled is unknown";
    return std::nullopt;
  }

  std::optional<std::string> protected_app_id(const domain::AppId& app) const {
    const auto& microsoft = policy_.catalog.microsoft_apps;
    if (std::find(microsoft.begin(), microsoft.end(), app) != microsoft.end()) {
      return "it is an application of Microsoft (catalog)";
    }
    if (domain::is_resource_api(app)) return "it is a Microsoft resource API";
    const auto& own = options_.own_app_ids;
    if (std::find(own.begin(), own.end(), app.str()) != own.end()) {
      return "it is one of clawback's own identities";
    }
    return std::nullopt;
  }

  static Because because_of(const Finding& finding, const policy::Rule& rule) {
    Because because{.finding = finding.key, .rule = rule.id, .signals = {}};
    for (const domain::SignalResult& signal : finding.signals) {
      if (signal.state == domain::SignalState::hit) because.signals.push_back(signal.id);
    }
    return because;
  }

  void add(const Finding& finding, const Because& because, ActionKind kind) {
    const KindInfo* known = find_kind(kind);
    if (known == nullptr || known->plan == nullptr) return;
    for (Action& action : known->plan({.snapshot = snapshot_,
                                       .policy = policy_,
                                       .options = options_,
                                       .finding = finding,
                                       .because = because,
                                       .refused = refused})) {
      // One user's sessions end once, whatever number of applications he used; a policy of the
      // tenant is set once.
      const bool again = !done_.insert({action.kind, action.target.id}).second;
      if (!again) put(std::move(action));
    }
  }

  void put(Action action) {
    const auto shaped = shape(action);
    if (shaped) return actions.push_back(std::move(action));
    refused.push_back({.finding = action.because.finding,
                       .target = printable(action.target.id, 160),
                       .reason = shaped.error().message});
  }

  const domain::Snapshot& snapshot_;
  const policy::Policy& policy_;
  const Options& options_;
  std::set<std::pair<ActionKind, std::string>> done_;
  std::vector<const Finding*> lowered_;
};

// The fixed order of kinds, then names; whatever else acts on an application waits for it to be
// disabled.
void number(std::vector<Action>& actions) {
  std::vector<Action> ordered;
  ordered.reserve(actions.size());
  for (const KindInfo& kind : kinds()) {
    for (Action& action : actions) {
      if (action.kind == kind.kind) ordered.push_back(std::move(action));
    }
  }
  std::map<std::string, std::string> disabled_by;  // service principal -> action
  std::map<std::string, std::string> blocked_by;   // application -> action
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    Action& action = ordered[i];
    action.id = "a" + std::to_string(i + 1);
    if (action.kind == ActionKind::disable_app) {
      disabled_by.emplace(action.target.id, action.id);
      continue;
    }
    if (action.kind == ActionKind::block_app) {
      blocked_by.emplace(action.target.id, action.id);
      continue;
    }
    if (action.kind == ActionKind::confirm_block) {
      action.depends = {blocked_by.at(action.target.id)};
      continue;
    }
    const auto found = disabled_by.find(action.target.service_principal_id);
    if (found != disabled_by.end()) action.depends = {found->second};
  }
  actions = std::move(ordered);
}

void set_approval(Plan& plan, const policy::Policy& policy) {
  std::optional<Duration> shortest;
  for (const policy::Rule& rule : policy.rules) {
    const bool used =
        std::any_of(plan.actions.begin(), plan.actions.end(),
                    [&](const Action& action) { return action.because.rule == rule.id; });
    if (!used) continue;
    plan.quorum = std::max(plan.quorum, rule.quorum);
    shortest = std::min(shortest.value_or(rule.approval_expires), rule.approval_expires);
  }
  if (shortest) plan.approval_expires = *shortest;
}

}  // namespace

Plan build(const domain::Snapshot& snapshot, const detect::Judgement& judgement,
           const policy::Policy& policy, const Options& options) {
  Builder builder(snapshot, policy, options);
  for (const Finding& finding : judgement.findings) builder.add(finding);
  for (const domain::AppId& app : policy.block) builder.add_block(app);
  builder.add_lowered();

  Plan plan;
  plan.id = options.id;
  plan.tenant = snapshot.tenant.str();
  plan.created = options.now;
  plan.expires = options.now + options.valid_for;
  plan.tool = options.tool;
  plan.policy = policy.digest;
  plan.catalog = policy.catalog.digest;
  plan.identity = options.write_client_id;
  plan.requested_by = options.requested_by;
  plan.requested_from = options.requested_from;
  plan.evidence = options.evidence;
  plan.inspect_only = std::move(builder.inspect_only);
  plan.cases = std::move(builder.cases);
  plan.coverage = judgement.coverage;
  plan.actions = std::move(builder.actions);
  plan.refused = std::move(builder.refused);
  plan.remarks = claims_of(judgement, plan.cases);
  number(plan.actions);
  set_approval(plan, policy);
  plan.consent_after = consent_after(snapshot, judgement, policy, plan.actions);
  const Counts counts = count(plan.actions);
  plan.apps = counts.apps;
  plan.users = counts.users;
  plan.breaches = breaches(plan.actions, policy);
  builder.affected.merge(users_of(plan.actions));
  set_affected(plan, builder.affected, snapshot);
  std::sort(plan.cases.begin(), plan.cases.end(), [](const CaseReasons& a, const CaseReasons& b) {
    return std::tie(a.finding, a.rule) < std::tie(b.finding, b.rule);
  });
  seal(plan);
  return plan;
}

std::string short_name(const Action& action) {
  return std::string(domain::name_of(action.kind)) + " " + action.target.id;
}

}  // namespace clawback::plan
