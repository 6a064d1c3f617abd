#include "lab/query.hpp"

#include <fmt/format.h>

#include <array>
#include <iterator>

#include "base/digest.hpp"
#include "base/safe_text.hpp"

namespace clawback::lab {
namespace {

constexpr std::size_t query_max = 16'384;

struct Option {
  std::string_view name;
  std::optional<std::string> Query::* value;
};
constexpr std::array<Option, 9> options = {{{"$filter", &Query::filter},
                                            {"$select", &Query::select},
                                            {"$orderby", &Query::order_by},
                                            {"$search", &Query::search},
                                            {"$expand", &Query::expand},
                                            {"$skiptoken", &Query::skip_token},
                                            {"$deltatoken", &Query::delta_token},
                                            {"$top", &Query::top},
                                            {"$count", &Query::count}}};

std::optional<Refusal> take(Query& query, const std::string& name, const std::string& value) {
  const std::string lower = to_lower(name);
  for (const Option& option : options) {
    if (lower != option.name) continue;
    if ((query.*option.value).has_value()) {
      return Refusal{.code = "BadRequest",
                     .message = "Query option '" + name + "' was specified more than once."};
    }
    query.*option.value = value;
    return std::nullopt;
  }
  if (!name.starts_with('$') || lower == "$format") return std::nullopt;
  return Refusal{.code = "BadRequest",
                 .message = "The query parameter '" + name + "' is not supported."};
}

}  // namespace

std::string encode_query_value(std::string_view text) {
  constexpr std::string_view kept =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!*()";
  std::string out;
  for (const char c : text) {
    if (c == ' ') {
      out.push_back('+');
    } else if (kept.contains(c)) {
      out.push_back(c);
    } else {
      fmt::format_to(std::back_inserter(out), "%{:02x}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

Parsed<Query> parse_query(std::string_view raw) {
  if (raw.size() > query_max) return refuse(414, "BadRequest", "The request URI is too long.");
  Query query;
  while (!raw.empty()) {
    const std::size_t end = raw.find('&');
    const std::string_view part = raw.substr(0, end);
    raw.remove_prefix(end == std::string_view::npos ? raw.size() : end + 1);
    if (part.empty()) continue;
    const std::size_t equals = part.find('=');
    const auto name = percent_decode(part.substr(0, equals), true);
    const auto value = percent_decode(
        equals == std::string_view::npos ? std::string_view() : part.substr(equals + 1), true);
    if (!name || !value) return refuse(400, "BadRequest", "Malformed percent-encoding in the URL.");
    if (auto refusal = take(query, *name, *value)) return std::unexpected(*std::move(refusal));
    query.parameters.emplace_back(*name, *value);
  }
  return query;
}

}  // namespace clawback::lab
