#include "remediate/driver.hpp"

#include <map>

#include "plan/kinds.hpp"
#include "remediate/stage.hpp"
#include "remediate/verify.hpp"

namespace clawback::remediate {
namespace {

using journal::EventKind;
using journal::Phase;
using Actions = std::vector<const plan::Action*>;

bool open_for_sending(const Progress& progress, const plan::Action& action) {
  if (progress.track(action).over) return false;
  switch (progress.at(action).phase) {
    case Phase::waiting:
    case Phase::failed:
    case Phase::skipped:
    case Phase::intended:
    case Phase::unverified:
      return true;
    case Phase::acknowledged:
    case Phase::done:
    case Phase::satisfied:
      break;
  }
  return false;
}

// What of a stage can be sent now. What waits for something that will not be done in this run is
// skipped, and says so.
Result<Actions> sendable(Progress& progress, const Actions& stage) {
  Actions out;
  std::vector<journal::Event> skipped;
  for (const plan::Action* action : stage) {
    if (!open_for_sending(progress, *action)) continue;
    const auto blocker = progress.blocked_by(*action);
    if (!blocker) {
      out.push_back(action);
    } else if (blocker->for_good && !may_be_ours(progress.at(*action).phase)) {
      skipped.push_back(
          {.kind = EventKind::skipped, .action = action->id, .detail = "waits for " + blocker->id});
      progress.track(*action).over = true;
    }
  }
  const auto written = progress.write(std::move(skipped));
  if (!written) return written.error();
  return out;
}

Result<void> skip_the_rest(Progress& progress) {
  std::vector<journal::Event> skipped;
  for (const plan::Action& action : progress.plan().actions) {
    if (progress.track(action).over || progress.at(action).phase != Phase::waiting) continue;
    const auto blocker = progress.blocked_by(action);
    skipped.push_back(
        {.kind = EventKind::skipped,
         .action = action.id,
         .detail = blocker ? "waits for " + blocker->id : std::string("it was not sent")});
  }
  return progress.write(std::move(skipped));
}

}  // namespace

asio::awaitable<Result<void>> drive(Progress& progress) {
  std::map<int, Actions> stages;
  for (const plan::Action& action : progress.plan().actions)
    stages[plan::stage_of(action.kind)].push_back(&action);
  // Once, unless reading shows that a request that may have been lost has to be sent again.
  for (bool again = true; again;) {
    for (const auto& [number, stage] : stages) {
      const auto actions = sendable(progress, stage);
      if (!actions) co_return actions.error();
      co_await send_stage(progress, *actions);
      if (progress.stopped()) co_return *progress.stopped();
    }
    const auto verified = co_await verify(progress);
    if (!verified) co_return verified.error();
    again = *verified;
  }
  const auto skipped = skip_the_rest(progress);
  if (!skipped) co_return skipped;
  co_return progress.write({{.kind = EventKind::ended}});
}

}  // namespace clawback::remediate
