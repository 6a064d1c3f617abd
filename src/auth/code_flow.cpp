#include "auth/code_flow.hpp"

#include <boost/json/object.hpp>

#include "auth/token.hpp"
#include "base/digest.hpp"
#include "base/json.hpp"
#include "base/safe_text.hpp"

namespace clawback::auth {
namespace {

constexpr std::size_t reply_max = 256u << 10u;
constexpr std::size_t code_max = 8u << 10u;
constexpr std::size_t token_max = 16u << 10u;
constexpr std::string_view scope = "openid profile";
constexpr std::size_t random_size = 32;

void append_field(std::string& text, std::string_view name, std::string_view value) {
  if (!text.empty()) text += '&';
  text.append(name).append("=").append(percent_encode(value));
}

std::string path_of(const Asked& wanted, std::string_view what) {
  return "/" + percent_encode(wanted.tenant) + "/oauth2/v2.0/" + std::string(what);
}

std::string challenge_of(const Secret& verifier) {
  const Sha256 digest = sha256(verifier.reveal());
  return base64url({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

// In the words of explain_token_error, which knows what Entra's numbers mean.
Error explained(const Asked& wanted, int status, const std::string& body) {
  const Identity who{.name = "approve",
                     .tenant_id = wanted.tenant,
                     .client_id = wanted.client_id,
                     .login = wanted.login,
                     .graph = {},
                     .credential = ClientSecret{}};
  Error error = explain_token_error(status, body, who);
  if (error.code == Errc::internal) error.code = Errc::unauthenticated;
  return error;
}

Error said_no(const Asked& wanted, const Redirect& redirect) {
  const json::object body{{"error", redirect.error}, {"error_description", redirect.description}};
  return explained(wanted, 400, compact_json(body));
}

Error bad_reply(std::string what) {
  return Error{.code = Errc::protocol,
               .message = "sign-in of an approver: the token service's reply " + std::move(what)};
}

struct WipedRequest : http::Request {
  WipedRequest() = default;
  WipedRequest(const WipedRequest&) = delete;
  WipedRequest& operator=(const WipedRequest&) = delete;
  ~WipedRequest() { wipe(body); }
};

void fill(WipedRequest& request, const Asked& wanted, const CodeFlow& flow, const Secret& code) {
  request.method = "POST";
  request.origin = wanted.login;
  request.target = path_of(wanted, "token");
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                     {"Accept", "application/json"}};
  request.body.reserve(3 * (code_max + 1024));  // growing would leave a copy behind
  append_field(request.body, "client_id", wanted.client_id);
  append_field(request.body, "grant_type", "authorization_code");
  append_field(request.body, "scope", scope);
  append_field(request.body, "redirect_uri", flow.redirect_uri);
  append_field(request.body, "code_verifier", flow.verifier.reveal());
  append_field(request.body, "code", code.reveal());
  request.body_max = reply_max;
}

Result<Secret> token_in(const std::string& body) {
  const auto reply = parse_json(body, JsonLimits{.depth = 8, .bytes = reply_max});
  // The parser's message would quote what may be a token.
  if (!reply || !reply->is_object()) return bad_reply("is no JSON object");
  auto token = string_at(*reply, "id_token");
  if (!token || token->empty() || token->size() > token_max) {
    return bad_reply("holds no usable id_token");
  }
  return Secret(std::move(*token));
}

asio::awaitable<Result<Secret>> redeem(const Asked& wanted, const CodeFlow& flow,
                                       const Secret& code, http::Transport& transport) {
  WipedRequest request;
  fill(request, wanted, flow, code);
  auto response = co_await transport.send(request);
  if (!response) {
    Error error = within("sign-in of an approver", response.error());
    // A code is good once: it is not sent again. Nothing was approved.
    if (error.code == Errc::outcome_unknown) error.code = Errc::unavailable;
    error.hint = "sign in again";
    co_return error;
  }
  if (response->status != 200) {
    co_return explained(wanted, response->status, response->body);
  }
  auto token = token_in(response->body);
  wipe(response->body);
  co_return token;
}

}  // namespace

CodeFlow begin_flow(std::string redirect_uri) {
  return {.redirect_uri = std::move(redirect_uri),
          .state = base64url(random_bytes(random_size)),
          .verifier = Secret(base64url(random_bytes(random_size)))};
}

std::string address_of(const Asked& wanted, const CodeFlow& flow) {
  std::string query;
  append_field(query, "client_id", wanted.client_id);
  append_field(query, "response_type", "code");
  append_field(query, "redirect_uri", flow.redirect_uri);
  append_field(query, "response_mode", "query");
  append_field(query, "scope", scope);
  append_field(query, "state", flow.state);
  append_field(query, "nonce", wanted.nonce);
  append_field(query, "code_challenge", challenge_of(flow.verifier));
  append_field(query, "code_challenge_method", "S256");
  if (!wanted.prompt.empty()) append_field(query, "prompt", wanted.prompt);
  return wanted.login.url() + path_of(wanted, "authorize") + "?" + query;
}

Redirect redirect_of(const http::Form& given) {
  Redirect out{.code = http::field(given, "code"),
               .error = http::field(given, "error"),
               .description = http::field(given, "error_description")};
  if (out.code.empty() != out.error.empty()) out.status = 200;
  return out;
}

asio::awaitable<Result<Secret>> finish_flow(Asked wanted, CodeFlow flow, Redirect redirect,
                                            http::Transport& transport) {
  if (!redirect.error.empty()) co_return said_no(wanted, redirect);
  if (redirect.code.size() > code_max) co_return bad_reply("holds no usable code");
  const Secret code(std::move(redirect.code));
  auto token = co_await redeem(wanted, flow, code, transport);
  co_return token;
}

}  // namespace clawback::auth
