#include "report/export_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/safe_text.hpp"
#include "report/words.hpp"

namespace clawback::report {

std::string sentence(std::string_view text) { return printable(text, export_text_max); }
std::string name_shown(std::string_view text) { return printable(text, export_name_max); }

std::string names_joined(const std::vector<std::string>& names, std::size_t most) {
  std::string out;
  for (std::size_t i = 0; i < std::min(names.size(), most); ++i) {
    out += (i == 0 ? "" : "; ") + name_shown(names[i]);
  }
  if (names.size() > most) out += fmt::format("; and {} more", names.size() - most);
  return out;
}

std::vector<std::string> user_names(const domain::Finding& finding) {
  std::vector<std::string> out;
  for (const domain::User& user : finding.users) out.push_back(user_words(user));
  return out;
}

std::vector<std::string> scope_names(const domain::Finding& finding) {
  std::set<std::string> out;
  for (const domain::Grant& grant : finding.grants) {
    out.insert(grant.scopes.begin(), grant.scopes.end());
  }
  return {out.begin(), out.end()};
}

std::vector<std::string> role_names(const domain::Finding& finding) {
  std::set<std::string> out;
  for (const domain::AppRoleAssignment& role : finding.app_roles) {
    out.insert(role.value.value_or(role.role_id));
  }
  return {out.begin(), out.end()};
}

std::vector<std::string> signal_ids(const domain::Finding& finding, domain::SignalState state) {
  std::vector<std::string> out;
  for (const domain::SignalResult& signal : finding.signals) {
    if (signal.state == state) out.push_back(signal.id);
  }
  return out;
}

bool asks_for_attention(const domain::Finding& finding) {
  return finding.verdict != domain::Verdict::info && !finding.exception;
}

std::optional<Time> first_given(const domain::Finding& finding) {
  std::optional<Time> first;
  const auto seen = [&](const std::optional<Time>& time) {
    if (time && (!first || *time < *first)) first = time;
  };
  for (const domain::GrantHistory& history : finding.history) seen(history.first_seen);
  for (const domain::AppRoleAssignment& role : finding.app_roles) seen(role.created);
  return first;
}

Time first_observed(const Scan& scan, const domain::Finding& finding) {
  const Time known = first_given(finding).value_or(finding.case_since.value_or(scan.observed));
  return std::min(known, scan.observed);
}

std::vector<ActionRow> rows_of(const plan::Plan& plan) {
  std::vector<ActionRow> out;
  for (const plan::Action& action : plan.actions) out.push_back({.action = &action});
  return out;
}

std::vector<ActionRow> rows_of(const RunView& run) {
  static const journal::ActionState untouched;
  std::vector<ActionRow> out;
  for (const plan::Action& action : run.plan.actions) {
    const auto found = run.state.actions.find(action.id);
    const bool known = found != run.state.actions.end();
    out.push_back({.action = &action, .state = known ? &found->second : &untouched});
  }
  return out;
}

std::string_view phase_words(const ActionRow& row) {
  if (row.state == nullptr) return "planned";
  return row.state->drifted ? "drifted" : journal::name_of(row.state->phase);
}

std::int64_t milliseconds(Time time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

}  // namespace clawback::report
