#pragma once

#include <string>

#include "notify/message.hpp"
#include "report/ask_sheet.hpp"
#include "report/model.hpp"

// One text in every place that somebody else fills: names, addresses, scopes, reasons, record ids.
namespace clawback::tests {

report::Scan hostile_scan_of(const std::string& text);
plan::Plan hostile_plan_of(const std::string& text);
report::RunView hostile_run_of(const std::string& text);
report::LogView hostile_log_of(const std::string& text);
report::AskSheet hostile_sheet_of(const std::string& text);
notify::Message hostile_message_of(const std::string& text);

}  // namespace clawback::tests
