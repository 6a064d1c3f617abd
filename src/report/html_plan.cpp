#include <fmt/format.h>

#include <map>
#include <set>

#include "report/html_parts.hpp"
#include "report/words.hpp"

namespace clawback::report {
namespace {

Html request_html(const plan::Request& request) {
  Html inside = escaped(request_words(request));
  const std::string body = body_words(request);
  if (!body.empty()) {
    inside += {"\n"};
    inside += escaped(body);
  }
  return element("pre", inside);
}

Html figures_html(const plan::Plan& plan) {
  Html inside = figure(plan.actions.size(), "actions");
  inside += figure(static_cast<std::size_t>(plan.apps), "applications");
  inside += figure(static_cast<std::size_t>(plan.users), "users");
  inside += figure(static_cast<std::size_t>(plan.quorum), "approvals needed");
  inside += figure(plan.breaches.size(), "limits exceeded", plan.breaches.empty() ? "" : "alert");
  inside += figure(plan.refused.size(), "left alone");
  return element("ul", inside, "figures");
}

Html limits_html(const plan::Plan& plan) {
  Html out;
  for (const std::string& line : plan.inspect_only) {
    out += element("p",
                   std::string_view(fmt::format(
                       "Inspect-only: {}. This plan can't be approved or applied.", line)),
                   "note stop");
  }
  for (const plan::Breach& breach : plan.breaches) {
    out += element(
        "p",
        std::string_view(fmt::format(
            "Refused by limit {}: {} planned, {} allowed. apply will not send any of this plan.",
            breach.limit, breach.planned, breach.allowed)),
        "note stop");
  }
  std::vector<std::vector<Html>> rows;
  for (const plan::Refusal& refusal : plan.refused) {
    rows.push_back({code(left_alone_words(plan, refusal)), escaped(refusal.reason)});
  }
  if (!rows.empty())
    out += table("Left alone: nothing is planned for these", {"Object", "Why"}, rows);
  if (out.markup.empty()) out = element("p", std::string_view("Within all limits of the policy."));
  return out;
}

Html summary_html(const plan::Plan& plan) {
  std::map<domain::ActionKind, std::size_t> kinds;
  for (const plan::Action& action : plan.actions) ++kinds[action.kind];
  std::vector<Html> items;
  for (const auto& [kind, number] : kinds) {
    items.push_back(escaped(fmt::format("{}: {}", name_of(kind), number)));
  }
  Html out = element("p", std::string_view(summary_words(plan)));
  if (!items.empty()) out += bullets(items);
  return out;
}

Html lines_html(const std::vector<std::string>& lines) {
  std::vector<Html> items;
  for (const std::string& line : lines) items.push_back(escaped(line));
  return bullets(items);
}

// What is known of why and on whom, for whoever has only the plan.
Html reasons_html(const plan::Plan& plan) {
  Html out;
  for (const plan::CaseReasons& one : plan.cases) {
    std::vector<Html> items;
    for (const plan::Reason& reason : one.reasons) items.push_back(escaped(reason_words(reason)));
    out += facts({{.term = "Rule", .value = escaped(one.rule)},
                  {.term = "Application", .value = escaped(case_app_words(plan, one))},
                  {.term = "Because", .value = escaped(one.why)},
                  {.term = "Case", .value = code(one.finding)}});
    if (!items.empty()) out += bullets(items);
  }
  std::vector<Html> remarks;
  for (const std::string& line : plan.remarks) remarks.push_back(escaped(line));
  if (!remarks.empty()) out += bullets(remarks);
  return out;
}

Html action_html(const plan::Plan& plan, const plan::Action& action) {
  const std::string title = fmt::format(
      "{}: {} {}", action.id, name_of(action.kind),
      action.target.display_name.empty() ? action.target.id : action.target.display_name);
  std::string why = action.because.rule;
  for (std::size_t i = 0; i < action.because.signals.size(); ++i) {
    why += (i == 0 ? ": " : ", ") + action.because.signals[i];
  }
  std::string depends;
  for (const std::string& id : action.depends) depends += (depends.empty() ? "" : ", ") + id;
  Html inside =
      facts({{.term = "Target",
              .value = code(fmt::format("{} {}", action.target.kind, action.target.id))},
             {.term = "Whose", .value = escaped(whom_words(plan, action))},
             {.term = "Why", .value = escaped(why)},
             {.term = "After", .value = escaped(depends)},
             {.term = "Sends", .value = request_html(action.request)},
             {.term = "Reads before", .value = code(request_words(action.precondition.request))},
             {.term = "Only if", .value = code(must_show_words(action))},
             {.term = "Effect", .value = escaped(action.effect)},
             {.term = "Remains", .value = escaped(action.residual)},
             {.term = "Undo", .value = code(undo_words(action))}});
  if (!action.notes.empty()) {
    inside += element("p", std::string_view("What the records say:"));
    inside += lines_html(action.notes);
  }
  return element("article", section("action-" + action.id, title, inside, 3));
}

Html approve_html(const plan::Plan& plan, std::string_view file) {
  Html out = facts({{.term = "Digest", .value = code(plan.digest)},
                    {.term = "Good until", .value = escaped(format_time(plan.expires))},
                    {.term = "Needs",
                     .value = escaped(fmt::format(
                         "{}, each approval good for {}",
                         count_of(static_cast<std::size_t>(plan.quorum), "person", "people"),
                         format_duration(plan.approval_expires)))}});
  const std::string command = approve_command(plan, file);
  if (command.empty()) {
    out += element("p", std::string_view(plan.actions.empty() ? "There is nothing to approve."
                                         : plan.inspect_only.empty()
                                             ? "A plan over a limit can't be applied."
                                             : "An inspect-only plan can't be applied."));
  } else {
    out += element("pre", std::string_view(command));
    out += element("p",
                   std::string_view("Compare the digest with the one that the command shows before "
                                    "you sign."));
  }
  return out;
}

// The part of a scan that the plan does something about.
Scan acted_on(const plan::Plan& plan, const Scan& scan) {
  std::set<std::string> apps;
  for (const plan::Action& action : plan.actions) apps.insert(action.target.app_id);
  Scan out = scan;
  std::erase_if(out.findings, [&](const domain::Finding& finding) {
    return !apps.contains(finding.app.app_id.str());
  });
  return out;
}

}  // namespace

std::string plan_html(const plan::Plan& plan, const Scan* scan, std::string_view file) {
  Html main = figures_html(plan);
  main += section("does", "What would be done", summary_html(plan));
  main += section("limits", "Limits and protected objects", limits_html(plan));
  if (!plan.cases.empty() || !plan.remarks.empty()) {
    main += section("why", "Why", reasons_html(plan));
  }
  if (scan != nullptr) {
    main += section("affected", "Who is affected", affected_html(acted_on(plan, *scan)));
  } else if (!plan.affected.empty()) {
    main += section("affected", "Who is affected", lines_html(affected_words(plan)));
  }
  if (const auto lines = ways_back(plan); !lines.empty()) {
    main += section("ways", "Ways to stay or come back, and what is done about each",
                    lines_html(lines));
  }
  if (!plan.consent_after.empty()) {
    main += section("consent", "Who could still consent to it", lines_html(plan.consent_after));
  }
  main += section(
      "unseen", "What could not be seen",
      coverage_html(plan.coverage, scan != nullptr ? scan->missing : std::vector<std::string>{}));
  main += section("approve", "Approving it", approve_html(plan, file));
  if (!plan.actions.empty()) {
    Html actions;
    for (const plan::Action& action : plan.actions) actions += action_html(plan, action);
    main += section("actions", "The exact requests, in the order of sending", actions);
  }
  if (scan != nullptr && !scan->findings.empty()) {
    Html cases;
    std::size_t number = 0;
    for (const domain::Finding& finding : scan->findings) cases += case_html(finding, ++number);
    main += section("cases", "The cases", cases);
  }
  main += section("basis", "What this rests on",
                  facts({{.term = "Plan", .value = code(plan.id)},
                         {.term = "Made by", .value = escaped(plan.tool)},
                         {.term = "Asked for by", .value = escaped(asked_by_words(plan))},
                         {.term = "Undoes run", .value = code(plan.undo_of)},
                         {.term = "Evidence", .value = code(plan.evidence)},
                         {.term = "Policy", .value = code(plan.policy)},
                         {.term = "Catalog", .value = code(plan.catalog)}}));
  return page("Mail-client grants: plan",
              fmt::format("Tenant {}, made {}", plan.tenant, format_time(plan.created)), main);
}

}  // namespace clawback::report
