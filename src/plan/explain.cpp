#include "plan/explain.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/safe_text.hpp"
#include "plan/kinds.hpp"

namespace clawback::plan {
namespace {

constexpr std::size_t text_max = 300;
constexpr std::size_t id_max = 160;
constexpr std::size_t records_max = 5;
constexpr std::size_t claims_max = 50;

}  // namespace

CaseReasons reasons_of(const domain::Finding& finding, const policy::Rule& rule) {
  CaseReasons out{.finding = finding.key,
                  .rule = rule.id,
                  .mode = finding.mode,
                  .why = printable(rule.why, text_max),
                  .reasons = {}};
  for (const domain::SignalResult& signal : finding.signals) {
    if (signal.state != domain::SignalState::hit) continue;
    Reason reason{.signal = signal.id, .text = printable(signal.reason, text_max), .records = {}};
    const std::size_t shown = std::min(signal.evidence.size(), records_max);
    for (std::size_t i = 0; i < shown; ++i) {
      reason.records.push_back(printable(signal.evidence[i], id_max));
    }
    if (signal.evidence.size() > shown) {
      reason.records.push_back(fmt::format("and {} more", signal.evidence.size() - shown));
    }
    out.reasons.push_back(std::move(reason));
  }
  return out;
}

std::vector<std::string> claims_of(const detect::Judgement& judgement,
                                   const std::vector<CaseReasons>& cases) {
  std::vector<std::string> out;
  for (const domain::Finding& finding : judgement.findings) {
    const bool planned = std::any_of(cases.begin(), cases.end(), [&](const CaseReasons& one) {
      return one.finding == finding.key;
    });
    if (!planned) continue;
    for (const domain::UserAnswer& answer : finding.answers) {
      if (!answer.last || answer.says != domain::Says::mine) continue;
      if (out.size() == claims_max) return out;
      const std::string& who =
          answer.user_principal_name.empty() ? answer.user.str() : answer.user_principal_name;
      out.push_back(fmt::format("review {}: {} says that it is theirs (recorded by {} on {})",
                                printable(finding.app.display_name, id_max), printable(who, id_max),
                                printable(answer.by, id_max), format_time(answer.time)));
    }
  }
  return out;
}

void set_affected(Plan& plan, const std::set<std::string>& users,
                  const domain::Snapshot& snapshot) {
  plan.affected.assign(users.begin(), users.end());
  for (const domain::User& user : snapshot.users) {
    if (!users.contains(user.id.str())) continue;
    if (user.user_principal_name) {
      plan.names.emplace(user.id.str(), printable(*user.user_principal_name, id_max));
    }
  }
}

std::string needs_words(const domain::Finding& finding) {
  std::string out =
      fmt::format("rule {} needs what could not be read: ", finding.rule.value_or(""));
  for (std::size_t i = 0; i < finding.needs.size(); ++i) {
    if (i != 0) out += "; ";
    out += printable(finding.needs[i], text_max);
  }
  return out;
}

std::string kinds_words(const std::vector<Action>& actions) {
  std::string out;
  for (const KindInfo& kind : kinds()) {
    const auto number = std::count_if(actions.begin(), actions.end(),
                                      [&](const Action& one) { return one.kind == kind.kind; });
    if (number == 0) continue;
    if (!out.empty()) out += ", ";
    out += fmt::format("{} {}", number, domain::name_of(kind.kind));
  }
  return out.empty() ? "nothing" : out;
}

}  // namespace clawback::plan
