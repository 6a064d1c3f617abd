#pragma once

#include <optional>
#include <string>

#include "approval/approval.hpp"
#include "cli/arguments.hpp"
#include "cli/config.hpp"
#include "cli/context.hpp"
#include "plan/plan.hpp"

// What `approve` and `reject` do around the signature itself, and the console with them.
namespace clawback::cli {

// Errc::stale, invalid, guard or approval: why a signature on this plan would be of no use, whoever
// makes it or because of who makes it. `earlier` counts break-glass approvals (Context::earlier).
// Anybody may reject whatever is for this tenant.
Result<void> check_signing(const plan::Plan& plan, const SignArguments& arguments,
                           const Config& config, Time now, Time earlier);

// What is signed. An approval holds as long as the plan says, or `arguments` if that is shorter.
approval::Statement statement_on(const plan::Plan& plan, const SignArguments& arguments, Time now);

struct Kept {
  bool recorded = false;  // a no: in the database, where losing the file does not matter
  std::optional<Error> not_recorded = {};  // why a no is in the file alone
};
// Appends it to the approvals of the plan; a no goes into the database first. An approver's own
// account often can't open the service's database: the envelope is written all the same, and
// whoever applies sees it there.
Result<Kept> keep_envelope(const std::string& envelope, const plan::Plan& plan,
                           const SignArguments& arguments, const Config& config,
                           const Context& context);

}  // namespace clawback::cli
