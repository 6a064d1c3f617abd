#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/config.hpp"
#include "cli/context.hpp"
#include "cli/waiting_plans.hpp"
#include "console/house.hpp"
#include "journal/finding_store.hpp"

// The house of `clawback serve`: lists in serve_house.cpp, plans in serve_house_plans.cpp, what
// signs and undoes in serve_house_sign.cpp.
namespace clawback::cli {

class ServeHouse final : public console::House {
 public:
  ServeHouse(const Config& config, std::string policy_given, policy::Policy policy,
             const Context& context)
      : config_(config),
        context_(context),
        policy_given_(std::move(policy_given)),
        policy_(std::move(policy)),
        clock_(context.running_clock()) {}

  Result<console::Findings> findings(const console::Filter& filter) override;
  Result<console::OneCase> one_case(const std::string& key) override;
  Result<console::Plans> plans() override;
  Result<console::PlanView> plan(const std::string& id) override;
  Result<console::Runs> runs() override;
  Result<report::RunView> run(const std::string& id) override;
  console::Health health() override;
  console::PolicyNow policy() override;
  std::string tenant_name() override;
  Result<approval::Statement> statement(const std::string& plan, approval::Decision decision,
                                        const console::Person& person, const std::string& reason,
                                        Time now) override;
  Result<void> keep(const approval::Statement& statement, const Secret& id_token,
                    const std::string& plan, Time now) override;
  Result<std::string> undo(const std::string& run, const console::Person& person,
                           Time now) override;

 private:
  // Opened at the first use, and again if the file was not there then.
  Result<journal::Store*> store();
  Result<journal::FindingStore*> finding_store();
  Result<PlansThere> there(Time now);
  Result<WaitingPlan> waiting(const std::string& id);  // Errc::not_found
  // One that waits: there() says that no run used it.
  Result<console::PlanView> view(const WaitingPlan& waiting);
  Result<console::PlanView> view_of_used(const plan::Plan& plan, const journal::Run& run);
  // Errc::approval for a yes on a plan that nobody is asked about any more.
  Result<void> check_open(const WaitingPlan& waiting, approval::Decision decision);
  Result<void> fill_signatures(console::PlanView& view, const std::vector<std::string>& envelopes);
  // Why it does not hold now; empty: it does, and `held` ends when the plan lets it end.
  std::string fails(console::PlanView& view, approval::Statement& held,
                    const approval::Registry& registry);
  // Of this tenant: one database may serve several. Errc::not_found
  Result<journal::Run> own_run(const std::string& id, journal::Store& journal) const;
  // Of this tenant, newest first.
  Result<std::vector<journal::RunMark>> marks();
  Result<console::RunRow> row_of(const journal::RunMark& mark);
  Result<std::size_t> open_runs();
  void look_at_pass(console::Health& health);

  const Config& config_;
  const Context& context_;
  std::string policy_given_;
  policy::Policy policy_;
  std::string policy_problem_;
  std::function<Time()> clock_;
  std::unique_ptr<journal::Store> store_;
  std::optional<journal::FindingStore> findings_;
  struct Known {
    std::int64_t newest = 0;  // as of this row of the log
    console::RunRow row;
  };
  std::map<std::string, Known> known_;  // by run: nothing is read twice that did not change
};

// Whether an action of the plan is because of this finding.
bool acts_on(const plan::Plan& plan, const std::string& finding);

}  // namespace clawback::cli
