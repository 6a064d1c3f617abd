#pragma once

#include "base/result.hpp"
#include "cli/arguments.hpp"
#include "cli/context.hpp"

// One function per command, each in a file of its name. They return the exit code; what they print
// goes through the console.
namespace clawback::cli {

Result<int> execute(const ScanArguments& arguments, const Context& context);
Result<int> execute(const CollectArguments& arguments, const Context& context);
Result<int> execute(const PlanArguments& arguments, const Context& context);
Result<int> execute(const ShowArguments& arguments, const Context& context);
Result<int> execute(const SignArguments& arguments, const Context& context);
Result<int> execute(const RatifyArguments& arguments, const Context& context);
Result<int> execute(const ApplyArguments& arguments, const Context& context);
Result<int> execute(const ResumeArguments& arguments, const Context& context);
Result<int> execute(const UndoArguments& arguments, const Context& context);
Result<int> execute(const AskArguments& arguments, const Context& context);
Result<int> execute(const AnswerArguments& arguments, const Context& context);
Result<int> execute(const RunsArguments& arguments, const Context& context);
Result<int> execute(const LogArguments& arguments, const Context& context);
Result<int> execute(const LogVerifyArguments& arguments, const Context& context);
Result<int> execute(const KillSwitchArguments& arguments, const Context& context);
Result<int> execute(const PolicyCheckArguments& arguments, const Context& context);
Result<int> execute(const PolicyShowArguments& arguments, const Context& context);
Result<int> execute(const PolicyTestArguments& arguments, const Context& context);
Result<int> execute(const CatalogListArguments& arguments, const Context& context);
Result<int> execute(const CatalogShowArguments& arguments, const Context& context);
Result<int> execute(const CatalogCheckArguments& arguments, const Context& context);
Result<int> execute(const DoctorArguments& arguments, const Context& context);
Result<int> execute(const LabArguments& arguments, const Context& context);
Result<int> execute(const KeyNewArguments& arguments, const Context& context);
Result<int> execute(const RunArguments& arguments, const Context& context);
Result<int> execute(const WatchArguments& arguments, const Context& context);
Result<int> execute(const ServeArguments& arguments, const Context& context);
Result<int> execute(const NotifyTestArguments& arguments, const Context& context);
Result<int> execute(const CompletionArguments& arguments, const Context& context);
Result<int> execute(const ManArguments& arguments, const Context& context);
Result<int> execute(const DemoArguments& arguments, const Context& context);

}  // namespace clawback::cli
