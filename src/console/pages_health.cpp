#include <fmt/format.h>

#include "console/page_parts.hpp"
#include "report/html_parts.hpp"
#include "report/words.hpp"

namespace clawback::console {

using report::escaped;

std::string sign_in_page(const Shell& shell) {
  Html main = paragraph("Sign in with the Entra account that an administrator registered for you.");
  main += post_form(shell, "/sign-in", submit("Sign in with Entra"));
  return document(shell, "Sign in", "", main);
}

std::string error_page(const Shell& shell, int status, const std::string& what,
                       const std::string& hint) {
  Html main = paragraph(what);
  if (!hint.empty()) main += paragraph(hint);
  main += paragraph(fmt::format("Status {}.", status), "soft");
  main += link("/", "Back to the findings");
  return document(shell, "That did not work", "", main);
}

std::string health_page(const Shell& shell, const Health& health) {
  Html main;
  if (!health.problem.empty()) main += paragraph(health.problem, "note stop");
  main += report::facts(
      {{.term = "Newest pass",
        .value = health.last_pass ? moment(*health.last_pass) : escaped("none yet")},
       {.term = "Kill switch",
        .value = escaped(health.halted      ? "set: nothing is sent"
                         : health.stop_file ? "the stop file is there: nothing is sent"
                                            : "not set")},
       {.term = "Plans that wait", .value = escaped(fmt::format("{}", health.waiting_plans))},
       {.term = "Open runs", .value = escaped(fmt::format("{}", health.open_runs))},
       {.term = "Audit head", .value = report::code(journal::to_text(health.head))}});
  main += report::section("unseen", "What could not be seen",
                          report::coverage_html(health.coverage, {}));
  return document(shell, "Coverage and health", "/health", main);
}

}  // namespace clawback::console
