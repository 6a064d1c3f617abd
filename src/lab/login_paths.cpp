#include <algorithm>

#include "base/digest.hpp"
#include "base/safe_text.hpp"
#include "lab/service.hpp"

namespace clawback::lab {
namespace {

constexpr std::string_view token_path = "/oauth2/v2.0/token";
constexpr std::string_view authorize_path = "/oauth2/v2.0/authorize";
constexpr std::string_view discovery_path = "/v2.0/.well-known/openid-configuration";
constexpr std::string_view keys_path = "/discovery/v2.0/keys";

std::string header_or_empty(const http::Request& request, std::string_view name) {
  const std::string* value = http::find(request.headers, name);
  return value == nullptr ? std::string() : *value;
}

struct Endpoint {
  std::string tenant{};
  std::string rest{};
};

// "/{tenant}/rest"
Endpoint split_tenant(std::string_view path) {
  const std::size_t slash = path.find('/', 1);
  if (!path.starts_with('/') || slash == std::string_view::npos) return {};
  return {percent_decode(path.substr(1, slash - 1), false).value_or(""),
          std::string(path.substr(slash))};
}

}  // namespace

Reply Service::login(const http::Request& request, std::string_view path, const Call& ids) {
  const Endpoint endpoint = split_tenant(path);
  LoginRequest asked{.tenant = endpoint.tenant,
                     .form = request.body,
                     .query = ids.raw_query,
                     .content_type = header_or_empty(request, "Content-Type"),
                     .authorization = header_or_empty(request, "Authorization"),
                     .origin = ids.origin,
                     .now = ids.now,
                     .request_id = ids.request_id};
  std::string_view operation;
  if (request.method == "POST" && endpoint.rest == token_path) {
    const bool code = request.body.contains("grant_type=authorization_code");
    operation = code ? "sts_code" : "sts_token";
  }
  if (request.method == "GET" && endpoint.rest == authorize_path) operation = "sts_authorize";
  if (request.method == "GET" && endpoint.rest == discovery_path) {
    operation = "sts_openidConfiguration";
  }
  if (request.method == "GET" && endpoint.rest == keys_path) operation = "sts_jwks";
  const auto fault = faults_.next(operation);
  Reply reply{.status = 404, .headers = {{"Content-Type", "text/plain"}}, .body = "Not found"};
  if (fault) asked.forgery = fault->forgery;
  if (fault && instead_of_operation(*fault)) {
    reply = fault_answer(ids, *fault);
  } else if (operation == "sts_token" || operation == "sts_code") {
    reply = issue_token(backend_, login_, asked);
  } else if (operation == "sts_authorize") {
    reply = authorize(backend_, login_, asked);
  } else if (operation == "sts_openidConfiguration") {
    reply = discovery_document(backend_, asked);
  } else if (operation == "sts_jwks") {
    reply = signing_keys(login_, asked);
  }
  if (fault) spoil(reply, *fault);
  // The form holds a secret or an assertion: it is not remembered.
  remember(operation, ids, reply);
  return reply;
}

}  // namespace clawback::lab
