#include "lab/service_principals.hpp"

#include <array>
#include <boost/json/object.hpp>

#include "base/digest.hpp"
#include "lab/json_text.hpp"
#include "lab/operations.hpp"

namespace clawback::lab {
namespace {

constexpr std::array<Filterable, 9> filterable = {
    {{"id", "eq in"},
     {"appId", "eq in startswith + ne not"},
     {"accountEnabled", "eq in + ne not"},
     {"displayName", "eq in ge le startswith + ne not"},
     {"appOwnerOrganizationId", "eq ge le + ne not"},
     {"servicePrincipalType", "eq in + ne not"},
     {"disabledByMicrosoftStatus", "eq + ne not"},
     {"tags", "eq"},
     {"servicePrincipalNames", "eq startswith"}}};
constexpr PageRules rules{.resource = "ServicePrincipal", .filterable = filterable};

class AppFields final : public Fields {
 public:
  explicit AppFields(const ServicePrincipal& app) : app_(app) {}
  [[nodiscard]] Field get(std::string_view path) const override {
    if (path == "id") return std::string_view(app_.id);
    if (path == "appId") return std::string_view(app_.app_id);
    if (path == "accountEnabled") return app_.account_enabled;
    if (path == "displayName") return std::string_view(app_.display_name);
    if (path == "servicePrincipalType") return std::string_view(app_.type);
    if (path == "appOwnerOrganizationId" && !app_.owner_tenant.empty()) {
      return std::string_view(app_.owner_tenant);
    }
    return JsonFields(app_.body).get(path);
  }
  [[nodiscard]] const json::array* items(std::string_view path) const override {
    return JsonFields(app_.body).items(path);
  }

 private:
  const ServicePrincipal& app_;
};

Reply entity_answer(const Call& call, const ServicePrincipal& app) {
  return json_answer(200, app_entity(call, app));
}

}  // namespace

bool AppItems::match(const Filter& filter, const ServicePrincipal& app) {
  return matches(filter, AppFields(app));
}

std::string app_entity(const Call& call, const ServicePrincipal& app) {
  std::vector<std::string_view> select;
  std::string fragment = "servicePrincipals";
  if (call.query.select) {
    select = split_names(*call.query.select);
    fragment += "(" + *call.query.select + ")";
  }
  std::string body = "{\"@odata.context\":";
  append_quoted(body, context_url(call, fragment + "/$entity"));
  std::string properties;
  append_app(properties, app, select);
  if (properties.size() > 2) body.push_back(',');
  return body + properties.substr(1);
}

Reply list_apps(Backend& backend, const Call& call) {
  const auto plan = plan_page(backend, call, rules);
  if (!plan) return error_answer(call, plan.error());
  return finish_page(
      backend, call, *plan, "servicePrincipals",
      page_of(*plan, AppItems{plan->select}, backend.store.shown().tenant().service_principals));
}

Reply count_apps(Backend& backend, const Call& call) {
  if (!call.eventual) {
    return error_answer(call, {.message = "$count is not currently supported."});
  }
  Call counting = call;
  counting.query.count = "true";
  const auto plan = plan_page(backend, counting, rules);
  if (!plan) return error_answer(call, plan.error());
  const PageBody page =
      page_of(*plan, AppItems{plan->select}, backend.store.shown().tenant().service_principals);
  return {.status = 200,
          .headers = {{"Content-Type", "text/plain"}},
          .body = std::to_string(page.total)};
}

Reply get_app(Backend& backend, const Call& call) {
  const std::string& id = call.arguments[0];
  if (const ServicePrincipal* app = backend.store.shown().app(id)) return entity_answer(call, *app);
  if (!is_guid(id))
    return error_answer(call, {.message = "Invalid object identifier '" + id + "'."});
  return error_answer(call, not_found(id).error());
}

Reply get_app_by_app_id(Backend& backend, const Call& call) {
  const std::string& id = call.arguments[0];
  const ServicePrincipal* app = backend.store.shown().app_by_app_id(id);
  if (app != nullptr) return entity_answer(call, *app);
  return error_answer(call, not_found(id).error());
}

Reply list_owners(Backend& backend, const Call& call) {
  const auto plan = plan_page(backend, call, rules);
  if (!plan) return error_answer(call, plan.error());
  if (backend.store.shown().app(call.arguments[0]) == nullptr) {
    return error_answer(call, not_found(call.arguments[0]).error());
  }
  return finish_page(backend, call, *plan, "directoryObjects", {});
}

}  // namespace clawback::lab
