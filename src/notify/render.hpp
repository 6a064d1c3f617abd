#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "notify/message.hpp"

// A message in the words of a receiver. Pure; the same message gives the same bytes. Whatever came
// from the tenant is bounded and harmless in the format: no control, no hidden character, no
// mark-up, no link and no mention can come out of a display name.
namespace clawback::notify {

// clawback.notification/1, canonical JSON.
std::string to_json(const Message& message);

// The payload of a Teams Workflows webhook ("When a Teams webhook request is received"): one
// Adaptive Card 1.4 whose texts are TextRuns, which know no Markdown. Stays under Teams's 28 KB.
std::string to_teams(const Message& message);

// CEF:0 in RFC 5424 messages, one for each case, kind of action, plan, follow-up finding,
// escalation and error. `host` is this machine's name. No line is over `syslog_line_max` bytes.
std::vector<std::string> to_syslog(const Message& message, const std::string& host);
inline constexpr std::size_t syslog_line_max = 2048;

}  // namespace clawback::notify
