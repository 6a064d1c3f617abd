#include <fmt/format.h>

#include <algorithm>

#include "base/digest.hpp"
#include "base/listed.hpp"
#include "base/safe_text.hpp"
#include "plan/kinds.hpp"
#include "plan/projection.hpp"
#include "plan/shape_parts.hpp"

// require-admin-consent and restore-admin-consent. Source: Microsoft Graph
// adminConsentRequestPolicy update: a PUT that replaces the whole policy; `version` is read-only.
namespace clawback::plan {
namespace {

constexpr std::string_view policy_path = "/v1.0/policies/adminConsentRequestPolicy";
constexpr std::string_view target_id = "adminConsentRequestPolicy";
constexpr std::size_t reviewers_max = 500;
constexpr std::size_t reviewers_shown = 20;
// How long a request waits where the workflow was never set up. Source: the default of Microsoft's
// admin center; 0 days would end a request as it begins.
constexpr std::int64_t default_days = 30;

// "/v1.0/users/X" and "/users/X" name the same reviewer.
std::string reviewed_by(const json::value& reviewer) {
  std::string query = string_at(reviewer, "query").value_or("");
  for (const std::string_view version : {"/v1.0/", "/beta/"}) {
    if (query.starts_with(version)) query.erase(0, version.size() - 1);
  }
  return to_lower(query);
}

json::array queries_of(const json::array& reviewers) {
  std::vector<std::string> queries;
  for (const json::value& reviewer : reviewers) queries.push_back(reviewed_by(reviewer));
  return sorted_once(std::move(queries));
}

// Who reviews already, and whom the policy names.
json::array wanted_reviewers(const json::value& before, const policy::Consent& wanted) {
  std::vector<std::string> queries;
  for (const json::value& query : *array_at(before, "reviewedBy")) {
    if (query.is_string()) queries.emplace_back(query.get_string());
  }
  for (const domain::UserId& id : wanted.reviewers)
    queries.push_back("/users/" + to_lower(id.str()));
  return sorted_once(std::move(queries));
}

std::string named(const json::array& queries) {
  std::vector<std::string> names;
  for (const json::value& query : queries) {
    if (query.is_string()) names.emplace_back(query.get_string());
  }
  return names.empty() ? "" : ": " + listed(names, reviewers_shown, 100);
}

// The members of a PUT, from a projection of them.
json::object body_of(const json::value& projection, json::array reviewers) {
  json::object out;
  for (const std::string_view key :
       {"isEnabled", "notifyReviewers", "remindersEnabled", "requestDurationInDays"}) {
    if (const json::value* found = member(projection, key)) out[key] = *found;
  }
  for (json::value& reviewer : reviewers) {
    // Some services print what they do not take: an empty queryRoot is left out.
    if (reviewer.is_object() && member(reviewer, "queryRoot") == nullptr) {
      reviewer.get_object().erase("queryRoot");
    }
  }
  out["reviewers"] = std::move(reviewers);
  return out;
}

Request put(json::value body) {
  return {.method = "PUT", .path = std::string(policy_path), .body = std::move(body)};
}

bool is_projection(const json::value& value) {
  const json::array* reviewers = array_at(value, "reviewers");
  return bool_at(value, "isEnabled") && reviewers != nullptr &&
         reviewers->size() <= reviewers_max && array_at(value, "reviewedBy") != nullptr;
}

void set_target(Action& action) {
  action.target.id = target_id;
  action.target.app_id.clear();
  action.target.service_principal_id.clear();
  action.precondition.request = get(std::string(policy_path));
  action.reversible = Reversible::exact;
}

// Those that are wanted and not there yet, as Graph takes them. nullopt: one is no user.
std::optional<json::array> added_reviewers(const json::value& before, const json::value& after) {
  json::array out;
  for (const json::value& query : *array_at(after, "reviewedBy")) {
    if (!query.is_string()) return std::nullopt;
    const json::array& there = *array_at(before, "reviewedBy");
    if (std::find(there.begin(), there.end(), query) != there.end()) continue;
    const std::string_view text = query.get_string();
    constexpr std::string_view users = "/users/";
    if (!text.starts_with(users) || !is_guid(text.substr(users.size()))) return std::nullopt;
    out.push_back(json::object{{"query", query}, {"queryType", "MicrosoftGraph"}});
  }
  return out;
}

}  // namespace

json::value project(const domain::AdminConsentRequestPolicy& policy) {
  json::object out;
  out["isEnabled"] = policy.is_enabled;
  if (policy.notify_reviewers) out["notifyReviewers"] = *policy.notify_reviewers;
  if (policy.reminders_enabled) out["remindersEnabled"] = *policy.reminders_enabled;
  if (policy.request_duration_in_days) {
    out["requestDurationInDays"] = *policy.request_duration_in_days;
  }
  json::array reviewers;
  for (const std::string& text : policy.reviewers) {
    auto reviewer = parse_json(text);
    reviewers.push_back(reviewer ? *std::move(reviewer) : json::value());
  }
  out["reviewedBy"] = queries_of(reviewers);
  out["reviewers"] = std::move(reviewers);
  return out;
}

Result<void> shape_require_admin_consent(Action& action) {
  const json::value& before = action.precondition.before;
  const json::value& after = action.postcondition.after;
  if (!is_projection(before)) return missing(action, "before");
  const json::array* wanted = array_at(after, "reviewedBy");
  if (wanted == nullptr || wanted->empty() || wanted->size() > reviewers_max) {
    return missing(action, "after");
  }
  const auto added = added_reviewers(before, after);
  if (!added) return missing(action, "after");
  json::array reviewers = *array_at(before, "reviewers");
  const json::array kept = queries_of(reviewers);
  reviewers.insert(reviewers.end(), added->begin(), added->end());
  const std::int64_t days = int_at(before, "requestDurationInDays").value_or(default_days);
  json::object now = before.as_object();
  now["isEnabled"] = true;
  now["requestDurationInDays"] = days > 0 ? days : default_days;
  now["reviewedBy"] = queries_of(reviewers);
  now.erase("reviewers");
  set_target(action);
  action.request = put(body_of(now, std::move(reviewers)));
  action.inverse = put(body_of(before, *array_at(before, "reviewers")));
  action.postcondition.after = std::move(now);
  action.effect = fmt::format(
      "Users who may not consent can ask an administrator instead. {} kept{}; {} added{}.",
      kept.size() == 1 ? "1 reviewer is" : fmt::format("{} reviewers are", kept.size()),
      named(kept), added->size(), named(queries_of(*added)));
  if (days <= 0) action.effect += fmt::format(" A request waits {} days.", default_days);
  action.residual =
      "Whoever reviews can let the application in again: reviewers have to know of this case.";
  return {};
}

Result<void> shape_restore_admin_consent(Action& action) {
  if (!is_projection(action.precondition.before)) return missing(action, "before");
  if (!is_projection(action.postcondition.after)) return missing(action, "after");
  const json::value& before = action.precondition.before;
  const json::value& after = action.postcondition.after;
  set_target(action);
  action.request = put(body_of(after, *array_at(after, "reviewers")));
  action.inverse = put(body_of(before, *array_at(before, "reviewers")));
  action.effect = "The workflow for admin consent requests is as it was before the run.";
  action.residual = "Requests that were decided meanwhile stay decided.";
  return {};
}

std::optional<std::string> not_asked_require_admin_consent(const Action& action,
                                                           const policy::Policy& policy) {
  if (!policy.consent.enable_admin_consent_requests) {
    return "the policy keeps how users ask for consent";
  }
  const json::array* reviewers = array_at(action.postcondition.after, "reviewedBy");
  const bool same = is_projection(action.precondition.before) && reviewers != nullptr &&
                    *reviewers == wanted_reviewers(action.precondition.before, policy.consent);
  if (same) return std::nullopt;
  return "the reviewers are not those of the policy ([consent] reviewers)";
}

std::vector<Action> plan_require_admin_consent(const Planning& planning) {
  const auto refuse = [&](std::string reason) {
    refuse_once(planning, std::string(target_id), std::move(reason));
    return std::vector<Action>();
  };
  const policy::Consent& wanted = planning.policy.consent;
  if (!wanted.enable_admin_consent_requests) return {};
  const auto& policy = planning.snapshot.admin_consent_request_policy;
  if (!policy ||
      !domain::was_read(planning.snapshot.coverage, domain::source::admin_consent_request_policy)) {
    return refuse("how users ask for consent is unknown: adminConsentRequestPolicy was not read");
  }
  if (!policy->others.empty()) {
    return refuse(
        fmt::format("it has a setting that this clawback does not know ({}), and "
                    "replacing the policy could lose it",
                    printable(policy->others.front(), 60)));
  }
  const json::value before = project(*policy);
  json::array reviewers = wanted_reviewers(before, wanted);
  if (reviewers.empty())
    return refuse("nobody would review the requests: name [consent] reviewers");
  if (policy->is_enabled && reviewers == *array_at(before, "reviewedBy")) return {};
  Action action{.kind = domain::ActionKind::require_admin_consent, .because = planning.because};
  action.target.id = target_id;
  action.target.display_name = "how users ask for consent";
  action.precondition.before = before;
  action.postcondition.after = json::object{{"reviewedBy", std::move(reviewers)}};
  std::vector<Action> out;
  out.push_back(std::move(action));
  return out;
}

}  // namespace clawback::plan
