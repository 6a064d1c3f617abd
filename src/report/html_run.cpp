#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/listed.hpp"
#include "base/safe_text.hpp"
#include "report/html_parts.hpp"
#include "report/words.hpp"

namespace clawback::report {
namespace {

using journal::Phase;

constexpr std::size_t words_max = 600;

std::map<Phase, std::size_t> phases(const RunView& run) {
  std::map<Phase, std::size_t> out;
  for (const plan::Action& action : run.plan.actions) ++out[state_of(run, action.id).phase];
  return out;
}

std::string time_words(const RunView& run) {
  if (run.events.empty()) return {};
  return fmt::format("{} to {}", format_time(run.events.front().time),
                     format_time(run.events.back().time));
}

// An undo is taken back by the plan that it undid, made anew; not by another undo.
std::string undo_command(const RunView& run) {
  if (!run.plan.undo_of.empty()) return {};
  const bool any = std::ranges::any_of(run.plan.actions, [&](const plan::Action& action) {
    return state_of(run, action.id).phase == Phase::done;
  });
  if (!any) return {};
  return fmt::format("clawback undo {} -o undo.json --report undo.html", run.id);
}

Html matters_html(const RunView& run) {
  auto counts = phases(run);
  const std::size_t not_sent = counts[Phase::skipped] + counts[Phase::waiting];
  const std::size_t unverified =
      counts[Phase::unverified] + counts[Phase::acknowledged] + counts[Phase::intended];
  Html figures = figure(counts[Phase::done], "done and read back", "good");
  figures += figure(counts[Phase::satisfied], "were so already");
  figures += figure(counts[Phase::failed], "failed", counts[Phase::failed] != 0 ? "alert" : "");
  figures += figure(unverified, "not seen to work", unverified != 0 ? "alert" : "");
  figures += figure(not_sent, "not sent", not_sent != 0 ? "watch" : "");
  Html out = element("ul", figures, "figures");
  const std::vector<std::string> names = affected_words(run.plan);
  out += facts(
      {{.term = "What was done", .value = escaped(summary_words(run))},
       {.term = "When", .value = escaped(time_words(run))},
       {.term = "Undoes run", .value = code(run.plan.undo_of)},
       {.term = "Affected",
        .value = escaped(names.empty() ? std::string("nobody by name") : listed(names, names_max))},
       {.term = "Not seen", .value = escaped(coverage_words(run.plan.coverage))},
       {.term = "Audit head", .value = code(journal::to_text(run.head))}});
  return out;
}

Html troubles_html(const RunView& run) {
  std::vector<std::vector<Html>> rows;
  std::size_t all = 0;
  for (const plan::Action& action : run.plan.actions) {
    const journal::ActionState state = state_of(run, action.id);
    if (is_good(state.phase) || ++all > people_max) continue;
    const std::string& name = action.target.display_name;
    rows.push_back({escaped(printable(action.id, 20)), escaped(name_of(action.kind)),
                    named(name.empty() ? action.target.id : name),
                    escaped(outcome_words(state.phase)),
                    escaped(printable(trouble_words(state), words_max))});
  }
  Html out =
      long_table("Not done, or not seen to work", {"Id", "Action", "Target", "Outcome", "Why"},
                 rows, all, "clawback show RUN --json has all.");
  if (rows.empty()) return paragraph("Everything was done or was so already.");
  if (can_go_on(run)) {
    out += paragraph("Go on with:");
    out += element("pre", std::string_view("clawback resume " + printable(run.id)));
  }
  return out;
}

Html undo_html(const RunView& run) {
  if (!run.plan.undo_of.empty()) {
    return paragraph("This run took back what run " + printable(run.plan.undo_of) +
                     " had done. To do that again, make a new plan.");
  }
  const std::string command = undo_command(run);
  if (command.empty()) return paragraph("Nothing was done, so there is nothing to undo.");
  Html out =
      paragraph("An undo is a plan of its own, which is approved and applied like any other:");
  out += element("pre", std::string_view(printable(command)));
  std::vector<std::string> not_back;
  for (const plan::Action& action : run.plan.actions) {
    if (action.reversible != plan::Reversible::no) continue;
    if (state_of(run, action.id).phase != Phase::done) continue;
    not_back.push_back(fmt::format(
        "{} {} {}", action.id, name_of(action.kind),
        action.target.display_name.empty() ? action.target.id : action.target.display_name));
  }
  if (!not_back.empty()) {
    out += paragraph("These can't be undone: " + listed(not_back, 2 * names_max));
  }
  return out;
}

Html remains_html(const RunView& run) {
  std::set<std::string> lines;
  for (const plan::Action& action : run.plan.actions) {
    if (is_good(state_of(run, action.id).phase) && !action.residual.empty()) {
      lines.insert(action.residual);
    }
    if (lines.size() == held_max) break;
  }
  std::vector<std::string> all(lines.begin(), lines.end());
  for (const std::string& line : ways_back(run.plan)) all.push_back(line);
  return all.empty() ? Html{} : lines_html(all);
}

Html basis_html(const RunView& run) {
  Html out = facts(
      {{.term = "Run", .value = code(run.id)},
       {.term = "Plan's digest", .value = code(run.plan.digest)},
       {.term = "Asked for by", .value = escaped(printable(asked_by_words(run.plan)))},
       {.term = "Approved by", .value = escaped(printable(approved_by_words(run), words_max))},
       {.term = "Evidence", .value = code(run.plan.evidence)},
       {.term = "Policy", .value = code(run.plan.policy)},
       {.term = "Catalog", .value = code(run.plan.catalog)},
       {.term = "Audit head", .value = code(journal::to_text(run.head))}});
  out += paragraph(
      "The audit head, kept where nobody can change it, shows later whether the log was rewritten: "
      "clawback log verify. Every event is in clawback show RUN --json and clawback log.");
  return out;
}

}  // namespace

std::string run_html(const RunView& run, const Scan* scan) {
  const std::vector<std::string> affected = affected_words(run.plan);
  const std::vector<Chapter> chapters = {
      {.id = "matters", .heading = "What matters", .inside = matters_html(run)},
      {.id = "troubles",
       .heading = "What was not done, or not seen to work",
       .inside = troubles_html(run)},
      {.id = "undo", .heading = "How to undo it", .inside = undo_html(run)},
      {.id = "affected",
       .heading = "Who is affected",
       .inside = affected.empty() ? Html{} : lines_html(affected)},
      {.id = "remains", .heading = "What remains possible", .inside = remains_html(run)},
      {.id = "unseen",
       .heading = "What could not be seen when it was planned",
       .inside = coverage_html(run.plan.coverage, {})},
      {.id = "cases",
       .heading = "The cases, with what was sent, before and after",
       .inside = plan_cases_html(run.plan, scan, &run, {})},
      {.id = "actions",
       .heading = "All requests, in the order of sending",
       .inside = actions_table(run.plan, &run)},
      {.id = "basis", .heading = "What this rests on", .inside = basis_html(run)}};
  return page(run.plan.undo_of.empty() ? "Mail-client grants: run" : "Mail-client grants: undo run",
              fmt::format("Tenant {}, run {}", printable(run.plan.tenant), printable(run.id)),
              chapters);
}

}  // namespace clawback::report
