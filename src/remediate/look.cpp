#include "remediate/look.hpp"

#include <cstdlib>

#include "base/safe_text.hpp"
#include "graph/parse.hpp"
#include "plan/kinds.hpp"
#include "plan/projection.hpp"
#include "plan/shape.hpp"

namespace clawback::remediate {
namespace {

using domain::ActionKind;

template <class Entity>
Result<json::value> projected(Result<Entity> entity) {
  if (!entity) return entity.error();
  return plan::project(*entity);
}

// What the plan compares, of the one object that a GET answered with.
Result<json::value> projected(plan::Object object, const json::value& body) {
  switch (object) {
    case plan::Object::service_principal:
      return projected(graph::parse_service_principal(body));
    case plan::Object::grant:
    case plan::Object::grant_in_list:
      return projected(graph::parse_grant(body));
    case plan::Object::app_role_in_list:
      return projected(graph::parse_app_role_assignment(body));
    case plan::Object::user:
      return projected(graph::parse_user(body));
    case plan::Object::authorization_policy:
      return projected(graph::parse_authorization_policy(body));
    case plan::Object::admin_consent_request_policy:
      return projected(graph::parse_admin_consent_request_policy(body));
    case plan::Object::access_policy_in_list:
      return projected(graph::parse_conditional_access_policy(body));
  }
  std::abort();
}

plan::Object object_of(const plan::Action& action) {
  const plan::KindInfo* kind = plan::find_kind(action.kind);
  if (kind == nullptr) std::abort();  // no plan holds such an action: `shape` refuses it
  return kind->object;
}

// What a list entry must show to be the object of this action.
const json::value& wanted_of(const plan::Action& action) {
  return action.precondition.before.is_null() ? action.postcondition.after
                                              : action.precondition.before;
}

// An id decides where the plan has one; a restored object gets a new id, and is known by what it
// joins.
bool is_the_one(const plan::Action& action, const json::value& seen) {
  const json::value& wanted = wanted_of(action);
  if (object_of(action) == plan::Object::access_policy_in_list) {
    const bool known = !action.precondition.before.is_null();
    return known ? string_at(seen, "id") == action.target.id
                 : string_at(seen, "displayName") == string_at(wanted, "displayName");
  }
  if (action.kind == ActionKind::remove_app_role) return string_at(seen, "id") == action.target.id;
  for (const std::string_view key :
       {"clientId", "principalId", "resourceId", "appRoleId", "consentType"}) {
    if (string_at(wanted, key) != string_at(seen, key)) return false;
  }
  return true;
}

asio::awaitable<Result<json::value>> look_in_list(graph::Reader& reader, graph::Call call,
                                                  const plan::Action& action) {
  json::value found;
  const plan::Object object = object_of(action);
  const auto on_page = [&](const json::array& page) -> Result<void> {
    for (const json::value& item : page) {
      const auto seen = projected(object, item);
      if (!seen) return seen.error();
      if (is_the_one(action, *seen)) found = *seen;
    }
    return {};
  };
  const auto read = co_await reader.pages(call, on_page);
  if (!read && read.error().code == Errc::not_found) co_return json::value();
  if (!read) co_return read.error();
  co_return found;
}

}  // namespace

Result<graph::Call> call_of(const plan::Request& request) {
  const graph::Operation* operation = graph::match(request.method, request.path);
  if (operation == nullptr) {
    return Error{.code = Errc::guard,
                 .message = printable(request.method, 10) + " " + printable(request.path) +
                            " is no request that clawback sends",
                 .hint = "make the plan again with `clawback plan`"};
  }
  return graph::Call{.operation = std::string(operation->id),
                     .method = request.method,
                     .path = request.path,
                     .body = request.body};
}

bool looked_at_alone(const plan::Action& action) {
  switch (object_of(action)) {
    case plan::Object::service_principal:
    case plan::Object::grant:
    case plan::Object::user:
    case plan::Object::authorization_policy:
    case plan::Object::admin_consent_request_policy:
      return true;
    case plan::Object::access_policy_in_list:
    case plan::Object::grant_in_list:
    case plan::Object::app_role_in_list:
      return false;
  }
  std::abort();
}

Result<json::value> seen_in(const plan::Action& action, const graph::Call& call,
                            const graph::Answer& answer) {
  if (answer.status == 404) return json::value();
  if (!answer.ok()) return graph::to_error(call, answer);
  return projected(object_of(action), answer.body);
}

asio::awaitable<Result<json::value>> look(graph::Reader& reader, const plan::Action& action) {
  const auto call = call_of(action.precondition.request);
  if (!call) co_return call.error();
  if (!looked_at_alone(action)) co_return co_await look_in_list(reader, *call, action);
  const auto answer = co_await reader.get(*call);
  if (!answer) co_return answer.error();
  co_return seen_in(action, *call, *answer);
}

asio::awaitable<Result<std::optional<domain::ServicePrincipal>>> look_up_app(graph::Reader& reader,
                                                                             std::string id) {
  const plan::Request request{.method = "GET",
                              .path = plan::service_principal_path(id) +
                                      "?$select=id,appId,displayName,accountEnabled,"
                                      "appOwnerOrganizationId,servicePrincipalType",
                              .body = nullptr};
  const auto call = call_of(request);
  if (!call) co_return call.error();
  const auto answer = co_await reader.get(*call);
  if (!answer) co_return answer.error();
  if (answer->status == 404) co_return std::optional<domain::ServicePrincipal>();
  if (!answer->ok()) co_return graph::to_error(*call, *answer);
  auto app = graph::parse_service_principal(answer->body);
  if (!app) co_return app.error();
  co_return std::optional<domain::ServicePrincipal>(std::move(*app));
}

}  // namespace clawback::remediate
