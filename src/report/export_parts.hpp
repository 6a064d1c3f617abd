#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "report/export.hpp"

// What the writers of export.hpp share.
namespace clawback::report {

// Printable and bounded; what is longer ends in "…".
inline constexpr std::size_t export_text_max = 1000;  // code points: a sentence
inline constexpr std::size_t export_name_max = 200;   // a name or an id
std::string sentence(std::string_view text);
std::string name_shown(std::string_view text);

// "a; b; and 3 more": at most `most`, each a name.
std::string names_joined(const std::vector<std::string>& names, std::size_t most = 50);

std::vector<std::string> user_names(const domain::Finding& finding);
std::vector<std::string> scope_names(const domain::Finding& finding);  // of all grants, sorted
std::vector<std::string> role_names(const domain::Finding& finding);
std::vector<std::string> signal_ids(const domain::Finding& finding, domain::SignalState state);

// An exception covers it, or it is only listed.
bool asks_for_attention(const domain::Finding& finding);

// The earliest time that is known at which something was given: a grant or an application
// permission. nullopt: none is known.
std::optional<Time> first_given(const domain::Finding& finding);
// When this tenant's case was first observed: that, else when it was first reported, else the scan.
Time first_observed(const Scan& scan, const domain::Finding& finding);

// An action with what became of it; a plan's actions have no state.
struct ActionRow {
  const plan::Action* action = nullptr;
  const journal::ActionState* state = nullptr;
};
std::vector<ActionRow> rows_of(const plan::Plan& plan);
std::vector<ActionRow> rows_of(const RunView& run);
// "planned" without a state, else the phase; "drifted" for what was skipped for that.
std::string_view phase_words(const ActionRow& row);

std::int64_t milliseconds(Time time);

}  // namespace clawback::report
