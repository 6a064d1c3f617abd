#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "journal/store.hpp"
#include "plan/plan.hpp"

// Later looks at what a run did: attackers come back, and a consent that is given again has the id
// of the one that was revoked. Pure.
namespace clawback::remediate {

struct Look {
  std::string_view name;  // "1h"
  Duration after;         // the run came to rest
};
const std::vector<Look>& looks();  // 1h, 24h, 7d, 30d

// The look that is due: the latest whose time has come, unless it or a later one was done. Those
// that were missed are caught up by it, once.
std::optional<std::string_view> due_look(Time rest, const std::set<std::string>& done, Time now);

// When a run came to its end, or was stopped before it (kill switch, approval or sign-in that
// ended): its last record. nullopt: it did nothing yet.
std::optional<Time> at_rest_since(const std::vector<journal::Event>& events);

// What a run did and was there to stay: actions that were verified, or acknowledged if the run was
// stopped before it could verify them, and that reading again can check; without those that an undo
// of ours took back since. `undone`: plan and state of each undo in the tenant: what one run found
// so already, the undo of another may have given back.
struct Undone {
  plan::Plan plan;
  journal::RunState state;
};
std::vector<plan::Action> to_look_at(const plan::Plan& plan, const journal::RunState& state,
                                     const std::vector<Undone>& undone);

enum class ChangeKind : std::uint8_t { re_consent, re_enabled, gone, policy_changed };
std::string_view name_of(ChangeKind kind);  // "re-consent"

struct Change {
  ChangeKind kind = ChangeKind::re_consent;
  std::string action;  // "revoke-grant g-ada"
  std::string app_id;
  std::string display_name;
  std::string user;    // id of the account it is about, whose name display_name is; else empty
  std::string detail;  // in plain words, printable
  friend bool operator==(const Change&, const Change&) = default;
};
// What reading an action's object again shows; null: absent. nullopt: it is as the run left it.
std::optional<Change> change_of(const plan::Action& action, const json::value& now);

}  // namespace clawback::remediate
