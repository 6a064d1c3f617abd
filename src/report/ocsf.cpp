#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <set>

#include "base/digest.hpp"
#include "policy/policy.hpp"
#include "report/export_parts.hpp"
#include "report/ocsf_parts.hpp"
#include "report/words.hpp"

// Detection Finding (2004) for each finding.
namespace clawback::report {
namespace {

Caption severity_of(domain::Verdict verdict) {
  switch (verdict) {
    case domain::Verdict::alert:
      return {.id = 4, .caption = "High"};
    case domain::Verdict::watch:
      return {.id = 3, .caption = "Medium"};
    case domain::Verdict::info:
      return {.id = 1, .caption = "Informational"};
  }
  return {.id = 0, .caption = "Unknown"};
}

// What a pass before this one knew of the case, if there is a state database.
Caption activity_of(domain::CaseState state) {
  const bool known = state == domain::CaseState::unchanged || state == domain::CaseState::changed;
  return known ? Caption{.id = 2, .caption = "Update"} : Caption{.id = 1, .caption = "Create"};
}

Caption status_of(const domain::Finding& finding) {
  if (finding.exception) return {.id = 3, .caption = "Suppressed"};
  return {.id = 1, .caption = "New"};
}

// An ATT&CK technique, or its sub-technique when the id has a dot.
json::array attacks_json(const domain::Finding& finding) {
  std::set<std::string> told;
  json::array out;
  for (const std::string& id : signal_ids(finding, domain::SignalState::hit)) {
    const policy::SignalInfo* info = policy::find_signal(id);
    if (info == nullptr || !told.insert(std::string(info->technique)).second) continue;
    const json::object named{{"uid", info->technique},
                             {"name", policy::technique_name(info->technique)}};
    const auto dot = info->technique.find('.');
    if (dot == std::string_view::npos) {
      out.push_back(json::object{{"technique", named}});
    } else {
      out.push_back(
          json::object{{"technique", json::object{{"uid", info->technique.substr(0, dot)}}},
                       {"sub_technique", named}});
    }
  }
  return out;
}

json::object finding_info(const Scan& scan, const domain::Finding& finding) {
  json::object out;
  out["uid"] = name_shown(finding.key);
  out["title"] = name_shown(fmt::format("Third-party mail access: {}", finding.app.display_name));
  std::string what;
  for (const domain::SignalResult& signal : finding.signals) {
    if (signal.state != domain::SignalState::hit) continue;
    what += fmt::format("{}{}: {}", what.empty() ? "" : "; ", signal.id, name_shown(signal.reason));
  }
  if (!what.empty()) out["desc"] = sentence(what);
  if (const auto first = first_given(finding)) out["first_seen_time"] = milliseconds(*first);
  out["last_seen_time"] = milliseconds(scan.observed);
  if (finding.case_since) out["created_time"] = milliseconds(*finding.case_since);
  out["types"] = json::array{"OAuth consent grant"};
  out["analytic"] = json::object{{"type_id", 1},
                                 {"type", "Rule"},
                                 {"uid", name_shown(finding.rule.value_or("clawback.no-rule"))}};
  json::array related;
  for (const std::string& id : signal_ids(finding, domain::SignalState::hit)) {
    json::object signal{{"type_id", 1}, {"type", "Rule"}, {"uid", name_shown(id)}};
    if (const policy::SignalInfo* info = policy::find_signal(id)) signal["name"] = info->name;
    related.push_back(std::move(signal));
  }
  out["related_analytics"] = std::move(related);
  out["attacks"] = attacks_json(finding);
  return out;
}

json::array resources_json(const domain::Finding& finding, const domain::Coverage& coverage) {
  const Affected reach = affected(finding, coverage);
  json::object data{
      {"app_id", name_shown(finding.app.app_id.str())},
      {"code_points", code_points_note(finding.app.display_name)},
      {"owner", owner_words(finding)},
      {"publisher", name_shown(publisher_words(finding))},
      {"sign_in", name_shown(enabled_words(finding))},
      {"scopes", names_joined(scope_names(finding))},
      {"app_roles", names_joined(role_names(finding))},
      {"reply_urls", finding.app.reply_urls ? names_joined(*finding.app.reply_urls) : ""}};
  if (reach.everyone || reach.whole) data["everyone"] = reach.everyone;
  if (reach.known()) data["users"] = reach.users;
  return {json::object{{"uid", name_shown(finding.app.id.str())},
                       {"uid_alt", name_shown(finding.app.app_id.str())},
                       {"name", name_shown(finding.app.display_name)},
                       {"type", "Entra service principal"},
                       {"data", std::move(data)}}};
}

// One for each user who granted something, with what is known of when and from where.
json::array evidences_json(const domain::Finding& finding) {
  constexpr std::size_t most = 100;
  json::array out;
  for (const domain::GrantHistory& history : finding.history) {
    if (out.size() == most) break;
    json::object data{{"given", history_when(history)},
                      {"by", name_shown(history.by.value_or(""))},
                      {"from", name_shown(history.from.value_or(""))},
                      {"scopes", names_joined(history.scopes)},
                      {"records", names_joined(history.records)},
                      {"not_known", name_shown(history.unknown)}};
    json::object evidence{
        {"name", "consent"}, {"uid", name_shown(history.id.str())}, {"data", std::move(data)}};
    if (history.principal) {
      evidence["user"] = json::object{{"uid", name_shown(history.principal->str())},
                                      {"name", name_shown(history_subject(finding, history))}};
    }
    out.push_back(std::move(evidence));
  }
  return out;
}

json::array observables_json(const domain::Finding& finding) {
  constexpr std::size_t most = 100;
  json::array out;
  const auto add = [&](std::string_view name, const Caption& type, std::string_view value) {
    if (out.size() < most && !value.empty()) out.push_back(observable(name, type, value));
  };
  add("resources[].uid_alt", {.id = 10, .caption = "Resource UID"}, finding.app.app_id.str());
  for (const domain::User& user : finding.users) {
    add("evidences[].user.name", {.id = 4, .caption = "User Name"}, user_words(user));
  }
  if (finding.app.reply_urls) {
    for (const std::string& url : *finding.app.reply_urls) {
      add("resources[].data.reply_urls", {.id = 6, .caption = "URL String"}, url);
    }
  }
  return out;
}

std::string event_of(const Scan& scan, const domain::Finding& finding) {
  json::object out = ocsf_event({.uid = 2004, .name = "Detection Finding"},
                                activity_of(finding.state), severity_of(finding.verdict));
  out["time"] = milliseconds(scan.observed);
  out["message"] = sentence(fmt::format("{}, score {}: {} reaches {}", name_of(finding.verdict),
                                        finding.score, name_shown(finding.app.display_name),
                                        words_reached(affected(finding, scan.coverage))));
  out["metadata"] = ocsf_metadata(
      scan.tenant,
      guid_of_name(ocsf_space, fmt::format("{} {}", finding.key, format_time(scan.observed))));
  const Caption status = status_of(finding);
  out["status_id"] = status.id;
  out["status"] = status.caption;
  if (finding.exception) out["status_detail"] = sentence(*finding.exception);
  out["is_alert"] = finding.verdict == domain::Verdict::alert && asks_for_attention(finding);
  out["risk_score"] = finding.score;
  out["finding_info"] = finding_info(scan, finding);
  out["resources"] = resources_json(finding, scan.coverage);
  if (json::array evidences = evidences_json(finding); !evidences.empty()) {
    out["evidences"] = std::move(evidences);
  }
  out["observables"] = observables_json(finding);
  json::array gaps;
  for (const std::string& gap : unseen(scan.coverage)) gaps.emplace_back(sentence(gap));
  out["unmapped"] = json::object{{"verdict", name_of(finding.verdict)},
                                 {"mode", name_of(finding.mode)},
                                 {"blast_radius", sentence(blast_words(finding.blast))},
                                 {"coverage_complete", scan.coverage.complete},
                                 {"not_seen", std::move(gaps)}};
  return json_line(out);
}

}  // namespace

std::string findings_ocsf(const Scan& scan) {
  std::string out;
  for (const domain::Finding& finding : scan.findings) out += event_of(scan, finding);
  return out;
}

}  // namespace clawback::report
