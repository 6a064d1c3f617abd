#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "cli/context.hpp"
#include "journal/store.hpp"
#include "plan/plan.hpp"

// Plans of unattended passes that wait for people: <state folder>/plans/<plan id>.json, with their
// signatures beside them.
namespace clawback::cli {

struct WaitingPlan {
  std::filesystem::path file;
  plan::Plan plan;
};

std::filesystem::path plans_folder(const std::filesystem::path& database);

// What is in the folder; nothing of it is changed.
struct PlansThere {
  std::vector<WaitingPlan> waiting;         // can still be applied: neither expired nor used
  std::vector<std::filesystem::path> over;  // expired or used
  std::vector<std::string> unreadable;      // why
};
Result<PlansThere> plans_in(const std::filesystem::path& folder, journal::Store& store, Time now);

// Those that can still be applied: neither expired nor used. What is expired or used is removed
// with its signatures, for what was used is in the journal; the evidence stays. What can't be read
// is left, and a note says so.
Result<std::vector<WaitingPlan>> waiting_plans(const std::filesystem::path& folder,
                                               journal::Store& store, const Context& context);

// Where a new one goes. Makes the folder (mode 0700). Errc::guard when more wait than anybody will
// read.
Result<std::filesystem::path> place_for(const plan::Plan& plan, const std::filesystem::path& folder,
                                        const std::vector<WaitingPlan>& there);

}  // namespace clawback::cli
