#include <fmt/format.h>

#include <set>

#include "approval/statement.hpp"
#include "base/safe_text.hpp"
#include "console/page_parts.hpp"
#include "report/words.hpp"

namespace clawback::console {
namespace {

using report::code;
using report::escaped;

Html request_html(const plan::Request& request) {
  std::string text = report::request_words(request);
  if (!request.body.is_null()) text += "\n" + pretty_json(request.body);
  return report::element("pre", std::string_view(text));
}

Html value_html(const json::value& value) {
  if (value.is_null()) return escaped("nothing there");
  return report::element("pre", std::string_view(pretty_json(value)));
}

Html action_html(const plan::Plan& plan, const plan::Action& action) {
  std::string depends;
  for (const std::string& id : action.depends) depends += (depends.empty() ? "" : ", ") + id;
  std::string why = action.because.rule;
  for (const std::string& signal : action.because.signals) why += ", " + signal;
  Html inside =
      report::facts({{.term = "Target",
                      .value = code(fmt::format("{} {}", action.target.kind, action.target.id))},
                     {.term = "Whose", .value = escaped(report::whom_words(plan, action))},
                     {.term = "Why", .value = escaped(why)},
                     {.term = "Only after", .value = escaped(depends)},
                     {.term = "Sends", .value = request_html(action.request)},
                     {.term = "Before", .value = value_html(action.precondition.before)},
                     {.term = "After", .value = value_html(action.postcondition.after)},
                     {.term = "Effect", .value = escaped(action.effect)},
                     {.term = "Remains", .value = escaped(action.residual)},
                     {.term = "Undo", .value = escaped(report::undo_words(action))}});
  const std::string title = fmt::format(
      "{}: {} {}", action.id, name_of(action.kind),
      action.target.display_name.empty() ? action.target.id : action.target.display_name);
  return report::element("article", report::section("action-" + action.id, title, inside, 3));
}

Html lines(const std::vector<std::string>& texts) {
  std::vector<Html> items;
  for (const std::string& text : texts) items.push_back(escaped(text));
  return items.empty() ? Html{} : report::bullets(items);
}

std::size_t approvals_of(const PlanView& view) {
  std::set<std::string> people;
  for (const approval::Statement& one : view.signed_by) {
    if (one.decision == approval::Decision::approve) people.insert(one.approver);
  }
  return people.size();
}

Html signatures(const PlanView& view) {
  Html out = paragraph(fmt::format("{} of {} approvals.", approvals_of(view), view.quorum));
  std::vector<std::vector<Html>> rows;
  for (const approval::Statement& one : view.signed_by) {
    rows.push_back({escaped(one.approver), escaped(approval::name_of(one.decision)),
                    escaped(one.reason), moment(one.issued), moment(one.expires)});
  }
  if (!rows.empty()) {
    out += report::table("Who signed", {"Person", "Says", "Because", "Signed", "Until"}, rows);
  }
  if (!view.unusable.empty()) {
    out += paragraph("Signatures that do not hold:");
    out += lines(view.unusable);
  }
  return out;
}

Html decide_form(const Shell& shell, const PlanView& view, std::string_view decision,
                 std::string_view label, std::string_view words) {
  const std::string id = fmt::format("reason-{}", decision);
  Html inside = hidden("decision", decision);
  inside += paragraph(words);
  inside +=
      {fmt::format("<p><label for=\"{0}\">Reason</label>\n<textarea id=\"{0}\" "
                   "name=\"reason\" rows=\"3\" maxlength=\"2000\" required></textarea></p>\n",
                   id)};
  inside += submit(label, decision);
  return post_form(shell, address_of("/plans", view.plan.id) + "/sign", inside, "decide");
}

Html decide(const Shell& shell, const PlanView& view) {
  if (!view.closed.empty()) {
    return paragraph("Nobody is asked about this plan any more: " + view.closed + ".", "note");
  }
  if (!shell.person || !shell.person->approver) {
    return paragraph(
        "You may read this plan. Approving and rejecting is for registered "
        "approvers.");
  }
  Html out = decide_form(shell, view, "approve", "Go on to sign a yes",
                         "You see what will be signed next, and sign it by signing in with Entra. "
                         "Nothing is sent to the tenant here: `clawback apply` does that.");
  out += decide_form(shell, view, "reject", "Go on to sign a no",
                     "A signed no is final: the plan can never be applied.");
  return out;
}

}  // namespace

std::string plans_page(const Shell& shell, const std::vector<PlanView>& plans) {
  std::vector<std::vector<Html>> rows;
  for (const PlanView& view : plans) {
    rows.push_back({link(address_of("/plans", view.plan.id), view.plan.id),
                    escaped(report::summary_words(view.plan)), moment(view.plan.created),
                    moment(view.plan.expires), escaped(report::asked_by_words(view.plan)),
                    escaped(fmt::format("{} of {}", approvals_of(view), view.quorum)),
                    escaped(view.closed)});
  }
  Html main = rows.empty() ? paragraph("No plan waits for people.")
                           : report::table("Plans that wait for people, newest first",
                                           {"Plan", "What", "Made", "Good until", "Asked for by",
                                            "Approvals", "Closed"},
                                           rows);
  return document(shell, "Plans", "/plans", main);
}

std::string plan_page(const Shell& shell, const PlanView& view) {
  const plan::Plan& plan = view.plan;
  Html main = report::facts(
      {{.term = "Digest", .value = code(plan.digest)},
       {.term = "Made", .value = moment(plan.created)},
       {.term = "Good until", .value = moment(plan.expires)},
       {.term = "Asked for by", .value = escaped(report::asked_by_words(plan))},
       {.term = "Run",
        .value = view.run.empty() ? Html{} : link(address_of("/runs", view.run), view.run)}});
  main += report::section("does", "What would be done", paragraph(report::summary_words(plan)));
  main += report::section("signatures", "Who signed", signatures(view));
  main += report::section("decide", "Approve or reject", decide(shell, view));
  Html actions;
  for (const plan::Action& action : plan.actions) actions += action_html(plan, action);
  main += report::section("actions", "The exact requests, in the order of sending", actions);
  return document(shell, "Plan", "/plans", main);
}

std::string sign_page(const Shell& shell, const PlanView& view,
                      const approval::Statement& statement) {
  Html main = report::facts({{.term = "Decision", .value = escaped(approval::name_of(statement.decision))},
                             {.term = "Plan", .value = code(view.plan.id)},
                             {.term = "Digest", .value = code(statement.plan_digest)},
                             {.term = "As", .value = escaped(statement.approver)},
                             {.term = "Reason", .value = escaped(statement.reason)},
                             {.term = "Until", .value = moment(statement.expires)},
                             {.term = "Nonce", .value = code(statement.nonce)}});
  Html inside = hidden("nonce", statement.nonce);
  inside += submit("Sign in with Entra and sign this", approval::name_of(statement.decision));
  main += post_form(shell, address_of("/plans", view.plan.id) + "/confirm", inside);
  main += paragraph("");
  main += link(address_of("/plans", view.plan.id), "Back to the plan");
  return document(shell, "What you sign", "/plans", main);
}

}  // namespace clawback::console
