#include "evidence/log_fields.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <charconv>

#include "base/digest.hpp"
#include "graph/fields.hpp"

namespace clawback::evidence {
namespace {

constexpr std::string_view blanks = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::optional<std::int64_t> number_of(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Takes what stands before `end`, one or two digits (four for a year) as two (four).
std::string part(std::string_view& text, char end, std::size_t digits) {
  const std::size_t at = std::min(text.find(end), text.size());
  std::string out(text.substr(0, at));
  text.remove_prefix(std::min(at + 1, text.size()));
  if (out.size() + 1 == digits) out.insert(0, 1, '0');
  return out;
}

// "11/23/2026, 3:04:09.123 AM" as RFC 3339; whoever reads that says whether it is a time.
std::optional<std::string> portal_time(std::string_view text) {
  if (text.size() > 40 || text.find('/') == std::string_view::npos) return std::nullopt;
  const std::string month = part(text, '/', 2);
  const std::string day = part(text, '/', 2);
  const std::string year = part(text, ',', 4);
  text = trimmed(text);
  std::string hour = part(text, ':', 2);
  const std::string rest = part(text, ' ', 0);
  const std::string_view half = trimmed(text);
  const auto number = number_of(hour);
  if (!number || half.size() != 2) return std::nullopt;
  const bool after_noon = half == "PM" || half == "pm";
  if (!after_noon && half != "AM" && half != "am") return std::nullopt;
  if (*number < 1 || *number > 12) return std::nullopt;
  hour = std::to_string(*number % 12 + (after_noon ? 12 : 0));
  if (hour.size() == 1) hour.insert(0, 1, '0');
  return year + "-" + month + "-" + day + "T" + hour + ":" + rest + "Z";
}

}  // namespace

std::optional<Time> log_time(std::string_view text) {
  text = trimmed(text);
  if (text.empty() || text.size() > 64) return std::nullopt;
  const auto time = parse_time(text);
  if (time) return *time;
  const auto zoneless = parse_time(std::string(text) + "Z");
  if (zoneless) return *zoneless;
  const auto portal = portal_time(text);
  if (!portal) return std::nullopt;
  const auto read = parse_time(*portal);
  if (!read) return std::nullopt;
  return *read;
}

std::optional<std::string> log_address(std::string_view text) {
  constexpr std::string_view mapped = "::ffff:";
  text = trimmed(text);
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    text = text.substr(1, close - 1);
  }
  std::string out = to_lower(text.substr(0, 64));
  if (out.starts_with(mapped) && out.find('.') != std::string::npos) out.erase(0, mapped.size());
  const bool v4 = out.find('.') != std::string::npos;
  if (v4) out.resize(std::min(out.find(':'), out.size()));
  const std::string_view allowed = v4 ? "0123456789." : "0123456789abcdef:";
  if (out.size() < 2 || out.find_first_not_of(allowed) != std::string::npos) return std::nullopt;
  if (!v4 && out.find(':') == std::string::npos) return std::nullopt;
  return out;
}

std::string_view named_value(const json::value& record, std::string_view list,
                             std::string_view name) {
  const json::array* array = array_at(record, list);
  if (array == nullptr) return {};
  for (const json::value& entry : *array) {
    if (graph::text_at(entry, "Name") == name) return graph::text_at(entry, "Value");
  }
  return {};
}

json::value decoded(const json::value& value) {
  if (!value.is_string()) return value;
  const std::string_view text = trimmed(value.get_string());
  if (!text.starts_with('{') && !text.starts_with('[')) return value;
  const auto inner = parse_json(text);
  return inner ? *inner : value;
}

std::optional<std::int64_t> log_number(const json::value& record, std::string_view key) {
  const std::string_view text = graph::text_at(record, key);
  return text.empty() ? int_at(record, key) : number_of(trimmed(text));
}

std::optional<bool> log_bool(const json::value& record, std::string_view key) {
  const std::string text = to_lower(graph::text_at(record, key));
  if (text == "true") return true;
  if (text == "false") return false;
  return bool_at(record, key);
}

}  // namespace clawback::evidence
