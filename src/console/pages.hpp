#pragma once

#include <string>
#include <vector>

#include "console/house.hpp"

// The console's pages as text: pure functions. Everything from outside is escaped here, and only
// here. No inline script or style: the Content-Security-Policy would refuse it. Every page works
// without scripts.
namespace clawback::console {

// What stands on each page besides its subject.
struct Shell {
  std::optional<Person> person;  // nullopt: nobody signed in
  std::string csrf;              // of this session; in every form
  std::string tenant;            // its name
  std::string notice;            // said once, above the page
  Time now;
  std::string wanted = {};  // the page that was asked for, when somebody has to sign in first
};

std::string sign_in_page(const Shell& shell);
std::string error_page(const Shell& shell, int status, const std::string& what,
                       const std::string& hint);
std::string findings_page(const Shell& shell, const Findings& findings, const Filter& filter);
std::string case_page(const Shell& shell, const OneCase& one);
std::string plans_page(const Shell& shell, const Plans& plans);
// Exact requests, before and after, signatures, and for an approver the forms to approve or reject.
std::string plan_page(const Shell& shell, const PlanView& view);
// What will be signed, before the sign-in: statement, digest, and the form that begins it.
std::string sign_page(const Shell& shell, const PlanView& view,
                      const approval::Statement& statement);
std::string runs_page(const Shell& shell, const Runs& runs);
// Progress; with scripts it follows /runs/ID/events, without them it can be loaded again.
std::string run_page(const Shell& shell, const report::RunView& run);
std::string rules_page(const Shell& shell, const PolicyNow& now);
std::string catalog_page(const Shell& shell, const PolicyNow& now);
std::string health_page(const Shell& shell, const Health& health);

// One server-sent event "progress": JSON with done, all, ended, `state` (words) and each action's
// id and phase.
std::string progress_event(const report::RunView& run, std::size_t number);

// Served at /static/NAME with a long cache; nullopt: there is none.
struct Asset {
  std::string_view type;
  std::string_view bytes;
};
std::optional<Asset> asset(std::string_view name);  // "console.css", "console.js"

}  // namespace clawback::console

// Addresses. GET unless it says POST; a POST carries the field `csrf`.
//   /                       findings; also where Entra sends the browser back (?code&state)
//   /sign-in POST           begins the sign-in;   /sign-out POST
//   /findings?text&verdict&rule&state&from        /cases/KEY (percent-encoded)
//   /plans   /plans/ID   /plans/ID/sign POST (decision, reason): shows what will be signed
//   /plans/ID/confirm POST (nonce: the statement's): begins the sign-in that signs it
//   /runs   /runs/ID   /runs/ID/events (SSE)   /runs/ID/undo POST
//   /rules   /catalog   /health   /static/NAME   /healthz   /readyz   /metrics
