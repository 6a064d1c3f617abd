#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "lab/directory.hpp"
#include "lab/tenant.hpp"

// What a tenant is to the model: facts by name. It shares no code with src/remediate or src/plan.
namespace chaos {

// "app:<app id>"                        -> "on" or "off"
// "grant:<grant id>"                    -> its scopes, sorted
// "role:<principal>/<resource>/<role>"  -> the assignment's id
// "user:<id>"                           -> "on" or "off"
// "rule:<user>/<rule>"                  -> "on" or "off" of an inbox rule, its name, and whom it
//                                          forwards to
// "sessions:<id>"                       -> how often they were revoked
// "policy:consent"                      -> the assigned consent policies, in their order
// "policy:requests"                     -> of the admin consent workflow, what clawback may send
// "policy:…"                            -> other documents as canonical JSON
// "access:<name>"                       -> the states of the Conditional Access policies of a name
using State = std::map<std::string, std::string>;
using Value = std::optional<std::string>;

State state_of(const clawback::lab::Tenant& tenant);
Value value_of(const clawback::lab::Directory& directory, const std::string& key);
Value value_of(const State& state, const std::string& key);

std::string joined(const clawback::json::array* texts);
std::string requests_shown(const clawback::json::value& policy);
// `to`: addresses, in any order.
std::string rule_shown(bool on, const std::string& name, const std::vector<std::string>& to);
std::string sorted_words(const std::string& text);
// Every word of `part` is in `whole`.
bool words_within(const std::string& part, const std::string& whole);
std::string role_key(const clawback::lab::RoleAssignment& role);
std::string shown(const Value& value);

}  // namespace chaos
