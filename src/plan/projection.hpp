#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "domain/entities.hpp"

// The part of an object that a precondition compares: small, canonical, without anything that
// changes by itself. Made from entities, so that plan and read-back use one definition.
namespace clawback::plan {

json::value project(const domain::ServicePrincipal& app);  // id, appId, accountEnabled
json::value project(const domain::Grant& grant);           // ids, consentType, scopes
json::value project(
    const domain::AppRoleAssignment& assignment);  // id, principalId, resourceId, appRoleId
json::value project(
    const domain::Assignment& assignment);  // id, principalId, principalType, resourceId, appRoleId
json::value project(const domain::User& user);  // id, accountEnabled, userType, sessionsValidFrom
json::value project(
    const domain::InboxRule& rule);  // id, displayName, isEnabled, forwards, hides, recipients

// id, permissionGrantPoliciesAssigned: the exact list in its order
json::value project(const domain::AuthorizationPolicy& policy);
// the members that a PUT sets; reviewedBy: whom `reviewers` mean, sorted and spelled one way
json::value project(const domain::AdminConsentRequestPolicy& policy);
// id, displayName, state, what it is about; rules: digest over all of its rules
json::value project(const domain::ConditionalAccessPolicy& policy);

std::string hash_of(
    const json::value& projection);  // sha256 text of the canonical form; of null too

// The scopes of a projected grant; nullopt: they are no sorted texts.
std::optional<std::vector<std::string>> scopes_of(const json::value& grant);

// Every member of `wanted` is in `now` with the same value; null holds only for null (absent).
bool holds(const json::value& wanted, const json::value& now);

enum class Seen : std::uint8_t { as_planned, already_done, drifted };

}  // namespace clawback::plan
