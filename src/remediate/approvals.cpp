#include "remediate/approvals.hpp"

namespace clawback::remediate {

Result<void> use_approvals(const approval::ApprovedPlan& approved, const std::string& run,
                           journal::Store& store, Time now) {
  for (const approval::Statement& one : approved.statements()) {
    if (one.nonce.empty()) continue;  // a policy's yes: there is nothing to use up
    const bool alone = approved.break_glass() && one.break_glass;
    auto used = store.use_approval(one.nonce, run, one.approver, alone, now);
    if (!used) return used;
  }
  return {};
}

}  // namespace clawback::remediate
