#pragma once

#include <string_view>

#include "report/model.hpp"

// Back from clawback.findings/1: what the state database keeps of a pass, for the console. Pure.
namespace clawback::report {

// Bytes of one finding's JSON that are read.
inline constexpr std::size_t finding_bytes_max = 64u << 20u;

// One finding, as finding_json writes it: all of it but what that leaves out (the type and roles of
// the application, users' account state). Errc::invalid names the member that is wrong.
Result<domain::Finding> parse_finding(std::string_view text);
// What scan_json writes; `findings` stays empty.
Result<Scan> parse_scan(std::string_view text);

}  // namespace clawback::report
