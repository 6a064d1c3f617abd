#include "cli/past_sending.hpp"

#include <fmt/format.h>

#include "base/safe_text.hpp"
#include "cli/apply_checks.hpp"
#include "cli/plan_file.hpp"
#include "cli/run_view.hpp"

namespace clawback::cli {
namespace {

Error rejected(const std::string& by) {
  return Error{.code = Errc::approval,
               .message = "the plan was rejected" + by,
               .hint = "a rejection is final: make a new plan with `clawback plan`"};
}

// Who said no to it and why; empty: nobody, in an envelope that can be checked here.
std::string no_in(const std::string& envelope, const plan::Plan& plan, const Config& config) {
  const auto statement = approval::verify(envelope, config.registry());
  if (!statement || statement->decision != approval::Decision::reject) return {};
  if (statement->plan_digest != plan.digest || statement->tenant != plan.tenant) return {};
  return fmt::format(" by {}: {}", printable(statement->approver, 60),
                     printable(statement->reason));
}

}  // namespace

Result<void> check_sendable(const plan::Plan& plan, const std::string& approvals,
                            const Config& config) {
  if (const auto envelopes = read_envelopes(approvals)) {
    for (const std::string& envelope : *envelopes) {
      const std::string no = no_in(envelope, plan, config);
      if (!no.empty()) return rejected(no);
    }
  }
  const auto store = open_store_if_there(config);
  if (!store || !*store) return {};
  const auto rejections = (*store)->rejections(plan.digest);
  if (!rejections) return rejections.error();
  if (!rejections->empty()) return rejected(no_in(rejections->front(), plan, config));
  const auto runs = (*store)->runs();
  if (!runs) return runs.error();
  for (const journal::Run& run : *runs) {
    if (run.plan_digest != plan.digest) continue;
    // A run that is not through may go on with newer signatures: `resume --approvals`.
    const auto view = view_of(run, **store);
    if (view && view->state.ended && journal::settled(view->state)) {
      return check_unused(plan, **store);
    }
  }
  return {};
}

}  // namespace clawback::cli
