#pragma once

#include <string>
#include <vector>

#include "base/json.hpp"
#include "lab/server.hpp"
#include "plan/plan.hpp"

// The demo compares what clawback says with what the simulated tenant knows of itself.
namespace clawback::cli {

struct Claim {
  std::string text;
  bool holds = false;
};

// The planted abuse was found at watch or alert.
std::vector<Claim> found_all(const std::vector<lab::Planted>& planted, const json::value& findings);
// No action aims at what is harmless.
Claim nothing_benign(const std::vector<lab::Planted>& planted, const plan::Plan& plan);
// Every action's effect is there, seen from inside the tenant.
Claim all_effects(const lab::Tenant& tenant, const plan::Plan& plan);

}  // namespace clawback::cli
