#include "auth/loopback.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <optional>

#include "base/digest.hpp"
#include "base/safe_text.hpp"
#include "base/secret.hpp"
#include "http/form.hpp"

namespace clawback::auth {
namespace {

using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t head_max = 32u << 10u;
constexpr std::size_t sessions_max = 16;
constexpr std::chrono::seconds session_max{10};
constexpr auto await = asio::as_tuple(asio::use_awaitable);

std::string_view next_line(std::string_view& rest) {
  const std::size_t end = std::min(rest.find("\r\n"), rest.size());
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(std::min(rest.size(), end + 2));
  return line;
}

// Another site's page may point a name of its own at 127.0.0.1; the Host header gives it away.
bool is_to_us(std::string_view headers, std::uint16_t port) {
  const std::string number = std::to_string(port);
  int hosts = 0;
  bool ours = false;
  while (!headers.empty()) {
    const std::string line = to_lower(next_line(headers));
    if (!line.starts_with("host:")) continue;
    const std::size_t begin = line.find_first_not_of(" \t", 5);
    const std::string host = begin == std::string::npos ? "" : line.substr(begin);
    ours = host == "localhost:" + number || host == "127.0.0.1:" + number;
    ++hosts;
  }
  return hosts == 1 && ours;
}

// Nothing of the request is in it.
std::string page(int status) {
  const std::string_view text =
      status == 200 ? "clawback has the answer. Close this window and look at the terminal."
                    : "This is not what clawback is waiting for.";
  const std::string_view reason = status == 200 ? "OK" : "Refused";
  const std::string body = "<!doctype html><title>clawback</title><p>" + std::string(text) + "</p>";
  return "HTTP/1.1 " + std::to_string(status) + " " + std::string(reason) +
         "\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: " +
         std::to_string(body.size()) +
         "\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n"
         "Content-Security-Policy: default-src 'none'\r\nX-Content-Type-Options: nosniff\r\n"
         "Connection: close\r\n\r\n" +
         body;
}

struct Session {
  explicit Session(tcp::socket connected)
      : socket(std::move(connected)), deadline(socket.get_executor(), session_max) {}
  tcp::socket socket;
  asio::steady_timer deadline;
  std::string head;
};

}  // namespace

Redirect read_redirect(std::string_view head, std::uint16_t port, std::string_view state) {
  std::string_view rest = head;
  std::string_view line = next_line(rest);
  if (!line.ends_with(" HTTP/1.1") && !line.ends_with(" HTTP/1.0")) return {.status = 400};
  line.remove_suffix(9);
  if (!line.starts_with("GET ")) return {.status = 405};
  line.remove_prefix(4);
  if (!is_to_us(rest, port)) return {.status = 400};
  const std::size_t question = std::min(line.find('?'), line.size());
  if (line.substr(0, question) != "/") return {.status = 404};
  auto given = http::read_form(line.substr(std::min(question + 1, line.size())));
  if (!given || state.empty() || !same_bytes(http::field(*given, "state"), state)) {
    return {.status = 400};
  }
  return redirect_of(*given);
}

struct Loopback::State : std::enable_shared_from_this<Loopback::State> {
  State(const asio::any_io_executor& executor, std::string expected)
      : acceptor(executor),
        landed(executor, asio::steady_timer::time_point::max()),
        state(std::move(expected)) {}
  Result<void> open();
  asio::awaitable<void> accept_all();
  asio::awaitable<void> serve(std::shared_ptr<Session> session);

  tcp::acceptor acceptor;
  asio::steady_timer landed;  // cancelled when the answer is there
  std::string state;
  std::uint16_t port = 0;
  std::size_t sessions = 0;
  std::optional<Redirect> answer;
  bool closed = false;
};

Result<void> Loopback::State::open() {
  error_code failed;
  const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), 0);
  acceptor.open(endpoint.protocol(), failed);
  if (!failed) acceptor.bind(endpoint, failed);
  if (!failed) acceptor.listen(asio::socket_base::max_listen_connections, failed);
  if (!failed) port = acceptor.local_endpoint(failed).port();
  if (!failed) return {};
  return Error{.code = Errc::io,
               .message = "listening on 127.0.0.1 for the sign-in: " + printable(failed.message())};
}

asio::awaitable<void> Loopback::State::accept_all() {
  const auto self = shared_from_this();
  while (!closed) {
    auto [failed, socket] = co_await acceptor.async_accept(await);
    if (closed || failed == asio::error::operation_aborted) break;
    if (failed || sessions >= sessions_max) continue;
    ++sessions;
    auto session = std::make_shared<Session>(std::move(socket));
    asio::co_spawn(acceptor.get_executor(), serve(std::move(session)), asio::detached);
  }
}

asio::awaitable<void> Loopback::State::serve(std::shared_ptr<Session> session) {
  const auto self = shared_from_this();
  session->deadline.async_wait([session](error_code stopped) {
    error_code ignored;
    if (!stopped) session->socket.close(ignored);
  });
  auto [failed, size] = co_await asio::async_read_until(
      session->socket, asio::dynamic_buffer(session->head, head_max), "\r\n\r\n", await);
  if (!failed) {
    Redirect redirect = read_redirect(std::string_view(session->head).substr(0, size), port, state);
    // The first answer is the one: a code that somebody sends later changes nothing.
    if (redirect.status == 200 && answer) redirect = {.status = 404};
    const bool good = redirect.status == 200;
    const std::string reply = page(redirect.status);
    if (good) answer = std::move(redirect);
    // A browser that is gone already is no reason to lose its answer.
    co_await asio::async_write(session->socket, asio::buffer(reply), await);
    error_code ignored;
    session->socket.shutdown(tcp::socket::shutdown_send, ignored);
    if (good) landed.cancel();
  }
  wipe(session->head);
  session->deadline.cancel();
  --sessions;
}

Loopback::Loopback(std::shared_ptr<State> state) : state_(std::move(state)) {}

Loopback::~Loopback() {
  error_code ignored;
  state_->closed = true;
  state_->acceptor.close(ignored);
}

Result<std::unique_ptr<Loopback>> Loopback::listen(const asio::any_io_executor& executor,
                                                   std::string state) {
  auto made = std::make_shared<State>(executor, std::move(state));
  if (const auto opened = made->open(); !opened) return opened.error();
  asio::co_spawn(executor, made->accept_all(), asio::detached);
  return std::unique_ptr<Loopback>(new Loopback(std::move(made)));
}

std::uint16_t Loopback::port() const { return state_->port; }

asio::awaitable<Result<Redirect>> Loopback::answer(Duration timeout) {
  const auto state = state_;
  if (!state->answer) {
    state->landed.expires_after(timeout);
    co_await state->landed.async_wait(await);
  }
  if (state->answer) co_return std::move(*state->answer);
  co_return Error{.code = Errc::unauthenticated,
                  .message = "nobody signed in within " + format_duration(timeout),
                  .hint = "run the command again and open the address that it prints"};
}

}  // namespace clawback::auth
