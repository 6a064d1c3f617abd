#include "http/tls_client.hpp"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <utility>

#include "base/digest.hpp"
#include "base/safe_text.hpp"
#include "base/secret.hpp"
#include "http/gzip.hpp"
#include "http/pool.hpp"
#include "http/tls_context.hpp"
#include "http/wire.hpp"

namespace clawback::http {
namespace {

namespace wire = boost::beast::http;
using boost::system::error_code;
using Clock = TlsStream::Clock;

constexpr std::uint32_t header_bytes_max = 32u << 10u;
constexpr int interim_answers_max = 8;
// What compression may add to a body that does not compress.
constexpr std::size_t encoding_slack = 64u << 10u;

// One answer: takes what the parser finds, decodes it and holds it to the request's limits.
class Answer final : public wire::basic_parser<false> {
 public:
  explicit Answer(const Request& request) : request_(request) {
    header_limit(header_bytes_max);
    body_limit(boost::none);  // ours counts decoded bytes
    eager(true);
    skip(request.method == "HEAD");
  }
  Response response;
  std::optional<Error> failure;  // why a callback gave up

 private:
  using text = boost::beast::string_view;
  static std::string_view view(text t) { return {t.data(), t.size()}; }

  void fail(error_code& ec, std::string message) {
    failure = Error{.code = Errc::protocol, .message = std::move(message)};
    ec = wire::error::bad_value;
  }
  void on_request_impl(wire::verb, text, text, int, error_code&) override {}
  void on_response_impl(int code, text, int, error_code&) override { response.status = code; }
  void on_field_impl(wire::field, text name, text value, error_code&) override {
    // Trailers come after the body; nothing may be changed by them.
    if (!is_header_done()) {
      response.headers.push_back({std::string(view(name)), std::string(view(value))});
    }
  }
  void on_header_impl(error_code& ec) override {
    const std::string* transfer = find(response.headers, "Transfer-Encoding");
    if (transfer != nullptr && to_lower(*transfer) != "chunked") {
      return fail(ec, "transfer encoding " + printable(*transfer, 40) + " was not asked for");
    }
    if (is_done()) return;  // no body comes
    const std::string* coding = find(response.headers, "Content-Encoding");
    const std::string name = coding == nullptr ? "identity" : to_lower(*coding);
    const auto length = content_length();
    if (name == "gzip") {
      gunzip_.emplace(request_.body_max);
    } else if (name != "identity") {
      fail(ec, "content encoding " + printable(name, 40) + " was not asked for");
    } else if (length && *length > request_.body_max) {
      fail(ec, too_large());
    } else if (length) {
      response.body.reserve(static_cast<std::size_t>(*length));
    }
  }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(text piece, error_code& ec) override {
    take(view(piece), ec);
    return piece.size();
  }
  void on_chunk_header_impl(std::uint64_t, text, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, text piece, error_code& ec) override {
    take(view(piece), ec);
    return piece.size();
  }
  void on_finish_impl(error_code& ec) override {
    if (!gunzip_ || encoded_ == 0) return;
    if (auto whole = gunzip_->finish(); !whole) fail(ec, whole.error().message);
  }
  void take(std::string_view piece, error_code& ec) {
    encoded_ += piece.size();
    if (encoded_ > request_.body_max + (gunzip_ ? encoding_slack : 0)) return fail(ec, too_large());
    if (!gunzip_) {
      response.body.append(piece);
    } else if (auto pushed = gunzip_->push(piece, response.body); !pushed) {
      fail(ec, pushed.error().message);
    }
  }
  [[nodiscard]] std::string too_large() const {
    return "the answer is larger than " + std::to_string(request_.body_max) + " bytes";
  }

  const Request& request_;
  std::optional<Gunzip> gunzip_;
  std::size_t encoded_ = 0;
};

// How an exchange ended for the connection it was on.
struct Exchange {
  Result<Response> result;
  bool reusable = false;
  bool unanswered = false;  // the peer hung up before the first byte
};

// A request's bytes hold tokens and secrets.
struct WipedBytes {
  std::string bytes;
  explicit WipedBytes(std::string from) : bytes(std::move(from)) {}
  ~WipedBytes() { wipe(bytes); }
  WipedBytes(const WipedBytes&) = delete;
  WipedBytes& operator=(const WipedBytes&) = delete;
};

Error named(const Request& request, Errc code, std::string what) {
  const std::string_view path =
      std::string_view(request.target).substr(0, request.target.find('?'));
  return Error{.code = code,
               .message = request.method + " " + request.origin.url() + printable(path) + ": " +
                          std::move(what)};
}

Exchange broken(const Request& request, const Connection& connection, const error_code& failed,
                bool answered) {
  if (connection.stream.expired()) {
    const std::string limit = std::to_string(request.timeout.count()) + " ms";
    return {.result = named(request, Errc::outcome_unknown, "no complete answer within " + limit)};
  }
  const bool ended = failed == asio::error::eof || failed == asio::ssl::error::stream_truncated;
  const std::string why = ended ? "the connection was closed" : printable(failed.message());
  const std::string when = answered ? "in the middle of the answer: " : "before an answer: ";
  return {.result = named(request, Errc::outcome_unknown, when + why),
          .unanswered = !answered && failed != asio::error::operation_aborted};
}

// Lets paging look at a page that is still coming.
class EarlyLook {
 public:
  explicit EarlyLook(const Request& request) : request_(request), over_(!request.early) {}
  void at(const Response& response) {
    if (over_ || response.status != 200 || response.body.size() == seen_) return;
    seen_ = response.body.size();
    over_ = request_.early(response.body);
  }

 private:
  const Request& request_;
  bool over_;
  std::size_t seen_ = 0;
};

bool is_interim(const Answer& answer) {
  return answer.is_done() && answer.response.status >= 100 && answer.response.status < 200 &&
         answer.response.status != 101;
}

asio::awaitable<Exchange> receive(Connection& connection, const Request& request) {
  std::optional<Answer> answer(std::in_place, request);
  EarlyLook early(request);
  int interim = 0;
  bool answered = false;
  while (!answer->is_done()) {
    const auto room = connection.buffer.room();
    if (room.empty()) {
      co_return Exchange{.result =
                             named(request, Errc::protocol, "an oversized header or chunk line")};
    }
    const auto read = co_await connection.stream.read_some(room);
    error_code failed = read.failed;
    if (failed == asio::error::eof && answer->got_some()) {
      // Only the end that TLS vouches for ends a body of unannounced length.
      answer->put_eof(failed);
      if (failed == wire::error::partial_message) failed = asio::error::eof;
    }
    if (failed) co_return broken(request, connection, failed, answered);
    if (answer->is_done()) break;
    answered = true;
    connection.buffer.add(read.size);
    while (!connection.buffer.bytes().empty() && !answer->is_done()) {
      const std::string_view bytes = connection.buffer.bytes();
      connection.buffer.consume(
          answer->put(asio::const_buffer(bytes.data(), bytes.size()), failed));
      if (failed == wire::error::need_more) break;
      if (failed) {
        auto why = answer->failure ? answer->failure->message : "bad HTTP: " + failed.message();
        co_return Exchange{.result = named(request, Errc::protocol, std::move(why))};
      }
      if (is_interim(*answer) && ++interim <= interim_answers_max) answer.emplace(request);
    }
    early.at(answer->response);
  }
  if (answer->response.status < 200) {
    co_return Exchange{.result = named(request, Errc::protocol, "an interim answer only")};
  }
  // After a 503 Graph wants the next attempt on another connection.
  const bool reusable =
      answer->keep_alive() && connection.buffer.bytes().empty() && answer->response.status != 503;
  co_return Exchange{.result = std::move(answer->response), .reusable = reusable};
}

asio::awaitable<Exchange> exchange(Connection& connection, const Request& request,
                                   std::string_view bytes) {
  const auto failed = co_await connection.stream.write(bytes);
  // A server may refuse a request before it has read it all: its answer is still to be read.
  if (failed && failed != asio::error::broken_pipe && failed != asio::error::connection_reset) {
    co_return broken(request, connection, failed, false);
  }
  co_return co_await receive(connection, request);
}

}  // namespace

struct TlsClient::State {
  asio::ssl::context context;
  std::shared_ptr<Pool> pool;
};

Result<std::unique_ptr<TlsClient>> TlsClient::make(asio::any_io_executor executor,
                                                   const TlsClientOptions& options) {
  auto context = client_context(options.ca_file);
  if (!context) return std::move(context).error();
  auto pool = std::make_shared<Pool>(std::move(executor), options);
  auto state = std::make_unique<State>(std::move(*context), std::move(pool));
  return std::unique_ptr<TlsClient>(new TlsClient(std::move(state)));
}

TlsClient::TlsClient(std::unique_ptr<State> state) : state_(std::move(state)) {}
TlsClient::~TlsClient() = default;

asio::awaitable<Result<Response>> TlsClient::send(const Request& request) {
  auto made = request_bytes(request);
  if (!made) co_return made.error();
  const WipedBytes bytes(std::move(*made));
  const auto deadline = Clock::now() + request.timeout;
  const auto leaves =
      Clock::now() + std::min(request.timeout, request.patience.value_or(request.timeout));
  Pool& pool = *state_->pool;
  const auto slot = co_await pool.slot(request.origin, leaves);
  if (!slot) co_return slot.error();

  auto connection = pool.take(request.origin);
  bool kept = connection != nullptr;
  for (;;) {
    if (!connection) {
      auto fresh =
          co_await connect(state_->context, request.origin, pool.session(request.origin), leaves);
      if (!fresh) co_return fresh.error();
      connection = std::move(*fresh);
    }
    connection->stream.set_deadline(deadline);
    auto outcome = co_await exchange(*connection, request, bytes.bytes);
    if (outcome.reusable) pool.put(request.origin, std::move(connection));
    if (!kept || !outcome.unanswered || request.method != "GET")
      co_return std::move(outcome.result);
    connection.reset();
    kept = false;
  }
}

void TlsClient::close_idle() { state_->pool->close_idle(); }

}  // namespace clawback::http
