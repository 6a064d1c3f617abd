#include "auth/token.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

#include "base/digest.hpp"
#include "base/json.hpp"
#include "base/safe_text.hpp"

namespace clawback::auth {
namespace {

using std::chrono::seconds;

constexpr std::size_t reply_bytes_max = 256u << 10u;
constexpr std::size_t token_bytes_max = 32u << 10u;
constexpr seconds lifetime_max = std::chrono::days(7);
constexpr std::chrono::minutes refresh_before{5};
constexpr std::string_view scheme = "Bearer ";

struct Token {
  std::string authorization;
  Time use_until;
};

// One question to the token service, and everybody who waits for its answer.
struct Flight {
  explicit Flight(const asio::any_io_executor& executor)
      : landed(executor, asio::steady_timer::time_point::max()) {}
  asio::steady_timer landed;
  std::optional<Result<std::string>> outcome;  // none: whoever asked was cancelled
};

Error bad_reply(const Identity& identity, std::string what) {
  return Error{.code = Errc::protocol,
               .message = "sign-in of identity \"" + identity.name +
                          "\": the token service's reply " + std::move(what)};
}

// A number, or the number as a string, which some token services send.
std::optional<seconds> lifetime_in(const json::value& reply) {
  auto value = int_at(reply, "expires_in");
  if (const auto text = string_at(reply, "expires_in")) {
    std::int64_t parsed = 0;
    const char* const end = text->data() + text->size();
    const auto [stop, failed] = std::from_chars(text->data(), end, parsed);
    if (failed == std::errc() && stop == end) value = parsed;
  }
  if (!value || *value <= 0 || *value > lifetime_max.count()) return std::nullopt;
  return seconds(*value);
}

bool is_token(std::string_view text) {
  const auto visible = [](char c) { return c > ' ' && c < '\x7f'; };
  return !text.empty() && text.size() <= token_bytes_max && std::ranges::all_of(text, visible);
}

// `asked`: the life of a token is counted from before it was asked for.
Result<Token> read_reply(const std::string& body, const Identity& identity, Time asked) {
  const auto reply = parse_json(body, JsonLimits{.depth = 8, .bytes = reply_bytes_max});
  // The parser's message would quote what may be a token.
  if (!reply || !reply->is_object()) return bad_reply(identity, "is no JSON object");
  const auto token = string_at(*reply, "access_token");
  if (!token || !is_token(*token)) return bad_reply(identity, "holds no usable access_token");
  const auto type = string_at(*reply, "token_type");
  if (!type || to_lower(*type) != "bearer")
    return bad_reply(identity, "is not about a Bearer token");
  const auto lifetime = lifetime_in(*reply);
  if (!lifetime) return bad_reply(identity, "has an unusable expires_in");
  const auto margin = std::min<Duration>(refresh_before, Duration(*lifetime) / 2);
  return Token{.authorization = std::string(scheme) + *token,
               .use_until = asked + *lifetime - margin};
}

void append_field(std::string& form, std::string_view name, std::string_view value) {
  if (!form.empty()) form += '&';
  form.append(name).append("=").append(percent_encode(value));
}

Result<std::string> form_of(const Identity& identity, const std::string& token_path, Time now) {
  std::string form;
  append_field(form, "client_id", identity.client_id);
  append_field(form, "scope", identity.graph.url() + "/.default");
  append_field(form, "grant_type", "client_credentials");
  if (const auto* secret = std::get_if<ClientSecret>(&identity.credential)) {
    std::string encoded = percent_encode(secret->value.reveal());
    form.reserve(form.size() + encoded.size() + 32);  // growing would leave a copy behind
    form.append("&client_secret=").append(encoded);
    wipe(encoded);
    return form;
  }
  const auto& certificate = std::get<ClientCertificate>(identity.credential);
  const auto assertion = client_assertion(certificate, identity.client_id,
                                          identity.login.url() + token_path, now, random_guid());
  if (!assertion) return within("identity \"" + identity.name + "\"", assertion.error());
  append_field(form, "client_assertion_type",
               "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
  append_field(form, "client_assertion", *assertion);
  return form;
}

struct WipedRequest : http::Request {
  WipedRequest() = default;
  WipedRequest(const WipedRequest&) = delete;
  WipedRequest& operator=(const WipedRequest&) = delete;
  ~WipedRequest() { wipe(body); }
};

}  // namespace

struct TokenSource::State {
  State(Identity who, http::Transport& through, std::function<Time()> clock)
      : identity(std::move(who)), transport(through), now(std::move(clock)) {}
  asio::awaitable<Result<std::string>> sign_in();

  Identity identity;
  http::Transport& transport;
  std::function<Time()> now;
  std::optional<Token> token;
  std::shared_ptr<Flight> flight;
};

asio::awaitable<Result<std::string>> TokenSource::State::sign_in() {
  const std::string path = "/" + percent_encode(identity.tenant_id) + "/oauth2/v2.0/token";
  const Time asked = now();
  auto form = form_of(identity, path, asked);
  if (!form) co_return form.error();
  WipedRequest request;
  request.method = "POST";
  request.origin = identity.login;
  request.target = path;
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                     {"Accept", "application/json"}};
  request.body = std::move(*form);
  request.body_max = reply_bytes_max;
  auto response = co_await transport.send(request);
  // Asking for a token changes nothing, so a lost answer may be asked for again.
  if (!response && response.error().code == Errc::outcome_unknown) {
    response = co_await transport.send(request);
  }
  if (!response) {
    Error error = within("sign-in of identity \"" + identity.name + "\"", response.error());
    // The caller's own request was not sent: nothing is unknown about that.
    if (error.code == Errc::outcome_unknown) error.code = Errc::unavailable;
    co_return error;
  }
  if (response->status != 200)
    co_return explain_token_error(response->status, response->body, identity);
  auto made = read_reply(response->body, identity, asked);
  wipe(response->body);
  if (!made) co_return made.error();
  token = std::move(*made);
  co_return token->authorization;
}

TokenSource::TokenSource(Identity identity, http::Transport& transport, std::function<Time()> now)
    : state_(std::make_shared<State>(std::move(identity), transport, std::move(now))) {}

TokenSource::~TokenSource() {
  if (state_->token) wipe(state_->token->authorization);
}

asio::awaitable<Result<std::string>> TokenSource::authorization() {
  const auto keep = state_;
  State& state = *keep;
  while (!in_hand()) {
    if (state.flight) {
      const auto flight = state.flight;
      co_await flight->landed.async_wait(asio::as_tuple(asio::use_awaitable));
      if (flight->outcome) co_return *flight->outcome;
      continue;
    }
    const auto flight = std::make_shared<Flight>(co_await asio::this_coro::executor);
    // However this ends: the next one can ask, and those who wait look again.
    struct Landing {
      State& state;
      Flight& flight;
      ~Landing() {
        state.flight.reset();
        flight.landed.cancel();
      }
    };
    state.flight = flight;
    const Landing landing{.state = state, .flight = *flight};
    flight->outcome = co_await state.sign_in();
    co_return *flight->outcome;
  }
  co_return state.token->authorization;
}

bool TokenSource::in_hand() const {
  return state_->token && state_->now() < state_->token->use_until;
}

void TokenSource::forget(const std::string& authorization) {
  if (state_->token && state_->token->authorization == authorization) state_->token.reset();
}

const Identity& TokenSource::identity() const { return state_->identity; }

}  // namespace clawback::auth
