#pragma once

#include "plan/plan.hpp"

// What an action of each kind reads, sends, leaves behind and says. `shape` calls them after it has
// seen that target, before and after have what they need.
namespace clawback::plan {

void disable_app(Action& action);
void enable_app(Action& action);
void block_app(Action& action);
void revoke_grant(Action& action);
void restore_grant(Action& action);
void remove_app_role(Action& action);
void restore_app_role(Action& action);
void revoke_sessions(Action& action);

}  // namespace clawback::plan
