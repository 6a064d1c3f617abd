#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lab/random.hpp"
#include "lab/server.hpp"

// Everything that is left to chance, drawn from one seed before anything runs.
namespace chaos {

template <class T>
const T& one_of(clawback::lab::Random& random, const std::vector<T>& from) {
  return from[random.below(from.size())];
}

// Somebody else's change of the tenant while clawback works.
struct Meddling {
  enum class What : std::uint8_t {
    widen_grant,
    narrow_grant,
    remove_grant,
    consent_again,  // the same id as before: only when the grant is gone
    enable_app,
    disable_app,
    remove_role,
    give_role_again,
    new_grant,        // of somebody who is not in the plan, to a targeted or a benign application
    revoke_sessions,  // of a user of the plan, by an administrator
    disable_user,
    enable_user,
    change_consent,  // the tenant's list of consent policies
    enable_rule,     // of an inbox
    disable_rule,
    redirect_rule,  // to another address
    remove_rule,
    change_requests,  // how users ask for consent
    switch_access,    // a Conditional Access policy, to another state
    remove_access,
  };
  enum class When : std::uint8_t {
    at_operation,  // before the n-th operation since the phase began
    after_write,   // n operations after a write of clawback took effect on the same object
  };
  What what = What::widen_grant;
  When when = When::at_operation;
  int n = 0;
  std::uint32_t pick = 0;  // which object, modulo how many there are
  bool done = false;
};
constexpr std::size_t meddlings = static_cast<std::size_t>(Meddling::What::remove_access) + 1;
std::string_view name_of(Meddling::What what);

// SIGKILL for one child process.
struct Kill {
  enum class When : std::uint8_t {
    never,
    at_request,     // the n-th operation has arrived and was not carried out yet
    after_request,  // the n-th operation was carried out and not answered yet
    after_record,   // the n-th journal record is on disk
    after_millis,
  };
  When when = When::never;
  int n = 0;
};

// One `apply` and the `resume`s that it needs.
struct Phase {
  std::vector<clawback::lab::Fault> faults;
  std::vector<Meddling> meddling;
  std::vector<Kill> kills;  // of the first processes; later ones live
};

struct TargetApp {
  std::string app_id;
  std::vector<std::string> actions;  // of its rule
};

struct Story {
  std::uint64_t seed = 0;
  clawback::lab::Options lab;
  std::vector<TargetApp> targets;
  std::vector<std::string> block;  // [catalog] block
  std::string user_consent;        // [consent]; empty: the tenant's own policies are left alone
  std::string verify_window = "1500ms";
  std::string verify_gap = "300ms";
  Phase apply;
  Phase undo;
};

Story make_story(std::uint64_t seed);
// All that a rule of a story may plan: enough seeds play each at least once.
std::vector<std::string> planned_kinds();
// Adds the story's applications, grants and roles to the lab's tenant.
void furnish(clawback::lab::Tenant& tenant, const Story& story);
// The policy as files: path relative to the policy's folder, and text.
std::vector<std::pair<std::string, std::string>> policy_files(const Story& story);
std::string describe(const Story& story);

}  // namespace chaos
