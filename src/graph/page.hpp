#pragma once

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parser.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"

namespace clawback::graph {

// One page of a collection; it points into its parser.
struct Page {
  const json::array* records = nullptr;
  std::optional<std::string> next_link;
};

// Parses pages into memory that is reused from page to page: with pages of a megabyte, allocating
// was two thirds of the time.
class PageParser {
 public:
  PageParser();
  // Errc::protocol if it is not an object with an array "value", or if the link that the head of
  // the body shows is not the one that the parsed page has. The page is good until the next call.
  Result<Page> parse(std::string_view body);

 private:
  Result<void> fill(std::string_view body);

  std::vector<unsigned char> buffer_;
  std::optional<json::monotonic_resource> memory_;
  json::parser parser_;
  std::optional<json::value> value_;  // lives in memory_: destroyed first
};

}  // namespace clawback::graph
