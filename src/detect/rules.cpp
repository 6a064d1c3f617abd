#include "detect/rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/digest.hpp"
#include "detect/signal.hpp"

namespace clawback::detect {
namespace {

using domain::Mode;
using domain::SignalState;

// What keeps a mode down, each with its reason.
class Caps {
 public:
  void at_most(Mode mode, std::string reason) { caps_.emplace_back(mode, std::move(reason)); }
  // Something that could not be read, or not whole: a rule does no more than report on it.
  void unread(std::string reason) {
    if (std::find(unread_.begin(), unread_.end(), reason) == unread_.end()) {
      unread_.push_back(reason);
    }
    at_most(Mode::report, std::move(reason));
  }
  [[nodiscard]] const std::vector<std::string>& unread() const { return unread_; }
  // The lowest of those caps that reading more would not lift.
  [[nodiscard]] Mode if_read(Mode wanted) const {
    Mode mode = wanted;
    for (const auto& [cap, reason] : caps_) {
      const bool lifted = std::find(unread_.begin(), unread_.end(), reason) != unread_.end();
      if (!lifted) mode = std::min(mode, cap);
    }
    return mode;
  }

  // The lowest of all, and the reasons that made it so.
  [[nodiscard]] std::pair<Mode, std::string> apply(Mode wanted) const {
    Mode mode = wanted;
    for (const auto& [cap, reason] : caps_) mode = std::min(mode, cap);
    std::string reasons;
    for (const auto& [cap, reason] : caps_) {
      if (cap != mode || cap >= wanted || reasons.find(reason) != std::string::npos) continue;
      if (!reasons.empty()) reasons += "; ";
      reasons += reason;
    }
    return {mode, std::move(reasons)};
  }

 private:
  std::vector<std::pair<Mode, std::string>> caps_;
  std::vector<std::string> unread_;
};

const domain::SignalResult* result_of(const domain::Finding& finding, std::string_view id) {
  for (const auto& signal : finding.signals) {
    if (signal.id == id) return &signal;
  }
  return nullptr;
}

bool is_sure(const policy::CatalogEntry& entry) { return !policy::is_weak(entry); }

// D02 and D08 point at the entry of another application, by its name or its owner. True if they
// point at weak ones only.
bool points_at_weak_entries(const Case& subject, std::string_view signal) {
  const auto* app = subject.facts.app;
  if (app == nullptr) return false;
  if (signal == "D02") {
    const auto found = subject.context.names.find(fold_name(app->display_name));
    return found != subject.context.names.end() &&
           std::none_of(found->second.begin(), found->second.end(),
                        [](const auto* entry) { return is_sure(*entry); });
  }
  if (signal != "D08" || !app->owner_tenant) return false;
  const auto& entries = subject.context.policy.catalog.entries;
  return std::none_of(entries.begin(), entries.end(), [&](const policy::CatalogEntry& entry) {
    return entry.owner_tenant == app->owner_tenant && is_sure(entry);
  });
}

// A rule rests on a signal: what that signal needs must have been read whole.
void rest_on(const Case& subject, const domain::SignalResult& signal, Caps& caps) {
  if (signal.state == SignalState::not_evaluable) {
    caps.unread(fmt::format("{} could not be evaluated: {}", signal.id, signal.reason));
  }
  const policy::SignalInfo* info = policy::find_signal(signal.id);
  if (info == nullptr) return;
  for (const std::string_view needed : info->needs) {
    if (!was_read(subject, needed)) caps.unread(why_not_read(subject, needed));
  }
  if (points_at_weak_entries(subject, signal.id)) {
    caps.at_most(Mode::approve, fmt::format("the catalog entry behind {} is of low confidence or "
                                            "contradicted",
                                            signal.id));
  }
  const bool weak_entry = subject.entry != nullptr && policy::is_weak(*subject.entry);
  if (signal.id == "D01" && weak_entry) {
    caps.at_most(Mode::report, "its catalog entry is of low confidence or contradicted");
  }
}

bool any_of_them(const Case& subject, const domain::Finding& finding,
                 const std::vector<std::string>& ids, Caps& caps) {
  if (ids.empty()) return true;
  bool one = false;
  for (const std::string& id : ids) {
    const auto* signal = result_of(finding, id);
    if (signal == nullptr || signal->state != SignalState::hit) continue;
    one = true;
    rest_on(subject, *signal, caps);
  }
  return one;
}

// All must hit, or at least not be refuted: then what is unknown keeps the rule at report.
bool all_of_them(const Case& subject, const domain::Finding& finding,
                 const std::vector<std::string>& ids, Caps& caps) {
  bool one = ids.empty();
  for (const std::string& id : ids) {
    const auto* signal = result_of(finding, id);
    if (signal == nullptr || signal->state == SignalState::miss) return false;
    one = one || signal->state == SignalState::hit;
    rest_on(subject, *signal, caps);
  }
  return one;
}

bool has_scope(const AppFacts& facts, const std::vector<std::string>& wanted) {
  if (wanted.empty()) return true;
  std::vector<std::string> folded;
  folded.reserve(wanted.size());
  for (const std::string& scope : wanted) folded.push_back(to_lower(scope));
  return std::any_of(facts.grants.begin(), facts.grants.end(), [&](const HeldGrant& held) {
    const auto& scopes = held.grant->scopes;
    return std::any_of(scopes.begin(), scopes.end(), [&](const std::string& scope) {
      return std::find(folded.begin(), folded.end(), to_lower(scope)) != folded.end();
    });
  });
}

bool seen_within(const Case& subject, const std::optional<Duration>& window, Caps& caps) {
  if (!window) return true;
  const auto since = first_seen(subject);
  if (since) return subject.context.now - *since <= *window;
  caps.unread("since when the application is here is not known");
  return true;
}

bool publisher_fits(const Case& subject, bool must_be_unverified, Caps& caps) {
  if (!must_be_unverified) return true;
  const auto* app = subject.facts.app;
  if (app != nullptr && app->verified_publisher) return !app->verified_publisher->id;
  caps.unread("whether its publisher is verified is not known");
  return true;
}

bool is_named(const Case& subject, const std::vector<domain::AppId>& ids) {
  if (ids.empty()) return true;
  return subject.facts.app != nullptr &&
         std::find(ids.begin(), ids.end(), subject.facts.app->app_id) != ids.end();
}

// Guard G4, however the rule is written: what a weak entry says never reaches a tenant without a
// person's yes. A rule that rests on the entry itself (D01) can only report: see rest_on.
void cap_by_entry(const Case& subject, Caps& caps) {
  if (subject.entry == nullptr || !policy::is_weak(*subject.entry)) return;
  caps.at_most(Mode::approve, "its catalog entry is of low confidence or contradicted");
}

// Who says that it is theirs is to be heard by a person before anything is sent.
void cap_by_answers(const domain::Finding& finding, Caps& caps) {
  for (const domain::UserAnswer& answer : finding.answers) {
    if (!answer.last || answer.says != domain::Says::mine) continue;
    caps.at_most(Mode::approve, "review: the user says it is theirs");
  }
}

void cap_by_owner(const Case& subject, Caps& caps) {
  switch (subject.ownership) {
    case domain::Ownership::third_party:
      return;
    case domain::Ownership::own_tenant:
      return caps.at_most(Mode::report, "it is an application of this tenant");
    case domain::Ownership::microsoft:
      return caps.at_most(Mode::report, "it is Microsoft's");
    case domain::Ownership::unknown:
      return caps.at_most(Mode::report, "whose application it is, is not known");
  }
}

std::optional<Choice> match(const policy::Rule& rule, const Case& subject,
                            const domain::Finding& finding, Mode ceiling) {
  if (rule.mode == Mode::off || finding.verdict < rule.verdict) return std::nullopt;
  Caps caps;
  caps.at_most(ceiling, fmt::format("this installation's ceiling is {}", domain::name_of(ceiling)));
  cap_by_owner(subject, caps);
  cap_by_entry(subject, caps);
  cap_by_answers(finding, caps);
  if (!subject.facts.in_inventory) {
    caps.unread("only the logs know it: its service principal was not read");
  } else if (subject.facts.grants_from_log) {
    caps.unread("only the log knows some of its grants: collect the inventory again, then plan");
  }
  const policy::Match& wanted = rule.match;
  const bool holds = is_named(subject, wanted.app_ids) &&
                     has_scope(subject.facts, wanted.scopes_any) &&
                     any_of_them(subject, finding, wanted.signals_any, caps) &&
                     all_of_them(subject, finding, wanted.signals_all, caps) &&
                     publisher_fits(subject, wanted.unverified_publisher, caps) &&
                     seen_within(subject, wanted.first_seen_within, caps);
  if (!holds) return std::nullopt;
  auto [mode, reason] = caps.apply(rule.mode);
  Choice choice{.rule = &rule, .mode = mode, .reason = std::move(reason)};
  choice.mode_if_read = caps.if_read(rule.mode);
  if (mode < Mode::approve && choice.mode_if_read >= Mode::approve) choice.needs = caps.unread();
  return choice;
}

}  // namespace

std::optional<Choice> choose_rule(const Case& subject, const domain::Finding& finding,
                                  Mode ceiling) {
  std::optional<Choice> best;
  for (const policy::Rule& rule : subject.context.policy.rules) {
    auto choice = match(rule, subject, finding, ceiling);
    if (!choice) continue;
    // Rules are sorted by id: a later one must be better, not just as good.
    const bool better =
        !best || std::tie(choice->mode, rule.mode) > std::tie(best->mode, best->rule->mode);
    if (better) best = std::move(choice);
  }
  return best;
}

}  // namespace clawback::detect
