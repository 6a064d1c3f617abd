#include "graph/fields.hpp"

#include <fmt/format.h>

#include "base/digest.hpp"

namespace clawback::graph {

std::string_view text_at(const json::value& object, std::string_view key) {
  const json::value* found = member(object, key);
  if (found == nullptr || !found->is_string()) return {};
  return found->get_string();
}

std::optional<Time> time_at(const json::value& object, std::string_view key) {
  const std::string_view text = text_at(object, key);
  if (text.empty()) return std::nullopt;
  const auto time = parse_time(text);
  if (!time) return std::nullopt;
  return *time;
}

std::string lower_guid(std::string_view text) {
  return is_guid(text) ? to_lower(text) : std::string(text);
}

std::optional<std::vector<std::string>> strings_at(const json::value& object,
                                                   std::string_view key) {
  const json::array* array = array_at(object, key);
  if (array == nullptr) return std::nullopt;
  std::vector<std::string> out;
  out.reserve(array->size());
  for (const json::value& item : *array) {
    if (item.is_string()) out.emplace_back(item.get_string());
  }
  return out;
}

Error lacks(std::string_view entity, std::string_view path) {
  return Error{.code = Errc::protocol,
               .message = fmt::format("{}: \"{}\" is missing or unusable", entity, path),
               .hint = {},
               .position = std::nullopt,
               .details = {}};
}

}  // namespace clawback::graph
