#include <fmt/format.h>

#include "base/safe_text.hpp"
#include "console/page_parts.hpp"
#include "report/html_parts.hpp"
#include "report/words.hpp"

namespace clawback::console {
namespace {

constexpr std::size_t title_max = 120;

Html links(std::string_view folder, const std::vector<std::string>& ids, std::string_view none) {
  if (ids.empty()) return paragraph(none);
  std::vector<Html> items;
  for (const std::string& id : ids) items.push_back(link(address_of(folder, id), id));
  return report::bullets(items);
}

}  // namespace

std::string case_page(const Shell& shell, const OneCase& one) {
  if (one.scan.findings.empty()) return error_page(shell, 404, "There is no such case.", "");
  const domain::Finding& finding = one.scan.findings.front();
  Html main = {fmt::format("<p>As of {}. Case <code>{}</code></p>\n",
                           moment(one.scan.observed).markup, report::escaped(finding.key).markup)};
  main += report::section("plans", "Plans that wait for people",
                          links("/plans", one.plans, "No waiting plan acts on it."));
  main += report::section("runs", "Runs that acted on it",
                          links("/runs", one.runs, "No run acted on it."));
  main += report::section(
      "finding", "The finding",
      report::case_html(finding, 1, {.timeline = {.coverage = &one.scan.coverage}}));
  main += report::section("unseen", "What could not be seen",
                          report::coverage_html(one.scan.coverage, one.scan.missing));
  const std::string& name = finding.app.display_name;
  return document(shell, name.empty() ? std::string("Case") : printable(name, title_max),
                  "/findings", main);
}

}  // namespace clawback::console
