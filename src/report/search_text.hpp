#pragma once

#include <string>
#include <string_view>

#include "domain/finding.hpp"

namespace clawback::report {

// A name for looking it up: without case, invisible characters and other ways of writing the same
// (Unicode NFKC_Casefold). Cut after 256 characters.
std::string search_fold(std::string_view name);

// What a case is found by: the application's and its publisher's name, its ids, and the users'
// names, folded, one a line.
std::string search_text(const domain::Finding& finding);

}  // namespace clawback::report
