#include "lab/roles.hpp"

#include <array>

#include "lab/audit.hpp"
#include "lab/json_text.hpp"
#include "lab/operations.hpp"

namespace clawback::lab {
namespace {

constexpr std::array<Filterable, 2> filterable = {{{"resourceId", "eq"}, {"principalId", "eq"}}};
constexpr PageRules rules{.resource = "AppRoleAssignment", .filterable = filterable};

constexpr std::array<std::string_view, 9> properties = {"id",
                                                        "deletedDateTime",
                                                        "appRoleId",
                                                        "createdDateTime",
                                                        "principalDisplayName",
                                                        "principalId",
                                                        "principalType",
                                                        "resourceDisplayName",
                                                        "resourceId"};

class RoleFields final : public Fields {
 public:
  explicit RoleFields(const RoleAssignment& role) : role_(role) {}
  [[nodiscard]] Field get(std::string_view path) const override {
    if (path == "resourceId") return std::string_view(role_.resource_id);
    if (path == "principalId") return std::string_view(role_.principal_id);
    return std::monostate{};
  }

 private:
  const RoleAssignment& role_;
};

std::string principal_name(const Tenant& tenant, const RoleAssignment& role) {
  if (role.principal_type != "User") return app_of(tenant, role.principal_id).display_name;
  const auto user = tenant.users.find(role.principal_id);
  return user == tenant.users.end() ? std::string() : user->second.display_name;
}

void append_property(std::string& out, const Tenant& tenant, const RoleAssignment& role,
                     std::string_view name) {
  if (name == "id") append_quoted(out, role.id);
  if (name == "deletedDateTime") out += "null";
  if (name == "appRoleId") append_quoted(out, role.role_id);
  if (name == "createdDateTime") append_quoted(out, format_time(role.created));
  if (name == "principalDisplayName") append_quoted_or_null(out, principal_name(tenant, role));
  if (name == "principalId") append_quoted(out, role.principal_id);
  if (name == "principalType") append_quoted(out, role.principal_type);
  if (name == "resourceId") append_quoted(out, role.resource_id);
  if (name == "resourceDisplayName") {
    append_quoted_or_null(out, app_of(tenant, role.resource_id).display_name);
  }
}

std::optional<Refusal> check_select(const PagePlan& plan) {
  for (const std::string_view name : plan.select) {
    if (std::ranges::find(properties, name) != properties.end()) continue;
    return Refusal{.code = "BadRequest",
                   .message = "Could not find a property named '" + std::string(name) +
                              "' on type 'microsoft.graph.appRoleAssignment'."};
  }
  return std::nullopt;
}

Reply serve(const Backend& backend, const Call& call, std::string_view context,
            const Directory::List<RoleAssignment>& list) {
  const auto plan = plan_page(backend, call, rules);
  if (!plan) return error_answer(call, plan.error());
  if (const auto refusal = check_select(*plan)) return error_answer(call, *refusal);
  const RoleItems items{backend.store.shown().tenant(), plan->select};
  return finish_page(backend, call, *plan, context, page_of(*plan, items, list));
}

}  // namespace

void append_role(std::string& out, const Tenant& tenant, const RoleAssignment& role,
                 std::span<const std::string_view> select) {
  out.push_back('{');
  bool first = true;
  const auto names = select.empty() ? std::span<const std::string_view>(properties) : select;
  for (const std::string_view name : names) {
    if (!first) out.push_back(',');
    first = false;
    append_quoted(out, name);
    out.push_back(':');
    append_property(out, tenant, role, name);
  }
  out.push_back('}');
}

bool RoleItems::match(const Filter& filter, const RoleAssignment& role) {
  return matches(filter, RoleFields(role));
}

Reply list_roles_held(Backend& backend, const Call& call) {
  const Directory& shown = backend.store.shown();
  const std::string& id = call.arguments[0];
  if (shown.app(id) == nullptr) return error_answer(call, not_found(id).error());
  return serve(backend, call, "appRoleAssignments", shown.roles_held_by(id));
}

Reply list_roles_assigned(Backend& backend, const Call& call) {
  const Directory& shown = backend.store.shown();
  const std::string& id = call.arguments[0];
  if (shown.app(id) == nullptr) return error_answer(call, not_found(id).error());
  return serve(backend, call, "servicePrincipals('" + id + "')/appRoleAssignedTo",
               shown.roles_assigned_to(id));
}

Reply list_roles_of_user(Backend& backend, const Call& call) {
  const Directory& shown = backend.store.shown();
  const User* user = shown.user(call.arguments[0]);
  if (user == nullptr) return error_answer(call, not_found(call.arguments[0]).error());
  return serve(backend, call, "appRoleAssignments", shown.roles_held_by(user->id));
}

}  // namespace clawback::lab
