#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <map>

#include "policy/policy.hpp"
#include "report/export_parts.hpp"
#include "report/words.hpp"

// SARIF 2.1.0. A finding is a result, of the policy rule that decides on it; the signals are a
// taxonomy of their own. What it is about is an application in a tenant and no file, so locations
// are logical ones.
namespace clawback::report {
namespace {

constexpr std::string_view schema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json";
constexpr std::string_view no_rule = "clawback.no-rule";

// A message's braces are placeholders (3.11.5) and [text](target) is a link (3.11.6), also in plain
// text: neither may come from outside.
json::object message(std::string_view text) {
  std::string out;
  for (const char c : sentence(text)) {
    if (c == '(' && out.ends_with(']')) out += ' ';
    if (c == '{' || c == '}') out += c;
    out += c;
  }
  return {{"text", out}};
}

std::string_view level_of(domain::Verdict verdict) {
  switch (verdict) {
    case domain::Verdict::alert:
      return "error";
    case domain::Verdict::watch:
      return "warning";
    case domain::Verdict::info:
      return "note";
  }
  return "none";
}

// Ids in the order of their first use, and where each stands.
class Index {
 public:
  std::size_t at(const std::string& id) {
    const auto [found, fresh] = places_.emplace(id, ids_.size());
    if (fresh) ids_.push_back(id);
    return found->second;
  }
  [[nodiscard]] const std::vector<std::string>& ids() const { return ids_; }

 private:
  std::map<std::string, std::size_t> places_;
  std::vector<std::string> ids_;
};

json::array rules_json(const Index& rules) {
  json::array out;
  for (const std::string& id : rules.ids()) {
    const std::string what = id == no_rule
                                 ? "No rule of the policy matches: the application is only listed"
                                 : fmt::format("Rule {} of the policy matches", id);
    out.push_back(json::object{{"id", name_shown(id)}, {"shortDescription", message(what)}});
  }
  return out;
}

json::array taxa_json(const Index& signals) {
  json::array out;
  for (const std::string& id : signals.ids()) {
    json::object taxon{{"id", name_shown(id)}};
    if (const policy::SignalInfo* info = policy::find_signal(id)) {
      taxon["name"] = info->name;
      taxon["shortDescription"] = message(info->looks_at);
      taxon["fullDescription"] = message(info->why);
    }
    out.push_back(std::move(taxon));
  }
  return out;
}

json::value location_json(const Scan& scan, const domain::Finding& finding) {
  const std::string full =
      fmt::format("{}/{}", name_shown(scan.tenant), name_shown(finding.app.id.str()));
  return json::object{
      {"logicalLocations", json::array{json::object{{"name", name_shown(finding.app.display_name)},
                                                    {"fullyQualifiedName", full},
                                                    {"kind", "servicePrincipal"}}}}};
}

std::string text_of(const domain::Finding& finding, const domain::Coverage& coverage) {
  std::string out = fmt::format("{}, score {}: {}", name_of(finding.verdict), finding.score,
                                name_shown(finding.app.display_name));
  const std::string note = code_points_note(finding.app.display_name);
  if (!note.empty()) out += fmt::format(" ({})", note);
  out +=
      fmt::format("; {}, {}; reaches {}", owner_words(finding),
                  name_shown(publisher_words(finding)), words_reached(affected(finding, coverage)));
  std::size_t shown = 0;
  for (const domain::SignalResult& signal : finding.signals) {
    if (signal.state != domain::SignalState::hit || shown++ == 3) continue;
    out += fmt::format(". {}: {}", signal.id, name_shown(signal.reason));
  }
  return out;
}

void add_baseline(json::object& result, domain::CaseState state) {
  if (state == domain::CaseState::fresh) result["baselineState"] = "new";
  if (state == domain::CaseState::unchanged) result["baselineState"] = "unchanged";
  if (state == domain::CaseState::changed) result["baselineState"] = "updated";
}

json::object result_json(const Scan& scan, const domain::Finding& finding, Index& rules,
                         Index& signals) {
  const std::string rule = finding.rule.value_or(std::string(no_rule));
  json::object out;
  out["ruleId"] = name_shown(rule);
  out["ruleIndex"] = rules.at(rule);
  out["level"] = level_of(finding.verdict);
  out["rank"] = std::clamp(finding.score, 0, 100);
  out["message"] = message(text_of(finding, scan.coverage));
  out["locations"] = json::array{location_json(scan, finding)};
  out["partialFingerprints"] = json::object{{"clawbackCase/v1", name_shown(finding.key)}};
  add_baseline(out, finding.state);
  json::array taxa;
  for (const std::string& id : signal_ids(finding, domain::SignalState::hit)) {
    taxa.push_back(json::object{{"id", name_shown(id)},
                                {"index", signals.at(id)},
                                {"toolComponent", json::object{{"index", 0}}}});
  }
  out["taxa"] = std::move(taxa);
  if (finding.exception) {
    out["suppressions"] =
        json::array{json::object{{"kind", "external"},
                                 {"status", "accepted"},
                                 {"justification", sentence(*finding.exception)}}};
  }
  out["properties"] = json::object{{"verdict", name_of(finding.verdict)},
                                   {"mode", name_of(finding.mode)},
                                   {"applicationId", name_shown(finding.app.app_id.str())},
                                   {"codePoints", code_points_note(finding.app.display_name)},
                                   {"scopes", names_joined(scope_names(finding))},
                                   {"appRoles", names_joined(role_names(finding))}};
  if (const auto first = first_given(finding)) {
    out["properties"].as_object()["firstGiven"] = format_time(*first);
  }
  return out;
}

json::value notification(std::string_view level, std::string_view text) {
  return json::object{{"descriptor", json::object{{"id", "coverage"}, {"index", 0}}},
                      {"level", level},
                      {"message", message(text)}};
}

json::value invocation_json(const Scan& scan) {
  json::array notes;
  if (!scan.coverage.complete) {
    std::string text = "Incomplete: the policy needs more than could be read";
    if (!scan.missing.empty()) text += ": " + names_joined(scan.missing);
    notes.push_back(notification("error", text));
  }
  for (const std::string& gap : unseen(scan.coverage)) {
    notes.push_back(notification("warning", gap));
  }
  return json::object{{"executionSuccessful", true},
                      {"endTimeUtc", format_time(scan.observed)},
                      {"toolExecutionNotifications", std::move(notes)}};
}

json::object driver_json(const Index& rules) {
  return {{"name", "clawback"},
          {"semanticVersion", CLAWBACK_VERSION},
          {"rules", rules_json(rules)},
          {"notifications",
           json::array{json::object{
               {"id", "coverage"},
               {"shortDescription", message("Something that could not be read in full")}}}},
          {"supportedTaxonomies",
           json::array{json::object{{"name", "clawback signals"}, {"index", 0}}}}};
}

}  // namespace

std::string findings_sarif(const Scan& scan) {
  Index rules;
  Index signals;
  json::array results;
  for (const domain::Finding& finding : scan.findings) {
    results.push_back(result_json(scan, finding, rules, signals));
  }
  json::object run;
  run["tool"] = json::object{{"driver", driver_json(rules)}};
  run["taxonomies"] = json::array{json::object{
      {"name", "clawback signals"}, {"version", CLAWBACK_VERSION}, {"taxa", taxa_json(signals)}}};
  run["automationDetails"] =
      json::object{{"id", fmt::format("clawback/{}/", name_shown(scan.tenant))}};
  run["invocations"] = json::array{invocation_json(scan)};
  run["results"] = std::move(results);
  run["properties"] = json::object{{"tenantName", name_shown(scan.tenant_name)},
                                   {"policy", name_shown(scan.policy)},
                                   {"catalog", name_shown(scan.catalog)}};
  const json::object log{
      {"$schema", schema}, {"version", "2.1.0"}, {"runs", json::array{std::move(run)}}};
  return json_text(log);
}

}  // namespace clawback::report
