#include "lab/grants.hpp"

#include <array>

#include "base/digest.hpp"
#include "lab/json_text.hpp"
#include "lab/operations.hpp"

namespace clawback::lab {
namespace {

constexpr std::array<Filterable, 4> filterable = {
    {{"clientId", "eq"}, {"consentType", "eq"}, {"principalId", "eq"}, {"resourceId", "eq"}}};
constexpr PageRules rules{.resource = "OAuth2PermissionGrant", .filterable = filterable};

constexpr std::array<std::string_view, 6> properties = {"clientId",    "consentType", "id",
                                                        "principalId", "resourceId",  "scope"};

void append_property(std::string& out, const Grant& grant, std::string_view name) {
  if (name == "id") append_quoted(out, grant.id);
  if (name == "clientId") append_quoted(out, grant.client_id);
  if (name == "resourceId") append_quoted(out, grant.resource_id);
  if (name == "scope") append_quoted(out, grant.scope);
  if (name == "principalId") append_quoted_or_null(out, grant.principal_id);
  if (name == "consentType") {
    append_quoted(out, grant.principal_id.empty() ? "AllPrincipals" : "Principal");
  }
}

class GrantFields final : public Fields {
 public:
  explicit GrantFields(const Grant& grant) : grant_(grant) {}
  [[nodiscard]] Field get(std::string_view path) const override {
    if (path == "clientId") return std::string_view(grant_.client_id);
    if (path == "resourceId") return std::string_view(grant_.resource_id);
    if (path == "consentType") {
      return std::string_view(grant_.principal_id.empty() ? "AllPrincipals" : "Principal");
    }
    if (path == "principalId" && !grant_.principal_id.empty()) {
      return std::string_view(grant_.principal_id);
    }
    return std::monostate{};
  }

 private:
  const Grant& grant_;
};

std::optional<Refusal> check_select(const PagePlan& plan) {
  for (const std::string_view name : plan.select) {
    if (std::ranges::find(properties, name) != properties.end()) continue;
    return Refusal{.code = "BadRequest",
                   .message = "Could not find a property named '" + std::string(name) +
                              "' on type 'microsoft.graph.oAuth2PermissionGrant'."};
  }
  return std::nullopt;
}

// The value that the filter requires of a property, when it must hold for every match.
std::string required(const Filter& filter, std::string_view path) {
  if (filter.kind == Filter::Kind::compare) {
    const bool fits = filter.path == path && filter.op == FilterOp::eq;
    return fits && !filter.literals.front().is_null ? filter.literals.front().text : std::string();
  }
  if (filter.kind != Filter::Kind::both) return {};
  for (const Filter& part : filter.parts) {
    if (std::string value = required(part, path); !value.empty()) return value;
  }
  return {};
}

PageBody choose_index(const Directory& shown, const PagePlan& plan, const GrantItems& items) {
  if (!plan.filter) return page_of(plan, items, shown.tenant().grants);
  const std::string client = to_lower(required(*plan.filter, "clientId"));
  if (!client.empty()) return page_of(plan, items, shown.grants_of_client(client));
  const std::string user = to_lower(required(*plan.filter, "principalId"));
  if (!user.empty()) return page_of(plan, items, shown.grants_of_user(user));
  const std::string consent = to_lower(required(*plan.filter, "consentType"));
  if (consent == "allprincipals") return page_of(plan, items, shown.grants_for_everyone());
  if (consent == "principal") return page_of(plan, items, shown.grants_for_users());
  return page_of(plan, items, shown.tenant().grants);
}

}  // namespace

void append_grant(std::string& out, const Grant& grant, std::span<const std::string_view> select) {
  out.push_back('{');
  bool first = true;
  const auto names = select.empty() ? std::span<const std::string_view>(properties) : select;
  for (const std::string_view name : names) {
    if (!first) out.push_back(',');
    first = false;
    append_quoted(out, name);
    out.push_back(':');
    append_property(out, grant, name);
  }
  out.push_back('}');
}

bool GrantItems::match(const Filter& filter, const Grant& grant) {
  return matches(filter, GrantFields(grant));
}

Reply list_grants(Backend& backend, const Call& call) {
  const auto plan = plan_page(backend, call, rules);
  if (!plan) return error_answer(call, plan.error());
  if (const auto refusal = check_select(*plan)) return error_answer(call, *refusal);
  return finish_page(backend, call, *plan, "oauth2PermissionGrants",
                     choose_index(backend.store.shown(), *plan, {plan->select}));
}

Reply list_grants_of_app(Backend& backend, const Call& call) {
  const auto plan = plan_page(backend, call, rules);
  if (!plan) return error_answer(call, plan.error());
  const Directory& shown = backend.store.shown();
  if (shown.app(call.arguments[0]) == nullptr) {
    return error_answer(call, not_found(call.arguments[0]).error());
  }
  return finish_page(
      backend, call, *plan, "oauth2PermissionGrants",
      page_of(*plan, GrantItems{plan->select}, shown.grants_of_client(call.arguments[0])));
}

// Only what the user consented to: tenant-wide grants are not among them.
Reply list_grants_of_user(Backend& backend, const Call& call) {
  const auto plan = plan_page(backend, call, rules);
  if (!plan) return error_answer(call, plan.error());
  const Directory& shown = backend.store.shown();
  const User* user = shown.user(call.arguments[0]);
  if (user == nullptr) return error_answer(call, not_found(call.arguments[0]).error());
  return finish_page(backend, call, *plan, "oauth2PermissionGrants",
                     page_of(*plan, GrantItems{plan->select}, shown.grants_of_user(user->id)));
}

Reply get_grant(Backend& backend, const Call& call) {
  const std::string& id = call.arguments[0];
  const Grant* grant = backend.store.shown().grant(id);
  if (grant == nullptr) {
    const bool plausible = from_base64url(id) && (id.size() == 43 || id.size() == 64);
    if (!plausible) {
      return error_answer(call, {.message = "Invalid object identifier '" + id + "'."});
    }
    return error_answer(call, not_found(id).error());
  }
  std::vector<std::string_view> select;
  if (call.query.select) select = split_names(*call.query.select);
  std::string body = "{\"@odata.context\":";
  append_quoted(body, context_url(call, "oauth2PermissionGrants/$entity"));
  std::string properties_text;
  append_grant(properties_text, *grant, select);
  body += "," + properties_text.substr(1);
  return json_answer(200, std::move(body));
}

}  // namespace clawback::lab
