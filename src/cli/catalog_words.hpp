#pragma once

#include <string>
#include <string_view>

#include "base/json.hpp"
#include "policy/policy.hpp"

// How catalog entries are spelt in the output of `catalog list`, `show` and `check`.
namespace clawback::cli {

std::string_view name_of(policy::Disposition disposition);
std::string place_of(const Position& position);  // "file:line"
json::object entry_json(const policy::CatalogEntry& entry);

}  // namespace clawback::cli
