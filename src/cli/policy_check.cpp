#include <fmt/format.h>

#include <boost/json/object.hpp>

#include "base/safe_text.hpp"
#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/policy_files.hpp"

namespace clawback::cli {

Result<int> execute(const PolicyCheckArguments& arguments, const Context& context) {
  const auto config = find_config(context);
  if (!config) return config.error();
  const auto folder = policy_folder(arguments.folder, *config ? &**config : nullptr);
  if (!folder) return folder.error();
  const auto policy = load_policy(folder->string(), nullptr);
  if (!policy) return policy.error();
  const auto number = [](std::size_t count) { return static_cast<std::int64_t>(count); };
  context.console.result(
      json::object{{"schema", "clawback.policy-check/1"},
                   {"folder", folder->string()},
                   {"id", policy->id},
                   {"policy", policy->digest},
                   {"catalog", policy->catalog.digest},
                   {"rules", number(policy->rules.size())},
                   {"exceptions", number(policy->exceptions.size())},
                   {"applications", number(policy->catalog.entries.size())}},
      fmt::format("{}: policy \"{}\" is valid: {} rules, {} exceptions, {} known applications\n"
                  "policy  {}\ncatalog {}\n",
                  printable(folder->string()), printable(policy->id), policy->rules.size(),
                  policy->exceptions.size(), policy->catalog.entries.size(), policy->digest,
                  policy->catalog.digest));
  return exit_code::done;
}

}  // namespace clawback::cli
