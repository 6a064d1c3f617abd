#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <expected>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace clawback {

// For the program: a value is added only when a caller branches on it. The message is for a person.
enum class Errc : std::uint8_t {
  internal,         // our mistake
  invalid,          // unusable input: arguments, configuration, policy, catalog, plan
  not_found,        // the named thing does not exist
  unauthenticated,  // sign-in failed
  denied,           // signed in, but a permission is missing
  not_licensed,     // the tenant has no licence for this
  throttled,        // the service asked for more patience than the deadline had
  unavailable,      // no complete answer, and the request had no effect
  outcome_unknown,  // no complete answer, and the request may have had its effect
  protocol,         // the answer is not what the contract says
  conflict,         // the object is not in the state that the request needs
  approval,         // missing, insufficient, expired, rejected or for something else
  guard,            // refused: protected object, limit, kill switch
  stale,            // the tenant differs from the plan, or the plan was used or is expired
  incomplete,       // evidence that is needed could not be read
  io,               // a local file or database
  audit,            // the audit log is not what was written to it
  cancelled,
};

// A place in an input, 1-based; 0 means unknown.
struct Position {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  friend bool operator==(const Position&, const Position&) = default;
};

struct Error {
  Errc code = Errc::internal;
  std::string message = {};  // names the thing and what is wrong
  std::string hint = {};     // what to do; may be empty
  std::optional<Position> position = std::nullopt;
  std::vector<std::pair<std::string, std::string>> details = {};  // e.g. status, request-id
  friend bool operator==(const Error&, const Error&) = default;
};

// A value or an Error. Opening the wrong half aborts in every build.
template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;
  Result(T value) : inner_(std::move(value)) {}
  Result(Error error) : inner_(std::unexpected(std::move(error))) {}

  [[nodiscard]] explicit operator bool() const { return inner_.has_value(); }
  [[nodiscard]] T& operator*() & {
    check();
    return *inner_;
  }
  [[nodiscard]] const T& operator*() const& {
    check();
    return *inner_;
  }
  [[nodiscard]] T&& operator*() && {
    check();
    return std::move(*inner_);
  }
  [[nodiscard]] T* operator->() { return &**this; }
  [[nodiscard]] const T* operator->() const { return &**this; }
  [[nodiscard]] const Error& error() const& {
    if (inner_.has_value()) std::abort();
    return inner_.error();
  }
  [[nodiscard]] Error&& error() && {
    if (inner_.has_value()) std::abort();
    return std::move(inner_.error());
  }
  friend bool operator==(const Result&, const Result&) = default;

 private:
  void check() const {
    if (inner_.has_value()) return;
    std::fprintf(stderr, "opened an error as a value: %s\n", inner_.error().message.c_str());
    std::abort();
  }
  std::expected<T, Error> inner_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}
  [[nodiscard]] explicit operator bool() const { return !error_.has_value(); }
  [[nodiscard]] const Error& error() const& {
    if (!error_) std::abort();
    return *error_;
  }
  friend bool operator==(const Result&, const Result&) = default;

 private:
  std::optional<Error> error_;
};

// The same error, said to have happened while doing `what`: "what: message".
[[nodiscard]] inline Error within(std::string what, Error error) {
  error.message = std::move(what) + ": " + error.message;
  return error;
}

template <class... F>
struct overloaded : F... {
  using F::operator()...;
};

}  // namespace clawback
