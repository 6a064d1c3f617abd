#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lab/operations.hpp"

namespace clawback::lab {

enum class Bucket : std::uint8_t { identity, reports, conditional_access };

struct Route {
  std::string_view id;  // operation id, as in Microsoft's OpenAPI-like names
  std::string_view method;
  std::string_view path;                      // template under `version`
  std::vector<std::string_view> permissions;  // application permissions; any one is enough
  std::vector<int> statuses;                  // that mean success
  int units = 1;                              // resource units
  int top_max = 0;                            // 0: not paged
  Bucket bucket = Bucket::identity;
  std::string_view version = "/v1.0";  // or "/beta"
  Reply (*handler)(Backend&,
                   const Call&) = nullptr;  // nullptr: $batch, which the service does itself
};

std::span<const Route> routes();
// Parts of it.
std::vector<Route> user_routes();
std::vector<Route> report_and_policy_routes();

struct Matched {
  const Route* route = nullptr;  // nullptr: none
  std::vector<std::string> arguments{};
  bool other_method = false;  // the path exists, but not for this method
};
// `path` is under `version` and still encoded. Names of segments are compared without case.
Matched match_route(std::string_view version, std::string_view method, std::string_view path);

// What Graph says of a path that is no operation of this application.
Refusal no_route(std::string_view method, std::string_view path, bool other_method);

}  // namespace clawback::lab
