#pragma once

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "base/json.hpp"

// tests/contract/operations.json: what Microsoft Graph is expected to do, as far as clawback uses
// it.
namespace clawback::tests {

struct ExpectedError {
  std::string when;
  std::vector<int> statuses;
  std::optional<std::string> code;
  std::optional<std::string> message;
};

struct Expected {
  std::string id;
  std::string method;
  std::string version;
  std::string path;
  bool writes = false;
  std::vector<std::string> permissions;
  std::vector<int> statuses;
  int top_max = 0;
  std::vector<ExpectedError> errors;
};

inline json::value load_json(const std::filesystem::path& path) {
  const auto text = read_file(path);
  if (!text) FAIL(text.error().message);
  const auto value = parse_json(*text);
  if (!value) FAIL(path.string(), ": ", value.error().message);
  return *value;
}

inline std::vector<std::string> strings_of(const json::value& object, std::string_view key) {
  std::vector<std::string> out;
  const json::array* array = array_at(object, key);
  if (array == nullptr) return out;
  for (const json::value& item : *array) out.emplace_back(item.as_string());
  return out;
}

inline std::vector<int> numbers_of(const json::value& object, std::string_view key) {
  std::vector<int> out;
  const json::value* found = member(object, key);
  if (found == nullptr) return out;
  if (found->is_int64()) return {static_cast<int>(found->get_int64())};
  for (const json::value& item : found->as_array())
    out.push_back(static_cast<int>(item.as_int64()));
  return out;
}

inline std::vector<Expected> expected_operations() {
  const json::value table = load_json(std::filesystem::path(CLAWBACK_SOURCE_DIR) / "tests" /
                                      "contract" / "operations.json");
  std::vector<Expected> out;
  for (const json::value& row : *array_at(table, "operations")) {
    Expected& one = out.emplace_back();
    one.id = string_at(row, "id").value();
    one.method = string_at(row, "method").value();
    one.version = string_at(row, "version").value_or("/v1.0");
    one.path = string_at(row, "path").value();
    one.writes = bool_at(row, "writes").value();
    one.permissions = strings_of(row, "permissions");
    one.statuses = numbers_of(row, "statuses");
    one.top_max = static_cast<int>(int_at(row, "topMax").value());
    for (const json::value& error : *array_at(row, "errors")) {
      one.errors.push_back({.when = string_at(error, "when").value(),
                            .statuses = numbers_of(error, "status"),
                            .code = string_at(error, "code"),
                            .message = string_at(error, "message")});
    }
  }
  return out;
}

}  // namespace clawback::tests
