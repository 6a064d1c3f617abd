#pragma once

#include <chrono>
#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <utility>

#include "http/message.hpp"

namespace clawback::lab {

// What the service answers, and how the connection is to be treated.
struct Reply {
  int status = 200;
  http::Headers headers{};
  std::string body{};
  std::chrono::milliseconds delay{0};
  bool reset = false;
  std::optional<std::size_t> cut_after{};
};

// An error that Graph answers with; the body is made where the request ids are known.
struct Refusal {
  int status = 400;
  std::string code = "Request_BadRequest";
  std::string message{};
};

// A part of a request, understood, or what Graph says about it. (Result is for clawback's own
// errors.)
template <class T>
using Parsed = std::expected<T, Refusal>;

inline std::unexpected<Refusal> refuse(int status, std::string code, std::string message) {
  return std::unexpected(Refusal{status, std::move(code), std::move(message)});
}
inline std::unexpected<Refusal> bad_request(std::string message) {
  return refuse(400, "Request_BadRequest", std::move(message));
}
inline std::unexpected<Refusal> unsupported_query(std::string message) {
  return refuse(400, "Request_UnsupportedQuery", std::move(message));
}
inline std::unexpected<Refusal> not_found(const std::string& id) {
  return refuse(404, "Request_ResourceNotFound",
                "Resource '" + id +
                    "' does not exist or one of its queried reference-property objects are not "
                    "present.");
}

}  // namespace clawback::lab
