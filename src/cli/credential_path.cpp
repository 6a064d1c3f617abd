#include "cli/credential_path.hpp"

#include <fmt/format.h>

#include "base/safe_text.hpp"
#include "cli/config_parts.hpp"

namespace clawback::cli {
namespace {

constexpr std::string_view variable = "${CREDENTIALS_DIRECTORY}/";

// What systemd takes for the name of a credential, and no path.
bool is_credential_name(std::string_view name) {
  return !name.empty() && name.size() <= 255 && name != "." && name != ".." &&
         name.find('/') == std::string_view::npos && name.find('$') == std::string_view::npos;
}

}  // namespace

std::filesystem::path secret_path(policy::TomlTable& table, std::string_view key,
                                  const std::string& text, const std::filesystem::path& file) {
  if (text.find("${") == std::string::npos) return beside(file, text);
  if (text.starts_with(variable) &&
      is_credential_name(std::string_view(text).substr(variable.size()))) {
    return text;
  }
  table.fail(key, fmt::format("\"{}\" is not a path that clawback knows", printable(text, 80)),
             "a path, or \"${CREDENTIALS_DIRECTORY}/NAME\" for systemd's LoadCredential=NAME:…");
  return {};
}

Result<std::filesystem::path> locate(const std::filesystem::path& path,
                                     const Environment& environment) {
  const std::string& text = path.native();
  if (!text.starts_with(variable)) return path;
  const std::string name = text.substr(variable.size());
  const auto folder = environment("CREDENTIALS_DIRECTORY");
  if (folder && folder->starts_with('/')) return std::filesystem::path(*folder) / name;
  return Error{.code = Errc::invalid,
               .message = fmt::format("the credential \"{}\" is not there: $CREDENTIALS_DIRECTORY "
                                      "is not set",
                                      printable(name, 80)),
               .hint =
                   "systemd sets it for a service that has LoadCredential=; outside of one see "
                   "docs/how-to/unattended.md"};
}

}  // namespace clawback::cli
