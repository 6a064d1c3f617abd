#pragma once

#include <filesystem>
#include <string>

#include "base/result.hpp"
#include "cli/config.hpp"
#include "policy/policy.hpp"

namespace clawback::cli {

// policy.toml, rules/*.toml, exceptions.toml and the catalogs that they name.
Result<policy::Files> read_policy_files(const std::filesystem::path& folder);
// The catalogs alone: what is wrong elsewhere in the policy does not matter.
Result<std::vector<policy::File>> read_catalog_files(const std::filesystem::path& folder);

// Where the policies that ship with this program are: policies/default in a folder above the
// executable, or under share/clawback beside its bin.
Result<std::filesystem::path> shipped_policy();

// The folder to use: as given on the command line, else the configuration's, else the shipped one.
Result<std::filesystem::path> policy_folder(const std::string& given, const Config* config);
Result<policy::Policy> load_policy(const std::string& given, const Config* config);

}  // namespace clawback::cli
