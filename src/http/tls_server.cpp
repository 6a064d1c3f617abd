#include "http/tls_server.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <exception>
#include <optional>
#include <utility>

#include "base/digest.hpp"
#include "base/safe_text.hpp"
#include "http/connection.hpp"
#include "http/reply.hpp"
#include "http/run.hpp"
#include "http/server_session.hpp"
#include "http/tls_context.hpp"
#include "http/wire.hpp"

namespace clawback::http {
namespace {

namespace wire = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using Clock = TlsStream::Clock;

constexpr std::chrono::milliseconds accept_pause{50};

class Incoming final : public wire::basic_parser<true> {
 public:
  explicit Incoming(const TlsServerOptions& options) : body_max_(options.body_max) {
    header_limit(static_cast<std::uint32_t>(options.header_max));
    body_limit(boost::none);
    eager(true);
  }
  Request request;
  int refusal = 400;  // the status, if parsing fails
  bool wants_continue = false;
  bool old = false;  // HTTP/1.0

 private:
  using text = boost::beast::string_view;
  static std::string_view view(text t) { return {t.data(), t.size()}; }

  void refuse(int status, error_code& ec) {
    refusal = status;
    ec = wire::error::bad_value;
  }
  void on_request_impl(wire::verb, text method, text target, int version, error_code& ec) override {
    old = version < 11;
    request.method = view(method);
    request.target = view(target);
    if (!request.target.starts_with('/')) refuse(400, ec);
  }
  void on_response_impl(int, text, int, error_code&) override {}
  void on_field_impl(wire::field, text name, text value, error_code&) override {
    if (!is_header_done()) {
      request.headers.push_back({std::string(view(name)), std::string(view(value))});
    }
  }
  void on_header_impl(error_code& ec) override {
    // Two readings of where a request ends are how requests are smuggled.
    const std::string* transfer = find(request.headers, "Transfer-Encoding");
    if (transfer != nullptr && to_lower(*transfer) != "chunked") return refuse(400, ec);
    const auto length = content_length();
    if (length && *length > body_max_) return refuse(413, ec);
    if (length) request.body.reserve(static_cast<std::size_t>(*length));
    const std::string* expect = find(request.headers, "Expect");
    wants_continue = expect != nullptr && to_lower(*expect) == "100-continue";
  }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(text piece, error_code& ec) override {
    if (piece.size() > body_max_ - request.body.size()) {
      refuse(413, ec);
    } else {
      request.body.append(view(piece));
    }
    return piece.size();
  }
  void on_chunk_header_impl(std::uint64_t, text, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, text piece, error_code& ec) override {
    return on_body_impl(piece, ec);
  }
  void on_finish_impl(error_code&) override {}

  std::size_t body_max_;
};

// What was read: a request (200), a status to refuse it with, or the end of the connection (0).
struct Taken {
  int status = 0;
  bool keep_alive = false;
  bool old = false;  // HTTP/1.0
  Request request = {};
};

asio::awaitable<Taken> take(ServerSession& session, const TlsServerOptions& options) {
  constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
  Connection& connection = session.connection;
  Incoming incoming(options);
  // The first request's time began with the connection.
  bool begun = session.doing == Guest::Doing::arriving;
  for (;;) {
    error_code failed = wire::error::need_more;
    if (!connection.buffer.bytes().empty()) {
      if (!std::exchange(begun, true)) {
        connection.stream.set_deadline(Clock::now() + options.request_max);
      }
      const std::string_view bytes = connection.buffer.bytes();
      connection.buffer.consume(
          incoming.put(asio::const_buffer(bytes.data(), bytes.size()), failed));
    }
    if (failed == wire::error::header_limit) co_return Taken{.status = 431};
    if (failed && failed != wire::error::need_more) co_return Taken{.status = incoming.refusal};
    if (incoming.is_done()) break;
    if (std::exchange(incoming.wants_continue, false)) {
      if (co_await connection.stream.write(go_on)) co_return Taken{};
    }
    const auto room = connection.buffer.room();
    if (room.empty()) co_return Taken{.status = 400};
    const auto read = co_await connection.stream.read_some(room);
    if (read.failed) co_return Taken{};
    connection.buffer.add(read.size);
  }
  co_return Taken{.status = 200,
                  .keep_alive = incoming.keep_alive(),
                  .old = incoming.old,
                  .request = std::move(incoming.request)};
}

}  // namespace

struct TlsServer::State : std::enable_shared_from_this<TlsServer::State> {
  State(asio::any_io_executor runs_on, std::optional<asio::ssl::context> tls,
        const TlsServerOptions& wanted, Handler handle)
      : executor(std::move(runs_on)),
        context(std::move(tls)),
        options(wanted),
        handler(std::move(handle)),
        acceptor(executor) {}
  void start(tcp::socket socket);
  void stop();
  asio::awaitable<void> accept_all();
  asio::awaitable<void> serve(ServerSession& session);

  asio::any_io_executor executor;
  std::optional<asio::ssl::context> context;  // none: plain
  TlsServerOptions options;
  Handler handler;
  tcp::acceptor acceptor;
  std::list<ServerSession> sessions;
  ServerCounts counts;
  std::uint16_t port = 0;
  bool stopping = false;
};

asio::awaitable<void> TlsServer::State::accept_all() {
  const auto self = shared_from_this();
  while (!stopping) {
    bool started = false;
    try {
      auto [failed, socket] = co_await acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
      if (stopping || failed == asio::error::operation_aborted) break;
      if (!failed) start(std::move(socket));
      started = !failed;
    } catch (const std::exception&) {
      ++counts.turned_away;
    }
    // Out of descriptors or memory, most likely: sessions that end will free some.
    if (!started) co_await sleep_for(accept_pause);
  }
}

void TlsServer::State::start(tcp::socket socket) {
  error_code gone;
  const tcp::endpoint from = socket.remote_endpoint(gone);
  if (gone) return;
  const std::string address = from.address().to_string();
  ++counts.accepted;
  if (!make_room(sessions, address, options, counts)) return;
  // Among the others only once it runs: nobody would take it away from there.
  std::list<ServerSession> fresh;
  const auto session = fresh.emplace(fresh.end(), std::move(socket), context ? &*context : nullptr);
  session->address = address;
  session->now_is(Guest::Doing::arriving);
  auto on_end = [self = shared_from_this(), session](const std::exception_ptr&) {
    // Of a handler that threw, the client sees the connection end. Posted, because the session owns
    // the signal that the ending coroutine is still bound to.
    session->doing = Guest::Doing::leaving;
    if (session->connection.stream.expired()) ++self->counts.timed_out;
    asio::post(self->executor, [self, session] { self->sessions.erase(session); });
  };
  asio::co_spawn(executor, serve(*session),
                 asio::bind_cancellation_slot(session->signal.slot(), std::move(on_end)));
  sessions.splice(sessions.end(), fresh);
}

void TlsServer::State::stop() {
  stopping = true;
  error_code ignored;
  acceptor.close(ignored);
  for (ServerSession& session : sessions) {
    if (!session.busy()) session.connection.stream.close();
  }
}

asio::awaitable<void> TlsServer::State::serve(ServerSession& session) {
  const auto self = shared_from_this();
  Connection& connection = session.connection;
  connection.stream.set_deadline(Clock::now() + options.request_max);
  if (co_await connection.stream.handshake(asio::ssl::stream_base::server)) {
    ++counts.no_tls;
    co_return;
  }
  bool keep_alive = true;
  while (keep_alive && !stopping) {
    auto taken = co_await take(session, options);
    if (taken.status == 0 || session.doing == Guest::Doing::leaving) co_return;
    session.now_is(Guest::Doing::answering);
    connection.stream.clear_deadline();
    ReplyShape shape{.head_only = taken.request.method == "HEAD",
                     .packable = options.gzip && accepts_gzip(taken.request.headers),
                     .chunks = !taken.old,
                     .patience = options.write_max,
                     .stopping = &stopping};
    Reply reply;
    reply.status = taken.status;
    taken.request.peer = session.address;
    if (taken.status == 200) {
      reply = co_await handler(std::move(taken.request));
    } else {
      ++counts.unusable;
      if (options.refusal) reply = options.refusal(taken.status);
    }
    shape.keep_alive = taken.keep_alive && !stopping;
    session.now_is(reply.stream ? Guest::Doing::streaming : Guest::Doing::writing);
    keep_alive = co_await send_reply(connection.stream, std::move(reply), shape);
    if (taken.status != 200) co_await farewell(connection);
    if (session.doing == Guest::Doing::leaving) co_return;
    session.now_is(Guest::Doing::reading);
    connection.stream.set_deadline(Clock::now() + options.idle_max);
  }
}

Result<std::unique_ptr<TlsServer>> TlsServer::make(asio::any_io_executor executor,
                                                   const TlsServerOptions& options,
                                                   Handler handler) {
  std::optional<asio::ssl::context> context;
  if (!options.plain) {
    auto made = server_context(options.certificate_pem, options.key_pem);
    if (!made) return std::move(made).error();
    context.emplace(std::move(*made));
  }
  auto state =
      std::make_shared<State>(std::move(executor), std::move(context), options, std::move(handler));
  const auto listening = listen(state->acceptor, options);
  if (!listening) return listening.error();
  state->port = *listening;
  asio::co_spawn(state->executor, state->accept_all(), [state](const std::exception_ptr&) {});
  return std::unique_ptr<TlsServer>(new TlsServer(std::move(state)));
}

TlsServer::TlsServer(std::shared_ptr<State> state) : state_(std::move(state)) {}

TlsServer::~TlsServer() {
  state_->stop();
  // The handler's surroundings may be gone soon: what still runs in it is unwound, not finished.
  for (ServerSession& session : state_->sessions) {
    // Closed already, and in no handler. Its coroutine may have ended: what `emit` then posts would
    // find the session gone, because the post that takes it away comes before.
    if (session.doing == Guest::Doing::leaving) continue;
    session.connection.stream.close();
    session.signal.emit(asio::cancellation_type::terminal);
  }
}

std::uint16_t TlsServer::port() const { return state_->port; }

ServerCounts TlsServer::counts() const {
  ServerCounts counts = state_->counts;
  for (const ServerSession& session : state_->sessions) {
    counts.open += session.doing == Guest::Doing::leaving ? 0 : 1;
  }
  return counts;
}

void TlsServer::stop() { state_->stop(); }

}  // namespace clawback::http
