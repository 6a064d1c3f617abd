#include <set>
#include <sstream>

#include "base/digest.hpp"
#include "lab/grants.hpp"
#include "lab/json_text.hpp"
#include "lab/operations.hpp"

namespace clawback::lab {
namespace {

constexpr std::size_t scope_max = 3850;

std::optional<Refusal> bad_value(std::string_view property) {
  return Refusal{.message = "Invalid value specified for property '" + std::string(property) +
                            "' of resource 'OAuth2PermissionGrant'."};
}

std::optional<Refusal> read_scope(const json::value& body, Grant& grant) {
  const auto scope = string_at(body, "scope");
  if (!scope || scope->size() > scope_max) return bad_value("scope");
  grant.scope = *scope;
  return std::nullopt;
}

std::optional<Refusal> read_grant(const json::value& body, Grant& grant) {
  const auto client = string_at(body, "clientId");
  if (!client || !is_guid(*client)) return bad_value("clientId");
  const auto resource = string_at(body, "resourceId");
  if (!resource || !is_guid(*resource)) return bad_value("resourceId");
  const auto consent = string_at(body, "consentType");
  if (consent != "AllPrincipals" && consent != "Principal") return bad_value("consentType");
  const auto principal = string_at(body, "principalId");
  const bool for_one = consent == "Principal";
  if (for_one ? (!principal || !is_guid(*principal)) : principal.has_value()) {
    return bad_value("principalId");
  }
  grant.client_id = to_lower(*client);
  grant.resource_id = to_lower(*resource);
  if (for_one) grant.principal_id = to_lower(*principal);
  grant.id = grant_id(grant.client_id, grant.resource_id, grant.principal_id);
  return read_scope(body, grant);
}

std::optional<Refusal> check_references(const Directory& truth, const Grant& grant) {
  for (const std::string& id : {grant.client_id, grant.resource_id}) {
    if (truth.app(id) == nullptr) return not_found(id).error();
  }
  if (!grant.principal_id.empty() && truth.user(grant.principal_id) == nullptr) {
    return not_found(grant.principal_id).error();
  }
  return std::nullopt;
}

// Seen with either status in the wild; which one depends on whether the replica knows the grant.
Refusal duplicate(const Directory& shown, const Grant& grant) {
  const bool visible = shown.grant(grant.id) != nullptr;
  return {.status = visible ? 409 : 400,
          .code = visible ? "Request_MultipleObjectsWithSameKeyValue" : "Request_BadRequest",
          .message = "Permission entry already exists."};
}

bool grew(const std::string& before, const std::string& after) {
  std::set<std::string> old;
  std::istringstream old_words(before);
  for (std::string word; old_words >> word;) old.insert(word);
  std::istringstream words(after);
  for (std::string word; words >> word;) {
    if (!old.contains(word)) return true;
  }
  return false;
}

}  // namespace

Reply create_grant(Backend& backend, const Call& call) {
  Grant grant;
  if (const auto refusal = read_grant(call.body, grant)) return error_answer(call, *refusal);
  const Directory& truth = backend.store.truth();
  const Directory& shown = backend.store.shown();
  if (const auto refusal = check_references(truth, grant)) return error_answer(call, *refusal);
  if (truth.grant(grant.id) != nullptr) return error_answer(call, duplicate(shown, grant));
  // A client that is too new for the replica: the answer says no, the write applies all the same.
  const bool client_visible = shown.app(grant.client_id) != nullptr;
  record(backend, call,
         changed_grant(by_app(backend, call), truth.tenant(), grant,
                       {.before = "", .after = grant.scope}, true));
  backend.store.write(grant, call.now);
  if (!client_visible) {
    return error_answer(call, {.status = 404,
                               .code = "Directory_ObjectNotFound",
                               .message = "Unable to read the company information from the "
                                          "directory."});
  }
  std::string properties;
  append_grant(properties, grant, {});
  std::string body = "{\"@odata.context\":";
  append_quoted(body, context_url(call, "oauth2PermissionGrants/$entity"));
  body += "," + properties.substr(1);
  Reply reply = json_answer(201, std::move(body));
  reply.headers.push_back({"Location", call.origin + "/v1.0/oauth2PermissionGrants/" + grant.id});
  return reply;
}

Reply update_grant(Backend& backend, const Call& call) {
  const Grant* found = backend.store.truth().grant(call.arguments[0]);
  if (found == nullptr) return error_answer(call, not_found(call.arguments[0]).error());
  const json::object* body = call.body.if_object();
  if (body == nullptr || body->size() != 1) return error_answer(call, *bad_value("scope"));
  Grant grant = *found;
  if (const auto refusal = read_scope(call.body, grant)) return error_answer(call, *refusal);
  if (grant.scope == found->scope) return empty_answer();
  const ScopeChange scopes{.before = found->scope, .after = grant.scope};
  record(backend, call,
         changed_grant(by_app(backend, call), backend.store.truth().tenant(), grant, scopes,
                       grew(scopes.before, scopes.after)));
  backend.store.write(grant, call.now);
  return empty_answer();
}

Reply delete_grant(Backend& backend, const Call& call) {
  const std::string& id = call.arguments[0];
  const Grant* found = backend.store.truth().grant(id);
  if (found == nullptr) {
    // A replica that still shows it agrees to delete it once more; nothing happens.
    if (backend.store.shown().grant(id) != nullptr) return empty_answer();
    return error_answer(call, not_found(id).error());
  }
  record(backend, call,
         changed_grant(by_app(backend, call), backend.store.truth().tenant(), *found,
                       {.before = found->scope, .after = ""}, false));
  backend.store.write(Gone<Grant>{id}, call.now);
  return empty_answer();
}

}  // namespace clawback::lab
