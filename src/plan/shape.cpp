#include "plan/shape.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/safe_text.hpp"
#include "plan/kinds.hpp"
#include "plan/projection.hpp"
#include "plan/shape_parts.hpp"

namespace clawback::plan {

Error missing(const Action& action, std::string_view what) {
  return Error{.code = Errc::invalid,
               .message = fmt::format("action {}: {} has no usable {}", printable(action.id, 20),
                                      domain::name_of(action.kind), what),
               .hint = "make the plan again with `clawback plan`"};
}

bool has_members(const json::value& value, std::initializer_list<std::string_view> keys) {
  return std::all_of(keys.begin(), keys.end(),
                     [&](std::string_view key) { return string_at(value, key).has_value(); });
}

json::value without_id(const json::value& projection) {
  json::value out = projection;
  if (out.is_object()) out.get_object().erase("id");
  return out;
}

json::array sorted_once(std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  return json::array(texts.begin(), texts.end());
}

Request get(std::string path) {
  return {.method = "GET", .path = std::move(path), .body = nullptr};
}

Request patch(std::string path, json::value body) {
  return {.method = "PATCH", .path = std::move(path), .body = std::move(body)};
}

std::string service_principal_path(const std::string& id) {
  return "/v1.0/servicePrincipals/" + percent_encode(id);
}

std::string service_principal_by_app_path(const std::string& app_id) {
  return "/v1.0/servicePrincipals(appId='" + percent_encode(app_id) + "')";
}

std::string grant_path(const std::string& id) {
  return "/v1.0/oauth2PermissionGrants/" + percent_encode(id);
}

std::string assignments_path(const std::string& client) {
  return "/v1.0/servicePrincipals/" + percent_encode(client) + "/appRoleAssignments";
}

std::string user_path(const std::string& id) { return "/v1.0/users/" + percent_encode(id); }

Result<void> shape(Action& action) {
  if (action.target.id.empty()) return missing(action, "target");
  const KindInfo* kind = find_kind(action.kind);
  if (kind == nullptr) {
    return Error{.code = Errc::invalid,
                 .message = fmt::format("action {}: this clawback has no {}",
                                        printable(action.id, 20), domain::name_of(action.kind))};
  }
  action.target.kind = kind->target;
  auto shaped = kind->shape(action);
  if (!shaped) return shaped;
  action.precondition.hash = hash_of(action.precondition.before);
  return {};
}

}  // namespace clawback::plan
