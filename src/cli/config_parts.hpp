#pragma once

#include <filesystem>

#include "cli/config.hpp"
#include "policy/toml.hpp"

// One reader per table of clawback.toml. Problems are kept in the document; its `finish` reports
// them.
namespace clawback::cli {

std::filesystem::path beside(const std::filesystem::path& file, const std::string& path);

void read_cloud(policy::TomlTable& root, Config& config);
std::optional<IdentityConfig> read_identity(policy::TomlTable& identities, std::string_view name,
                                            const std::filesystem::path& file);
// A registration without a credential.
std::optional<std::string> read_public_client(policy::TomlTable& identities, std::string_view name);
void read_approvers(policy::TomlTable& root, Config& config);
void read_notify(policy::TomlTable& root, Config& config);
void read_console(policy::TomlTable& root, Config& config);

}  // namespace clawback::cli
