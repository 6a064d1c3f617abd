#pragma once

#include <string>
#include <string_view>

// CommonMark whose texts from outside are inert, also where a ticket system adds links, mentions,
// issue numbers and emoji of its own after the mark-up is read: such text stands in code spans.
namespace clawback::report {

// A code span. Back-ticks are shown as <U+0060>, so nothing in it ends it.
std::string code_span(std::string_view text);
// As it is if no ticket system could see more than words in it, else a code span.
std::string prose(std::string_view text);
// "- **Label:** value\n"; nothing for an empty value. `label` is ours, `value` is mark-up.
std::string fact_line(std::string_view label, std::string_view value);

}  // namespace clawback::report
