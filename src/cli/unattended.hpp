#pragma once

#include <optional>

#include "cli/config.hpp"
#include "cli/context.hpp"
#include "cli/judged.hpp"
#include "cli/pass.hpp"
#include "journal/store.hpp"
#include "plan/plan.hpp"

// What a pass sends without a person, and what it leaves waiting.
namespace clawback::cli {

struct Unattended {
  const Config& config;
  const policy::Policy& policy;
  journal::Store& store;
  std::optional<Duration> verify_window;
  std::optional<Duration> verify_gap;
};

// Approved by a policy: runs of people carry their signatures, these carry none.
bool is_own(const journal::Run& run, const Config& config);

// Goes on with runs that a policy approved and that did not come to their end. A plan that is
// expired, or of another policy than today's, is left: what is still to do is planned anew.
void resume_own(const Unattended& with, Pass& pass, const Context& context);

// Sends a plan that the policy approves, after everything that `apply` asks. What a guard refuses
// is in `stopped`, and nothing of it was sent.
void send_now(const Unattended& with, const plan::Plan& plan, const std::string& document,
              Pass& pass, const Context& context);

// Writes a plan that waits for people, or keeps one that waits already and is as good. Returns the
// one that waits.
std::optional<plan::Plan> leave_waiting(const Unattended& with, const plan::Plan& plan,
                                        const std::string& document, Pass& pass,
                                        const Context& context);

}  // namespace clawback::cli
