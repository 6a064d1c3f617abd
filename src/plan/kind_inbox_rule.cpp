#include <fmt/format.h>

#include "base/safe_text.hpp"
#include "plan/kinds.hpp"
#include "plan/projection.hpp"
#include "plan/shape_parts.hpp"

// disable-inbox-rule and enable-inbox-rule. Source: Microsoft Graph messageRule get and update.
// Only rules that were read from the mailbox itself are planned, each by its id: a log says that a
// rule was made, not that it is there.
namespace clawback::plan {
namespace {

constexpr std::size_t recipients_shown = 5;

// "user/rule": ids of rules are unique within one mailbox only.
struct RuleId {
  std::string user;
  std::string rule;
};

std::optional<RuleId> rule_id(const Target& target) {
  const std::size_t slash = target.id.find('/');
  if (slash == std::string::npos || slash == 0 || slash + 1 == target.id.size()) {
    return std::nullopt;
  }
  RuleId out{.user = target.id.substr(0, slash), .rule = target.id.substr(slash + 1)};
  // No id of Exchange holds one, and no request of clawback does.
  if (out.rule.find_first_of("/\\%") != std::string::npos) return std::nullopt;
  return out;
}

std::string rule_path(const RuleId& id) {
  return user_path(id.user) + "/mailFolders/inbox/messageRules/" + percent_encode(id.rule);
}

json::value with_enabled(const json::value& rule, bool enabled) {
  json::value out = rule;
  out.as_object()["isEnabled"] = enabled;
  return out;
}

std::string what_it_does(const json::value& rule) {
  std::string out;
  if (bool_at(rule, "forwards") == true) {
    out = "forwards mail";
    const json::array* recipients = array_at(rule, "recipients");
    for (std::size_t i = 0; recipients != nullptr && i < recipients->size(); ++i) {
      if (i == recipients_shown) {
        out += fmt::format(" and {} more", recipients->size() - i);
        break;
      }
      const json::value& one = (*recipients)[i];
      out += (i == 0 ? " to " : ", ") +
             (one.is_string() ? printable(std::string_view(one.get_string()), 80) : "?");
    }
  }
  if (bool_at(rule, "hides") == true)
    out += (out.empty() ? "" : " and ") + std::string("hides mail");
  return out;
}

Result<void> switch_rule(Action& action, bool enable) {
  // A copy: what it is made from is what it fills.
  const json::value rule = enable ? action.postcondition.after : action.precondition.before;
  const auto id = rule_id(action.target);
  if (!id || !rule.is_object() || string_at(rule, "id") != id->rule ||
      (bool_at(rule, "forwards") != true && bool_at(rule, "hides") != true)) {
    return missing(action, enable ? "after" : "before");
  }
  const std::string path = rule_path(*id);
  action.precondition.request = get(path);
  action.precondition.before = with_enabled(rule, !enable);
  action.request = patch(path, json::object{{"isEnabled", enable}});
  action.postcondition.after = with_enabled(rule, enable);
  action.reversible = Reversible::exact;
  action.inverse = patch(path, json::object{{"isEnabled", !enable}});
  return {};
}

std::string named(const json::value& rule) {
  return fmt::format("The inbox rule \"{}\"",
                     printable(string_at(rule, "displayName").value_or(""), 80));
}

// Why a rule that forwards or hides is left alone, or nullopt.
std::optional<std::string> refusal(const domain::InboxRule& rule, const Target& target) {
  if (!rule_id(target)) return "its id is none that can be sent";
  if (rule.read_only) return "it is read-only: only an administrator of Exchange can change it";
  if (!rule.enabled) return "whether it is enabled is unknown";
  return std::nullopt;
}

}  // namespace

Result<void> shape_disable_inbox_rule(Action& action) {
  auto shaped = switch_rule(action, false);
  if (!shaped) return shaped;
  const json::value& rule = action.precondition.before;
  action.effect =
      fmt::format("{} of this user no longer runs. It {}.", named(rule), what_it_does(rule));
  action.residual =
      "What the rule forwarded, moved or deleted until now is not brought back, and whoever is "
      "signed in to the mailbox can switch it on again. Forwarding that is set on the mailbox "
      "itself is not an inbox rule.";
  return {};
}

Result<void> shape_enable_inbox_rule(Action& action) {
  auto shaped = switch_rule(action, true);
  if (!shaped) return shaped;
  const json::value& rule = action.postcondition.after;
  action.effect =
      fmt::format("{} of this user runs again. It {}.", named(rule), what_it_does(rule));
  action.residual = "Mail that came in the meantime is not handled by it.";
  return {};
}

std::vector<Action> plan_disable_inbox_rule(const Planning& planning) {
  std::vector<Action> out;
  refuse_unknown_users(planning, domain::ActionKind::disable_inbox_rule);
  const auto refuse = [&](std::string target, std::string reason) {
    planning.refused.push_back({.finding = planning.finding.key,
                                .target = std::move(target),
                                .reason = "disable-inbox-rule: " + std::move(reason)});
  };
  for (const domain::UserId& user : users_of(planning)) {
    const auto* inbox = domain::find_inbox_rules(planning.snapshot, user);
    if (inbox == nullptr) {
      const domain::User* known = domain::find_user(planning.snapshot, user);
      if (known != nullptr && known->type == "Guest") {
        refuse(user.str(),
               "a guest's mailbox is in the home tenant: its inbox rules can't be read here");
        continue;
      }
      refuse(user.str(),
             fmt::format("the inbox rules were not read{}",
                         why_not_read(planning.snapshot.coverage, domain::source::inbox_rules)));
      continue;
    }
    for (const domain::InboxRule& rule : inbox->rules) {
      if ((!rule.forwards && !rule.hides) || rule.enabled == false) continue;
      Action action{.kind = domain::ActionKind::disable_inbox_rule, .because = planning.because};
      action.target = app_target(planning.finding.app, user.str() + "/" + rule.id);
      action.target.display_name = rule.name.value_or("");
      if (const auto why = refusal(rule, action.target)) {
        refuse(printable(action.target.id, 160), *why);
        continue;
      }
      action.precondition.before = project(rule);
      out.push_back(std::move(action));
    }
  }
  return out;
}

}  // namespace clawback::plan
