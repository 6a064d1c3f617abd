#include "cli/serve_house.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "base/safe_text.hpp"
#include "cli/plan_file.hpp"
#include "cli/policy_files.hpp"
#include "cli/run_view.hpp"
#include "cli/serve_house_parts.hpp"
#include "journal/kill_switch.hpp"
#include "report/parse_findings.hpp"
#include "report/search_text.hpp"

namespace clawback::cli {
namespace {

constexpr std::size_t runs_max = 500;

Error no_database(const Config& config) {
  return Error{
      .code = Errc::not_found,
      .message =
          fmt::format("there is no state database yet: {}", printable(config.database->string())),
      .hint = "`clawback scan`, `plan`, `run` or `watch` with this configuration makes it"};
}

Error damaged(const Error& error) {
  Error out = within("what the state database keeps of the newest pass", error);
  out.code = Errc::io;
  out.hint = "the next pass takes its place";
  return out;
}

}  // namespace

bool acts_on(const plan::Plan& plan, const std::string& finding) {
  return std::any_of(plan.actions.begin(), plan.actions.end(),
                     [&](const plan::Action& action) { return action.because.finding == finding; });
}

Result<journal::Store*> ServeHouse::store() {
  if (!store_) {
    auto opened = open_store_if_there(config_);
    if (!opened) return opened.error();
    if (!*opened) return no_database(config_);
    store_ = std::move(*opened);
  }
  return store_.get();
}

Result<journal::FindingStore*> ServeHouse::finding_store() {
  if (!findings_) {
    std::error_code ec;
    if (!std::filesystem::exists(*config_.database, ec)) return no_database(config_);
    auto opened = journal::FindingStore::open(*config_.database);
    if (!opened) return opened.error();
    findings_.emplace(std::move(*opened));
  }
  return &*findings_;
}

Result<console::Findings> ServeHouse::findings(const console::Filter& filter) {
  const auto kept = finding_store();
  if (!kept) return kept.error();
  const auto page = (*kept)->page(domain::TenantId(config_.tenant_id),
                                  {.text = report::search_fold(filter.text),
                                   .verdict = domain::verdict_from(filter.verdict),
                                   .rule = filter.rule,
                                   .state = filter.state,
                                   .from = filter.from,
                                   .count = filter.count});
  if (!page) return page.error();
  auto scan = report::parse_scan(page->header);
  if (!scan) return damaged(scan.error());
  console::Findings out{.scan = std::move(*scan),
                        .rows = {},
                        .matching = page->matching,
                        .all = page->all,
                        .alerts = page->alerts,
                        .watches = page->watches,
                        .left_out = page->left_out};
  out.rows.reserve(page->lines.size());
  for (const std::string& line : page->lines) {
    auto row = report::parse_row(line);
    if (!row) return damaged(row.error());
    out.rows.push_back(std::move(*row));
  }
  return out;
}

Result<console::OneCase> ServeHouse::one_case(const std::string& key) {
  const auto kept = finding_store();
  if (!kept) return kept.error();
  const auto record = (*kept)->one(domain::TenantId(config_.tenant_id), key);
  if (!record) return record.error();
  auto scan = report::parse_scan(record->header);
  if (!scan) return damaged(scan.error());
  auto finding = report::parse_finding(record->record);
  if (!finding) return damaged(finding.error());
  console::OneCase out{.scan = std::move(*scan), .plans = {}, .runs = {}};
  out.scan.findings.push_back(std::move(*finding));
  const auto there_now = there(clock_());
  if (!there_now) return there_now.error();
  for (const WaitingPlan& one : there_now->waiting) {
    if (acts_on(one.plan, key)) out.plans.push_back(one.plan.id);
  }
  const auto journal = store();
  if (!journal) return journal.error();
  const auto runs = (*journal)->runs();
  if (!runs) return runs.error();
  for (const journal::Run& run : *runs) {
    // Most plans do not name it at all, and need not be read.
    const bool other = run.tenant != config_.tenant_id;
    if (other || run.plan_text.find(key) == std::string::npos) continue;
    const auto plan = plan::parse(run.plan_text);
    if (plan && acts_on(*plan, key)) out.runs.push_back(run.id);
  }
  return out;
}

Result<console::RunRow> ServeHouse::row_of(const journal::Run& run) {
  const auto known = over_.find(run.id);
  if (known != over_.end()) return known->second;
  const auto view = view_of(run, *store_);
  if (!view) return view.error();
  console::RunRow row{.id = run.id,
                      .plan = view->plan.id,
                      .undo_of = run.undo_of,
                      .started = run.started,
                      .actions = view->plan.actions.size(),
                      .done = 0,
                      .ended = view->state.ended,
                      .settled = journal::settled(view->state)};
  for (const auto& [id, state] : view->state.actions) {
    const bool done =
        state.phase == journal::Phase::done || state.phase == journal::Phase::satisfied;
    row.done += done ? 1 : 0;
  }
  if (row.ended && row.settled) over_.emplace(row.id, row);
  return row;
}

Result<std::vector<console::RunRow>> ServeHouse::runs() {
  const auto journal = store();
  if (!journal && journal.error().code == Errc::not_found) return std::vector<console::RunRow>();
  if (!journal) return journal.error();
  const auto runs = (*journal)->runs();
  if (!runs) return runs.error();
  std::vector<console::RunRow> out;
  for (const journal::Run& run : *runs) {
    if (out.size() == runs_max) break;
    if (run.tenant != config_.tenant_id) continue;
    auto row = row_of(run);
    if (!row) return row.error();
    out.push_back(std::move(*row));
  }
  return out;
}

Result<journal::Run> ServeHouse::own_run(const std::string& id, journal::Store& journal) const {
  auto run = journal.run(id);
  if (!run || run->tenant == config_.tenant_id) return run;
  return Error{.code = Errc::not_found,
               .message = fmt::format("there is no run {}", printable(id, 60))};
}

Result<report::RunView> ServeHouse::run(const std::string& id) {
  const auto journal = store();
  if (!journal) return journal.error();
  const auto run = own_run(id, **journal);
  if (!run) return run.error();
  return whole_view_of(*run, **journal);
}

console::Health ServeHouse::health() {
  console::Health out;
  const auto problem = [&](const Error& error) {
    if (out.problem.empty()) out.problem = error.message;
  };
  out.stop_file = journal::stop_file_present(*config_.database).has_value();
  const auto journal = store();
  if (!journal) {
    problem(journal.error());
    return out;
  }
  const auto kept = finding_store();
  if (!kept) problem(kept.error());
  const auto header = kept ? (*kept)->header(domain::TenantId(config_.tenant_id))
                           : Result<std::string>(kept.error());
  if (header) {
    const auto scan = report::parse_scan(*header);
    if (!scan) problem(damaged(scan.error()));
    if (scan) {
      out.last_pass = scan->observed;
      out.coverage = scan->coverage;
    }
  } else if (header.error().code != Errc::not_found) {
    problem(header.error());
  }
  if (const auto head = (*journal)->head()) {
    out.head = *head;
  } else {
    problem(head.error());
  }
  if (const auto halted = (*journal)->halted()) {
    out.halted = *halted;
  } else {
    problem(halted.error());
  }
  if (const auto waiting = there(clock_())) {
    out.waiting_plans = waiting->waiting.size();
  } else {
    problem(waiting.error());
  }
  if (const auto all = runs()) {
    out.open_runs = static_cast<std::size_t>(std::count_if(
        all->begin(), all->end(), [](const auto& row) { return !row.ended || !row.settled; }));
  } else {
    problem(all.error());
  }
  if (!policy_problem_.empty() && out.problem.empty()) out.problem = policy_problem_;
  return out;
}

const policy::Policy& ServeHouse::policy() {
  auto today = load_policy(policy_given_, &config_);
  // One that can't be used is `policy check`'s business; what is shown is the last good one.
  policy_problem_ = today ? std::string() : "the policy as it is now: " + today.error().message;
  if (today) policy_ = std::move(*today);
  return policy_;
}

std::string ServeHouse::tenant_name() { return config_.tenant_name; }

Result<std::unique_ptr<console::House>> open_house(const Config& config, const std::string& policy,
                                                   const Context& context) {
  if (!config.database) return open_store(config).error();
  auto loaded = load_policy(policy, &config);
  if (!loaded) return loaded.error();
  return std::unique_ptr<console::House>(
      std::make_unique<ServeHouse>(config, policy, std::move(*loaded), context));
}

}  // namespace clawback::cli
