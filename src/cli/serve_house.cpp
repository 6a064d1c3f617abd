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

Result<std::vector<journal::RunMark>> ServeHouse::marks() {
  const auto journal = store();
  if (!journal) return journal.error();
  auto all = (*journal)->run_marks();
  if (!all) return all;
  std::erase_if(*all, [&](const journal::RunMark& run) { return run.tenant != config_.tenant_id; });
  return all;
}

Result<console::RunRow> ServeHouse::row_of(const journal::RunMark& mark) {
  const auto known = known_.find(mark.id);
  if (known != known_.end() && known->second.newest == mark.newest) return known->second.row;
  const auto run = store_->run(mark.id);
  if (!run) return run.error();
  const auto view = view_of(*run, *store_);
  if (!view) return view.error();
  console::RunRow row{.id = run->id,
                      .plan = view->plan.id,
                      .undo_of = run->undo_of,
                      .started = run->started,
                      .actions = view->plan.actions.size(),
                      .done = 0,
                      .ended = view->state.ended,
                      .settled = journal::settled(view->state)};
  for (const auto& [id, state] : view->state.actions) {
    const bool done =
        state.phase == journal::Phase::done || state.phase == journal::Phase::satisfied;
    row.done += done ? 1 : 0;
  }
  known_.insert_or_assign(row.id, Known{.newest = mark.newest, .row = row});
  return row;
}

Result<console::Runs> ServeHouse::runs() {
  const auto all = marks();
  if (!all && all.error().code == Errc::not_found) return console::Runs{};
  if (!all) return all.error();
  console::Runs out{.rows = {}, .all = all->size()};
  for (const journal::RunMark& mark : *all) {
    if (out.rows.size() == runs_max) break;
    auto row = row_of(mark);
    if (!row) return row.error();
    out.rows.push_back(std::move(*row));
  }
  return out;
}

Result<std::size_t> ServeHouse::open_runs() {
  const auto all = marks();
  if (!all) return all.error();
  std::size_t open = 0;
  for (const journal::RunMark& mark : *all) {
    const auto row = row_of(mark);
    if (!row) return row.error();
    open += row->ended && row->settled ? 0 : 1;
  }
  return open;
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

void ServeHouse::look_at_pass(console::Health& health) {
  const auto problem = [&](const Error& error) {
    if (health.problem.empty()) health.problem = error.message;
  };
  const auto kept = finding_store();
  if (!kept) return problem(kept.error());
  const auto header = (*kept)->header(domain::TenantId(config_.tenant_id));
  if (!header) {
    if (header.error().code != Errc::not_found) problem(header.error());
    return;
  }
  const auto scan = report::parse_scan(*header);
  if (!scan) return problem(damaged(scan.error()));
  health.last_pass = scan->observed;
  health.coverage = scan->coverage;
}

console::Health ServeHouse::health() {
  console::Health out;
  out.policy_problem = policy().problem;
  out.stop_file = journal::stop_file_present(*config_.database).has_value();
  const auto problem = [&](const Error& error) {
    if (out.problem.empty()) out.problem = error.message;
  };
  const auto journal = store();
  if (!journal) {
    problem(journal.error());
    return out;
  }
  look_at_pass(out);
  // What was read; what was not is not known.
  const auto put = [&](auto& into, auto&& read) {
    if (read) {
      into = std::move(*read);
    } else {
      problem(read.error());
    }
  };
  put(out.head, (*journal)->head());
  put(out.halted, (*journal)->halted());
  put(out.open_runs, open_runs());
  if (auto waiting = there(clock_())) {
    out.waiting_plans = waiting->waiting.size();
    out.unreadable = std::move(waiting->unreadable);
  } else {
    problem(waiting.error());
  }
  return out;
}

console::PolicyNow ServeHouse::policy() {
  auto today = load_policy(policy_given_, &config_);
  // One that can't be used is `policy check`'s business; what is shown is the last good one.
  policy_problem_ = today ? std::string() : today.error().message;
  if (today) policy_ = std::move(*today);
  return {.policy = policy_, .problem = policy_problem_};
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
