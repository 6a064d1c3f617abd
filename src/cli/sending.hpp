#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "approval/approval.hpp"
#include "cli/config.hpp"
#include "journal/store.hpp"

namespace clawback::cli {

// Sends an approved plan, or goes on with a run of it, shows what became of it, and answers the
// exit code.
struct Sending {
  const Config& config;
  journal::Store& store;
  const approval::ApprovedPlan& approved;
  std::optional<Duration> verify_window;
  std::optional<Duration> verify_gap = std::nullopt;
  // Asked when the lease is held, before anything is sent: limits that other runs count for too.
  std::function<Result<void>()> under_lease = {};
};
Result<int> send_plan(const Sending& sending, const std::vector<std::string>& envelopes,
                      const Context& context);
Result<int> go_on(const Sending& sending, const journal::Run& run, const Context& context);
// The same without showing anything: the run's id.
Result<std::string> send_quietly(const Sending& sending, const std::vector<std::string>& envelopes,
                                 const Context& context);
Result<std::string> go_on_quietly(const Sending& sending, const journal::Run& run,
                                  const Context& context);

// The plan's envelopes from the file, and every rejection that the database remembers.
Result<std::vector<std::string>> all_envelopes(const std::string& file,
                                               const std::string& plan_digest,
                                               journal::Store& store);

}  // namespace clawback::cli
