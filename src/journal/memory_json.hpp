#pragma once

#include "base/json.hpp"
#include "domain/memory.hpp"

namespace clawback::journal {

// One remembered grant as it is stored: absent members are empty ones. What is absurdly long is
// cut: texts after 4 KiB, lists to their last 64 KiB.
json::value to_json(const domain::RememberedGrant& grant);
Result<domain::RememberedGrant> remembered_grant_from(const json::value& value);

}  // namespace clawback::journal
