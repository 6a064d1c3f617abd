#include <boost/json/object.hpp>

#include "lab/json_text.hpp"
#include "lab/operations.hpp"

// messageRules of an inbox: listed, read and changed. A guest has no mailbox here.
namespace clawback::lab {
namespace {

json::object rule_json(const MessageRule& rule, std::size_t place) {
  return {{"id", rule.id},
          {"displayName", rule.name},
          {"sequence", static_cast<std::int64_t>(place + 1)},
          {"isEnabled", rule.enabled},
          {"hasError", false},
          {"isReadOnly", rule.read_only},
          {"actions", rule.actions}};
}

std::optional<Refusal> no_mailbox(const User* user, const std::string& id) {
  if (user == nullptr) {
    return Refusal{.status = 404,
                   .code = "ErrorInvalidUser",
                   .message = "The requested user '" + id + "' is invalid."};
  }
  if (user->type != "Guest") return std::nullopt;
  return Refusal{.status = 404,
                 .code = "MailboxNotEnabledForRESTAPI",
                 .message =
                     "The mailbox is either inactive, soft-deleted, or is hosted "
                     "on-premise."};
}

const Refusal& no_rule() {
  static const Refusal refusal{.status = 404,
                               .code = "ErrorItemNotFound",
                               .message = "The specified object was not found in the store."};
  return refusal;
}

std::optional<std::size_t> place_of(const User& user, const std::string& id) {
  for (std::size_t i = 0; i < user.rules.size(); ++i) {
    if (user.rules[i].id == id) return i;
  }
  return std::nullopt;
}

std::string context_of(const Call& call, const User& user, std::string_view end) {
  return context_url(
      call, "users('" + user.id + "')/mailFolders('inbox')/messageRules" + std::string(end));
}

Reply entity(const Call& call, const User& user, std::size_t place) {
  json::object body{{"@odata.context", context_of(call, user, "/$entity")}};
  for (auto& [name, value] : rule_json(user.rules[place], place)) body[name] = value;
  return json_answer(200, compact_json(body));
}

}  // namespace

Reply list_inbox_rules(Backend& backend, const Call& call) {
  const User* user = backend.store.shown().user(call.arguments[0]);
  if (const auto refusal = no_mailbox(user, call.arguments[0])) return error_answer(call, *refusal);
  json::array rules;
  for (std::size_t i = 0; i < user->rules.size(); ++i) {
    rules.push_back(rule_json(user->rules[i], i));
  }
  return json_answer(200, compact_json(json::object{{"@odata.context", context_of(call, *user, "")},
                                                    {"value", std::move(rules)}}));
}

Reply get_inbox_rule(Backend& backend, const Call& call) {
  const User* user = backend.store.shown().user(call.arguments[0]);
  if (const auto refusal = no_mailbox(user, call.arguments[0])) return error_answer(call, *refusal);
  const auto place = place_of(*user, call.arguments[1]);
  return place ? entity(call, *user, *place) : error_answer(call, no_rule());
}

Reply update_inbox_rule(Backend& backend, const Call& call) {
  const User* found = backend.store.truth().user(call.arguments[0]);
  if (const auto refusal = no_mailbox(found, call.arguments[0])) {
    return error_answer(call, *refusal);
  }
  const auto place = place_of(*found, call.arguments[1]);
  if (!place) return error_answer(call, no_rule());
  const auto enabled = bool_at(call.body, "isEnabled");
  const json::object* body = call.body.if_object();
  if (!enabled || body == nullptr || body->size() != 1) {
    return error_answer(call, {.code = "ErrorInvalidRequest",
                               .message = "Only the Boolean isEnabled can be updated here."});
  }
  if (found->rules[*place].read_only) {
    return error_answer(
        call, {.status = 403, .code = "ErrorAccessDenied", .message = "The rule is read-only."});
  }
  User user = *found;
  user.rules[*place].enabled = *enabled;
  backend.store.write(user, call.now);
  return entity(call, user, *place);
}

}  // namespace clawback::lab
