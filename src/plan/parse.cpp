#include <fmt/format.h>

#include <algorithm>

#include "base/safe_text.hpp"
#include "plan/parse_reader.hpp"
#include "plan/plan.hpp"
#include "plan/projection.hpp"
#include "plan/shape.hpp"

namespace clawback::plan {
namespace {

Request request_from(Reader& reader, const json::value& value, std::string_view where) {
  return {.method = reader.text(value, "method", where),
          .path = reader.text(value, "path", where),
          .body = reader.any(value, "body", where)};
}

Reversible reversible_from(Reader& reader, const std::string& text) {
  for (const Reversible value : {Reversible::exact, Reversible::recreate, Reversible::no}) {
    if (name_of(value) == text) return value;
  }
  reader.note(unusable("\"" + printable(text, 30) + "\" is no kind of reversible"));
  return Reversible::no;
}

Action action_from(Reader& reader, const json::value& value) {
  Action out;
  out.id = reader.text(value, "id", "action");
  const std::string where = "action " + printable(out.id, 20);
  const std::string kind = reader.text(value, "kind", where);
  const auto known = domain::action_kind_from(kind);
  if (!known)
    reader.note(unusable(fmt::format("{}: unknown kind \"{}\"", where, printable(kind, 40))));
  out.kind = known.value_or(domain::ActionKind::disable_app);
  out.depends = reader.texts(value, "depends", where);
  const json::value target = reader.any(value, "target", where);
  out.target = {.kind = reader.text(target, "kind", where),
                .id = reader.text(target, "id", where),
                .app_id = reader.text(target, "appId", where),
                .service_principal_id = reader.text(target, "servicePrincipalId", where),
                .display_name = reader.text(target, "displayName", where)};
  out.request = request_from(reader, reader.any(value, "request", where), where);
  const json::value before = reader.any(value, "precondition", where);
  out.precondition = {.request = request_from(reader, reader.any(before, "request", where), where),
                      .hash = reader.text(before, "hash", where),
                      .before = reader.any(before, "before", where)};
  out.postcondition.after = reader.any(reader.any(value, "postcondition", where), "after", where);
  out.reversible = reversible_from(reader, reader.text(value, "reversible", where));
  const json::value inverse = reader.any(value, "inverse", where);
  if (!inverse.is_null()) out.inverse = request_from(reader, inverse, where);
  const json::value because = reader.any(value, "because", where);
  out.because = {.finding = reader.text(because, "finding", where),
                 .rule = reader.text(because, "rule", where),
                 .signals = reader.texts(because, "signals", where)};
  out.effect = reader.text(value, "effect", where);
  out.residual = reader.text(value, "residual", where);
  if (member(value, "notes") != nullptr) out.notes = reader.texts(value, "notes", where);
  return out;
}

domain::Coverage coverage_from(Reader& reader, const json::value& value) {
  domain::Coverage out;
  const auto complete = require_bool(value, "complete", "coverage");
  if (!complete) reader.note(complete.error());
  out.complete = complete && *complete;
  if (const auto since = string_at(value, "logsSince")) {
    const auto time = parse_time(*since);
    if (time) out.logs_since = *time;
  }
  for (const json::value& item : reader.array(value, "sources", "coverage")) {
    domain::Source source{.name = reader.text(item, "name", "coverage")};
    const std::string state = reader.text(item, "state", "coverage");
    for (const auto known : {domain::SourceState::read, domain::SourceState::denied,
                             domain::SourceState::partial, domain::SourceState::absent}) {
      if (domain::name_of(known) == state) source.state = known;
    }
    source.records = static_cast<std::size_t>(reader.number(item, "records", "coverage"));
    source.reason = string_at(item, "reason");
    out.sources.push_back(std::move(source));
  }
  return out;
}

void limits_from(Reader& reader, const json::value& value, Plan& plan) {
  const json::value evaluated = reader.any(value, "evaluated", "limits");
  plan.apps = reader.number(evaluated, "apps", "limits");
  plan.users = reader.number(evaluated, "users", "limits");
  for (const json::value& item : reader.array(value, "breaches", "limits")) {
    plan.breaches.push_back({.limit = reader.text(item, "limit", "breach"),
                             .allowed = reader.number(item, "allowed", "breach"),
                             .planned = reader.number(item, "planned", "breach")});
  }
}

void approval_from(Reader& reader, const json::value& value, Plan& plan) {
  plan.quorum = reader.number(value, "quorum", "approval");
  const auto expires = parse_duration(reader.text(value, "expires", "approval"));
  if (expires) {
    plan.approval_expires = *expires;
  } else {
    reader.note(expires.error());
  }
}

std::vector<CaseReasons> cases_from(Reader& reader, const json::value& plan) {
  std::vector<CaseReasons> out;
  for (const json::value& item : reader.array(plan, "cases", "plan")) {
    const auto mode = domain::mode_from(reader.text(item, "mode", "case"));
    if (!mode) reader.note(unusable("a case has no known \"mode\""));
    CaseReasons one{.finding = reader.text(item, "finding", "case"),
                    .rule = reader.text(item, "rule", "case"),
                    .mode = mode.value_or(domain::Mode::approve),
                    .why = reader.text(item, "why", "case"),
                    .reasons = {}};
    for (const json::value& reason : reader.array(item, "reasons", "case")) {
      one.reasons.push_back({.signal = reader.text(reason, "signal", "reason"),
                             .text = reader.text(reason, "text", "reason"),
                             .records = reader.texts(reason, "records", "reason")});
    }
    out.push_back(std::move(one));
  }
  return out;
}

std::map<std::string, std::string> names_from(Reader& reader, const json::value& value) {
  std::map<std::string, std::string> out;
  const json::object* names = value.if_object();
  if (names == nullptr) {
    reader.note(unusable("\"names\" is not an object"));
    return out;
  }
  for (const json::key_value_pair& name : *names) {
    if (name.value().is_string()) {
      out.emplace(name.key(), name.value().get_string());
    } else {
      reader.note(unusable("\"names\" holds something that is not text"));
    }
  }
  return out;
}

Plan plan_from(Reader& reader, const json::value& value) {
  Plan plan;
  plan.id = reader.text(value, "id", "plan");
  plan.tenant = reader.text(value, "tenant", "plan");
  plan.created = reader.time(value, "created", "plan");
  plan.expires = reader.time(value, "expires", "plan");
  plan.tool = reader.text(value, "tool", "plan");
  plan.policy = reader.text(value, "policy", "plan");
  plan.catalog = reader.text(value, "catalog", "plan");
  plan.identity = reader.text(value, "identity", "plan");
  plan.undo_of = string_at(value, "undoOf").value_or("");
  plan.requested_by = reader.text(value, "requestedBy", "plan");
  plan.requested_from = string_at(value, "requestedFrom").value_or("");
  plan.affected = reader.texts(value, "affected", "plan");
  plan.evidence = reader.text(value, "evidence", "plan");
  plan.inspect_only = reader.texts(value, "inspectOnly", "plan");
  plan.consent_after = reader.texts(value, "consentAfter", "plan");
  plan.remarks = reader.texts(value, "remarks", "plan");
  plan.cases = cases_from(reader, value);
  plan.names = names_from(reader, reader.any(value, "names", "plan"));
  plan.coverage = coverage_from(reader, reader.any(value, "coverage", "plan"));
  limits_from(reader, reader.any(value, "limits", "plan"), plan);
  approval_from(reader, reader.any(value, "approval", "plan"), plan);
  for (const json::value& item : reader.array(value, "refused", "plan")) {
    plan.refused.push_back({.finding = reader.text(item, "finding", "refused"),
                            .target = reader.text(item, "target", "refused"),
                            .reason = reader.text(item, "reason", "refused")});
  }
  for (const json::value& item : reader.array(value, "actions", "plan")) {
    plan.actions.push_back(action_from(reader, item));
  }
  plan.digest = reader.text(value, "digest", "plan");
  return plan;
}

bool has_fraction(const json::value& value) {
  if (value.is_double()) return true;
  if (const json::array* items = value.if_array()) {
    return std::any_of(items->begin(), items->end(), has_fraction);
  }
  if (const json::object* fields = value.if_object()) {
    return std::any_of(fields->begin(), fields->end(), [](const json::key_value_pair& field) {
      return has_fraction(field.value());
    });
  }
  return false;
}

// Ids count up, dependencies point backwards, and every action is what its kind and target make of
// it.
Result<void> consistent(const Plan& plan) {
  for (std::size_t i = 0; i < plan.actions.size(); ++i) {
    const Action& action = plan.actions[i];
    if (action.id != "a" + std::to_string(i + 1))
      return unusable("its actions are not numbered in order");
    for (const std::string& depends : action.depends) {
      const auto end = plan.actions.begin() + static_cast<std::ptrdiff_t>(i);
      const bool earlier = std::any_of(plan.actions.begin(), end,
                                       [&](const Action& other) { return other.id == depends; });
      if (!earlier)
        return unusable(action.id + " depends on something that does not come before it");
    }
    Action again_made = action;
    const auto shaped = shape(again_made);
    if (!shaped) return shaped.error();
    if (!(again_made == action)) {
      return unusable(action.id + " does not send what its kind and target say");
    }
  }
  return {};
}

}  // namespace

Result<Plan> parse(std::string_view text) {
  auto value = parse_json(text);
  if (!value) return within("plan", value.error());
  if (string_at(*value, "schema") != "clawback.plan/1") {
    return unusable("it is not a clawback.plan/1 file");
  }
  if (has_fraction(*value)) return unusable("it holds a number that is not whole");
  Reader reader;
  Plan plan = plan_from(reader, *value);
  if (reader.first()) return *reader.first();
  Plan sealed = plan;
  seal(sealed);
  if (sealed.digest != plan.digest || to_text(plan) != canonical_json(*value)) {
    return unusable("its digest does not fit its content: it was changed after it was made");
  }
  const auto sound = consistent(plan);
  if (!sound) return sound.error();
  return plan;
}

}  // namespace clawback::plan
