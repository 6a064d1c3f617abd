#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/digest.hpp"
#include "base/safe_text.hpp"
#include "lab/ids.hpp"
#include "lab/json_text.hpp"
#include "lab/login.hpp"

namespace clawback::lab {
namespace {

constexpr std::string_view assertion_type =
    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

TokenRefusal missing(std::string_view name) {
  return {
      .status = 400,
      .error = "invalid_request",
      .code = 900144,
      .message = fmt::format("The request body must contain the following parameter: '{}'.", name)};
}

std::optional<Form> read_form(const LoginRequest& request) {
  if (!to_lower(request.content_type).starts_with("application/x-www-form-urlencoded")) {
    return std::nullopt;
  }
  return read_pairs(request.form);
}

// HTTP Basic carries id and secret, each form-encoded before they are joined.
void read_basic(const LoginRequest& request, Form& form) {
  constexpr std::string_view scheme = "Basic ";
  if (!request.authorization.starts_with(scheme)) return;
  const auto pair = from_base64(std::string_view(request.authorization).substr(scheme.size()));
  const std::size_t colon = pair ? pair->find(':') : std::string::npos;
  if (colon == std::string::npos) return;
  form["client_id"] = percent_decode(pair->substr(0, colon), true).value_or("");
  form["client_secret"] = percent_decode(pair->substr(colon + 1), true).value_or("");
}

std::optional<TokenRefusal> check_tenant(const Tenant& tenant, const std::string& asked) {
  const std::string lower = to_lower(asked);
  if (lower == tenant.id || lower == tenant.domain) return std::nullopt;
  if (lower == "common" || lower == "organizations" || lower == "consumers") {
    return TokenRefusal{.error = "invalid_request",
                        .code = 9001023,
                        .message = "The grant type isn't supported over the /" + lower +
                                   " endpoint. Please use the tenant-specific endpoint."};
  }
  return TokenRefusal{
      .error = "invalid_request", .code = 90002, .message = "Tenant '" + asked + "' not found."};
}

std::optional<TokenRefusal> check_scope(const Login& login, const Form& form) {
  constexpr std::string_view suffix = "/.default";
  const auto found = form.find("scope");
  if (found == form.end()) return missing("scope");
  const std::string& scope = found->second;
  if (!scope.ends_with(suffix) || scope.contains(' ')) {
    return TokenRefusal{.error = "invalid_scope",
                        .code = 70011,
                        .message =
                            "The provided value for the input parameter 'scope' isn't "
                            "valid. The scope " +
                            scope + " isn't valid."};
  }
  std::string resource = scope.substr(0, scope.size() - suffix.size());
  if (resource.ends_with('/')) resource.pop_back();
  if (std::ranges::find(login.origins, resource) != login.origins.end()) return std::nullopt;
  return TokenRefusal{
      .error = "invalid_resource",
      .code = 500011,
      .message = "The resource principal named " + resource + " was not found in the tenant."};
}

std::optional<TokenRefusal> check_credential(Backend& backend, Login& login,
                                             const LoginRequest& request, const Form& form) {
  const Tenant& tenant = backend.store.truth().tenant();
  const std::string client_id = to_lower(form.at("client_id"));
  if (const auto assertion = form.find("client_assertion"); assertion != form.end()) {
    const auto type = form.find("client_assertion_type");
    if (type == form.end()) return missing("client_assertion_type");
    if (type->second != assertion_type) {
      return TokenRefusal{.error = "invalid_request",
                          .code = 50027,
                          .message = "The client assertion type isn't supported."};
    }
    return check_assertion(backend, login, request, client_id, assertion->second);
  }
  const auto secret = form.find("client_secret");
  if (secret == form.end()) {
    return TokenRefusal{.status = 401,
                        .error = "invalid_client",
                        .code = 7000218,
                        .message =
                            "The request body must contain the following parameter: "
                            "'client_assertion' or 'client_secret'."};
  }
  if (client_id == tenant.read_client_id && secret->second == login.read_secret) {
    return std::nullopt;
  }
  return TokenRefusal{.status = 401,
                      .error = "invalid_client",
                      .code = 7000215,
                      .message = "Invalid client secret provided for app '" + client_id + "'."};
}

Parsed<const ServicePrincipal*> find_client(const Backend& backend, const std::string& client_id) {
  const Tenant& tenant = backend.store.truth().tenant();
  const bool ours = client_id == tenant.read_client_id || client_id == tenant.write_client_id;
  const ServicePrincipal* app = backend.store.truth().app_by_app_id(client_id);
  if (!ours || app == nullptr) return std::unexpected(Refusal{});
  return app;
}

}  // namespace

std::optional<Form> read_pairs(std::string_view text) {
  Form form;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    auto name = percent_decode(pair.substr(0, equals), true);
    auto value = percent_decode(pair.substr(equals + 1), true);
    if (!name || !value) return std::nullopt;
    form[*name] = *value;
  }
  return form;
}

Reply issue_token(Backend& backend, Login& login, const LoginRequest& request) {
  const auto refuse_with = [&](const TokenRefusal& refusal) {
    return token_error(request, refusal);
  };
  const Tenant& tenant = backend.store.truth().tenant();
  if (const auto refusal = check_tenant(tenant, request.tenant)) return refuse_with(*refusal);
  auto form = read_form(request);
  if (!form || !form->contains("grant_type")) return refuse_with(missing("grant_type"));
  if (form->at("grant_type") == "authorization_code") {
    return redeem_code(backend, login, request, *form);
  }
  read_basic(request, *form);
  if (form->at("grant_type") != "client_credentials") {
    return refuse_with({.error = "unsupported_grant_type",
                        .code = 70003,
                        .message = "The app requested an unsupported grant type '" +
                                   form->at("grant_type") + "'."});
  }
  if (!form->contains("client_id")) return refuse_with(missing("client_id"));
  if (const auto refusal = check_scope(login, *form)) return refuse_with(*refusal);
  const std::string client_id = to_lower(form->at("client_id"));
  const auto app = find_client(backend, client_id);
  if (!app) {
    return refuse_with({.error = "unauthorized_client",
                        .code = 700016,
                        .message = "Application with identifier '" + client_id +
                                   "' was not found in the directory '" + tenant.name + "'."});
  }
  if (const auto refusal = check_credential(backend, login, request, *form)) {
    return refuse_with(*refusal);
  }
  // Disabling stops new tokens; those that are out live to their end.
  if (!(*app)->account_enabled) {
    return refuse_with(
        {.error = "unauthorized_client",
         .code = 7000112,
         .message = "Application '" + client_id + "'(" + (*app)->display_name + ") is disabled."});
  }
  std::string body = fmt::format(
      R"({{"token_type":"Bearer","expires_in":{0},"ext_expires_in":{0},"access_token":)",
      backend.options.token_life.count());
  append_quoted(body, access_token(backend, login, request, **app));
  return {.status = 200,
          .headers = {{"Content-Type", "application/json; charset=utf-8"},
                      {"Cache-Control", "no-store, no-cache"}},
          .body = body + "}"};
}

Reply token_error(const LoginRequest& request, const TokenRefusal& refusal) {
  std::string stamp = bare_seconds(request.now);
  stamp[stamp.find('T')] = ' ';
  stamp.push_back('Z');
  const json::object body{
      {"error", refusal.error},
      {"error_description",
       fmt::format("AADSTS{}: {}\r\nTrace ID: {}\r\nCorrelation ID: {}\r\nTimestamp: {}",
                   refusal.code, refusal.message, request.request_id, request.request_id, stamp)},
      {"error_codes", json::array{refusal.code}},
      {"timestamp", stamp},
      {"trace_id", request.request_id},
      {"correlation_id", request.request_id},
      {"error_uri", fmt::format("{}/error?code={}", request.origin, refusal.code)}};
  Reply reply{.status = refusal.status,
              .headers = {{"Content-Type", "application/json; charset=utf-8"}}};
  append_json(reply.body, body);
  return reply;
}

}  // namespace clawback::lab
