#include <fmt/format.h>

#include <map>
#include <set>

#include "base/listed.hpp"
#include "base/safe_text.hpp"
#include "plan/count.hpp"
#include "report/html_parts.hpp"
#include "report/html_tenant.hpp"
#include "report/words.hpp"

namespace clawback::report {
namespace {

constexpr std::size_t words_max = 600;

std::string affected_line(const plan::Plan& plan) {
  const std::vector<std::string> names = affected_words(plan);
  return names.empty() ? std::string("nobody by name") : listed(names, names_max);
}

std::string why_closed(const plan::Plan& plan, std::string_view closed) {
  if (!closed.empty()) return std::string(closed);
  if (plan.actions.empty()) return "There is nothing to approve.";
  if (!plan.inspect_only.empty()) return "An inspect-only plan can't be approved or applied.";
  if (!plan.breaches.empty()) return "A plan over a limit can't be applied.";
  return {};
}

Html stops_html(const plan::Plan& plan) {
  Html out;
  for (const std::string& line : plan.inspect_only) {
    out += paragraph(fmt::format("Inspect-only: {}. This plan can't be approved or applied.",
                                 printable(line, words_max)),
                     "note stop");
  }
  for (const plan::Breach& breach : plan.breaches) {
    out += paragraph(
        fmt::format(
            "Refused by limit {}: {} planned, {} allowed. apply will not send any of this plan.",
            printable(breach.limit), breach.planned, breach.allowed),
        "note stop");
  }
  return out;
}

Html matters_html(const plan::Plan& plan, std::string_view closed) {
  Html figures = figure(plan.actions.size(), "actions");
  figures += figure(static_cast<std::size_t>(plan.apps), "applications");
  figures += figure(static_cast<std::size_t>(plan.users), "users");
  figures += figure(static_cast<std::size_t>(plan.quorum), "approvals needed");
  figures += figure(plan.breaches.size(), "limits exceeded", plan.breaches.empty() ? "" : "alert");
  figures += figure(plan.refused.size(), "left alone");
  Html out = element("ul", figures, "figures");
  out += stops_html(plan);
  const std::string reason = why_closed(plan, closed);
  out += facts({{.term = "Would be done", .value = escaped(summary_words(plan))},
                {.term = "Undoes run", .value = code(plan.undo_of)},
                {.term = "Affected", .value = escaped(affected_line(plan))},
                {.term = "Not seen", .value = escaped(coverage_words(plan.coverage))},
                {.term = "So far", .value = escaped("nothing was sent")},
                {.term = "Closed", .value = escaped(printable(reason, words_max))},
                {.term = "Digest", .value = code(plan.digest)}});
  return out;
}

Html limits_html(const plan::Plan& plan) {
  Html out = stops_html(plan);
  std::vector<std::vector<Html>> rows;
  for (const plan::Refusal& refusal : plan.refused) {
    if (rows.size() == people_max) break;
    rows.push_back({code(printable(left_alone_words(plan, refusal))),
                    escaped(printable(refusal.reason, words_max))});
  }
  out += long_table("Left alone: nothing is planned for these", {"Object", "Why"}, rows,
                    plan.refused.size(), "The plan's file has all.");
  if (out.markup.empty()) out = paragraph("Within all limits of the policy.");
  return out;
}

Html summary_html(const plan::Plan& plan) {
  std::map<domain::ActionKind, std::size_t> kinds;
  for (const plan::Action& action : plan.actions) ++kinds[action.kind];
  std::vector<Html> items;
  for (const auto& [kind, number] : kinds) {
    items.push_back(escaped(fmt::format("{}: {}", name_of(kind), number)));
  }
  Html out = paragraph(summary_words(plan));
  if (!items.empty()) out += bullets(items);
  if (!plan.remarks.empty()) out += lines_html(plan.remarks);
  return out;
}

Html approve_html(const plan::Plan& plan, std::string_view file, std::string_view closed) {
  Html out = facts({{.term = "Digest", .value = code(plan.digest)},
                    {.term = "Good until", .value = escaped(format_time(plan.expires))},
                    {.term = "Needs",
                     .value = escaped(fmt::format(
                         "{}, each approval good for {}",
                         count_of(static_cast<std::size_t>(plan.quorum), "person", "people"),
                         format_duration(plan.approval_expires)))}});
  const std::string reason = why_closed(plan, closed);
  const std::string command = reason.empty() ? approve_command(plan, file) : std::string();
  if (command.empty()) {
    out += paragraph(printable("Closed: " + reason, words_max), "note stop");
    return out;
  }
  out += element("pre", std::string_view(command));
  out += paragraph("Compare the digest with the one that the command shows before you sign.");
  return out;
}

// By object id, the applications through which the plan or the scan knows somebody. The scan may be
// of another pass than the plan: it only adds names, and never decides who is listed.
std::map<std::string, std::set<std::string>> apps_of_people(const plan::Plan& plan,
                                                            const Scan* scan) {
  std::map<std::string, std::string> cases;
  for (const plan::CaseReasons& one : plan.cases) cases[one.finding] = case_app_words(plan, one);
  std::map<std::string, std::set<std::string>> out;
  for (const plan::Action& action : plan.actions) {
    const std::string& app = cases[action.because.finding];
    if (app.empty()) continue;
    for (const std::string& user : plan::users_of({action})) out[user].insert(app);
  }
  if (scan == nullptr) return out;
  for (const domain::Finding& finding : scan->findings) {
    const auto found = cases.find(finding.key);
    if (found == cases.end()) continue;
    const std::string& app = found->second.empty() ? finding.app.display_name : found->second;
    for (const domain::User& user : finding.users) out[user.id.str()].insert(app);
  }
  return out;
}

// The applications of the plan that reach all of the tenant, as far as the scan knows them.
std::vector<std::string> for_everyone(const plan::Plan& plan, const Scan* scan) {
  std::set<std::string> acted_on;
  for (const plan::Action& action : plan.actions) acted_on.insert(action.because.finding);
  std::vector<std::string> out;
  if (scan == nullptr) return out;
  for (const domain::Finding& finding : scan->findings) {
    if (acted_on.contains(finding.key) && affected(finding, scan->coverage).everyone) {
      out.push_back(finding.app.display_name);
    }
  }
  return out;
}

Html who_html(const plan::Plan& plan, const Scan* scan) {
  Html out;
  const std::vector<std::string> everyone = for_everyone(plan, scan);
  if (!everyone.empty()) {
    out += paragraph("Everyone in the tenant is reached by: " + listed(everyone, names_max, 120),
                     "note");
  }
  const auto apps = apps_of_people(plan, scan);
  std::vector<std::vector<Html>> rows;
  for (const std::string& id : plan.affected) {
    if (rows.size() == people_max) break;
    const auto found = apps.find(id);
    const std::vector<std::string> known =
        found == apps.end() ? std::vector<std::string>()
                            : std::vector<std::string>(found->second.begin(), found->second.end());
    rows.push_back({named(user_words(plan, id)), listed_html(known, names_max)});
  }
  out += long_table("Users whom the cases of this plan are about", {"User", "Applications"}, rows,
                    plan.affected.size(), "The plan's file has all.");
  if (rows.empty() && !plan.actions.empty()) out += paragraph("Nobody by name.");
  return out;
}

Html lines_if_any(const std::vector<std::string>& lines) {
  return lines.empty() ? Html{} : lines_html(lines);
}

Html basis_html(const plan::Plan& plan) {
  return facts({{.term = "Plan", .value = code(plan.id)},
                {.term = "Made by", .value = escaped(printable(plan.tool))},
                {.term = "Asked for by", .value = escaped(printable(asked_by_words(plan)))},
                {.term = "Undoes run", .value = code(plan.undo_of)},
                {.term = "Evidence", .value = code(plan.evidence)},
                {.term = "Policy", .value = code(plan.policy)},
                {.term = "Catalog", .value = code(plan.catalog)}});
}

}  // namespace

std::string plan_html(const plan::Plan& plan, const Scan* scan, std::string_view file,
                      std::string_view closed) {
  const std::vector<std::string> missing =
      scan != nullptr ? scan->missing : std::vector<std::string>{};
  const std::string approving = why_closed(plan, closed).empty()
                                    ? "The digest " + plan.digest + " covers these requests."
                                    : std::string();
  const std::vector<Chapter> chapters = {
      {.id = "matters", .heading = "What matters", .inside = matters_html(plan, closed)},
      {.id = "does", .heading = "What would be done", .inside = summary_html(plan)},
      {.id = "affected", .heading = "Who is affected", .inside = who_html(plan, scan)},
      {.id = "limits", .heading = "Limits and protected objects", .inside = limits_html(plan)},
      {.id = "unseen",
       .heading = "What could not be seen",
       .inside = coverage_html(plan.coverage, missing)},
      {.id = "approve", .heading = "Approving it", .inside = approve_html(plan, file, closed)},
      {.id = "ways",
       .heading = "Ways to stay or come back, and what is done about each",
       .inside = lines_if_any(ways_back(plan))},
      {.id = "consent",
       .heading = "Who could still consent to it",
       .inside = lines_if_any(plan.consent_after)},
      {.id = "tenant",
       .heading = "The tenant's applications by reach and risk",
       .inside = scan == nullptr || scan->part ? Html{} : tenant_html(spots(*scan), "reach")},
      {.id = "cases",
       .heading = "The cases, with the exact requests",
       .inside = plan_cases_html(plan, scan, nullptr, approving)},
      {.id = "actions",
       .heading = "All requests, in the order of sending",
       .inside = actions_table(plan, nullptr)},
      {.id = "basis", .heading = "What this rests on", .inside = basis_html(plan)}};
  return page(plan.undo_of.empty() ? "Mail-client grants: plan" : "Mail-client grants: undo plan",
              fmt::format("Tenant {}, made {}", printable(plan.tenant), format_time(plan.created)),
              chapters);
}

}  // namespace clawback::report
