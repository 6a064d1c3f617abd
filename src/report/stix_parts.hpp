#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "domain/finding.hpp"

// What can be looked for elsewhere, taken out of a case.
namespace clawback::report {

// A string constant of a STIX pattern (9.2), in its quotes. `text` is printable.
std::string pattern_text(std::string_view text);

// Host names of http and https URLs: lower case, letters, digits and hyphens (RFC 1123), with a
// dot; sorted, at most `most`. None of what everybody uses or what is nowhere: localhost,
// addresses, names of Microsoft's sign-in and of the special-use registry (RFC 6761).
std::vector<std::string> hosts_of(const std::vector<std::string>& urls, std::size_t most);

// The addresses that consents came from ("203.0.113.7 (NL)"): global unicast ones only, as they are
// written, sorted.
std::vector<std::string> addresses_of(const std::vector<domain::GrantHistory>& history,
                                      std::size_t most);

}  // namespace clawback::report
