#include "console/plan_parts.hpp"

#include <fmt/format.h>

#include <map>

#include "report/html_parts.hpp"
#include "report/words.hpp"

namespace clawback::console {
namespace {

using report::code;
using report::escaped;

// Method and path as they are sent, and the body as a person reads it.
Html request_html(const plan::Request& request) {
  std::string text = report::request_words(request);
  if (!request.body.is_null()) text += "\n" + pretty_json(request.body);
  return report::block(text);
}

Html value_html(const json::value& value) {
  return value.is_null() ? escaped("nothing there") : report::block(pretty_json(value));
}

Html figures(const plan::Plan& plan) {
  Html inside = report::figure(plan.actions.size(), "actions");
  inside += report::figure(static_cast<std::size_t>(plan.apps), "applications");
  inside += report::figure(static_cast<std::size_t>(plan.users), "users");
  inside += report::figure(plan.refused.size(), "left alone");
  return report::element("ul", inside, "figures");
}

Html what(const plan::Plan& plan) {
  std::map<domain::ActionKind, std::size_t> kinds;
  for (const plan::Action& action : plan.actions) ++kinds[action.kind];
  std::vector<std::string> counts;
  for (const auto& [kind, number] : kinds) {
    counts.push_back(fmt::format("{}: {}", name_of(kind), number));
  }
  Html out = figures(plan);
  out += paragraph(report::summary_words(plan));
  out += lines(counts);
  out += lines(plan.remarks);
  return out;
}

Html why(const plan::Plan& plan) {
  Html out;
  for (const plan::CaseReasons& one : plan.cases) {
    std::vector<std::string> reasons;
    for (const plan::Reason& reason : one.reasons) reasons.push_back(report::reason_words(reason));
    out += report::facts(
        {{.term = "Application", .value = name_of_others(report::case_app_words(plan, one))},
         {.term = "Rule", .value = escaped(one.rule)},
         {.term = "Because", .value = escaped(one.why)},
         {.term = "Case", .value = link(address_of("/cases", one.finding), one.finding)}});
    out += lines(reasons);
  }
  return out;
}

Html limits(const plan::Plan& plan) {
  Html out;
  for (const std::string& line : plan.inspect_only) {
    out += paragraph("Inspect-only: " + line + ". This plan can't be approved or applied.",
                     "note stop");
  }
  for (const plan::Breach& breach : plan.breaches) {
    out += paragraph(fmt::format("Over limit {}: {} planned, {} allowed. Nothing of it is sent.",
                                 breach.limit, breach.planned, breach.allowed),
                     "note stop");
  }
  std::vector<std::vector<Html>> rows;
  for (const plan::Refusal& refusal : plan.refused) {
    rows.push_back(
        {name_of_others(report::left_alone_words(plan, refusal)), escaped(refusal.reason)});
  }
  if (!rows.empty()) {
    out += report::table("Left alone: nothing is planned for these", {"Object", "Why"}, rows);
  }
  return out.markup.empty() ? paragraph("Within all limits of the policy.") : out;
}

Html action_html(const plan::Plan& plan, const plan::Action& action) {
  std::string depends;
  for (const std::string& id : action.depends) depends += (depends.empty() ? "" : ", ") + id;
  std::string because = action.because.rule;
  for (std::size_t i = 0; i < action.because.signals.size(); ++i) {
    because += (i == 0 ? ": " : ", ") + action.because.signals[i];
  }
  const std::string& name =
      action.target.display_name.empty() ? action.target.id : action.target.display_name;
  Html inside = report::facts(
      {{.term = "Name", .value = name_of_others(name)},
       {.term = "Target", .value = code(action.target.kind + " " + action.target.id)},
       {.term = "Whose", .value = escaped(report::whom_words(plan, action))},
       {.term = "Why", .value = escaped(because)},
       {.term = "Only after", .value = escaped(depends)},
       {.term = "Effect", .value = escaped(action.effect)},
       {.term = "Remains", .value = escaped(action.residual)},
       {.term = "Undo", .value = escaped(report::undo_words(action))},
       {.term = "Sends", .value = request_html(action.request)},
       {.term = "Reads before", .value = code(report::request_words(action.precondition.request))},
       {.term = "Before", .value = value_html(action.precondition.before)},
       {.term = "After", .value = value_html(action.postcondition.after)}});
  if (!action.notes.empty()) {
    inside += paragraph("What the records say:");
    inside += lines(action.notes);
  }
  const std::string title = fmt::format("{}: {} {}", action.id, name_of(action.kind), name);
  return report::element("article", report::section("action-" + action.id, title, inside, 3));
}

void add(Html& to, std::string_view id, std::string_view heading, const Html& inside) {
  if (!inside.markup.empty()) to += report::section(id, heading, inside);
}

}  // namespace

Html plan_outline(const plan::Plan& plan) {
  Html out;
  add(out, "does", "What would be done", what(plan));
  add(out, "why", "Why", why(plan));
  add(out, "limits", "Limits and protected objects", limits(plan));
  add(out, "affected", "Who is affected", lines(report::affected_words(plan)));
  add(out, "ways", "Ways to stay or come back, and what is done about each",
      lines(report::ways_back(plan)));
  add(out, "consent", "Who could still consent to it", lines(plan.consent_after));
  add(out, "unseen", "What could not be seen", report::coverage_html(plan.coverage, {}));
  return out;
}

Html plan_actions(const plan::Plan& plan) {
  Html out;
  for (const plan::Action& action : plan.actions) out += action_html(plan, action);
  return out;
}

}  // namespace clawback::console
