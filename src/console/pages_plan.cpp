#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "approval/statement.hpp"
#include "base/safe_text.hpp"
#include "console/page_parts.hpp"
#include "console/plan_parts.hpp"
#include "report/words.hpp"

namespace clawback::console {
namespace {

using report::code;
using report::escaped;

// How many people's yes counts for the quorum.
std::size_t approvals_of(const PlanView& view) {
  std::set<std::string> people;
  for (const approval::Statement& one : view.signed_by) {
    const bool counts = !view.uncounted.contains(one.approver);
    if (one.decision == approval::Decision::approve && counts) people.insert(one.approver);
  }
  return people.size();
}

std::string state_of(const PlanView& view) {
  if (!view.closed.empty()) return view.closed;
  return view.alone.empty() ? "waits" : "waits; one yes is enough (break-glass)";
}

std::string missing_words(const PlanView& view) {
  const std::size_t have = approvals_of(view);
  const auto need = static_cast<std::size_t>(std::max<std::int64_t>(view.quorum, 1));
  if (!view.run.empty()) return "The plan was used.";
  if (!view.closed.empty()) return {};
  if (have >= need) {
    return "That is enough: `clawback apply` may send it, from a terminal of whoever runs it.";
  }
  if (!view.alone.empty()) {
    return fmt::format(
        "The yes of {} alone is enough (break-glass): `clawback apply` may send it, and others "
        "have to ratify it within 24 hours.",
        view.alone);
  }
  return fmt::format("{} missing.", need - have == 1
                                        ? std::string("One more approval is")
                                        : fmt::format("{} more approvals are", need - have));
}

Html signatures(const PlanView& view) {
  Html out = paragraph(
      fmt::format("{} of {} approved. {}", approvals_of(view),
                  report::count_of(static_cast<std::size_t>(view.quorum), "person", "people"),
                  missing_words(view)));
  std::vector<std::vector<Html>> rows;
  for (const approval::Statement& one : view.signed_by) {
    const std::string says = std::string(approval::name_of(one.decision)) +
                             (one.break_glass ? ", alone (break-glass)" : "");
    rows.push_back({escaped(one.approver), escaped(says), escaped(one.reason), moment(one.issued),
                    moment(one.expires)});
  }
  if (!rows.empty()) {
    out += report::table("Signatures that hold", {"Person", "Says", "Because", "Signed", "Until"},
                         rows);
  }
  if (!view.unusable.empty()) {
    out += paragraph(
        "Signatures that do not count or can't be checked here (`clawback apply` checks all of "
        "them again, and asks Entra for its keys):");
    out += lines(view.unusable);
  }
  return out;
}

Html decide_form(const Shell& shell, const PlanView& view, std::string_view decision,
                 std::string_view label, std::string_view words) {
  const std::string id = fmt::format("reason-{}", decision);
  Html inside = hidden("decision", decision);
  inside += hidden("digest", view.plan.digest);
  inside += paragraph(words);
  inside +=
      {fmt::format("<p><label for=\"{0}\">Reason (required; it is signed and kept)</label>\n"
                   "<textarea id=\"{0}\" name=\"reason\" rows=\"3\" maxlength=\"2000\" "
                   "required></textarea></p>\n",
                   id)};
  inside += submit(label, decision);
  return post_form(shell, address_of("/plans", view.plan.id) + "/sign", inside, "decide");
}

Html decide(const Shell& shell, const PlanView& view) {
  if (!view.closed.empty()) {
    return paragraph("Nobody is asked about this plan any more: " + view.closed + ".", "note");
  }
  if (!shell.person || !shell.person->approver) {
    return paragraph("You may read this plan. Approving and rejecting is for registered approvers.",
                     "note");
  }
  Html out;
  if (view.plan.requested_by == shell.person->name) {
    out += paragraph(
        "You asked for this plan: your own approval does not count. You may reject it.", "note");
  } else {
    Html form = decide_form(
        shell, view, "approve", "Approve: see what is signed",
        "Next you see what will be signed, and then sign it by signing in with Entra. An approval "
        "is bound to exactly this digest. Nothing is sent to the tenant here: `clawback apply` "
        "does that, once enough people have approved.");
    out += report::section("approve", "Approve", form, 3);
  }
  Html form = decide_form(shell, view, "reject", "Reject: see what is signed",
                          "A signed no is final: this plan can never be applied, whoever approves "
                          "it. What it would have done is planned again by the next pass.");
  out += report::section("reject", "Reject", form, 3);
  return out;
}

Html digest_of(const std::string& digest) {
  return report::element("p", report::code(digest), "digest");
}

}  // namespace

std::string plans_page(const Shell& shell, const Plans& plans) {
  std::vector<std::vector<Html>> rows;
  for (const PlanView& view : plans.views) {
    rows.push_back({link(address_of("/plans", view.plan.id), report::summary_words(view.plan)),
                    moment(view.plan.created), moment(view.plan.expires),
                    escaped(report::asked_by_words(view.plan)),
                    escaped(fmt::format("{} of {}", approvals_of(view), view.quorum)),
                    escaped(state_of(view)), code(view.plan.id)});
  }
  Html main = policy_note(plans.policy_problem);
  main += unreadable_plans(plans.unreadable);
  main +=
      rows.empty()
          ? paragraph(plans.unreadable.empty() ? "No plan waits for people."
                                               : "No plan that can be read waits for people.")
          : report::table(
                "Plans that wait for people, newest first",
                {"Plan", "Made", "Good until", "Asked for by", "Approvals", "State", "Id"}, rows);
  return document(shell, "Plans", "/plans", main);
}

std::string plan_page(const Shell& shell, const PlanView& view) {
  const plan::Plan& plan = view.plan;
  Html main = policy_note(view.policy_problem);
  main += digest_of(plan.digest);
  main += report::facts(
      {{.term = "Plan", .value = code(plan.id)},
       {.term = "Made", .value = moment(plan.created)},
       {.term = "Good until", .value = moment(plan.expires)},
       {.term = "Asked for by", .value = escaped(report::asked_by_words(plan))},
       {.term = "Undoes run",
        .value =
            plan.undo_of.empty() ? Html{} : link(address_of("/runs", plan.undo_of), plan.undo_of)},
       {.term = "Used by run",
        .value = view.run.empty() ? Html{} : link(address_of("/runs", view.run), view.run)},
       {.term = "File", .value = code(view.file)}});
  main += plan_outline(plan);
  if (!plan.actions.empty()) {
    main += report::section("actions", "The exact requests, in the order of sending",
                            plan_actions(plan));
  }
  main += report::section("signatures", "Who signed, and what is missing", signatures(view));
  main += report::section("decide", "Approve or reject", decide(shell, view));
  return document(shell, plan.undo_of.empty() ? "Plan" : "Plan of an undo", "/plans", main);
}

std::string sign_page(const Shell& shell, const PlanView& view,
                      const approval::Statement& statement) {
  const bool approves = statement.decision == approval::Decision::approve;
  Html main = paragraph(approves ? "You are about to approve exactly the plan with this digest:"
                                 : "You are about to reject for good the plan with this digest:");
  main += digest_of(statement.plan_digest);
  main += report::facts(
      {{.term = "Decision", .value = escaped(approval::name_of(statement.decision))},
       {.term = "As", .value = escaped(statement.approver)},
       {.term = "Reason", .value = escaped(statement.reason)},
       {.term = "Holds until", .value = moment(statement.expires)},
       {.term = "Tenant", .value = code(statement.tenant)},
       {.term = "What it would do", .value = escaped(report::summary_words(view.plan))}});
  // The very bytes, laid out: whoever doubts the words above reads these.
  Html exact = paragraph("Entra signs the digest of this statement, as the nonce of your sign-in:");
  const auto payload = parse_json(approval::payload_of(statement));
  exact += report::block(payload ? pretty_json(*payload) : std::string());
  exact += report::facts({{.term = "Nonce", .value = code(approval::sign_in_nonce(statement))}});
  main += report::section("exact", "What is signed, word for word", exact);
  Html next = paragraph(
      "Entra asks for your credentials again, even if you are signed in already: only a fresh "
      "sign-in counts, within nine minutes from now. Check that the page it shows is that of your "
      "organisation's Entra, and that it names the account you are registered with.");
  Html inside = hidden("nonce", statement.nonce);
  inside += submit(approves ? "Sign in with Entra and approve" : "Sign in with Entra and reject",
                   approval::name_of(statement.decision));
  next += post_form(shell, address_of("/plans", view.plan.id) + "/confirm", inside, "decide");
  Html back = link(address_of("/plans", view.plan.id), "Back to the plan; nothing is signed");
  next += report::element("p", back);
  main += report::section("next", "What happens next", next);
  return document(shell, approves ? "Approve: what you sign" : "Reject: what you sign", "/plans",
                  main);
}

}  // namespace clawback::console
