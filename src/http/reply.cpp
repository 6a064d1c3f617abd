#include "http/reply.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "http/gzip.hpp"
#include "http/run.hpp"
#include "http/wire.hpp"

namespace clawback::http {
namespace {

using Clock = TlsStream::Clock;

constexpr std::size_t gzip_from = 1024;
constexpr int gzip_level = 1;
constexpr std::chrono::seconds farewell_max{2};
constexpr std::size_t farewell_bytes_max = 1u << 20u;

class Chunks final : public BodyWriter {
 public:
  Chunks(TlsStream& stream, const ReplyShape& shape) : stream_(stream), shape_(shape) {}

  asio::awaitable<bool> write(std::string_view piece) override {
    // An empty chunk would be the last one.
    if (piece.empty() || lost_) co_return !lost_;
    std::string bytes;
    if (shape_.chunks) bytes = fmt::format("{:x}\r\n", piece.size());
    bytes.append(piece);
    if (shape_.chunks) bytes.append("\r\n");
    stream_.set_deadline(Clock::now() + shape_.patience);
    const auto failed = co_await stream_.write(bytes);
    stream_.clear_deadline();
    lost_ = bool(failed);
    co_return !lost_;
  }

  asio::awaitable<bool> pause(std::chrono::milliseconds delay) override {
    co_await sleep_for(delay);
    // Whoever has a stream has nothing more to say: bytes are its farewell.
    lost_ = lost_ || !stream_.is_quiet();
    co_return !lost_ && !(shape_.stopping != nullptr && *shape_.stopping);
  }

  asio::awaitable<void> finish() {
    if (lost_ || !shape_.chunks) co_return;
    stream_.set_deadline(Clock::now() + shape_.patience);
    co_await stream_.write("0\r\n\r\n");
  }

 private:
  TlsStream& stream_;
  ReplyShape shape_;
  bool lost_ = false;
};

asio::awaitable<void> send_stream(TlsStream& stream, const Reply& reply, const ReplyShape& shape) {
  const std::string head = stream_head(reply, shape.chunks);
  stream.set_deadline(Clock::now() + shape.patience);
  const auto failed = co_await stream.write(head);
  stream.clear_deadline();
  if (failed || shape.head_only) co_return;
  Chunks chunks(stream, shape);
  co_await reply.stream(chunks);
  co_await chunks.finish();
}

}  // namespace

asio::awaitable<bool> send_reply(TlsStream& stream, Reply reply, ReplyShape shape) {
  if (reply.delay.count() > 0) co_await sleep_for(reply.delay);
  if (reply.reset) {
    stream.reset();
    co_return false;
  }
  if (reply.stream) {
    co_await send_stream(stream, reply, shape);
    co_return false;
  }
  // A cut is counted in bytes of the body as the handler made it.
  const bool packs = shape.packable && !reply.cut_after && reply.body.size() > gzip_from &&
                     find(reply.headers, "Content-Encoding") == nullptr;
  if (packs) {
    reply.body = gzip(reply.body, gzip_level);
    reply.headers.push_back({"Content-Encoding", "gzip"});
  }
  const bool keep_alive = shape.keep_alive && !reply.cut_after;
  std::string bytes = reply_head(reply, reply.body.size(), keep_alive);
  if (!shape.head_only && has_body(reply.status)) {
    bytes.append(reply.body, 0, reply.cut_after.value_or(std::string::npos));
  }
  stream.set_deadline(Clock::now() + shape.patience);
  const auto failed = co_await stream.write(bytes);
  co_return !failed && keep_alive;
}

asio::awaitable<void> farewell(Connection& connection) {
  connection.stream.set_deadline(Clock::now() + farewell_max);
  std::size_t ignored = 0;
  while (ignored < farewell_bytes_max) {
    connection.buffer.consume(connection.buffer.bytes().size());
    const auto room = connection.buffer.room();
    const auto read = co_await connection.stream.read_some(room);
    if (read.failed) break;
    connection.buffer.add(read.size);
    ignored += read.size;
  }
}

}  // namespace clawback::http
