#include <fmt/format.h>

#include <map>
#include <set>

#include "report/html_parts.hpp"
#include "report/words.hpp"

namespace clawback::report {
namespace {

// Users of applications that are only listed for information are not victims.
bool asks_for_attention(const domain::Finding& finding) {
  return finding.verdict >= domain::Verdict::watch && !finding.exception;
}

Html figures_html(const Scan& scan) {
  const Counts counts = count(scan);
  std::set<std::string> users;
  for (const domain::Finding& finding : scan.findings) {
    if (!asks_for_attention(finding)) continue;
    for (const domain::User& user : finding.users) users.insert(user.id.str());
  }
  Html inside = figure(counts.alert, "alert", "alert");
  inside += figure(counts.watch, "watch", "watch");
  inside += figure(counts.info, "info", "info");
  inside += figure(counts.excepted, "covered by an exception");
  inside += figure(users.size(), "users affected by name");
  return element("ul", inside, "figures");
}

Html would_do_html(const Scan& scan) {
  std::map<std::string, std::size_t> rules;
  for (const domain::Finding& finding : scan.findings) {
    if (finding.exception || !finding.rule || finding.mode < domain::Mode::approve) continue;
    ++rules[fmt::format("{} (mode {})", *finding.rule, name_of(finding.mode))];
  }
  if (rules.empty()) {
    return element("p", std::string_view(
                            "No rule of this policy would act on what was found; it is reported."));
  }
  std::vector<Html> items;
  for (const auto& [rule, cases] : rules) {
    items.push_back(escaped(fmt::format("{}: {}", rule, count_of(cases, "application"))));
  }
  Html out = bullets(items);
  out += element(
      "p", std::string_view("The exact requests are in the plan: clawback plan -o plan.json."));
  return out;
}

}  // namespace

Html coverage_html(const domain::Coverage& coverage, const std::vector<std::string>& missing) {
  Html out;
  if (!coverage.complete) {
    std::string text =
        "The policy needs more than could be read. What is not shown here may still exist.";
    for (std::size_t i = 0; i < missing.size(); ++i) {
      text += (i == 0 ? " Needed: " : ", ") + missing[i];
    }
    out += element("p", std::string_view(text), "note");
  }
  std::vector<Html> gaps;
  for (const std::string& gap : unseen(coverage)) gaps.push_back(escaped(gap));
  if (gaps.empty()) {
    out += element("p", std::string_view("Every source was read completely."));
  } else {
    out += bullets(gaps);
  }
  const std::string window = window_words(coverage);
  if (!window.empty()) {
    out += element("p", std::string_view("Events come from " + window + "."));
  }
  return out;
}

Html affected_html(const Scan& scan) {
  struct Person {
    std::string name;
    std::string apps;
  };
  std::map<std::string, Person> people;
  std::string everyone;
  for (const domain::Finding& finding : scan.findings) {
    if (!asks_for_attention(finding)) continue;
    const std::string& app = finding.app.display_name;
    if (affected(finding).everyone) everyone += (everyone.empty() ? "" : ", ") + app;
    for (const domain::User& user : finding.users) {
      Person& person = people[user.id.str()];
      person.name = user_words(user);
      person.apps += (person.apps.empty() ? "" : ", ") + app;
    }
  }
  Html out;
  if (!everyone.empty()) {
    out +=
        element("p", std::string_view("Everyone in the tenant is reached by: " + everyone), "note");
  }
  std::vector<std::vector<Html>> rows;
  for (const auto& [id, person] : people) {
    rows.push_back({escaped(person.name), escaped(person.apps), code(id)});
  }
  if (!rows.empty())
    out += table("Users who granted something", {"User", "Applications", "Object id"}, rows);
  if (out.markup.empty()) out = element("p", std::string_view("Nobody."));
  return out;
}

Html overview_html(const Scan& scan) {
  std::vector<std::vector<Html>> rows;
  for (const domain::Finding& finding : scan.findings) {
    const std::string verdict(name_of(finding.verdict));
    rows.push_back({escaped(finding.app.display_name),
                    element("span", std::string_view(verdict), verdict),
                    escaped(fmt::format("{}", finding.score)),
                    escaped(fmt::format("{}, {}", owner_words(finding), publisher_words(finding))),
                    escaped(words(affected(finding))),
                    escaped(fmt::format("{}", finding.grants.size() + finding.app_roles.size())),
                    escaped(finding.exception ? "excepted" : rule_words(finding))});
  }
  return table("Applications with signs of abuse, worst first",
               {"Application", "Verdict", "Score", "Owner, publisher", "Users", "Grants", "Rule"},
               rows);
}

std::string findings_html(const Scan& scan) {
  Html main = figures_html(scan);
  main += element("p", std::string_view(summary_words(scan)));
  if (!scan.findings.empty()) main += section("overview", "What was found", overview_html(scan));
  main += section("affected", "Who is affected", affected_html(scan));
  main += section("would-do", "What would be done", would_do_html(scan));
  main += section("unseen", "What could not be seen", coverage_html(scan.coverage, scan.missing));
  if (!scan.findings.empty()) {
    Html cases;
    std::size_t number = 0;
    for (const domain::Finding& finding : scan.findings) cases += case_html(finding, ++number);
    main += section("cases", "The cases", cases);
  }
  main += section("basis", "What this rests on",
                  facts({{.term = "Policy", .value = code(scan.policy)},
                         {.term = "Catalog", .value = code(scan.catalog)}}));
  const std::string tenant = tenant_words(scan.tenant, scan.tenant_name);
  return page("Mail-client grants: findings",
              fmt::format("Tenant {}, observed {}", tenant, format_time(scan.observed)), main);
}

}  // namespace clawback::report
