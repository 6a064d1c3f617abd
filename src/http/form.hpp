#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace clawback::http {

// Names and values of a query or a form (application/x-www-form-urlencoded), decoded. nullopt: a
// name twice, more than `fields_max`, or something that can't be decoded. Values are any bytes.
using Form = std::map<std::string, std::string>;
std::optional<Form> read_form(std::string_view text, std::size_t fields_max = 64);

// The value of that name; empty if there is none.
std::string field(const Form& form, const std::string& name);

}  // namespace clawback::http
