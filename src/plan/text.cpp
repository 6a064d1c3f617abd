#include "base/digest.hpp"
#include "plan/plan.hpp"

namespace clawback::plan {

std::string_view name_of(Reversible value) {
  switch (value) {
    case Reversible::exact:
      return "exact";
    case Reversible::recreate:
      return "recreate";
    case Reversible::no:
      return "no";
  }
  return "no";
}

namespace {

json::array strings(const std::vector<std::string>& values) {
  json::array out;
  for (const std::string& value : values) out.emplace_back(value);
  return out;
}

json::value request_json(const Request& request) {
  return json::object{{"method", request.method}, {"path", request.path}, {"body", request.body}};
}

json::value action_json(const Action& action) {
  json::object out;
  out["id"] = action.id;
  out["kind"] = domain::name_of(action.kind);
  out["depends"] = strings(action.depends);
  out["target"] = json::object{{"kind", action.target.kind},
                               {"id", action.target.id},
                               {"appId", action.target.app_id},
                               {"servicePrincipalId", action.target.service_principal_id},
                               {"displayName", action.target.display_name}};
  out["request"] = request_json(action.request);
  out["precondition"] = json::object{{"request", request_json(action.precondition.request)},
                                     {"hash", action.precondition.hash},
                                     {"before", action.precondition.before}};
  out["postcondition"] = json::object{{"after", action.postcondition.after}};
  out["reversible"] = name_of(action.reversible);
  out["inverse"] = action.inverse ? request_json(*action.inverse) : json::value();
  out["because"] = json::object{{"finding", action.because.finding},
                                {"rule", action.because.rule},
                                {"signals", strings(action.because.signals)}};
  out["effect"] = action.effect;
  out["residual"] = action.residual;
  if (!action.notes.empty()) out["notes"] = strings(action.notes);
  return out;
}

json::value coverage_json(const domain::Coverage& coverage) {
  json::array sources;
  for (const domain::Source& source : coverage.sources) {
    sources.push_back(
        json::object{{"name", source.name},
                     {"state", domain::name_of(source.state)},
                     {"records", static_cast<std::int64_t>(source.records)},
                     {"reason", source.reason ? json::value(*source.reason) : json::value()}});
  }
  json::object out{{"complete", coverage.complete}, {"sources", std::move(sources)}};
  if (coverage.logs_since) out["logsSince"] = format_time(*coverage.logs_since);
  return out;
}

json::value limits_json(const Plan& plan) {
  json::array breaches;
  for (const Breach& breach : plan.breaches) {
    breaches.push_back(json::object{
        {"limit", breach.limit}, {"allowed", breach.allowed}, {"planned", breach.planned}});
  }
  return json::object{
      {"evaluated", json::object{{"apps", plan.apps},
                                 {"users", plan.users},
                                 {"actions", static_cast<std::int64_t>(plan.actions.size())}}},
      {"breaches", std::move(breaches)}};
}

json::value cases_json(const std::vector<CaseReasons>& cases) {
  json::array out;
  for (const CaseReasons& one : cases) {
    json::array reasons;
    for (const Reason& reason : one.reasons) {
      reasons.push_back(json::object{
          {"signal", reason.signal}, {"text", reason.text}, {"records", strings(reason.records)}});
    }
    out.push_back(json::object{{"finding", one.finding},
                               {"rule", one.rule},
                               {"mode", domain::name_of(one.mode)},
                               {"why", one.why},
                               {"reasons", std::move(reasons)}});
  }
  return out;
}

json::value names_json(const std::map<std::string, std::string>& names) {
  json::object out;
  for (const auto& [id, name] : names) out[id] = name;
  return out;
}

json::object plan_json(const Plan& plan) {
  json::object out;
  out["schema"] = "clawback.plan/1";
  out["id"] = plan.id;
  out["tenant"] = plan.tenant;
  out["created"] = format_time(plan.created);
  out["expires"] = format_time(plan.expires);
  out["tool"] = plan.tool;
  out["policy"] = plan.policy;
  out["catalog"] = plan.catalog;
  out["identity"] = plan.identity;
  if (!plan.undo_of.empty()) out["undoOf"] = plan.undo_of;
  out["requestedBy"] = plan.requested_by;
  if (!plan.requested_from.empty()) out["requestedFrom"] = plan.requested_from;
  out["affected"] = strings(plan.affected);
  out["evidence"] = plan.evidence;
  out["inspectOnly"] = strings(plan.inspect_only);
  out["consentAfter"] = strings(plan.consent_after);
  out["remarks"] = strings(plan.remarks);
  out["cases"] = cases_json(plan.cases);
  out["names"] = names_json(plan.names);
  out["coverage"] = coverage_json(plan.coverage);
  out["limits"] = limits_json(plan);
  json::array refused;
  for (const Refusal& refusal : plan.refused) {
    refused.push_back(json::object{
        {"finding", refusal.finding}, {"target", refusal.target}, {"reason", refusal.reason}});
  }
  out["refused"] = std::move(refused);
  out["approval"] =
      json::object{{"quorum", plan.quorum}, {"expires", format_duration(plan.approval_expires)}};
  json::array actions;
  for (const Action& action : plan.actions) actions.push_back(action_json(action));
  out["actions"] = std::move(actions);
  return out;
}

}  // namespace

void seal(Plan& plan) { plan.digest = sha256_text(canonical_json(plan_json(plan))); }

std::string to_text(const Plan& plan) {
  json::object out = plan_json(plan);
  out["digest"] = plan.digest;
  return canonical_json(out);
}

}  // namespace clawback::plan
