#pragma once

#include <map>
#include <optional>
#include <string>

#include "lab/directory.hpp"
#include "lab/tenant.hpp"

// What a tenant is to the model: facts by name. It shares no code with src/remediate or src/plan.
namespace chaos {

// "app:<app id>"                        -> "on" or "off"
// "grant:<grant id>"                    -> its scopes, sorted
// "role:<principal>/<resource>/<role>"  -> the assignment's id
// "user:<id>"                           -> "on" or "off"
// "rule:<user>/<rule>"                  -> "on" or "off", of an inbox rule
// "sessions:<id>"                       -> how often they were revoked
// "policy:…"                            -> the document as canonical JSON
using State = std::map<std::string, std::string>;
using Value = std::optional<std::string>;

State state_of(const clawback::lab::Tenant& tenant);
Value value_of(const clawback::lab::Directory& directory, const std::string& key);
Value value_of(const State& state, const std::string& key);

std::string sorted_words(const std::string& text);
// Every word of `part` is in `whole`.
bool words_within(const std::string& part, const std::string& whole);
std::string role_key(const clawback::lab::RoleAssignment& role);
std::string shown(const Value& value);

}  // namespace chaos
