#include "cli/policy_files.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/file.hpp"
#include "base/safe_text.hpp"

namespace clawback::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t file_max = 4u << 20u;
constexpr std::size_t rules_max = 1000;

Result<policy::File> read_one(const fs::path& path) {
  auto text = read_file(path, file_max);
  if (!text) {
    Error error = text.error();
    error.code = Errc::invalid;  // a policy that can't be read is unusable, whatever the reason
    error.hint = "a policy is a folder with policy.toml and rules/: docs/how-to/own-policy.md";
    return error;
  }
  return policy::File{.path = path.string(), .text = std::move(*text)};
}

Result<std::vector<fs::path>> rule_files(const fs::path& folder) {
  std::vector<fs::path> out;
  std::error_code ec;
  fs::directory_iterator entries(folder, ec);
  if (ec) {
    return Error{
        .code = Errc::invalid,
        .message = fmt::format("{}: the policy's rules can't be read: {}",
                               printable(folder.string()), ec.message()),
        .hint = "a policy is a folder with policy.toml and rules/: docs/how-to/own-policy.md"};
  }
  for (; entries != fs::directory_iterator(); entries.increment(ec)) {
    if (ec) break;
    if (entries->path().extension() == ".toml") out.push_back(entries->path());
    if (out.size() > rules_max) break;
  }
  if (ec || out.size() > rules_max) {
    return Error{.code = Errc::invalid,
                 .message = fmt::format("{}: can't list the rules, or there are more than {}",
                                        printable(folder.string()), rules_max)};
  }
  std::sort(out.begin(), out.end());
  return out;
}

Result<std::vector<policy::File>> read_catalogs(const fs::path& folder, const policy::File& main) {
  std::vector<policy::File> files;
  const auto catalogs = policy::catalog_files(main);
  if (!catalogs) return catalogs.error();
  for (const std::string& path : catalogs->paths) {
    auto file = read_one((folder / path).lexically_normal());
    if (!file) {
      Error error = file.error();
      error.position = catalogs->position;
      error.hint =
          "[catalog] files are relative to policy.toml: copy the whole policies folder, not "
          "policies/default alone";
      return error;
    }
    files.push_back(std::move(*file));
  }
  return files;
}

}  // namespace

Result<std::vector<policy::File>> read_catalog_files(const fs::path& folder) {
  const auto main = read_one(folder / "policy.toml");
  if (!main) return main.error();
  return read_catalogs(folder, *main);
}

Result<policy::Files> read_policy_files(const fs::path& folder) {
  policy::Files files;
  auto main = read_one(folder / "policy.toml");
  if (!main) return main.error();
  files.policy = std::move(*main);

  const auto rules = rule_files(folder / "rules");
  if (!rules) return rules.error();
  for (const fs::path& path : *rules) {
    auto file = read_one(path);
    if (!file) return file.error();
    files.rules.push_back(std::move(*file));
  }

  std::error_code ec;
  if (fs::exists(folder / "exceptions.toml", ec)) {
    auto file = read_one(folder / "exceptions.toml");
    if (!file) return file.error();
    files.exceptions = std::move(*file);
  }

  auto catalogs = read_catalogs(folder, files.policy);
  if (!catalogs) return catalogs.error();
  files.catalogs = std::move(*catalogs);
  return files;
}

Result<fs::path> shipped_policy() {
  std::error_code ec;
  const fs::path program = fs::read_symlink("/proc/self/exe", ec);
  fs::path folder = program.parent_path();
  for (int level = 0; !ec && level < 8 && folder.has_relative_path(); ++level) {
    for (const fs::path& inside :
         {fs::path("policies/default"), fs::path("share/clawback/policies/default")}) {
      std::error_code missing;
      if (fs::exists(folder / inside / "policy.toml", missing)) return folder / inside;
    }
    folder = folder.parent_path();
  }
  return Error{.code = Errc::invalid,
               .message = "the policies that ship with clawback were not found near the program",
               .hint = "name a policy with --policy FOLDER"};
}

Result<fs::path> policy_folder(const std::string& given, const Config* config) {
  if (!given.empty()) return fs::path(given);
  if (config != nullptr && config->policy) return *config->policy;
  return shipped_policy();
}

Result<policy::Policy> load_policy(const std::string& given, const Config* config) {
  const auto folder = policy_folder(given, config);
  if (!folder) return folder.error();
  const auto files = read_policy_files(*folder);
  if (!files) return files.error();
  return policy::parse(*files);
}

}  // namespace clawback::cli
