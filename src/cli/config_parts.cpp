#include "cli/config_parts.hpp"

#include <fmt/format.h>

#include <array>

#include "base/digest.hpp"
#include "base/safe_text.hpp"
#include "cli/credential_path.hpp"

namespace clawback::cli {
namespace {

using policy::TomlTable;

struct Cloud {
  std::string_view name;
  std::string_view login;
  std::string_view graph;
};
// Microsoft Graph's and Entra's national deployments.
constexpr std::array<Cloud, 4> clouds = {
    {{"global", "login.microsoftonline.com", "graph.microsoft.com"},
     {"usgov", "login.microsoftonline.us", "graph.microsoft.us"},
     {"usgov-dod", "login.microsoftonline.us", "dod-graph.microsoft.us"},
     {"china", "login.partner.microsoftonline.cn", "microsoftgraph.chinacloudapi.cn"}}};

void read_host(TomlTable& table, std::string_view key, http::Origin& into) {
  const auto url = table.text(key);
  if (!url) return;
  const auto origin = http::parse_origin(*url);
  if (origin) {
    into = *origin;
  } else {
    table.fail(key, fmt::format("\"{}\" is not an https address: {}", key, origin.error().message),
               "https://host or https://host:port, and nothing after it");
  }
}

bool is_known_but_unsupported(std::string_view kind) {
  return kind == "federated" || kind == "managed-identity" || kind == "sign-in";
}

CredentialSource read_credential(TomlTable& table, const std::filesystem::path& file) {
  CredentialSource out;
  const std::string kind = table.require_text("kind");
  if (kind == "secret") {
    out.env = table.text("env").value_or("");
    if (const auto path = table.text("file")) out.file = secret_path(table, "file", *path, file);
    if (out.env.empty() != table.has("file")) {
      table.fail("kind", "a secret comes from either \"env\" or \"file\"",
                 "env = \"CLAWBACK_READ_SECRET\"; the secret itself is never written here");
    }
  } else if (kind == "certificate") {
    out.kind = CredentialSource::Kind::certificate;
    out.certificate = secret_path(table, "certificate", table.require_text("certificate"), file);
    out.key = secret_path(table, "key", table.require_text("key"), file);
  } else if (is_known_but_unsupported(kind)) {
    // Whatever else such a credential says is left unread: the kind is what is wrong.
    table.fail("kind",
               fmt::format("credentials of kind \"{}\" are not supported by this version", kind),
               "use a certificate or a secret");
  } else if (!kind.empty()) {
    table.fail("kind", fmt::format("\"{}\" is not a kind of credential", printable(kind, 40)),
               "one of: secret, certificate");
  }
  return out;
}

std::string read_key(TomlTable& table) {
  const auto text = table.text("ed25519");
  if (!text) return {};
  const auto bytes = from_base64(*text);
  if (bytes && bytes->size() == 32) return *bytes;
  table.fail("ed25519", "\"ed25519\" is not a public key",
             "the base64 of 32 bytes that `clawback key new` prints");
  return {};
}

// Kept in the registry for signing in as an approver; checked here so that a slip shows early.
bool read_entra(TomlTable& table) {
  auto entra = table.table("entra");
  if (!entra) return false;
  for (const std::string_view key : {"tenant", "object"}) {
    const std::string id = entra->require_text(key);
    if (!id.empty() && !is_guid(id)) entra->fail(key, fmt::format("\"{}\" is not an id", key));
  }
  return true;
}

}  // namespace

void read_cloud(TomlTable& root, Config& config) {
  std::string name = "global";
  auto table = root.table("cloud");
  if (table) name = table->text("name").value_or(name);
  bool found = false;
  for (const Cloud& cloud : clouds) {
    if (cloud.name != name) continue;
    config.login = {.host = std::string(cloud.login), .port = 443};
    config.graph = {.host = std::string(cloud.graph), .port = 443};
    found = true;
  }
  if (!table) return;
  if (!found) {
    table->fail("name", fmt::format("\"{}\" is not a cloud", printable(name, 40)),
                "one of: global, usgov, usgov-dod, china");
  }
  read_host(*table, "login", config.login);
  read_host(*table, "graph", config.graph);
  if (const auto path = table->text("ca_file")) config.ca_file = beside(config.file, *path);
}

std::optional<IdentityConfig> read_identity(TomlTable& identities, std::string_view name,
                                            const std::filesystem::path& file) {
  auto table = identities.table(name);
  if (!table) return std::nullopt;
  IdentityConfig out;
  out.client_id = to_lower(table->require_text("client_id"));
  if (!out.client_id.empty() && !is_guid(out.client_id)) {
    table->fail("client_id", "\"client_id\" is not an application id", "8-4-4-4-12 hex digits");
  }
  auto credential = table->table("credential");
  table->missing("credential",
                 "credential = { kind = \"secret\", env = \"CLAWBACK_READ_SECRET\" }");
  if (credential) out.credential = read_credential(*credential, file);
  return out;
}

void read_approvers(TomlTable& root, Config& config) {
  for (TomlTable& table : root.tables("approver")) {
    approval::Approver approver{.name = table.require_text("name"), .ed25519 = read_key(table)};
    const bool entra = read_entra(table);
    if (approver.ed25519.empty()) {
      if (!entra && !table.has("ed25519")) table.missing("ed25519");
      continue;
    }
    for (const approval::Approver& other : config.approvers) {
      // One key under two names would count as two people.
      if (other.ed25519 == approver.ed25519 && other.name != approver.name) {
        table.fail("ed25519", fmt::format("this key is {}'s already", printable(other.name, 60)));
      }
    }
    config.approvers.push_back(std::move(approver));
  }
}

}  // namespace clawback::cli
