#pragma once

#include <string>
#include <vector>

#include "journal/event.hpp"
#include "notify/message.hpp"
#include "plan/plan.hpp"

// A message's parts from what a pass has in its hands. Pure.
namespace clawback::notify {

Case case_of(const domain::Finding& finding);
// One for each kind and phase that occurs, in the order in which kinds are sent.
std::vector<Done> done_of(const std::string& run, const plan::Plan& plan,
                          const journal::RunState& state);
Waiting waiting_of(const plan::Plan& plan, const std::string& file);

// The same message with "(address)" for whatever in its texts could be the address or the name that
// somebody signs in with: an error quotes what it is about, and an application's name is anybody's
// words. Who approved something stays, and where a plan lies.
Message without_addresses(Message message);

}  // namespace clawback::notify
