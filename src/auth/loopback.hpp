#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "auth/code_flow.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace clawback::auth {

namespace asio = boost::asio;

// Pure. The head of a request to the loopback address. It must be a GET of "/" on localhost:PORT
// with our state, every parameter at most once, and either a code or an error.
Redirect read_redirect(std::string_view head, std::uint16_t port, std::string_view state);

// An HTTP server on 127.0.0.1 and a port of the system's choice, for one answer (RFC 8252, 7.3).
// Requests that are not that answer are refused and change nothing.
class Loopback {
 public:
  static Result<std::unique_ptr<Loopback>> listen(const asio::any_io_executor& executor,
                                                  std::string state);
  ~Loopback();
  [[nodiscard]] std::uint16_t port() const;
  // Errc::unauthenticated when nothing came in time.
  asio::awaitable<Result<Redirect>> answer(Duration timeout);

 private:
  struct State;
  explicit Loopback(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace clawback::auth
