#include "lab/config.hpp"

#include <fmt/format.h>

#include <iterator>

#include "base/file.hpp"

namespace clawback::lab {
namespace {

std::string toml_of(const Access& access, const std::filesystem::path& folder,
                    const std::filesystem::path& policy_folder) {
  const std::string database = "sqlite:///" + (folder / "clawback.db").string();
  std::string text =
      "# Made by the lab: a simulated tenant. The secrets beside it are worth nothing.\n";
  const auto out = std::back_inserter(text);
  fmt::format_to(out, "[tenant]\nid = {}\nname = {}\n\n", toml_string(access.tenant_id),
                 toml_string(access.tenant_name));
  fmt::format_to(out,
                 "[cloud]\nname = \"global\"\nlogin = {0}\ngraph = {0}\nca_file = \"ca.pem\"\n\n",
                 toml_string(access.url));
  fmt::format_to(out,
                 "[identity.read]\nclient_id = {}\n"
                 "credential = {{ kind = \"secret\", file = \"read.secret\" }}\n\n",
                 toml_string(access.read_client_id));
  fmt::format_to(out,
                 "[identity.write]\nclient_id = {}\ncredential = {{ kind = \"certificate\", "
                 "certificate = \"write.pem\", key = \"write.key\" }}\n\n",
                 toml_string(access.write_client_id));
  fmt::format_to(out, "[identity.approve]\nclient_id = {}\n\n",
                 toml_string(access.approve_client_id));
  fmt::format_to(out, "[policy]\npath = {}\n\n", toml_string(policy_folder.string()));
  fmt::format_to(out, "[state]\ndatabase = {}\nevidence = {}\n", toml_string(database),
                 toml_string((folder / "evidence").string()));
  if (!access.approvers.empty()) {
    text += "\n# They sign in with `clawback approve FILE --sign-in --as NAME --reason TEXT`.\n";
  }
  for (const Access::Person& person : access.approvers) {
    fmt::format_to(out, "[[approver]]\nname = {}\nentra = {{ tenant = {}, object = {} }}\n",
                   toml_string(person.name), toml_string(access.tenant_id),
                   toml_string(person.object));
  }
  return text;
}

Error io_error(const std::filesystem::path& path, const std::error_code& error) {
  return {.code = Errc::io, .message = path.string() + ": " + error.message()};
}

}  // namespace

std::string toml_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (static_cast<unsigned char>(c) < 0x20 || c == '\x7f') {
      fmt::format_to(std::back_inserter(out), "\\u{:04X}", static_cast<unsigned>(c));
    } else {
      out.push_back(c);
    }
  }
  return out + "\"";
}

Result<void> write_access(const Access& access, const std::filesystem::path& folder,
                          const std::filesystem::path& policy_folder) {
  std::error_code error;
  const auto home = std::filesystem::absolute(folder, error).lexically_normal();
  if (error) return io_error(folder, error);
  const auto policy = std::filesystem::absolute(policy_folder, error).lexically_normal();
  if (error) return io_error(policy_folder, error);
  std::filesystem::create_directories(home, error);
  if (error) return io_error(home, error);
  struct File {
    std::string_view name;
    const std::string& text;
    unsigned mode;
  };
  const std::string toml = toml_of(access, home, policy);
  const File files[] = {{"ca.pem", access.ca_pem, 0644},
                        {"read.secret", access.read_secret, 0600},
                        {"write.pem", access.write_certificate_pem, 0644},
                        {"write.key", access.write_key_pem, 0600},
                        {"clawback.toml", toml, 0644}};
  for (const File& file : files) {
    auto written = write_file(home / file.name, file.text, file.mode);
    if (!written) return written;
  }
  return {};
}

}  // namespace clawback::lab
