#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/listed.hpp"
#include "base/safe_text.hpp"
#include "report/html_parts.hpp"
#include "report/words.hpp"

// What a scan says about all of its cases together.
namespace clawback::report {
namespace {

constexpr std::size_t words_max = 300;

struct Person {
  std::string name;
  std::vector<std::string> apps;
};

struct Reached {
  std::map<std::string, Person> people;  // by object id
  std::vector<std::string> everyone;     // applications that reach all of the tenant
};

Reached reached(const Scan& scan) {
  Reached out;
  for (const domain::Finding& finding : scan.findings) {
    if (!asks_for_attention(finding)) continue;
    const std::string& app = finding.app.display_name;
    if (affected(finding, scan.coverage).everyone) out.everyone.push_back(app);
    for (const domain::User& user : finding.users) {
      Person& person = out.people[user.id.str()];
      if (person.apps.empty()) person.name = user_words(user);
      person.apps.push_back(app);
    }
  }
  return out;
}

std::string gap_words(const domain::Coverage& coverage) {
  std::vector<std::string> names;
  for (const domain::Source& source : coverage.sources) {
    if (source.state != domain::SourceState::read) names.push_back(source.name);
  }
  return names.empty() ? std::string() : listed(names, names_max);
}

std::vector<Html> row_of(const domain::Finding& finding, const Html& name,
                         const domain::Coverage& coverage) {
  const std::string verdict(name_of(finding.verdict));
  return {name,
          element("span", std::string_view(verdict), verdict),
          escaped(fmt::format("{}", finding.score)),
          escaped(printable(fmt::format("{}, {}", owner_words(finding), publisher_words(finding)),
                            words_max)),
          escaped(words(affected(finding, coverage))),
          escaped(fmt::format("{}", finding.grants.size() + finding.app_roles.size())),
          escaped(finding.exception ? std::string("excepted")
                                    : printable(rule_words(finding), words_max))};
}

}  // namespace

std::string reach_words(const Scan& scan) {
  const Reached all = reached(scan);
  const std::string gap = reach_gap(scan.coverage);
  std::string out = !all.people.empty() ? count_of(all.people.size(), "user") + " by name"
                    : gap.empty()       ? std::string("nobody by name")
                                        : fmt::format("not known by name ({})", gap);
  if (!all.everyone.empty()) {
    out += fmt::format(", and everyone through {}", count_of(all.everyone.size(), "application"));
  }
  return out;
}

std::string coverage_words(const domain::Coverage& coverage) {
  const std::string gaps = gap_words(coverage);
  if (gaps.empty()) return "every source was read completely";
  return "not or not completely read: " + gaps;
}

Html coverage_html(const domain::Coverage& coverage, const std::vector<std::string>& missing) {
  Html out;
  if (!coverage.complete) {
    std::string text =
        "The policy needs more than could be read. What is not shown here may still exist.";
    if (!missing.empty()) text += " Needed: " + listed(missing, names_max);
    out += paragraph(text, "note");
  }
  std::vector<Html> gaps;
  for (const std::string& gap : unseen(coverage)) {
    gaps.push_back(escaped(printable(gap, 2 * words_max)));
  }
  if (gaps.empty()) {
    out += paragraph("Every source was read completely.");
  } else {
    out += bullets(gaps);
  }
  const std::string window = window_words(coverage);
  if (!window.empty()) out += paragraph("Events come from " + window + ".");
  return out;
}

Html affected_html(const Scan& scan) {
  const Reached all = reached(scan);
  Html out;
  if (!all.everyone.empty()) {
    out += paragraph(
        "Everyone in the tenant is reached by: " + listed(all.everyone, names_max, 120), "note");
  }
  std::vector<std::vector<Html>> rows;
  for (const auto& [id, person] : all.people) {
    if (rows.size() == people_max) break;
    rows.push_back({named(person.name), listed_html(person.apps, names_max), code(id)});
  }
  out += long_table("Users who granted something", {"User", "Applications", "Object id"}, rows,
                    all.people.size(), "clawback scan --json has all.");
  if (const std::string gap = reach_gap(scan.coverage); !gap.empty()) {
    out += paragraph(
        fmt::format("{}: {}.", all.people.empty() ? "Not known" : "There may be more", gap),
        "note");
  }
  if (out.markup.empty()) out = paragraph("Nobody.");
  return out;
}

Html overview_html(const Scan& scan, std::size_t with_section) {
  std::vector<std::vector<Html>> rows;
  std::size_t asking = 0;
  for (const domain::Finding& finding : scan.findings) {
    if (rows.size() == rows_max) break;
    const bool linked = asks_for_attention(finding) && ++asking <= with_section;
    Html name = named(finding.app.display_name);
    if (linked) {
      name = link(case_id(asking), name);
      name += escaped(fmt::format(" (case {})", asking));  // for paper, where no link leads
    }
    rows.push_back(row_of(finding, name, scan.coverage));
  }
  return long_table(
      "Applications, worst first",
      {"Application", "Verdict", "Score", "Owner, publisher", "Users", "Grants", "Rule"}, rows,
      scan.findings.size(), "clawback scan --json has all.");
}

}  // namespace clawback::report
