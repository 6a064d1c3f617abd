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
  // arrived, how long the object must look untouched before one that is not repeatable is sent
  // again. Source of the default: effects that took longer than 5 minutes were reported.
  Duration verify_window = std::chrono::minutes(15);
  // An effect is believed when two reads this far apart show it, and none between them does not.
  Duration verify_gap = std::chrono::seconds(30);
  Duration verify_first =
      std::chrono::milliseconds(200);  // first pause between two reads; doubles to 10 s
  std::size_t lanes = 16;              // envelopes at the same time
  std::size_t envelope = 20;           // requests in one; 1: each one alone
  std::vector<std::string> own_app_ids;
  std::function<Time()> now;
  std::function<asio::awaitable<void>(Duration)> sleep;
  std::function<std::string()> make_guid;
  // The kill switch: asked before the run starts and before every envelope. An Error (Errc::guard)
  // stops the run where it is.
  std::function<Result<void>()> may_send;
  // Asked once when the lease is held, before anything is sent: limits that count what other runs
  // sent, so that two runs can't both pass.
  std::function<Result<void>()> under_lease;
  // After each journal record: progress. The action is nullptr for started and ended.
  std::function<void(const plan::Action*, const journal::Event&)> on_event;
};

struct Outcome {
  std::string run;
  journal::RunState state;
};

// Sends what the approved plan says and nothing else: stage after stage, many actions of a stage
// side by side. Every action's precondition is read right before it is sent, the intent is on disk
// before the request leaves, the effects are read back when all is sent. Errors before anything was
// sent: Errc::stale (used or expired plan), Errc::guard (breached limits, protected object, kill
// switch), Errc::unauthenticated or denied. Later: Errc::approval (the approval ended; the rest
// waits), Errc::guard (kill switch), Errc::io (the journal can't be written: nothing more is sent).
asio::awaitable<Result<Outcome>> execute(const approval::ApprovedPlan& approved,
                                         std::vector<std::string> envelopes, graph::Writer& writer,
                                         journal::Store& store, Settings settings);

// Goes on where a run stopped. Outcomes that are unknown are resolved by reading.
asio::awaitable<Result<Outcome>> resume(const journal::Run& run,
                                        const approval::ApprovedPlan& approved,
                                        graph::Writer& writer, journal::Store& store,
                                        Settings settings);

}  // namespace clawback::remediate
