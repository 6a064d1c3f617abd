#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "policy/policy.hpp"

// The policy that ships with the source tree.
namespace clawback::test {

inline policy::File read_policy_file(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return {.path = path.string(), .text = text.str()};
}

inline policy::Files shipped_policy_files() {
  const std::filesystem::path folder =
      std::filesystem::path(CLAWBACK_SOURCE_DIR) / "policies/default";
  policy::Files files{.policy = read_policy_file(folder / "policy.toml"),
                      .rules = {},
                      .exceptions = read_policy_file(folder / "exceptions.toml"),
                      .catalogs = {}};
  for (const auto& entry : std::filesystem::directory_iterator(folder / "rules")) {
    files.rules.push_back(read_policy_file(entry.path()));
  }
  const auto catalogs = policy::catalog_files(files.policy);
  if (!catalogs) return files;
  for (const std::string& name : catalogs->paths)
    files.catalogs.push_back(read_policy_file(folder / name));
  return files;
}

}  // namespace clawback::test
