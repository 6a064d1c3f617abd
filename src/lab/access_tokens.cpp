#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/digest.hpp"
#include "lab/apps.hpp"
#include "lab/json_text.hpp"
#include "lab/jwt.hpp"
#include "lab/login.hpp"

namespace clawback::lab {
namespace {

json::array roles_of(const Directory& truth, const ServicePrincipal& app) {
  json::array roles;
  const ServicePrincipal* graph = truth.app_by_app_id(graph_app_id);
  if (graph == nullptr) return roles;
  const json::array* offered = array_at(graph->body, "appRoles");
  if (offered == nullptr) return roles;
  for (const RoleAssignment* held : truth.roles_held_by(app.id)) {
    if (held->resource_id != graph->id) continue;
    for (const json::value& role : *offered) {
      if (string_at(role, "id") == held->role_id) roles.emplace_back(role.at("value"));
    }
  }
  return roles;
}

std::int64_t seconds_of(Time time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

Reply json_document(const json::object& document) {
  Reply reply{.status = 200, .headers = {{"Content-Type", "application/json; charset=utf-8"}}};
  append_json(reply.body, document);
  return reply;
}

std::unexpected<Refusal> bad_token(std::string message) {
  return refuse(401, "InvalidAuthenticationToken", std::move(message));
}

}  // namespace

std::string signing_key_id(const Login& login) {
  return base64url(sha1(login.keys.signing.certificate_der));
}

std::string access_token(const Backend& backend, const Login& login, const LoginRequest& request,
                         const ServicePrincipal& app) {
  const Tenant& tenant = backend.store.truth().tenant();
  const std::string id = signing_key_id(login);
  const std::int64_t from = seconds_of(request.now);
  return sign_jwt(login.keys.signing.key.get(),
                  {{"typ", "JWT"}, {"alg", "RS256"}, {"x5t", id}, {"kid", id}},
                  {{"aud", request.origin},
                   {"iss", "https://sts.windows.net/" + tenant.id + "/"},
                   {"iat", from},
                   {"nbf", from},
                   {"exp", from + backend.options.token_life.count()},
                   {"app_displayname", app.display_name},
                   {"appid", app.app_id},
                   {"idtyp", "app"},
                   {"oid", app.id},
                   {"roles", roles_of(backend.store.truth(), app)},
                   {"sub", app.id},
                   {"tid", tenant.id},
                   {"ver", "1.0"}});
}

Parsed<Caller> authenticate(const Backend& backend, const Login& login,
                            const std::string* authorization, Time now) {
  constexpr std::string_view scheme = "bearer ";
  if (authorization == nullptr || authorization->size() <= scheme.size() ||
      to_lower(authorization->substr(0, scheme.size())) != scheme) {
    return bad_token("Access token is empty.");
  }
  const auto jwt = parse_jwt(std::string_view(*authorization).substr(scheme.size()));
  if (!jwt || string_at(jwt->header, "kid") != signing_key_id(login)) {
    return bad_token("CompactToken parsing failed with error code: 80049217");
  }
  if (string_at(jwt->header, "alg") != "RS256" ||
      !signature_holds(*jwt, login.keys.signing.key.get())) {
    return bad_token("Access token validation failure. Invalid signature.");
  }
  const std::string audience = string_at(jwt->claims, "aud").value_or("");
  if (std::ranges::find(login.origins, audience) == login.origins.end()) {
    return bad_token("Access token validation failure. Invalid audience.");
  }
  if (string_at(jwt->claims, "tid") != backend.store.truth().tenant().id) {
    return bad_token("Access token validation failure. Invalid tenant.");
  }
  if (int_at(jwt->claims, "exp").value_or(0) <= seconds_of(now)) {
    return bad_token("Lifetime validation failed, the token is expired.");
  }
  Caller caller{.app_id = string_at(jwt->claims, "appid").value_or(""),
                .service_principal_id = string_at(jwt->claims, "oid").value_or(""),
                .name = string_at(jwt->claims, "app_displayname").value_or("")};
  if (const json::array* roles = array_at(jwt->claims, "roles")) {
    for (const json::value& role : *roles) {
      if (role.is_string()) caller.roles.emplace(role.get_string());
    }
  }
  return caller;
}

Reply discovery_document(const Backend& backend, const LoginRequest& request) {
  const Tenant& tenant = backend.store.truth().tenant();
  const std::string asked = to_lower(request.tenant);
  const bool shared = asked == "common" || asked == "organizations";
  if (!shared && asked != tenant.id && asked != tenant.domain) {
    return token_error(request, {.error = "invalid_tenant",
                                 .code = 90002,
                                 .message = "Tenant '" + request.tenant + "' not found."});
  }
  const std::string name = shared ? asked : tenant.id;
  const std::string base = request.origin + "/" + name;
  return json_document(
      {{"token_endpoint", base + "/oauth2/v2.0/token"},
       {"token_endpoint_auth_methods_supported",
        {"client_secret_post", "private_key_jwt", "client_secret_basic"}},
       {"jwks_uri", base + "/discovery/v2.0/keys"},
       {"response_modes_supported", {"query", "fragment", "form_post"}},
       {"subject_types_supported", {"pairwise"}},
       {"id_token_signing_alg_values_supported", {"RS256"}},
       {"response_types_supported", {"code", "id_token", "code id_token", "id_token token"}},
       {"scopes_supported", {"openid", "profile", "email", "offline_access"}},
       {"issuer", request.origin + "/" + (shared ? "{tenantid}" : tenant.id) + "/v2.0"},
       {"userinfo_endpoint", request.origin + "/oidc/userinfo"},
       {"authorization_endpoint", base + "/oauth2/v2.0/authorize"},
       {"device_authorization_endpoint", base + "/oauth2/v2.0/devicecode"},
       {"end_session_endpoint", base + "/oauth2/v2.0/logout"},
       {"cloud_instance_name", "localhost"},
       {"msgraph_host", "localhost"}});
}

Reply signing_keys(const Login& login, const LoginRequest& request) {
  const std::string id = signing_key_id(login);
  const Certified& signing = login.keys.signing;
  json::object key{{"kty", "RSA"},
                   {"use", "sig"},
                   {"kid", id},
                   {"x5t", id},
                   {"n", rsa_number(signing.key.get(), "n")},
                   {"e", rsa_number(signing.key.get(), "e")},
                   {"x5c", json::array{base64(signing.certificate_der)}},
                   {"issuer", request.origin + "/{tenantid}/v2.0"}};
  return json_document({{"keys", json::array{std::move(key)}}});
}

}  // namespace clawback::lab
