#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/safe_text.hpp"
#include "console/page_parts.hpp"
#include "report/html_parts.hpp"
#include "report/words.hpp"

namespace clawback::console {
namespace {

using report::escaped;

std::string query_of(const Filter& filter, std::size_t from) {
  std::string out = "/findings?";
  const auto add = [&](std::string_view key, const std::string& value) {
    if (value.empty()) return;
    out += fmt::format("{}{}={}", out.ends_with('?') ? "" : "&", key, percent_encode(value));
  };
  add("text", filter.text);
  add("verdict", filter.verdict);
  add("rule", filter.rule);
  add("state", filter.state);
  add("from", from == 0 ? std::string() : std::to_string(from));
  return out;
}

Html text_field(std::string_view name, std::string_view label, std::string_view value) {
  return {
      fmt::format("<p><label for=\"{0}\">{1}</label>\n<input id=\"{0}\" name=\"{0}\" value=\"{2}\" "
                  "maxlength=\"200\" autocomplete=\"off\"></p>\n",
                  name, report::html_text(label), report::html_text(value))};
}

template <std::size_t N>
Html choice(std::string_view name, std::string_view label, std::string_view chosen,
            const std::array<std::string_view, N>& words) {
  std::string options =
      fmt::format("<option value=\"\"{}>all</option>\n", chosen.empty() ? " selected" : "");
  for (const std::string_view word : words) {
    options += fmt::format("<option value=\"{0}\"{1}>{0}</option>\n", word,
                           word == chosen ? " selected" : "");
  }
  return {
      fmt::format("<p><label for=\"{0}\">{1}</label>\n<select id=\"{0}\" name=\"{0}\">\n{2}"
                  "</select></p>\n",
                  name, report::html_text(label), options)};
}

Html filter_form(const Filter& filter) {
  Html inside = text_field("text", "Application, publisher or user", filter.text);
  inside += choice("verdict", "Verdict", filter.verdict,
                   std::array<std::string_view, 3>{"alert", "watch", "info"});
  inside += text_field("rule", "Rule", filter.rule);
  inside += choice("state", "Since the last pass", filter.state,
                   std::array<std::string_view, 3>{"new", "changed", "unchanged"});
  inside += {"<p>"};
  inside += submit("Show");
  inside += link("/findings", "Show all");
  inside += {"</p>\n"};
  return {
      fmt::format("<form method=\"get\" action=\"/findings\" class=\"filter\" role=\"search\" "
                  "aria-label=\"Filter the findings\">\n{}</form>\n",
                  inside.markup)};
}

Html paging(const Findings& findings, const Filter& filter) {
  const std::size_t shown = findings.rows.size();
  Html out;
  if (filter.from > 0) {
    const std::size_t before = filter.from > filter.count ? filter.from - filter.count : 0;
    out += link(query_of(filter, before), "Previous page");
  }
  if (shown > 0 && filter.from + shown < findings.matching) {
    out += {" "};
    out += link(query_of(filter, filter.from + shown), "Next page");
  }
  if (out.markup.empty()) return {};
  return {fmt::format("<nav aria-label=\"Pages\" class=\"paging\"><p>{}</p></nav>\n", out.markup)};
}

std::vector<Html> row_of(const report::CaseRow& row) {
  Html owner = escaped(row.owner + ", " + (row.verified ? "verified publisher " : ""));
  owner += name_of_others(row.publisher);
  return {named(address_of("/cases", row.key), row.name),
          verdict_mark(row.verdict),
          escaped(fmt::format("{}", row.score)),
          owner,
          escaped(row.affected),
          escaped(fmt::format("{}", row.holdings)),
          escaped(row.rule),
          escaped(row.state)};
}

}  // namespace

std::string findings_page(const Shell& shell, const Findings& findings, const Filter& filter) {
  Html counts = report::figure(findings.alerts, "alert", "alert");
  counts += report::figure(findings.watches, "watch", "watch");
  counts += report::figure(
      findings.all - std::min(findings.all, findings.alerts + findings.watches), "info", "info");
  Html main = {fmt::format("<p>The newest pass saw the tenant on {}. ",
                           moment(findings.scan.observed).markup)};
  main += findings.scan.coverage.complete
              ? escaped("Everything that the policy needs was read.")
              : escaped(
                    "Not everything that the policy needs could be read: what is not listed "
                    "may still exist.");
  main += {"</p>\n"};
  main += report::element("ul", counts, "figures");
  if (findings.left_out > 0) {
    main += paragraph(fmt::format("{} of the pass, the least of it, are more than the database "
                                  "keeps and are not listed: `clawback scan` shows them.",
                                  report::count_of(findings.left_out, "finding")),
                      "note");
  }
  main += filter_form(filter);
  const std::size_t shown = findings.rows.size();
  const std::string which =
      shown == 0 ? std::string("No finding matches.")
                 : fmt::format("{} to {} of {}.", filter.from + 1, filter.from + shown,
                               report::count_of(findings.matching, "finding"));
  main += paragraph(which, "soft");
  if (shown > 0) {
    std::vector<std::vector<Html>> rows;
    for (const report::CaseRow& row : findings.rows) rows.push_back(row_of(row));
    main += report::table("Findings, worst first",
                          {"Application", "Verdict", "Score", "Owner, publisher", "Users", "Grants",
                           "Rule", "Since the last pass"},
                          rows);
  }
  main += paging(findings, filter);
  return document(shell, "Findings", "/findings", main);
}

}  // namespace clawback::console
