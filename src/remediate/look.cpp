#include "remediate/look.hpp"

#include <algorithm>
#include <cstdlib>

#include "base/safe_text.hpp"
#include "graph/parse.hpp"
#include "plan/kinds.hpp"
#include "plan/projection.hpp"

namespace clawback::remediate {
namespace {

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
    case plan::Object::assignment_in_list:
      return projected(graph::parse_assignment(body));
    case plan::Object::user:
      return projected(graph::parse_user(body));
    case plan::Object::inbox_rule:
      return projected(graph::parse_inbox_rule(body));
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
  if (const auto id = string_at(wanted, "id")) return string_at(seen, "id") == *id;
  for (const std::string_view key :
       {"clientId", "principalId", "resourceId", "appRoleId", "consentType", "displayName"}) {
    if (string_at(wanted, key) != string_at(seen, key)) return false;
  }
  return true;
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
    case plan::Object::inbox_rule:
    case plan::Object::authorization_policy:
    case plan::Object::admin_consent_request_policy:
      return true;
    case plan::Object::access_policy_in_list:
    case plan::Object::grant_in_list:
    case plan::Object::app_role_in_list:
    case plan::Object::assignment_in_list:
      return false;
  }
  std::abort();
}

Result<json::value> seen_in(const plan::Action& action, const graph::Call& call,
                            const graph::Answer& answer) {
  if (graph::says_not_there(answer)) return json::value();
  if (!answer.ok()) return graph::to_error(call, answer);
  return projected(object_of(action), answer.body);
}

asio::awaitable<std::vector<TimedLook>> look_in_list(graph::Reader& reader,
                                                     std::vector<const plan::Action*> actions,
                                                     std::function<Time()> now) {
  const Time begin = now();
  std::vector<TimedLook> found(actions.size(), TimedLook{.at = begin});
  std::vector<bool> there(actions.size());
  std::vector<Time> handed_over;  // by page
  const auto fail = [&](const Error& error) {
    for (TimedLook& one : found) one.seen = error;
  };
  const auto call = call_of(actions.front()->precondition.request);
  if (!call) {
    fail(call.error());
    co_return found;
  }
  const auto all_there = [&] { return std::ranges::find(there, false) == there.end(); };
  const auto on_page = [&](const json::array& page) -> Result<void> {
    constexpr std::size_t ahead = graph::Reader::pages_ahead + 1;
    const std::size_t pages = handed_over.size();
    const Time asked = pages < ahead ? begin : handed_over[pages - ahead];
    for (const json::value& item : page) {
      const auto seen = projected(object_of(*actions.front()), item);
      if (!seen) return seen.error();
      for (std::size_t i = 0; i < actions.size(); ++i) {
        if (!is_the_one(*actions[i], *seen)) continue;
        found[i] = {.seen = *seen, .at = asked};
        there[i] = true;
      }
    }
    handed_over.push_back(now());
    // Ends the reading.
    if (all_there()) return Error{.code = Errc::cancelled, .message = "all were found"};
    return {};
  };
  const auto read = co_await reader.pages(*call, on_page);
  if (read || all_there()) co_return found;
  // Without the object that has the list, there is nothing in it.
  if (graph::says_not_there(read.error())) {
    std::ranges::fill(found, TimedLook{.at = begin});
  } else {
    fail(read.error());
  }
  co_return found;
}

asio::awaitable<Result<json::value>> look(graph::Reader& reader, const plan::Action& action) {
  const auto call = call_of(action.precondition.request);
  if (!call) co_return call.error();
  if (!looked_at_alone(action)) {
    auto found = co_await look_in_list(reader, {&action}, system_now);
    co_return std::move(found.front().seen);
  }
  const auto answer = co_await reader.get(*call);
  if (!answer) co_return answer.error();
  co_return seen_in(action, *call, *answer);
}

asio::awaitable<Result<std::vector<FoundApp>>> look_up_apps(graph::Reader& reader,
                                                            std::vector<std::string> paths) {
  std::vector<graph::Call> calls;
  for (const std::string& path : paths) {
    const auto call = call_of({.method = "GET",
                               .path = path + "?$select=id,appId,displayName,accountEnabled,"
                                              "appOwnerOrganizationId,servicePrincipalType",
                               .body = nullptr});
    if (!call) co_return call.error();
    calls.push_back(*call);
  }
  const auto answers = co_await reader.batch(calls);
  if (!answers) co_return answers.error();
  std::vector<FoundApp> found(paths.size());
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const graph::Answer& answer = (*answers)[i];
    if (graph::says_not_there(answer)) continue;
    if (!answer.ok()) co_return graph::to_error(calls[i], answer);
    auto app = graph::parse_service_principal(answer.body);
    if (!app) co_return app.error();
    found[i] = std::move(*app);
  }
  co_return found;
}

}  // namespace clawback::remediate
