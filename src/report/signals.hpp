#pragma once

#include <string>

#include "policy/policy.hpp"
#include "report/model.hpp"

// What every signal and guard is, with the weights of one policy.
namespace clawback::report {

json::value signals_json(const policy::Policy& policy);  // clawback.signals/1
std::string signals_text(const policy::Policy& policy, const TextOptions& options);
// The page docs/reference/signals.md, whole.
std::string signals_markdown(const policy::Policy& policy);

}  // namespace clawback::report
