#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/arguments.hpp"
#include "cli/context.hpp"
#include "journal/store.hpp"
#include "report/model.hpp"

// --export FORMAT=FILE: findings, plans and runs in the formats of other tools.
namespace clawback::cli {

// What a command has to export. `sending` is a run whose own output is on standard output already.
enum class ExportOf : std::uint8_t { findings, plan, run, sending };

// "sarif=FILE", as many as there are. Errc::invalid for an unknown format, with what is close to
// it, and for a missing file.
Result<std::vector<Export>> read_exports(const std::vector<std::string>& texts);
// Errc::invalid for a format that has nothing of it, and when two of them and of the command's
// `others` (-o, --report) would go to one place.
Result<void> check_exports(const std::vector<Export>& exports, ExportOf what,
                           std::vector<std::string> others = {});
// Standard output is one of the files: nothing else is written there then.
bool to_standard_output(const std::vector<Export>& exports);

// Each file is written whole or not at all.
Result<void> write_exports(const std::vector<Export>& exports, const report::Scan& scan,
                           const Context& context);
// `file`: the plan's, for the command that approves it.
Result<void> write_exports(const std::vector<Export>& exports, const plan::Plan& plan,
                           const std::string& file, const Context& context);
Result<void> write_exports(const std::vector<Export>& exports, const report::RunView& run,
                           const Context& context);
// Of the run that was just sent (see tell_of_run).
Result<int> export_run(const std::vector<Export>& exports, const std::string& plan_digest,
                       journal::Store& store, int code, const Context& context);

}  // namespace clawback::cli
