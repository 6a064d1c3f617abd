#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plan/plan.hpp"

// What the shapes of several kinds have in common.
namespace clawback::plan {

// "action a3: revoke-grant has no usable before"
Error missing(const Action& action, std::string_view what);
// Every key is a text.
bool has_members(const json::value& value, std::initializer_list<std::string_view> keys);
json::value without_id(const json::value& projection);
json::array sorted_once(std::vector<std::string> texts);  // each once

Request get(std::string path);
Request patch(std::string path, json::value body);

inline constexpr std::string_view app_members =
    "?$select=id,appId,displayName,accountEnabled,appOwnerOrganizationId,servicePrincipalType";
inline constexpr std::string_view user_members =
    "?$select=id,userPrincipalName,displayName,accountEnabled,userType,"
    "signInSessionsValidFromDateTime";
inline constexpr std::string_view tokens_live_on =
    "Access tokens that were already issued work until they expire, usually within 60 to 90 "
    "minutes; "
    "mail that was already synchronised is gone.";

// What every grant of a plan has, and how its scopes are sent.
inline constexpr std::initializer_list<std::string_view> grant_members = {"clientId", "resourceId",
                                                                          "consentType"};
std::string joined_scopes(const json::value& grant);
std::string_view whose(const json::value& grant);  // "one user's mailbox"

std::string grant_path(const std::string& id);
std::string assignments_path(const std::string& client);
std::string assigned_to_path(const std::string& resource);
std::string user_path(const std::string& id);

// An app role assignment taken away, and given again: all but what they mean. `client` is the
// application that the action is about, `list` where its assignments are read and made. Removal
// with the resource as the parent is the form that Microsoft recommends.
void unassign(Action& action, const std::string& client, const std::string& list);
void assign_again(Action& action, const std::string& client, const std::string& list);

}  // namespace clawback::plan
