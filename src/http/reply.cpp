#include "http/reply.hpp"

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

}  // namespace

asio::awaitable<bool> send_reply(TlsStream& stream, Reply reply, ReplyShape shape) {
  if (reply.delay.count() > 0) co_await sleep_for(reply.delay);
  if (reply.reset) {
    stream.reset();
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
