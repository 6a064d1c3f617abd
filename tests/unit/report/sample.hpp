#pragma once

#include "report/model.hpp"

// One small tenant, told three ways.
namespace clawback::tests {

report::Scan sample_scan();
plan::Plan sample_plan();
report::RunView sample_run();

// Text that must never reach a reader as it is: markup, a terminal command, a right-to-left
// override, a zero-width space.
inline constexpr std::string_view hostile =
    "<script>alert(1)</script>\"' onload=x \x1b[2J\xe2\x80\xaegnp.exe\xe2\x80\x8b";
// The same text wherever somebody else decides what is written.
report::Scan hostile_scan();
plan::Plan hostile_plan();
report::RunView hostile_run();

}  // namespace clawback::tests
