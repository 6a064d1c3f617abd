#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "approval/approval.hpp"
#include "base/result.hpp"
#include "cli/context.hpp"
#include "domain/finding.hpp"
#include "http/message.hpp"
#include "notify/target.hpp"

// clawback.toml as a value. Paths are absolute or relative to the working directory; what the file
// says relative to itself is resolved already. No secret is in it: they are read when somebody
// signs in.
namespace clawback::cli {

struct CredentialSource {
  enum class Kind { secret, certificate };
  Kind kind = Kind::secret;
  std::string env;                    // secret: the variable…
  std::filesystem::path file;         // …or the file
  std::filesystem::path certificate;  // PEM
  std::filesystem::path key;          // PEM
  friend bool operator==(const CredentialSource&, const CredentialSource&) = default;
};

struct IdentityConfig {
  std::string client_id;
  CredentialSource credential;
  friend bool operator==(const IdentityConfig&, const IdentityConfig&) = default;
};

// What `serve` listens on and is called.
struct ConsoleConfig {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8750;             // 0: any free one
  std::filesystem::path certificate;     // PEM, leaf first; empty: no TLS
  std::filesystem::path key;             // PEM
  std::optional<http::Origin> base_url;  // how browsers reach it, always https
  std::filesystem::path metrics_token;   // a file; empty: none
  friend bool operator==(const ConsoleConfig&, const ConsoleConfig&) = default;
};
// "ADDRESS:PORT", of IPv6 "[ADDRESS]:PORT". Errc::invalid.
Result<void> read_listen(const std::string& text, ConsoleConfig& into);

struct Config {
  std::filesystem::path file;
  std::string tenant_id;
  std::string tenant_name;
  http::Origin login;
  http::Origin graph;
  std::optional<std::filesystem::path> ca_file;
  std::optional<IdentityConfig> read;
  std::optional<IdentityConfig> write;  // absent: this installation can only read
  // The registration that approvers sign in with: public, without a credential.
  std::optional<std::string> approve_client_id;
  std::optional<std::filesystem::path> policy;
  domain::Mode ceiling = domain::Mode::approve;
  std::optional<std::filesystem::path> database;
  std::optional<std::filesystem::path> evidence;
  std::vector<approval::Approver> approvers;
  // May look at the console, and count nowhere: each has an Entra account and nothing else.
  std::vector<approval::Approver> viewers;
  ConsoleConfig console;
  std::vector<notify::Target> notify_targets;

  [[nodiscard]] std::vector<std::string> own_app_ids() const;
  // Object ids of approvers that are users of this tenant.
  [[nodiscard]] std::vector<domain::UserId> approver_accounts() const;
  // The approvers, and what their Entra sign-ins are held to, with these keys.
  [[nodiscard]] approval::Registry registry(approval::KeySets keys = {}) const;
};

// Pure. Errc::invalid with file, line and column, for unknown keys too.
Result<Config> parse_config(std::string_view text, const std::filesystem::path& file);

// The file that --config, $CLAWBACK_CONFIG, the working folder or /etc names; nullopt if there is
// none. One that was asked for by name and is not there is an error.
Result<std::optional<Config>> find_config(const Context& context);
// The same, and Errc::invalid if there is none.
Result<Config> require_config(const Context& context);

}  // namespace clawback::cli
