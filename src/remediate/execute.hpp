#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>
#include <vector>

#include "approval/approval.hpp"
#include "graph/client.hpp"
#include "journal/store.hpp"

namespace clawback::remediate {

namespace asio = boost::asio;

struct Settings {
  // How long reading waits for an effect to show, and, when it is not known whether a request
  // arrived, how long the object must look untouched before the request is sent again.
  Duration verify_window = std::chrono::minutes(2);
  Duration verify_first =
      std::chrono::milliseconds(200);  // first pause between two reads; doubles to 10 s
  std::vector<std::string> own_app_ids;
  std::function<Time()> now;
  std::function<asio::awaitable<void>(Duration)> sleep;
  std::function<std::string()> make_guid;
  // After each journal record: progress. The action is nullptr for started and ended.
  std::function<void(const plan::Action*, const journal::Event&)> on_event;
};

struct Outcome {
  std::string run;
  journal::RunState state;
};

// Sends what the approved plan says and nothing else: every action's precondition is read right
// before it is sent, the intent is on disk before the request leaves, the effect is read back.
// Errors before anything was sent: Errc::stale (used or expired plan), Errc::guard (breached
// limits, protected object), Errc::unauthenticated or denied. Later: Errc::approval (the approval
// ended; the rest waits), Errc::io (the journal can't be written: nothing more is sent).
asio::awaitable<Result<Outcome>> execute(const approval::ApprovedPlan& approved,
                                         std::vector<std::string> envelopes, graph::Writer& writer,
                                         journal::Store& store, Settings settings);

// Goes on where a run stopped. Outcomes that are unknown are resolved by reading.
asio::awaitable<Result<Outcome>> resume(const journal::Run& run,
                                        const approval::ApprovedPlan& approved,
                                        graph::Writer& writer, journal::Store& store,
                                        Settings settings);

}  // namespace clawback::remediate
