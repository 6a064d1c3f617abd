#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>

#include "http/connection.hpp"
#include "http/tls_server.hpp"

namespace clawback::http {

// What the request allows its answer to be.
struct ReplyShape {
  bool keep_alive = false;
  bool head_only = false;
  bool packable = false;                  // the client takes gzip
  bool chunks = true;                     // the client knows HTTP/1.1
  std::chrono::milliseconds patience{0};  // for writing it, or each piece of a stream
  const bool* stopping = nullptr;         // the server; a stream is to end
};

// Sends the answer with the faults it asks for; whether the connection can go on.
asio::awaitable<bool> send_reply(TlsStream& stream, Reply reply, ReplyShape shape);

// Before closing on a client that still sends: its kernel would drop our answer unread.
asio::awaitable<void> farewell(Connection& connection);

}  // namespace clawback::http
