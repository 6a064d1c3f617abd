#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/digest.hpp"
#include "report/export_parts.hpp"
#include "report/ocsf_parts.hpp"
#include "report/words.hpp"

// Remediation Activity (7001) for each action.
namespace clawback::report {

json::object ocsf_event(const OcsfClass& kind, const Caption& activity, const Caption& severity) {
  const bool finding = kind.uid == 2004;
  json::object out;
  out["class_uid"] = kind.uid;
  out["class_name"] = kind.name;
  out["category_uid"] = finding ? 2 : 7;
  out["category_name"] = finding ? "Findings" : "Remediation";
  out["activity_id"] = activity.id;
  out["activity_name"] = activity.caption;
  out["type_uid"] = kind.uid * 100 + activity.id;
  out["type_name"] = fmt::format("{}: {}", kind.name, activity.caption);
  out["severity_id"] = severity.id;
  out["severity"] = severity.caption;
  return out;
}

json::object ocsf_metadata(std::string_view tenant, std::string_view uid) {
  return {{"version", ocsf_version},
          {"product",
           json::object{
               {"name", "clawback"}, {"vendor_name", "clawback"}, {"version", CLAWBACK_VERSION}}},
          {"tenant_uid", name_shown(tenant)},
          {"uid", uid}};
}

json::object observable(std::string_view name, const Caption& type, std::string_view value) {
  return {
      {"name", name}, {"type_id", type.id}, {"type", type.caption}, {"value", name_shown(value)}};
}

namespace {

constexpr Caption isolate{.id = 1, .caption = "Isolate"};
constexpr Caption evict{.id = 2, .caption = "Evict"};
constexpr Caption restore{.id = 3, .caption = "Restore"};
constexpr Caption harden{.id = 4, .caption = "Harden"};

// The D3FEND tactic that a kind of action serves.
Caption activity_of(domain::ActionKind kind) {
  using domain::ActionKind;
  switch (kind) {
    case ActionKind::disable_app:
    case ActionKind::block_app:
    case ActionKind::confirm_block:
      return isolate;
    case ActionKind::restrict_consent:
    case ActionKind::require_admin_consent:
    case ActionKind::require_managed_client:
      return harden;
    case ActionKind::disable_user:
    case ActionKind::revoke_grant:
    case ActionKind::narrow_grant:
    case ActionKind::remove_app_role:
    case ActionKind::remove_assignment:
    case ActionKind::revoke_sessions:
    case ActionKind::disable_inbox_rule:
      return evict;
    case ActionKind::withdraw_managed_client:
    case ActionKind::restore_admin_consent:
    case ActionKind::restore_consent:
    case ActionKind::enable_inbox_rule:
    case ActionKind::restore_assignment:
    case ActionKind::restore_app_role:
    case ActionKind::restore_scopes:
    case ActionKind::restore_grant:
    case ActionKind::enable_user:
    case ActionKind::enable_app:
      return restore;
  }
  return restore;
}

// Only where D3FEND has the very technique; the tactic is told for all.
std::optional<json::object> technique_of(domain::ActionKind kind) {
  using domain::ActionKind;
  if (kind == ActionKind::disable_user) {
    return json::object{{"uid", "D3-AL"}, {"name", "Account Locking"}};
  }
  if (kind == ActionKind::revoke_sessions) {
    return json::object{{"uid", "D3-ANCI"}, {"name", "Authentication Cache Invalidation"}};
  }
  return std::nullopt;
}

Caption status_of(const ActionRow& row) {
  if (row.state == nullptr) return {.id = 99, .caption = "planned"};
  switch (row.state->phase) {
    case journal::Phase::done:
    case journal::Phase::satisfied:
      return {.id = 1, .caption = "Success"};
    case journal::Phase::failed:
      return {.id = 2, .caption = "Failure"};
    case journal::Phase::waiting:
    case journal::Phase::intended:
    case journal::Phase::acknowledged:
    case journal::Phase::skipped:
    case journal::Phase::unverified:
      return {.id = 99, .caption = phase_words(row)};
  }
  return {.id = 0, .caption = "Unknown"};
}

std::string detail_of(const ActionRow& row) {
  if (row.state == nullptr) return "Only planned: nothing was sent.";
  if (row.state->phase == journal::Phase::satisfied) {
    return "It held already: nothing was sent.";
  }
  return row.state->detail;
}

json::object unmapped_json(const plan::Plan& plan, std::string_view run, const ActionRow& row) {
  const plan::Action& action = *row.action;
  json::object out{{"kind", domain::name_of(action.kind)},
                   {"phase", phase_words(row)},
                   {"plan_id", name_shown(plan.id)},
                   {"plan_digest", name_shown(plan.digest)},
                   {"run_id", name_shown(run)},
                   {"case", name_shown(action.because.finding)},
                   {"rule", name_shown(action.because.rule)},
                   {"target_kind", name_shown(action.target.kind)},
                   {"target_uid", name_shown(action.target.id)},
                   {"target_name", name_shown(action.target.display_name)},
                   {"code_points", code_points_note(action.target.display_name)},
                   {"app_id", name_shown(action.target.app_id)},
                   {"request", sentence(request_words(action.request))},
                   {"request_body", sentence(body_words(action.request))},
                   {"reversible", plan::name_of(action.reversible)}};
  if (row.state != nullptr) out["request_id"] = name_shown(row.state->request_id);
  return out;
}

std::string event_of(const plan::Plan& plan, std::string_view run, const ActionRow& row) {
  const plan::Action& action = *row.action;
  const Caption activity = activity_of(action.kind);
  const bool failed = row.state != nullptr && row.state->phase == journal::Phase::failed;
  const Caption severity =
      failed ? Caption{.id = 3, .caption = "Medium"} : Caption{.id = 1, .caption = "Informational"};
  json::object out = ocsf_event({.uid = 7001, .name = "Remediation Activity"}, activity, severity);
  const bool happened = row.state != nullptr && row.state->at != Time{};
  out["time"] = milliseconds(happened ? row.state->at : plan.created);
  out["message"] = sentence(action.effect);
  const std::string uid = fmt::format("{}/{}", run.empty() ? plan.id : run, action.id);
  out["metadata"] = ocsf_metadata(
      plan.tenant, guid_of_name(ocsf_space, fmt::format("{} {}", uid, phase_words(row))));
  out["metadata"].as_object()["correlation_uid"] = name_shown(action.because.finding);
  out["command_uid"] = name_shown(uid);
  const Caption status = status_of(row);
  out["status_id"] = status.id;
  out["status"] = status.caption;
  if (row.state != nullptr && row.state->status != 0) {
    out["status_code"] = fmt::format("{}", row.state->status);
  }
  if (const std::string detail = detail_of(row); !detail.empty()) {
    out["status_detail"] = sentence(detail);
  }
  json::object countermeasure{{"d3f_tactic", json::object{{"name", activity.caption}}}};
  if (const auto technique = technique_of(action.kind)) {
    countermeasure["d3f_technique"] = *technique;
  }
  out["countermeasures"] = json::array{std::move(countermeasure)};
  out["remediation"] =
      json::object{{"desc", sentence(fmt::format("{} Undo: {}. What stays: {}", action.effect,
                                                 undo_words(action), action.residual))}};
  json::array observables;
  if (!action.target.id.empty()) {
    observables.push_back(
        observable("unmapped.target_uid", {.id = 10, .caption = "Resource UID"}, action.target.id));
  }
  out["observables"] = std::move(observables);
  out["unmapped"] = unmapped_json(plan, run, row);
  return json_line(out);
}

std::string events(const plan::Plan& plan, std::string_view run,
                   const std::vector<ActionRow>& rows) {
  std::string out;
  for (const ActionRow& row : rows) out += event_of(plan, run, row);
  return out;
}

}  // namespace

std::string actions_ocsf(const plan::Plan& plan) { return events(plan, {}, rows_of(plan)); }
std::string actions_ocsf(const RunView& run) { return events(run.plan, run.id, rows_of(run)); }

}  // namespace clawback::report
