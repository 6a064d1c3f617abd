#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "cli/context.hpp"
#include "policy/toml.hpp"

// Paths of secrets. "${CREDENTIALS_DIRECTORY}/read" is the credential that systemd's
// LoadCredential=read:… gives to the service; no other variable is known, and nothing follows the
// one name.
namespace clawback::cli {

// The path in `text`, the value of `key`: relative to the configuration `file`, or the credential
// as it is written. What is neither is recorded as a problem.
std::filesystem::path secret_path(policy::TomlTable& table, std::string_view key,
                                  const std::string& text, const std::filesystem::path& file);

// Where the file is now. Errc::invalid for a credential of a process that systemd gave none.
Result<std::filesystem::path> locate(const std::filesystem::path& path,
                                     const Environment& environment);

}  // namespace clawback::cli
