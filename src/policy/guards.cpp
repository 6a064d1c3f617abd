#include "policy/policy.hpp"

namespace clawback::policy {

const std::vector<GuardInfo>& guards() {
  static const std::vector<GuardInfo> table = {
      {"G1", "Microsoft's own applications",
       "an application that Microsoft's tenants own, or whose app id is on the list of Microsoft's "
       "applications and APIs, is never judged, planned for or touched; its name counts for "
       "nothing",
       "taking one of them away breaks the tenant, and attackers take names that look like them"},
      {"G2", "exceptions",
       "an application that the policy accepts, with an owner, a reason and an end, is shown and "
       "left alone as long as all that it holds stays below the exception's ceiling, Microsoft has "
       "not disabled it (D10), nothing borrows its id (D18) and no user denies it (D25)",
       "an organisation knows its own tools; what grows beyond that is news again"},
      {"G3", "pre-existing access",
       "access that was given before the window of the logs, and shows nothing since, is said and "
       "not alarmed: watch at most. Use, growth, a new credential, a judgement by Microsoft "
       "or a user's denial lifts that",
       "what people approved a year ago is no evidence of what happened this week"},
      {"G4", "weak catalog entries",
       "an entry of low confidence, or one that sources contradict, counts half, lifts no case "
       "above watch by itself, and holds every rule at approve: a person decides",
       "one report that nobody confirmed must not cut off a customer's honest application"},
  };
  return table;
}

}  // namespace clawback::policy
