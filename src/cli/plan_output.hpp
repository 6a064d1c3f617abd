#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "cli/context.hpp"
#include "plan/plan.hpp"
#include "report/model.hpp"

namespace clawback::cli {

struct PlanOutput {
  std::string
      file;  // where the plan goes; empty: nowhere, `-`: standard output and nothing else there
  std::string report;  // HTML
  std::vector<Export> exports = {};
};
// Writes a new plan and shows it. `scan` may be null.
Result<void> print_plan(const plan::Plan& plan, const report::Scan* scan, const PlanOutput& output,
                        const Context& context);

// What a plan of this installation is made with, whoever asks for it: its own identities and its
// approvers' accounts are never among what is acted on.
struct Judged;
plan::Options options_for(const Judged& judged, std::string evidence, std::string requested_by,
                          const Context& context);

// A GUID: random, or made from the tenant and --now so that a reproducible run has the same bytes.
std::string plan_id(const std::string& tenant, const Context& context);

}  // namespace clawback::cli
