#include <fmt/format.h>

#include <algorithm>

#include "policy/toml.hpp"

namespace clawback::policy {
namespace {

bool is_blank(const std::string& text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c == ' ' || c == '\n' || c == '\t'; });
}

}  // namespace

void TomlTable::missing(std::string_view key, std::string hint) {
  if (!has(key)) fail(key, fmt::format("\"{}\" is missing", key), std::move(hint));
}

std::string TomlTable::require_text(std::string_view key) {
  auto value = text(key);
  missing(key);
  if (value && is_blank(*value)) fail(key, fmt::format("\"{}\" is empty", key));
  return std::move(value).value_or(std::string());
}

std::int64_t TomlTable::require_integer(std::string_view key) {
  const auto value = integer(key);
  missing(key);
  return value.value_or(0);
}

std::vector<std::string> TomlTable::require_texts(std::string_view key) {
  auto values = texts(key);
  missing(key);
  if (values && values->empty()) fail(key, fmt::format("\"{}\" is empty", key));
  return std::move(values).value_or(std::vector<std::string>());
}

}  // namespace clawback::policy
