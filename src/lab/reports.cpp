#include <array>

#include "base/digest.hpp"
#include "lab/json_text.hpp"
#include "lab/operations.hpp"
#include "lab/page.hpp"

namespace clawback::lab {
namespace {

constexpr std::array<Filterable, 16> audit_filters = {
    {{"id", "eq"},
     {"activityDisplayName", "eq startswith"},
     {"activityDateTime", "eq ge gt le lt"},
     {"loggedByService", "eq"},
     {"category", "eq"},
     {"correlationId", "eq"},
     {"result", "eq"},
     {"initiatedBy/user/id", "eq"},
     {"initiatedBy/user/displayName", "eq"},
     {"initiatedBy/user/userPrincipalName", "eq startswith"},
     {"initiatedBy/app/appId", "eq"},
     {"initiatedBy/app/displayName", "eq"},
     {"initiatedBy/app/servicePrincipalId", "eq"},
     {"targetResources/id", "eq"},
     {"targetResources/displayName", "eq startswith"},
     {"targetResources/type", "eq"}}};
constexpr std::array<Filterable, 16> beta_sign_in_filters = {
    {{"id", "eq"},
     {"createdDateTime", "eq ge gt le lt"},
     {"appId", "eq"},
     {"appDisplayName", "eq startswith"},
     {"userId", "eq"},
     {"userPrincipalName", "eq startswith"},
     {"userDisplayName", "eq startswith"},
     {"ipAddress", "eq startswith"},
     {"clientAppUsed", "eq"},
     {"correlationId", "eq"},
     {"conditionalAccessStatus", "eq"},
     {"resourceId", "eq"},
     {"status/errorCode", "eq"},
     {"location/countryOrRegion", "eq startswith"},
     {"signInEventTypes", "eq ne"},
     {"userAgent", "eq startswith"}}};
constexpr std::span<const Filterable> sign_in_filters = std::span(beta_sign_in_filters).first(14);
constexpr std::array<Filterable, 1> activity_filters = {{{"appId", "eq"}}};
constexpr PageRules audit_rules{.resource = "DirectoryAudit",
                                .filterable = audit_filters,
                                .sortable = "activityDateTime",
                                .top_max = 1000,
                                .top_default = 1000};
constexpr PageRules sign_in_rules{.resource = "SignIn",
                                  .filterable = sign_in_filters,
                                  .sortable = "createdDateTime",
                                  .top_max = 1000,
                                  .top_default = 1000};

constexpr PageRules beta_sign_in_rules{.resource = "SignIn",
                                       .filterable = beta_sign_in_filters,
                                       .sortable = "createdDateTime",
                                       .top_max = 1000,
                                       .top_default = 1000};
constexpr PageRules activity_rules{.resource = "ServicePrincipalSignInActivity",
                                   .filterable = activity_filters,
                                   .sortable = {},
                                   .top_max = 999};

Refusal not_premium() {
  return {.status = 403,
          .code = "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
          .message = "Neither tenant is B2C or tenant doesn't have premium license"};
}

std::string id_of(const json::value& record) { return string_at(record, "id").value_or(""); }

struct RecordItems {
  std::span<const std::string_view> select;
  static std::string key(const json::value& record) { return id_of(record); }
  static bool match(const Filter& filter, const json::value& record) {
    return matches(filter, JsonFields(record));
  }
  void render(std::string& out, const json::value& record) const {
    if (select.empty()) {
      append_json(out, record);
      return;
    }
    out.push_back('{');
    bool first = true;
    for (const std::string_view name : select) {
      const json::value* value = member(record, name);
      if (!first) out.push_back(',');
      first = false;
      append_quoted(out, name);
      out.push_back(':');
      append_json(out, value == nullptr ? json::value() : *value);
    }
    out.push_back('}');
  }
};

// Records are kept newest first; a page goes on after the record with the id in its token, so that
// new records in front shift nothing.
PageBody page_of_records(const PagePlan& plan, const std::vector<json::value>& records) {
  const RecordItems items{plan.select};
  PageBody page;
  bool skipping = !plan.after.empty();
  const std::size_t count = records.size();
  for (std::size_t i = 0; i < count; ++i) {
    const json::value& record = records[plan.ascending ? count - 1 - i : i];
    if (skipping) {
      skipping = id_of(record) != plan.after;
    } else if (!add_to_page(page, plan, items, record)) {
      break;
    }
  }
  return page;
}

}  // namespace

Reply list_audits(Backend& backend, const Call& call) {
  const auto plan = plan_page(backend, call, audit_rules);
  if (!plan) return error_answer(call, plan.error());
  return finish_page(backend, call, *plan, "auditLogs/directoryAudits",
                     page_of_records(*plan, backend.store.shown().tenant().directory_audits));
}

Reply get_audit(Backend& backend, const Call& call) {
  for (const json::value& record : backend.store.shown().tenant().directory_audits) {
    if (id_of(record) != call.arguments[0]) continue;
    std::string body = "{\"@odata.context\":";
    append_quoted(body, context_url(call, "auditLogs/directoryAudits/$entity"));
    std::string text;
    append_json(text, record);
    return json_answer(200, body + "," + text.substr(1));
  }
  return error_answer(call, not_found(call.arguments[0]).error());
}

Reply list_sign_ins(Backend& backend, const Call& call) {
  const Tenant& tenant = backend.store.shown().tenant();
  if (!tenant.premium) return error_answer(call, not_premium());
  const auto plan = plan_page(backend, call, sign_in_rules);
  if (!plan) return error_answer(call, plan.error());
  return finish_page(backend, call, *plan, "auditLogs/signIns",
                     page_of_records(*plan, tenant.sign_ins));
}

Reply list_sign_ins_beta(Backend& backend, const Call& call) {
  const Tenant& tenant = backend.store.shown().tenant();
  if (!tenant.premium) return error_answer(call, not_premium());
  auto plan = plan_page(backend, call, beta_sign_in_rules);
  if (!plan) return error_answer(call, plan.error());
  // Without a word about the kinds, only the interactive ones are shown.
  if (!to_lower(call.query.filter.value_or("")).contains("signineventtypes")) {
    Filter kind{.path = "isInteractive", .literals = {Literal{.text = "true"}}};
    if (plan->filter) {
      kind = Filter{.kind = Filter::Kind::both, .parts = {*std::move(plan->filter), kind}};
    }
    plan->filter = std::move(kind);
  }
  return finish_page(backend, call, *plan, "auditLogs/signIns",
                     page_of_records(*plan, tenant.beta_sign_ins));
}

Reply list_app_activities(Backend& backend, const Call& call) {
  const Tenant& tenant = backend.store.shown().tenant();
  if (!tenant.premium) return error_answer(call, not_premium());
  const auto plan = plan_page(backend, call, activity_rules);
  if (!plan) return error_answer(call, plan.error());
  return finish_page(backend, call, *plan, "reports/servicePrincipalSignInActivities",
                     page_of_records(*plan, tenant.app_activities));
}

}  // namespace clawback::lab
