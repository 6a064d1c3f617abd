#include <fmt/format.h>

#include "console/page_parts.hpp"
#include "report/html_parts.hpp"
#include "report/words.hpp"

namespace clawback::console {
namespace {

using report::escaped;

constexpr std::string_view not_known = "not known";

Html kill_switch(const Health& health) {
  if (health.halted && *health.halted) {
    const journal::Halt& halt = **health.halted;
    Html out = escaped(fmt::format("set by {} on ", halt.who));
    out += moment(halt.since);
    out += escaped(": " + halt.reason + ". Nothing is sent.");
    return out;
  }
  if (health.stop_file) return escaped("the stop file is there: nothing is sent");
  return escaped(health.halted ? "not set" : not_known);
}

Html newest_pass(const Health& health) {
  if (health.last_pass) return moment(*health.last_pass);
  return escaped(health.problem.empty() ? "none yet" : not_known);
}

Html counted(std::string_view address, const std::optional<std::size_t>& count,
             std::string_view what) {
  return count ? link(address, report::count_of(*count, what)) : escaped(not_known);
}

Html sources(const domain::Coverage& coverage) {
  std::vector<std::vector<Html>> rows;
  for (const domain::Source& source : coverage.sources) {
    rows.push_back({escaped(source.name), escaped(domain::name_of(source.state)),
                    escaped(fmt::format("{}", source.records)),
                    escaped(source.reason.value_or(""))});
  }
  if (rows.empty()) return {};
  return report::table("Sources of the newest pass", {"Source", "State", "Records", "Why"}, rows);
}

}  // namespace

std::string sign_in_page(const Shell& shell) {
  Html main = paragraph(
      "The console shows findings, plans and runs to people whom an administrator registered. Sign "
      "in with the Entra account that you are registered with.");
  Html inside = shell.wanted.empty() ? Html{} : hidden("to", shell.wanted);
  inside += submit("Sign in with Entra");
  main += post_form(shell, "/sign-in", inside);
  return document(shell, "Sign in", "", main);
}

std::string error_page(const Shell& shell, int status, const std::string& what,
                       const std::string& hint) {
  Html main = paragraph(what, "note stop");
  if (!hint.empty()) main += paragraph(hint);
  main += paragraph(fmt::format("HTTP status {}.", status), "soft");
  main += report::element("p", link("/", "To the first page"));
  return document(shell, "That did not work", "", main);
}

std::string health_page(const Shell& shell, const Health& health) {
  Html main;
  if (!health.problem.empty()) main += paragraph(health.problem, "note stop");
  main += policy_note(health.policy_problem);
  main += unreadable_plans(health.unreadable);
  Html state = report::facts(
      {{.term = "Newest pass", .value = newest_pass(health)},
       {.term = "Kill switch", .value = kill_switch(health)},
       {.term = "Plans that wait", .value = counted("/plans", health.waiting_plans, "plan")},
       {.term = "Runs not through", .value = counted("/runs", health.open_runs, "run")},
       {.term = "Audit head",
        .value = health.head ? report::code(journal::to_text(*health.head)) : escaped(not_known)}});
  main += report::section("state", "State", state);
  if (health.last_pass) {
    Html coverage = report::coverage_html(health.coverage, {});
    coverage += sources(health.coverage);
    main += report::section("unseen", "What could not be seen", coverage);
  }
  return document(shell, "Coverage and health", "/health", main);
}

}  // namespace clawback::console
