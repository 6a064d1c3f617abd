#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/safe_text.hpp"
#include "console/page_parts.hpp"
#include "report/words.hpp"

namespace clawback::console {
namespace {

using report::code;
using report::escaped;

std::size_t done_of(const journal::RunState& state) {
  return static_cast<std::size_t>(
      std::count_if(state.actions.begin(), state.actions.end(), [](const auto& entry) {
        return entry.second.phase == journal::Phase::done ||
               entry.second.phase == journal::Phase::satisfied;
      }));
}

std::string_view status_of(const journal::RunState& state) {
  if (!state.ended) return "running, or stopped before its end";
  return journal::settled(state) ? "ended" : "ended; something is left to do";
}

std::string progress_words(const report::RunView& run) {
  return fmt::format("{} of {} done: {}", done_of(run.state),
                     report::count_of(run.plan.actions.size(), "action"), status_of(run.state));
}

std::vector<Html> row_of(const report::RunView& run, const plan::Action& action) {
  const auto found = run.state.actions.find(action.id);
  const journal::ActionState state =
      found == run.state.actions.end() ? journal::ActionState{} : found->second;
  const std::string_view phase = journal::name_of(state.phase);
  const Html cell = {fmt::format("<span data-action=\"{}\" class=\"phase-{}\">{}</span>",
                                 report::html_text(action.id), phase, phase)};
  std::string answer = state.status == 0 ? std::string() : fmt::format("HTTP {}", state.status);
  if (!state.request_id.empty()) answer += fmt::format(", request-id {}", state.request_id);
  return {escaped(action.id),
          cell,
          name_of_others(plan::short_name(action)),
          name_of_others(action.target.display_name),
          escaped(report::whom_words(run.plan, action)),
          escaped(answer),
          escaped(state.detail)};
}

Html undo_form(const Shell& shell, const report::RunView& run) {
  if (!shell.person || !shell.person->approver) {
    return paragraph("Asking for an undo is for registered approvers.");
  }
  if (!run.state.ended) {
    return paragraph("The run is not through: `clawback resume` goes on with it.");
  }
  Html inside = paragraph(
      "Makes a plan that takes back what this run did, as far as that is possible. It waits for "
      "approval like any other, by somebody else than you; nothing is sent here.");
  inside += submit("Make the plan of the undo");
  return post_form(shell, address_of("/runs", run.id) + "/undo", inside, "decide");
}

}  // namespace

std::string runs_page(const Shell& shell, const Runs& runs) {
  std::vector<std::vector<Html>> rows;
  for (const RunRow& row : runs.rows) {
    rows.push_back(
        {link(address_of("/runs", row.id), row.id), moment(row.started),
         escaped(fmt::format("{} of {}", row.done, row.actions)),
         escaped(!row.ended     ? "running or stopped"
                 : !row.settled ? "something is left"
                                : "ended"),
         link(address_of("/plans", row.plan), row.plan),
         row.undo_of.empty() ? Html{} : link(address_of("/runs", row.undo_of), row.undo_of)});
  }
  Html main;
  if (runs.all > rows.size()) {
    main += paragraph(fmt::format("The newest {} of {} runs; `clawback runs` lists all of them.",
                                  rows.size(), runs.all),
                      "note");
  }
  main += rows.empty() ? paragraph("No run yet.")
                       : report::table("Runs, newest first",
                                       {"Run", "Started", "Done", "State", "Plan", "Undoes"}, rows);
  return document(shell, "Runs", "/runs", main);
}

std::string run_page(const Shell& shell, const report::RunView& run) {
  const std::size_t all = std::max<std::size_t>(run.plan.actions.size(), 1);
  const std::string address = address_of("/runs", run.id);
  Html main = {fmt::format(
      "<div id=\"run\" data-events=\"{0}/events\" data-ended=\"{1}\">\n"
      "<p><label for=\"progress\">Progress</label> <progress id=\"progress\" max=\"{2}\" "
      "value=\"{3}\"></progress></p>\n"
      "<p id=\"state\" role=\"status\" aria-live=\"polite\">{4}</p>\n</div>\n",
      address, run.state.ended, all, done_of(run.state), report::html_text(progress_words(run)))};
  if (!run.state.ended) {
    main +=
        {fmt::format("<noscript><p><a href=\"{}\">Load the page again</a> to see how far it "
                     "came.</p></noscript>\n",
                     address)};
  }
  std::vector<std::vector<Html>> rows;
  for (const plan::Action& action : run.plan.actions) rows.push_back(row_of(run, action));
  main += report::section(
      "actions", "Actions",
      report::table("In the order of sending",
                    {"Action", "Phase", "What", "Name", "Whose", "Answer", "Detail"}, rows));
  main += report::section("undo", "Undo", undo_form(shell, run));
  main += report::section(
      "basis", "What this rests on",
      report::facts(
          {{.term = "Run", .value = code(run.id)},
           {.term = "Plan", .value = link(address_of("/plans", run.plan.id), run.plan.id)},
           {.term = "Undoes run",
            .value = run.plan.undo_of.empty()
                         ? Html{}
                         : link(address_of("/runs", run.plan.undo_of), run.plan.undo_of)},
           {.term = "Approved by", .value = escaped(report::approved_by_words(run))},
           {.term = "Digest", .value = code(run.plan.digest)},
           {.term = "Audit head", .value = code(journal::to_text(run.head))}}));
  return document(shell, run.plan.undo_of.empty() ? "Run" : "Run of an undo", "/runs", main);
}

std::string progress_event(const report::RunView& run, std::size_t number) {
  json::array actions;
  for (const plan::Action& action : run.plan.actions) {
    const auto state = run.state.actions.find(action.id);
    const auto phase =
        state == run.state.actions.end() ? journal::Phase::waiting : state->second.phase;
    actions.push_back(json::object{{"id", action.id}, {"phase", journal::name_of(phase)}});
  }
  const json::object data{{"done", static_cast<std::int64_t>(done_of(run.state))},
                          {"all", static_cast<std::int64_t>(run.plan.actions.size())},
                          {"ended", run.state.ended},
                          {"state", progress_words(run)},
                          {"actions", std::move(actions)}};
  return fmt::format("id: {}\nevent: progress\ndata: {}\n\n", number, compact_json(data));
}

}  // namespace clawback::console
