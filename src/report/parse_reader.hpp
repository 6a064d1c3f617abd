#pragma once

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "base/time.hpp"

namespace clawback::report {

// Reads our own JSON and remembers the first thing that is wrong, so that a reader of an object is
// one line a member. What could not be read is empty.
class Reading {
 public:
  [[nodiscard]] const std::optional<Error>& failed() const { return failed_; }

  std::string text(const json::value& object, std::string_view key) {
    auto out = string_at(object, key);
    if (!out) fail(key, "is no text");
    return out ? std::move(*out) : std::string();
  }
  bool flag(const json::value& object, std::string_view key) {
    const auto out = bool_at(object, key);
    if (!out) fail(key, "is neither true nor false");
    return out.value_or(false);
  }
  std::size_t size(const json::value& object, std::string_view key) {
    const auto out = int_at(object, key);
    if (!out || *out < 0) fail(key, "is no number of things");
    return out && *out > 0 ? static_cast<std::size_t>(*out) : 0;
  }
  int small(const json::value& object, std::string_view key) {
    const auto out = int_at(object, key);
    const bool fits =
        out && *out >= std::numeric_limits<int>::min() && *out <= std::numeric_limits<int>::max();
    if (!fits) fail(key, "is no whole number");
    return fits ? static_cast<int>(*out) : 0;
  }
  // Absent or null: there is none.
  std::optional<Time> time_if(const json::value& object, std::string_view key) {
    const json::value* value = member(object, key);
    if (value == nullptr || value->is_null()) return std::nullopt;
    return time(object, key);
  }
  Time time(const json::value& object, std::string_view key) {
    const auto given = string_at(object, key);
    const auto out = given ? parse_time(*given) : Result<Time>(Error{.code = Errc::invalid});
    if (!out) fail(key, "is no time");
    return out ? *out : Time{};
  }
  std::vector<std::string> texts(const json::value& object, std::string_view key) {
    std::vector<std::string> out;
    const json::array* list = array_at(object, key);
    if (list == nullptr) {
      fail(key, "is no list");
      return out;
    }
    for (const json::value& one : *list) {
      if (one.is_string()) {
        out.emplace_back(one.get_string());
      } else {
        fail(key, "holds what is no text");
      }
    }
    return out;
  }
  const json::value& object(const json::value& in, std::string_view key) {
    const json::value* out = member(in, key);
    if (out != nullptr && out->is_object()) return *out;
    fail(key, "is no object");
    return nothing_;
  }
  template <class From>
  auto one_of(const json::value& object, std::string_view key, From from) {
    const auto given = string_at(object, key);
    const auto out = given ? from(*given) : std::nullopt;
    if (!out) fail(key, "is not one of the words that this version knows");
    using Value = typename std::remove_cvref_t<decltype(out)>::value_type;
    return out.value_or(Value{});
  }
  template <class From>
  auto list(const json::value& object, std::string_view key, From from) {
    std::vector<decltype(from(*this, object))> out;
    const json::array* list = array_at(object, key);
    if (list == nullptr) {
      fail(key, "is no list");
      return out;
    }
    out.reserve(list->size());
    for (const json::value& one : *list) out.push_back(from(*this, one));
    return out;
  }

 private:
  void fail(std::string_view key, std::string_view what) {
    if (failed_) return;
    failed_ = Error{.code = Errc::invalid, .message = fmt::format("\"{}\" {}", key, what)};
  }
  std::optional<Error> failed_;
  json::value nothing_;
};

}  // namespace clawback::report
