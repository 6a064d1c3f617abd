#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

// How a plan's text is read back; for parse.cpp alone.
namespace clawback::plan {

inline constexpr std::string_view again = "make the plan again with `clawback plan`";

inline Error unusable(std::string message) {
  return Error{
      .code = Errc::invalid, .message = "plan: " + std::move(message), .hint = std::string(again)};
}

// Collects the first thing that is wrong, so that reading stays one line a member.
class Reader {
 public:
  std::string text(const json::value& object, std::string_view key, std::string_view where) {
    auto value = require_string(object, key, where);
    if (!value) note(value.error());
    return value ? *value : std::string();
  }
  std::int64_t number(const json::value& object, std::string_view key, std::string_view where) {
    const auto value = require_int(object, key, where);
    if (!value) note(value.error());
    return value ? *value : 0;
  }
  Time time(const json::value& object, std::string_view key, std::string_view where) {
    const auto value = parse_time(text(object, key, where));
    if (!value) note(within(std::string(key), value.error()));
    return value ? *value : Time{};
  }
  json::value any(const json::value& object, std::string_view key, std::string_view where) {
    const json::object* fields = object.if_object();
    const json::value* found = fields != nullptr ? fields->if_contains(key) : nullptr;
    if (found == nullptr) {
      note(unusable(fmt::format("{} has no \"{}\"", where, key)));
      return nullptr;
    }
    return *found;
  }
  const json::array& array(const json::value& object, std::string_view key,
                           std::string_view where) {
    static const json::array none;
    const json::array* found = array_at(object, key);
    if (found == nullptr) note(unusable(fmt::format("{}: \"{}\" is not a list", where, key)));
    return found != nullptr ? *found : none;
  }
  std::vector<std::string> texts(const json::value& object, std::string_view key,
                                 std::string_view where) {
    std::vector<std::string> out;
    for (const json::value& item : array(object, key, where)) {
      if (item.is_string()) {
        out.emplace_back(item.get_string());
      } else {
        note(unusable(fmt::format("{}: \"{}\" holds something that is not text", where, key)));
      }
    }
    return out;
  }
  void note(Error error) {
    if (!first_) first_ = std::move(error);
  }
  [[nodiscard]] const std::optional<Error>& first() const { return first_; }

 private:
  std::optional<Error> first_;
};

}  // namespace clawback::plan
