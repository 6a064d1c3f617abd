#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "cli/config.hpp"
#include "cli/context.hpp"
#include "plan/plan.hpp"

// The evidence that a plan rests on: the document that `collect` writes, kept by its digest before
// anything is changed.
namespace clawback::cli {

// Where it belongs: <[state] evidence>/<digest>.json, else <plan's file>.evidence.json. nullopt: a
// plan that goes to standard output, and no [state] evidence.
std::optional<std::filesystem::path> place_of_evidence(const std::string& digest,
                                                       const std::optional<Config>& config,
                                                       const std::string& plan_file);

// The configuration with a folder for it: [state] evidence, else evidence/ beside the database.
// What a pass acts on, or leaves for people, outlives the plan's file.
Config keeping_evidence(Config config);

// On disk, whole or not at all, mode 0600, when it returns. A note says so when there is no place
// for it: `apply` then refuses the plan.
Result<void> save_evidence(const std::string& document, const std::string& digest,
                           const std::optional<Config>& config, const std::string& plan_file,
                           const Context& context);

// The document is there and is the one that the plan names. `given`: --saved-evidence, or empty: it
// is looked for in each of those places.
// Errc::guard otherwise. An undo goes on without: what it puts back is what the journal saw.
Result<void> check_evidence(const plan::Plan& plan, const Config& config,
                            const std::string& plan_file, const std::string& given);

}  // namespace clawback::cli
