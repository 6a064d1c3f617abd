#pragma once

#include <string>

#include "cli/config.hpp"
#include "cli/context.hpp"
#include "journal/store.hpp"
#include "report/model.hpp"

// --report of what is about a run or a plan without a scan: the cases are those that the state
// database keeps of the newest pass, where it has one.
namespace clawback::cli {

// The findings behind the plan's actions; none of them is an error, and nothing where the
// configuration names no database.
report::Scan kept_scan(const plan::Plan& plan, const Config& config);

// Writes the HTML report of the run; nothing for an empty file name.
Result<void> write_run_report(const std::string& file, const report::RunView& run,
                              const Config& config, const Context& context);

// Errc::invalid for standard output, where the run itself is told while it is sent.
Result<void> check_run_report(const std::string& file);
// The report of the run that was just sent (see tell_of_run).
Result<int> report_run(const std::string& file, const std::string& plan_digest, int code,
                       const Config& config, journal::Store& store, const Context& context);

}  // namespace clawback::cli
