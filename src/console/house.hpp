#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "approval/approval.hpp"
#include "domain/finding.hpp"
#include "journal/event.hpp"
#include "journal/store.hpp"
#include "plan/plan.hpp"
#include "policy/policy.hpp"
#include "report/case_row.hpp"
#include "report/model.hpp"

// What the web console may look at and do. It reads the state database, the folder of waiting plans
// and the policy; it adds a signature to a plan and makes the plan of an undo. Nothing here can
// send a request to a tenant: `apply` and `run` do that, in a process of their own.
namespace clawback::console {

// Who looks. Names and roles come from the registry of approvers, never from a token's claims.
struct Person {
  std::string name;
  approval::Account account;
  bool approver = false;  // else a viewer
};

// Of the list of findings. Empty texts: all.
struct Filter {
  std::string text;     // in the application's name, its app id, or a user's name
  std::string verdict;  // "alert"
  std::string rule;     // a rule's id
  std::string state;    // "new", "changed", "unchanged"
  std::size_t from = 0;
  std::size_t count = 100;
};

// The newest pass over the tenant: `scan`, `plan` or `run` with the state database left it there.
// `scan` is without its findings: those of this page are the rows.
struct Findings {
  report::Scan scan;
  std::vector<report::CaseRow> rows;
  std::size_t matching = 0;
  std::size_t all = 0;
  std::size_t alerts = 0;  // of all
  std::size_t watches = 0;
  std::size_t left_out = 0;  // of the pass: the least, beyond what the database keeps
};

struct OneCase {
  report::Scan scan;               // one finding
  std::vector<std::string> plans;  // ids of waiting plans that act on it
  std::vector<std::string> runs;   // ids of runs that acted on it
};

// A plan that waits for people, or that was used.
struct PlanView {
  plan::Plan plan;
  std::string file;  // empty: it is not waiting any more
  std::int64_t quorum = 1;
  // Verified ones, of its approvals file; a yes expires when the plan lets it, or before.
  std::vector<approval::Statement> signed_by;
  // Among them: whose yes only breaks the glass, and is none of the quorum's.
  std::set<std::string> uncounted;
  std::string alone;                  // whose broken glass is enough now; empty: nobody's
  std::vector<std::string> unusable;  // why others there do not hold
  std::string closed;                 // why nobody is asked any more; empty: somebody may be
  std::string run;                    // the run that used it; or empty
  std::string policy_problem;         // as in PolicyNow, of the quorum
};

// Plans that wait, newest first.
struct Plans {
  std::vector<PlanView> views;
  std::vector<std::string> unreadable;  // why a file of the folder is not among them
  std::string policy_problem;
};

struct RunRow {
  std::string id;
  std::string plan;
  std::string undo_of;
  Time started;
  std::size_t actions = 0;
  std::size_t done = 0;  // verified or satisfied
  bool ended = false;
  bool settled = false;
};

// Newest first.
struct Runs {
  std::vector<RunRow> rows;  // 500 at most
  std::size_t all = 0;
};

// nullopt: not known, because it could not be read.
struct Health {
  std::optional<Time> last_pass;  // or there was none: `problem` tells
  domain::Coverage coverage;
  std::optional<journal::Head> head;
  std::optional<std::optional<journal::Halt>> halted;
  bool stop_file = false;
  std::optional<std::size_t> waiting_plans;
  std::optional<std::size_t> open_runs;  // not ended, or something is left to do
  std::string problem;                   // why the database can't be used; empty: it can
  std::vector<std::string> unreadable;   // as in Plans
  std::string policy_problem;
};

struct PolicyNow {
  const policy::Policy& policy;  // the last one that was good
  std::string problem;           // why the one of now is not used; empty: it is
};

class House {
 public:
  virtual ~House() = default;
  // Errc::not_found: no pass was kept yet.
  virtual Result<Findings> findings(const Filter& filter) = 0;
  virtual Result<OneCase> one_case(const std::string& key) = 0;  // Errc::not_found
  virtual Result<Plans> plans() = 0;
  virtual Result<PlanView> plan(const std::string& id) = 0;  // waiting or used; Errc::not_found
  virtual Result<Runs> runs() = 0;
  virtual Result<report::RunView> run(const std::string& id) = 0;
  virtual Health health() = 0;
  virtual PolicyNow policy() = 0;
  virtual std::string tenant_name() = 0;

  // The statement that this person would sign: the same checks as `approve` and `reject` make
  // (Errc::approval, guard, stale with what is wrong). Nothing is kept.
  virtual Result<approval::Statement> statement(const std::string& plan,
                                                approval::Decision decision, const Person& person,
                                                const std::string& reason, Time now) = 0;
  // Keeps what was signed with this ID token, beside the plan (a no in the database too) with the
  // keys that it was checked with. Errc::approval: it does not hold.
  virtual Result<void> keep(const approval::Statement& statement, const Secret& id_token,
                            const std::string& plan, Time now) = 0;
  // The plan that undoes a run, left waiting for approval; its id.
  virtual Result<std::string> undo(const std::string& run, const Person& person, Time now) = 0;
};

}  // namespace clawback::console
