#pragma once

#include <memory>
#include <string>

#include "cli/config.hpp"
#include "cli/context.hpp"
#include "console/house.hpp"

namespace clawback::cli {

// What the console shows, from the configuration's state database, the folder of waiting plans
// beside it and the policy (`policy`: --policy, may be empty). For one thread; other processes may
// write the database meanwhile. It never makes the database; without one every answer is
// Errc::not_found until a pass has made it. `config` and `context` outlive it. Errc::invalid: no
// database is configured, or the policy is not usable.
Result<std::unique_ptr<console::House>> open_house(const Config& config, const std::string& policy,
                                                   const Context& context);

}  // namespace clawback::cli
