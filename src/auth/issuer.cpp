#include "auth/issuer.hpp"

#include "base/json.hpp"
#include "base/safe_text.hpp"

namespace clawback::auth {
namespace {

constexpr std::size_t document_max = 256u << 10u;
constexpr std::chrono::seconds patience{30};

Error broken(const std::string& tenant, std::string what) {
  return Error{.code = Errc::protocol,
               .message = "the issuer of tenant " + printable(tenant, 60) + ": " + std::move(what),
               .hint = "is [cloud] login right, and nothing between us and it?"};
}

asio::awaitable<Result<json::value>> get(http::Origin origin, std::string target,
                                         std::string tenant, http::Transport& transport,
                                         std::string& body) {
  http::Request request;
  request.origin = std::move(origin);
  request.target = std::move(target);
  request.headers = {{"Accept", "application/json"}};
  request.timeout = patience;
  request.body_max = document_max;
  auto response = co_await transport.send(request);
  if (!response) {
    Error error = within("the issuer of tenant " + tenant, response.error());
    if (error.code == Errc::outcome_unknown) error.code = Errc::unavailable;  // reading only
    co_return error;
  }
  if (response->status != 200) {
    co_return broken(tenant, "it answered with status " + std::to_string(response->status));
  }
  body = std::move(response->body);
  auto document = parse_json(body, {.depth = 8, .bytes = document_max});
  if (!document || !document->is_object())
    co_return broken(tenant, "its document is no JSON object");
  co_return std::move(*document);
}

}  // namespace

asio::awaitable<Result<std::string>> fetch_keys(http::Origin login, std::string tenant,
                                                http::Transport& transport) {
  std::string body;
  const std::string path = "/" + percent_encode(tenant) + "/v2.0/.well-known/openid-configuration";
  const auto discovery = co_await get(login, path, tenant, transport, body);
  if (!discovery) co_return discovery.error();
  if (string_at(*discovery, "issuer") != login.url() + "/" + tenant + "/v2.0") {
    co_return broken(tenant, "its discovery document is of another issuer");
  }
  const auto where = http::parse_url(string_at(*discovery, "jwks_uri").value_or(""));
  if (!where || where->origin != login) {
    co_return broken(tenant, "its keys are said to be on another host than " + login.url());
  }
  const auto keys = co_await get(login, where->target, tenant, transport, body);
  if (!keys) co_return keys.error();
  if (array_at(*keys, "keys") == nullptr) co_return broken(tenant, "its keys are no JWKS document");
  co_return body;
}

}  // namespace clawback::auth
