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
  Result<std::vector<console::PlanView>> plans() override;
  Result<console::PlanView> plan(const std::string& id) override;
  Result<std::vector<console::RunRow>> runs() override;
  Result<report::RunView> run(const std::string& id) override;
  console::Health health() override;
  const policy::Policy& policy() override;
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
  Result<console::PlanView> view(const plan::Plan& plan, const std::string& file,
                                 const std::vector<journal::Run>& runs);
  Result<void> fill_signatures(console::PlanView& view, const std::vector<std::string>& envelopes);
  // Of this tenant: one database may serve several. Errc::not_found
  Result<journal::Run> own_run(const std::string& id, journal::Store& journal) const;
  Result<console::RunRow> row_of(const journal::Run& run);

  const Config& config_;
  const Context& context_;
  std::string policy_given_;
  policy::Policy policy_;
  std::string policy_problem_;
  std::function<Time()> clock_;
  std::unique_ptr<journal::Store> store_;
  std::optional<journal::FindingStore> findings_;
  std::map<std::string, console::RunRow> over_;  // runs of which nothing is left to do
};

// Whether an action of the plan is because of this finding.
bool acts_on(const plan::Plan& plan, const std::string& finding);

}  // namespace clawback::cli
