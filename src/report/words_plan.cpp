#include <fmt/format.h>

#include <algorithm>

#include "plan/count.hpp"
#include "report/words.hpp"

// What is said about a plan.
namespace clawback::report {
namespace {

// Grants for all users and app roles, which reach everyone without naming anyone.
std::size_t tenant_wide(const plan::Plan& plan) {
  return static_cast<std::size_t>(
      std::count_if(plan.actions.begin(), plan.actions.end(), [](const plan::Action& action) {
        if (action.target.kind == "appRoleAssignment") return true;
        const json::value& before = action.precondition.before;
        const json::value& grant = before.is_null() ? action.postcondition.after : before;
        return string_at(grant, "consentType") == "AllPrincipals";
      }));
}

}  // namespace

std::string summary_words(const plan::Plan& plan) {
  if (plan.actions.empty()) return "Nothing to do: the plan is empty.";
  std::string out = fmt::format("{} on {} and {}", count_of(plan.actions.size(), "action"),
                                count_of(static_cast<std::size_t>(plan.apps), "application"),
                                count_of(static_cast<std::size_t>(plan.users), "user"));
  // No limit on users sees these: nobody knows how many they are.
  const std::size_t wide = tenant_wide(plan);
  if (wide > 0)
    out += fmt::format(" by name, and for everyone through {}",
                       count_of(wide, "tenant-wide permission"));
  return out + ".";
}

std::string user_words(const plan::Plan& plan, const std::string& id) {
  const auto name = plan.names.find(id);
  return name != plan.names.end() ? fmt::format("{} ({})", name->second, id) : id;
}

std::vector<std::string> affected_words(const plan::Plan& plan) {
  const std::size_t shown = std::min(plan.affected.size(), affected_shown);
  std::vector<std::string> out;
  for (std::size_t i = 0; i < shown; ++i) out.push_back(user_words(plan, plan.affected[i]));
  if (plan.affected.size() > shown) {
    out.push_back(fmt::format("and {} more", plan.affected.size() - shown));
  }
  return out;
}

std::string case_app_words(const plan::Plan& plan, const plan::CaseReasons& reasons) {
  std::string id;
  for (const plan::Action& action : plan.actions) {
    const plan::Target& target = action.target;
    if (action.because.finding != reasons.finding || target.app_id.empty()) continue;
    id = target.app_id;
    const bool named = target.kind == "servicePrincipal" || target.kind == "application" ||
                       target.kind == "oauth2PermissionGrant";
    if (named && !target.display_name.empty()) {
      return fmt::format("{} ({})", target.display_name, id);
    }
  }
  return id;
}

std::string whom_words(const plan::Plan& plan, const plan::Action& action) {
  std::string id = plan::owner_of(action.target);
  for (const json::value* object : {&action.precondition.before, &action.postcondition.after}) {
    if (id.empty() && action.target.kind != "appRoleAssignment") {
      id = string_at(*object, "principalId").value_or("");
    }
  }
  return user_words(plan, id);
}

std::string reason_words(const plan::Reason& reason) {
  std::string out = fmt::format("{}: {}", reason.signal, reason.text);
  for (std::size_t i = 0; i < reason.records.size(); ++i) {
    out += (i == 0 ? " [" : ", ") + reason.records[i];
  }
  return reason.records.empty() ? out : out + "]";
}

std::string left_alone_words(const plan::Plan& plan, const plan::Refusal& refusal) {
  std::string of_case;
  for (const plan::Action& action : plan.actions) {
    const plan::Target& target = action.target;
    if (target.display_name.empty()) continue;
    if (target.id == refusal.target) {
      return fmt::format("{} ({})", refusal.target, target.display_name);
    }
    if (target.kind == "servicePrincipal" && action.because.finding == refusal.finding) {
      of_case = fmt::format("{} (case of {})", refusal.target, target.display_name);
    }
  }
  return of_case.empty() ? refusal.target : of_case;
}

std::string approve_command(const plan::Plan& plan, std::string_view file) {
  if (plan.actions.empty() || !plan.breaches.empty() || !plan.inspect_only.empty()) return {};
  std::string quoted;
  const bool plain = !file.empty() && file != "-" &&
                     file.find_first_not_of(
                         "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                         "0123456789_-./") == std::string_view::npos;
  if (plain) {
    quoted = file;
  } else if (file.empty() || file == "-") {
    quoted = "PLAN.json";
  } else {
    quoted = "'";
    for (const char c : file) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    quoted += "'";
  }
  return fmt::format("clawback approve {} --key YOUR.key --as \"YOUR NAME\" --reason \"WHY\"",
                     quoted);
}

}  // namespace clawback::report
