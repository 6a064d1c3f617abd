#include <fmt/format.h>

#include <map>

#include "base/safe_text.hpp"
#include "report/html_parts.hpp"
#include "report/words.hpp"

// The cases of a plan and of a run: each with what is done about it.
namespace clawback::report {
namespace {

constexpr std::size_t words_max = 600;

struct Group {
  std::string finding;  // key
  std::vector<const plan::Action*> actions;
};

// In the order in which the plan comes to them.
std::vector<Group> groups_of(const plan::Plan& plan) {
  std::vector<Group> out;
  std::map<std::string, std::size_t> places;
  for (const plan::Action& action : plan.actions) {
    const auto [place, fresh] = places.emplace(action.because.finding, out.size());
    if (fresh) out.push_back({.finding = action.because.finding, .actions = {}});
    out[place->second].actions.push_back(&action);
  }
  return out;
}

// What is the same for every case.
struct Basis {
  const plan::Plan& plan;
  const RunView* run;
  std::string_view approving;
};

Html actions_html(const Basis& basis, const Group& group) {
  Html out;
  std::size_t left_out = 0;
  for (const plan::Action* action : group.actions) {
    if (action - basis.plan.actions.data() >= static_cast<std::ptrdiff_t>(actions_max)) {
      ++left_out;
      continue;
    }
    if (basis.run == nullptr) {
      out += action_html(basis.plan, *action, nullptr);
    } else {
      const journal::ActionState state = state_of(*basis.run, action->id);
      out += action_html(basis.plan, *action, &state);
    }
  }
  if (left_out != 0) {
    out += paragraph(
        fmt::format("{} more of this case stand in the list of all requests.", left_out), "note");
  }
  if (!basis.approving.empty()) {
    Html line = escaped(basis.approving);
    line += {" "};
    line += link("approve", escaped("Approve the plan"));
    out += element("p", line);
  }
  return out;
}

// The plan's own words on why, for whoever has no findings.
Html reasons_html(const plan::Plan& plan, const std::string& finding) {
  Html out;
  for (const plan::CaseReasons& one : plan.cases) {
    if (one.finding != finding) continue;
    out += facts({{.term = "Rule", .value = escaped(printable(one.rule))},
                  {.term = "Application", .value = named(case_app_words(plan, one))},
                  {.term = "Because", .value = escaped(printable(one.why, words_max))},
                  {.term = "Case", .value = code(printable(one.finding))}});
    std::vector<std::string> reasons;
    for (const plan::Reason& reason : one.reasons) reasons.push_back(reason_words(reason));
    if (!reasons.empty()) out += lines_html(reasons);
  }
  return out;
}

std::string app_of(const Basis& basis, const Group& group) {
  for (const plan::CaseReasons& one : basis.plan.cases) {
    if (one.finding == group.finding) {
      const std::string words = case_app_words(basis.plan, one);
      if (!words.empty()) return words;
    }
  }
  for (const plan::Action* action : group.actions) {
    if (!action->target.display_name.empty()) return action->target.display_name;
  }
  return group.finding.empty() ? std::string("The tenant") : group.finding;
}

Html bare_case(const Basis& basis, const Group& group, std::size_t number) {
  Html inside = reasons_html(basis.plan, group.finding);
  inside += paragraph(
      "The signals and the timeline of this case are in the report of the scan: clawback scan "
      "--report findings.html.");
  inside += actions_html(basis, group);
  return element(
      "article",
      section(case_id(number),
              fmt::format("Case {}: {}", number, printable(app_of(basis, group), 160)), inside, 3));
}

// The facts of a case come from a pass, which need not be the one that the plan was made from.
Html seen_html(const plan::Plan& plan, Time observed) {
  const std::string made = fmt::format("this plan was made ({})", format_time(plan.created));
  if (observed == Time{}) {
    return paragraph("It is not known when this was seen, before or after " + made + ".", "note");
  }
  const std::string seen = "As seen on " + format_time(observed);
  if (observed > plan.created) {
    return paragraph(seen + ", after " + made +
                         ": it need not be what the plan was made from. Who is affected and what "
                         "is sent are as they were planned.",
                     "note");
  }
  return paragraph(
      fmt::format("{}, {} {}.", seen, observed < plan.created ? "before" : "when", made));
}

Html whole_case(const Basis& basis, const Group& group, std::size_t number,
                const domain::Finding& finding, const Scan& scan) {
  CaseOptions options = {.timeline = {.coverage = &scan.coverage}, .numbered = true};
  options.before = seen_html(basis.plan, scan.observed);
  std::string requests_at = "the plan's file";
  if (basis.run != nullptr) {
    requests_at = fmt::format("clawback show {} --json", printable(basis.run->id));
  }
  options.timeline.requests_at = requests_at;
  options.timeline.remediation = basis.run == nullptr ? planned_moments(basis.plan, finding.key)
                                                      : sent_moments(*basis.run, finding.key);
  options.afterwards = reasons_html(basis.plan, group.finding);
  if (!options.afterwards.markup.empty()) {
    Html why = element("h4", std::string_view("What is done about it, and why"));
    why += options.afterwards;
    options.afterwards = std::move(why);
  }
  options.afterwards += actions_html(basis, group);
  return case_html(finding, number, options);
}

}  // namespace

Html plan_cases_html(const plan::Plan& plan, const Scan* scan, const RunView* run,
                     std::string_view approving) {
  std::map<std::string_view, const domain::Finding*> findings;
  if (scan != nullptr) {
    for (const domain::Finding& finding : scan->findings) findings[finding.key] = &finding;
  }
  const Basis basis{.plan = plan, .run = run, .approving = approving};
  const std::vector<Group> groups = groups_of(plan);
  Html out;
  std::size_t number = 0;
  for (const Group& group : groups) {
    if (number == cases_max) break;
    const auto found = findings.find(group.finding);
    out += found == findings.end() ? bare_case(basis, group, ++number)
                                   : whole_case(basis, group, ++number, *found->second, *scan);
  }
  if (groups.size() > number) {
    out += paragraph(fmt::format("{} more cases have no section here. Their requests stand in the "
                                 "list of all requests; the plan's file has everything.",
                                 groups.size() - number),
                     "note");
  }
  return out;
}

}  // namespace clawback::report
