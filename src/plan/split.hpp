#pragma once

#include <string>
#include <string_view>

#include "plan/plan.hpp"

namespace clawback::plan {

// A plan in two: what each case's effective mode lets go without a person (auto: all of it;
// contain: what contains), and what waits for people. Both are sealed plans of their own, or empty.
// Nothing goes ahead of an action that it depends on: what waits has the containment that it
// depends on with it, also if that goes now; done by then, it needs nothing. A plan that is over a
// limit, for inspection only or an undo waits as a whole.
struct Split {
  Plan now;
  Plan waiting;
};
// The ids are those of the two plans. Limits are counted anew for each.
Split split(const Plan& plan, const policy::Policy& policy, std::string id_now,
            std::string id_waiting);

// Why it goes without a person, from the case that asked for it; false when no case did.
bool is_unattended(const Plan& plan, const Action& action);

// Both would send the same requests after the same checks, under the same policy and catalog and
// with the same identity, and nothing has happened that makes one of them worth less: an approval
// of one is as good as one of the other. `a` is the older one: containment in it that was done
// since, so that `b` does not ask for it, is no difference.
bool same_work(const Plan& a, const Plan& b);

}  // namespace clawback::plan
