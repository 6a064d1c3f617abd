#include "plan/consent_after.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/listed.hpp"
#include "base/safe_text.hpp"
#include "detect/consent.hpp"
#include "plan/kinds.hpp"

namespace clawback::plan {
namespace {

using detect::Could;
using detect::Permission;
using detect::Person;

constexpr std::size_t apps_max = 20;
constexpr std::size_t permissions_max = 60;
constexpr std::size_t shown_max = 4;

std::vector<Permission> wanted_by(const domain::Snapshot& snapshot,
                                  const domain::Finding& finding) {
  std::set<Permission> out;
  const auto resource = [&](const domain::ServicePrincipalId& id) {
    const auto* found = domain::find_service_principal(snapshot, id);
    return found != nullptr ? found->app_id : domain::AppId();
  };
  for (const domain::Grant& grant : finding.grants) {
    for (const std::string& scope : grant.scopes) {
      out.insert({.resource = resource(grant.resource), .value = scope, .id = {}});
    }
  }
  for (const domain::AppRoleAssignment& role : finding.app_roles) {
    out.insert({.resource = resource(role.resource),
                .value = role.value.value_or(role.role_id),
                .id = role.role_id,
                .application = true});
  }
  return {out.begin(), out.end()};
}

// The permissions that share an answer and its reason.
using Answers = std::map<std::pair<Could, std::string>, std::vector<std::string>>;

Answers ask(const detect::ConsentFacts& facts, const detect::ConsentTo& to, Person person,
            const std::vector<Permission>& wanted) {
  Answers out;
  for (std::size_t i = 0; i < wanted.size() && i < permissions_max; ++i) {
    const auto answer = detect::could_consent(facts, to, person, wanted[i]);
    out[{answer.could, answer.why}].push_back(printable(wanted[i].value, 60));
  }
  if (wanted.size() > permissions_max) {
    out[{Could::unknown, "too many to look at"}].push_back(
        fmt::format("{} more", wanted.size() - permissions_max));
  }
  return out;
}

std::string shown(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return listed(names, shown_max);
}

// "yes for Mail.Send (why); no for Mail.Read (why)": what is possible comes first.
std::string full_words(const Answers& answers) {
  std::string out;
  for (auto it = answers.rbegin(); it != answers.rend(); ++it) {
    const auto& [answer, names] = *it;
    if (!out.empty()) out += "; ";
    out += name_of(answer.first);
    if (answers.size() > 1) out += " for " + shown(names);
    out += " (" + answer.second + ")";
  }
  return out;
}

std::string short_words(const Answers& answers) {
  std::map<Could, std::size_t> numbers;
  std::size_t all = 0;
  for (const auto& [answer, names] : answers) {
    numbers[answer.first] += names.size();
    all += names.size();
  }
  std::string out;
  for (auto it = numbers.rbegin(); it != numbers.rend(); ++it) {
    if (!out.empty()) out += ", ";
    out += name_of(it->first);
    if (numbers.size() > 1) out += fmt::format(" for {} of {}", it->second, all);
  }
  return out;
}

detect::Assigned assigned_after(const detect::Assigned& before,
                                const std::vector<Action>& actions) {
  for (const Action& action : actions) {
    if (action.kind != domain::ActionKind::restrict_consent) continue;
    std::vector<std::string> out;
    const json::array* list =
        array_at(action.postcondition.after, "permissionGrantPoliciesAssigned");
    if (list == nullptr) return std::nullopt;
    for (const json::value& value : *list) {
      if (value.is_string()) out.emplace_back(value.get_string());
    }
    return out;
  }
  return before;
}

// The cases that this plan does something about: a change of the tenant itself is planned once, for
// the first of those that ask for it.
bool is_about(const std::vector<Action>& actions, const policy::Policy& policy,
              const domain::Finding& finding) {
  if (!finding.rule || finding.exception) return false;
  const auto rule = std::find_if(policy.rules.begin(), policy.rules.end(),
                                 [&](const auto& one) { return one.id == *finding.rule; });
  if (rule == policy.rules.end()) return false;
  return std::any_of(actions.begin(), actions.end(), [&](const Action& action) {
    if (action.because.finding == finding.key) return true;
    return action.because.rule == rule->id && action.target.app_id.empty() &&
           asks_for(*rule, action.kind) && finding.mode >= domain::Mode::approve;
  });
}

bool disables(const std::vector<Action>& actions, const domain::Finding& finding) {
  return std::any_of(actions.begin(), actions.end(), [&](const Action& action) {
    return action.kind == domain::ActionKind::disable_app &&
           action.target.id == finding.app.id.str();
  });
}

}  // namespace

std::vector<std::string> consent_after(const domain::Snapshot& snapshot,
                                       const detect::Judgement& judgement,
                                       const policy::Policy& policy,
                                       const std::vector<Action>& actions) {
  const auto before = detect::assigned_policies(snapshot);
  const auto after = assigned_after(before, actions);
  const auto& managed = policy.catalog.managed_consent;
  const detect::ConsentFacts now{snapshot, managed, before};
  const detect::ConsentFacts then{snapshot, managed, after};
  std::vector<std::string> lines;
  std::size_t apps = 0;
  for (const domain::Finding& finding : judgement.findings) {
    if (!is_about(actions, policy, finding)) continue;
    const auto wanted = wanted_by(snapshot, finding);
    if (wanted.empty()) continue;
    if (++apps > apps_max) continue;
    const std::string name = fmt::format("{} ({})", printable(finding.app.display_name, 60),
                                         printable(finding.app.app_id.str(), 60));
    const bool disabled = disables(actions, finding) || finding.app.account_enabled == false;
    const detect::ConsentTo as_it_is{.app = &finding.app, .enabled = {}};
    const detect::ConsentTo as_it_will_be{
        .app = &finding.app, .enabled = disabled ? std::optional<bool>(false) : std::nullopt};
    for (const Person person : {Person::user, Person::guest, Person::application_administrator,
                                Person::global_administrator}) {
      lines.push_back(fmt::format("{}, {}: now {}; afterwards {}", name, name_of(person),
                                  short_words(ask(now, as_it_is, person, wanted)),
                                  full_words(ask(then, as_it_will_be, person, wanted))));
    }
    if (!disabled) continue;
    const detect::ConsentTo enabled{.app = &finding.app, .enabled = true};
    lines.push_back(fmt::format("{}, if somebody enabled it again, {}: {}", name,
                                name_of(Person::user),
                                full_words(ask(then, enabled, Person::user, wanted))));
  }
  if (apps > apps_max) lines.push_back(fmt::format("and {} more applications", apps - apps_max));
  return lines;
}

}  // namespace clawback::plan
