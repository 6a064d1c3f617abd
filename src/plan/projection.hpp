#pragma once

#include "base/json.hpp"
#include "domain/entities.hpp"

// The part of an object that a precondition compares: small, canonical, without anything that changes by
// itself. Made from entities, so that plan and read-back use one definition.
namespace clawback::plan {

json::value project(const domain::ServicePrincipal& app);  // id, appId, accountEnabled
json::value project(const domain::Grant& grant);           // all but nothing: id, ids, consentType, scopes
json::value project(const domain::AppRoleAssignment& assignment);
json::value project(const domain::User& user);             // id only: a session date may move by itself
std::string hash_of(const json::value& projection);        // sha256 text of the canonical form; of null too

// Sees whether `now` is what was planned.
enum class Seen : std::uint8_t { as_planned, already_done, drifted };

}  // namespace clawback::plan
