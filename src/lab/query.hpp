#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lab/reply.hpp"

namespace clawback::lab {

// The query options of a request, decoded.
struct Query {
  std::vector<std::pair<std::string, std::string>> parameters{};  // in order, for the next link
  std::optional<std::string> filter{};
  std::optional<std::string> select{};
  std::optional<std::string> order_by{};
  std::optional<std::string> search{};
  std::optional<std::string> expand{};
  std::optional<std::string> skip_token{};
  std::optional<std::string> delta_token{};
  std::optional<std::string> top{};
  std::optional<std::string> count{};
};

// Empty parameters are skipped, as in the documentation's "?&$filter=".
Parsed<Query> parse_query(std::string_view raw);

// As .NET encodes a query value: lower-case hex, blanks as '+', parentheses as they are.
std::string encode_query_value(std::string_view text);

}  // namespace clawback::lab
