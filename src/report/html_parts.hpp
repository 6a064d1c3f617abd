#pragma once

#include "report/export_parts.hpp"
#include "report/html_page.hpp"
#include "report/html_timeline.hpp"
#include "report/model.hpp"

// The parts that several HTML reports share.
namespace clawback::report {

// What a report shows of each kind. Nothing more is dropped in silence: where there is more, the
// report says how much and where it stands.
inline constexpr std::size_t cases_max = 100;    // with a section of their own
inline constexpr std::size_t rows_max = 10000;   // of a list of applications
inline constexpr std::size_t people_max = 1000;  // of a list of users
inline constexpr std::size_t held_max = 50;      // grants, roles, histories of one case
inline constexpr std::size_t actions_max = 300;  // with a section of their own
inline constexpr std::size_t names_max = 12;     // within a sentence

struct CaseOptions {
  TimelineOptions timeline = {};
  Html before = {};       // from when it is
  Html afterwards = {};   // what is planned or was done about it
  bool numbered = false;  // one of several: the heading says which
};
// One case: what it is, why it is suspected, what happened when, what it holds. `number` makes ids:
// "case-1".
Html case_html(const domain::Finding& finding, std::size_t number, const CaseOptions& options = {});
std::string case_id(std::size_t number);

// What could not be read, and what that means.
Html coverage_html(const domain::Coverage& coverage, const std::vector<std::string>& missing);
// "3 sources were not read completely", or that all were.
std::string coverage_words(const domain::Coverage& coverage);
// Everyone whom the findings reach.
Html affected_html(const Scan& scan);
std::string reach_words(const Scan& scan);
// The findings as one list. The first `with_section` of those that ask for attention link to their
// sections, which are numbered from 1 in the same order.
Html overview_html(const Scan& scan, std::size_t with_section);

// One action with its exact requests, and how to undo it. `state`: what became of it, or nullptr.
Html action_html(const plan::Plan& plan, const plan::Action& action,
                 const journal::ActionState* state);
// Each action in one row: its request, and what became of it where `run` is given.
Html actions_table(const plan::Plan& plan, const RunView* run);

// The cases of a plan with everything that is known of them: from the scan if it is at hand, else
// what the plan says itself. With `run`, what became of each action.
Html plan_cases_html(const plan::Plan& plan, const Scan* scan, const RunView* run,
                     std::string_view approving);
Html lines_html(const std::vector<std::string>& lines);

}  // namespace clawback::report
