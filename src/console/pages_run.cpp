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

}  // namespace

std::string runs_page(const Shell& shell, const std::vector<RunRow>& runs) {
  std::vector<std::vector<Html>> rows;
  for (const RunRow& row : runs) {
    rows.push_back(
        {link(address_of("/runs", row.id), row.id), moment(row.started),
         escaped(fmt::format("{} of {}", row.done, row.actions)),
         escaped(!row.ended     ? "running or stopped"
                 : !row.settled ? "something is left"
                                : "ended"),
         link(address_of("/plans", row.plan), row.plan),
         row.undo_of.empty() ? Html{} : link(address_of("/runs", row.undo_of), row.undo_of)});
  }
  const Html main =
      rows.empty() ? paragraph("No run yet.")
                   : report::table("Runs, newest first",
                                   {"Run", "Started", "Done", "State", "Plan", "Undoes"}, rows);
  return document(shell, "Runs", "/runs", main);
}

std::string run_page(const Shell& shell, const report::RunView& run) {
  const std::size_t all = run.plan.actions.size();
  const std::size_t done = done_of(run.state);
  Html main = {fmt::format(
      "<div id=\"run\" data-events=\"{}/events\" data-ended=\"{}\">\n"
      "<p><label for=\"progress\">Progress</label> <progress id=\"progress\" max=\"{}\" "
      "value=\"{}\"></progress></p>\n"
      "<p id=\"state\" role=\"status\" aria-live=\"polite\">{} of {} done: {}</p>\n</div>\n",
      address_of("/runs", run.id), run.state.ended, std::max<std::size_t>(all, 1), done, done,
      report::count_of(all, "action"), status_of(run.state))};
  std::vector<std::vector<Html>> rows;
  for (const plan::Action& action : run.plan.actions) {
    const auto state = run.state.actions.find(action.id);
    const std::string_view phase = state == run.state.actions.end()
                                       ? std::string_view("waiting")
                                       : journal::name_of(state->second.phase);
    const Html cell = {fmt::format("<span data-action=\"{}\" class=\"phase-{}\">{}</span>",
                                   html_escape(action.id), phase, phase)};
    rows.push_back({escaped(action.id), cell, escaped(plan::short_name(action)),
                    escaped(report::whom_words(run.plan, action)),
                    escaped(state == run.state.actions.end() ? "" : state->second.detail)});
  }
  main += report::table("Actions, in the order of sending",
                        {"Action", "Phase", "What", "Whose", "Detail"}, rows);
  main += report::facts(
      {{.term = "Run", .value = code(run.id)},
       {.term = "Plan", .value = link(address_of("/plans", run.plan.id), run.plan.id)},
       {.term = "Digest", .value = code(run.plan.digest)}});
  if (shell.person && shell.person->approver && run.state.ended) {
    Html inside = paragraph(
        "Makes a plan that takes this run back. It waits for approval like "
        "any other; nothing is sent here.");
    inside += submit("Make the plan of the undo");
    main += report::section("undo", "Undo",
                            post_form(shell, address_of("/runs", run.id) + "/undo", inside));
  }
  return document(shell, "Run", "/runs", main);
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
                          {"state", status_of(run.state)},
                          {"actions", std::move(actions)}};
  return fmt::format("id: {}\nevent: progress\ndata: {}\n\n", number, compact_json(data));
}

}  // namespace clawback::console
