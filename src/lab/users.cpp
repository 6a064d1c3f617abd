#include <array>
#include <boost/json/object.hpp>

#include "base/digest.hpp"
#include "lab/json_text.hpp"
#include "lab/operations.hpp"
#include "lab/page.hpp"

namespace clawback::lab {
namespace {

constexpr std::array<Filterable, 6> filterable = {
    {{"id", "eq in"},
     {"userPrincipalName", "eq in startswith + endswith"},
     {"displayName", "eq in startswith"},
     {"mail", "eq in startswith + endswith"},
     {"accountEnabled", "eq in + ne not"},
     {"userType", "eq in + ne not"}}};
constexpr PageRules rules{.resource = "User", .filterable = filterable};

// What comes without $select; accountEnabled is not among it.
constexpr std::array<std::string_view, 11> usual = {
    "businessPhones", "displayName",       "givenName", "jobTitle",          "mail", "mobilePhone",
    "officeLocation", "preferredLanguage", "surname",   "userPrincipalName", "id"};
constexpr std::array<std::string_view, 5> on_request = {"accountEnabled", "userType",
                                                        "signInSessionsValidFromDateTime",
                                                        "createdDateTime", "externalUserState"};

void append_property(std::string& out, const User& user, std::string_view name) {
  const std::size_t blank = user.display_name.find(' ');
  if (name == "id") {
    append_quoted(out, user.id);
  } else if (name == "displayName") {
    append_quoted(out, user.display_name);
  } else if (name == "userPrincipalName" || name == "mail") {
    append_quoted(out, user.user_principal_name);
  } else if (name == "givenName") {
    append_quoted(out, user.display_name.substr(0, blank));
  } else if (name == "surname") {
    append_quoted_or_null(out,
                          blank == std::string::npos ? "" : user.display_name.substr(blank + 1));
  } else if (name == "businessPhones") {
    out += "[]";
  } else if (name == "accountEnabled") {
    out += user.account_enabled ? "true" : "false";
  } else if (name == "userType") {
    append_quoted(out, user.type);
  } else if (name == "signInSessionsValidFromDateTime") {
    append_quoted(out, format_time(user.sessions_valid_from));
  } else {
    out += "null";
  }
}

void append_user(std::string& out, const User& user, std::span<const std::string_view> select) {
  out.push_back('{');
  bool first = true;
  for (const std::string_view name : select) {
    if (!first) out.push_back(',');
    first = false;
    append_quoted(out, name);
    out.push_back(':');
    append_property(out, user, name);
  }
  out.push_back('}');
}

class UserFields final : public Fields {
 public:
  explicit UserFields(const User& user) : user_(user) {}
  [[nodiscard]] Field get(std::string_view path) const override {
    if (path == "id") return std::string_view(user_.id);
    if (path == "userPrincipalName" || path == "mail") {
      return std::string_view(user_.user_principal_name);
    }
    if (path == "displayName") return std::string_view(user_.display_name);
    if (path == "userType") return std::string_view(user_.type);
    if (path == "accountEnabled") return user_.account_enabled;
    return std::monostate{};
  }

 private:
  const User& user_;
};

struct UserItems {
  std::span<const std::string_view> select;
  static const std::string& key(const User& user) { return user.id; }
  static bool match(const Filter& filter, const User& user) {
    return matches(filter, UserFields(user));
  }
  void render(std::string& out, const User& user) const { append_user(out, user, select); }
};

Parsed<std::vector<std::string_view>> selected(const Call& call) {
  if (!call.query.select) return std::vector<std::string_view>(usual.begin(), usual.end());
  auto names = split_names(*call.query.select);
  for (const std::string_view name : names) {
    if (std::ranges::find(usual, name) != usual.end()) continue;
    if (std::ranges::find(on_request, name) != on_request.end()) continue;
    return refuse(400, "BadRequest",
                  "Could not find a property named '" + std::string(name) +
                      "' on type 'microsoft.graph.user'.");
  }
  return names;
}

}  // namespace

Reply list_users(Backend& backend, const Call& call) {
  const auto plan = plan_page(backend, call, rules);
  if (!plan) return error_answer(call, plan.error());
  const auto select = selected(call);
  if (!select) return error_answer(call, select.error());
  return finish_page(backend, call, *plan, "users",
                     page_of(*plan, UserItems{*select}, backend.store.shown().tenant().users));
}

Reply get_user(Backend& backend, const Call& call) {
  const auto select = selected(call);
  if (!select) return error_answer(call, select.error());
  const User* user = backend.store.shown().user(call.arguments[0]);
  if (user == nullptr) return error_answer(call, not_found(call.arguments[0]).error());
  std::string fragment = "users";
  if (call.query.select) fragment += "(" + *call.query.select + ")";
  std::string body = "{\"@odata.context\":";
  append_quoted(body, context_url(call, fragment + "/$entity"));
  std::string properties;
  append_user(properties, *user, *select);
  return json_answer(200, body + "," + properties.substr(1));
}

Reply update_user(Backend& backend, const Call& call) {
  const User* found = backend.store.truth().user(call.arguments[0]);
  if (found == nullptr) return error_answer(call, not_found(call.arguments[0]).error());
  const auto enabled = bool_at(call.body, "accountEnabled");
  const json::object* body = call.body.if_object();
  if (!enabled || body == nullptr || body->size() != 1) {
    return error_answer(call, {.message = "Only the Boolean accountEnabled can be updated here."});
  }
  if (found->account_enabled == *enabled) return empty_answer();
  User user = *found;
  user.account_enabled = *enabled;
  record(backend, call, switched_user(by_app(backend, call), user));
  backend.store.write(user, call.now);
  return empty_answer();
}

// Says yes to every user; for a guest nothing happens, because the sessions belong to another
// tenant.
Reply revoke_sessions(Backend& backend, const Call& call) {
  const User* found = backend.store.truth().user(call.arguments[0]);
  if (found == nullptr) return error_answer(call, not_found(call.arguments[0]).error());
  if (found->type != "Guest") {
    User user = *found;
    user.sessions_valid_from = call.now;
    ++user.revocations;
    record(backend, call,
           lab::revoked_sessions(by_app(backend, call), user, found->sessions_valid_from));
    backend.store.write(user, call.now);
  }
  std::string body = "{\"@odata.context\":";
  append_quoted(body, context_url(call, "Edm.Boolean"));
  return json_answer(200, body + ",\"value\":true}");
}

}  // namespace clawback::lab
