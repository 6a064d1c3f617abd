#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/safe_text.hpp"
#include "report/html_parts.hpp"
#include "report/html_tenant.hpp"
#include "report/words.hpp"

namespace clawback::report {
namespace {

using Rules = std::map<std::string, std::size_t>;

// The rules that would do something, each with the number of its cases.
Rules acting_rules(const Scan& scan) {
  Rules out;
  for (const domain::Finding& finding : scan.findings) {
    if (finding.exception || !finding.rule || finding.mode < domain::Mode::approve) continue;
    ++out[fmt::format("{} (mode {})", *finding.rule, name_of(finding.mode))];
  }
  return out;
}

std::size_t acted_on(const Rules& rules) {
  std::size_t out = 0;
  for (const auto& [rule, cases] : rules) out += cases;
  return out;
}

Html matters_html(const Scan& scan) {
  const Counts counts = count(scan);
  const auto rules = acting_rules(scan);
  const auto gaps = static_cast<std::size_t>(std::ranges::count_if(
      scan.coverage.sources,
      [](const domain::Source& one) { return one.state != domain::SourceState::read; }));
  Html figures = figure(counts.alert, "alert", "alert");
  figures += figure(counts.watch, "watch", "watch");
  figures += figure(counts.info, "info", "info");
  if (counts.excepted != 0) figures += figure(counts.excepted, "covered by an exception");
  figures += figure(acted_on(rules), "would be acted on");
  figures += figure(gaps, "sources not read in full", gaps == 0 ? "good" : "watch");
  Html out = element("ul", figures, "figures");
  const std::string would =
      rules.empty() ? "nothing: no rule of this policy acts on what was found"
                    : fmt::format("{} would be acted on, after approval or as the rules say",
                                  count_of(acted_on(rules), "application"));
  out += facts({{.term = "Cases", .value = escaped(summary_words(scan))},
                {.term = "Affected", .value = escaped(reach_words(scan))},
                {.term = "Would be done", .value = escaped(would)},
                {.term = "Not seen", .value = escaped(coverage_words(scan.coverage))}});
  return out;
}

Html would_do_html(const Scan& scan) {
  const auto rules = acting_rules(scan);
  if (rules.empty()) {
    return paragraph("No rule of this policy would act on what was found; it is reported.");
  }
  std::vector<Html> items;
  for (const auto& [rule, cases] : rules) {
    items.push_back(
        escaped(fmt::format("{}: {}", printable(rule), count_of(cases, "application"))));
  }
  Html out = bullets(items);
  out += paragraph(
      "Nothing was sent. The exact requests, how to undo them, and the digest to "
      "approve are in the plan:");
  out += element("pre", std::string_view("clawback plan -o plan.json --report plan.html"));
  return out;
}

Html cases_html(const Scan& scan) {
  Html out;
  std::size_t number = 0;
  std::size_t asking = 0;
  for (const domain::Finding& finding : scan.findings) {
    if (!asks_for_attention(finding) || ++asking > cases_max) continue;
    const CaseOptions options = {.timeline = {.coverage = &scan.coverage,
                                              .if_not_remediated = "nothing was sent by this scan"},
                                 .numbered = true};
    out += case_html(finding, ++number, options);
  }
  if (scan.findings.empty()) return out;
  if (asking == 0) out += paragraph("No application asks for attention.");
  if (asking > number) {
    out += paragraph(
        fmt::format("The {} worst of {} that ask for attention have a section here. The others "
                    "stand in the list of all applications; clawback scan --json has all of them.",
                    number, asking),
        "note");
  }
  if (const std::size_t rest = scan.findings.size() - asking; rest != 0) {
    out += paragraph(fmt::format(
        "{} of verdict info or covered by an exception {} listed below without a section; clawback "
        "scan --json has the signals of each.",
        count_of(rest, "application"), rest == 1 ? "is" : "are"));
  }
  return out;
}

}  // namespace

std::string findings_html(const Scan& scan) {
  const std::vector<Chapter> chapters = {
      {.id = "matters", .heading = "What matters", .inside = matters_html(scan)},
      {.id = "affected", .heading = "Who is affected", .inside = affected_html(scan)},
      {.id = "would-do", .heading = "What would be done", .inside = would_do_html(scan)},
      {.id = "unseen",
       .heading = "What could not be seen",
       .inside = coverage_html(scan.coverage, scan.missing)},
      {.id = "tenant",
       .heading = "The tenant's applications by reach and risk",
       .inside = tenant_html(spots(scan), "reach")},
      {.id = "cases", .heading = "The cases", .inside = cases_html(scan)},
      {.id = "overview",
       .heading = "All applications that were found",
       .inside = overview_html(scan, cases_max)},
      {.id = "basis",
       .heading = "What this rests on",
       .inside = facts({{.term = "Policy", .value = code(scan.policy)},
                        {.term = "Catalog", .value = code(scan.catalog)}})}};
  const std::string tenant = tenant_words(scan.tenant, printable(scan.tenant_name));
  return page("Mail-client grants: findings",
              fmt::format("Tenant {}, observed {}", tenant, format_time(scan.observed)), chapters);
}

}  // namespace clawback::report
