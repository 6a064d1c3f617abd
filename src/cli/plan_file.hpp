#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/config.hpp"
#include "journal/store.hpp"
#include "plan/plan.hpp"

namespace clawback::cli {

// `-` is standard input. Errc::invalid for what is not a plan.
Result<plan::Plan> read_plan(const std::string& file);

// Where the signatures of a plan are: as given, else beside it.
// Errc::invalid when a file of approvals was named that is not there.
Result<void> must_exist(const std::string& given);
std::string approvals_of(const std::string& plan_file, const std::string& given);
// One envelope a line; none if there is no such file.
Result<std::vector<std::string>> read_envelopes(const std::string& file);
// What is wrong with one of `read_envelopes(file)`, by its number, told with file and line.
Error in_approvals(Error error, const std::string& file);
// On disk when it returns. `-` is standard output.
Result<void> append_envelope(const std::string& file, const std::string& envelope,
                             const Context& context);

// The state database that the configuration names. Errc::invalid if it names none.
Result<std::unique_ptr<journal::Store>> open_store(const Config& config);
// The same where its file is there already; it is never made. Null: there is none.
Result<std::unique_ptr<journal::Store>> open_store_if_there(const Config& config);

}  // namespace clawback::cli
