#pragma once

#include <string>
#include <vector>

#include "plan/plan.hpp"

namespace clawback::plan {

// What sets two plans apart. Actions are matched by kind and target; their numbers do not matter.
struct Difference {
  struct Changed {
    std::string action;              // "revoke-grant g-ada"
    std::vector<std::string> parts;  // "request", "precondition", "postcondition", "because"…
    friend bool operator==(const Changed&, const Changed&) = default;
  };
  // "policy", "sha256:…", "sha256:…"
  struct Member {
    std::string name;
    std::string a;
    std::string b;
    friend bool operator==(const Member&, const Member&) = default;
  };
  std::vector<std::string> only_a;  // in the order of sending
  std::vector<std::string> only_b;
  std::vector<Changed> changed;
  std::size_t same = 0;         // actions that are the same in both
  std::vector<Member> members;  // of the plans themselves
  friend bool operator==(const Difference&, const Difference&) = default;
};
Difference compare(const Plan& a, const Plan& b);

// Both would send the same, after the same checks.
bool same_actions(const Difference& difference);

}  // namespace clawback::plan
