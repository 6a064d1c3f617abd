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

approval::Account read_entra(TomlTable& table) {
  auto entra = table.table("entra");
  if (!entra) return {};
  approval::Account out{.tenant = to_lower(entra->require_text("tenant")),
                        .object = to_lower(entra->require_text("object"))};
  if (!out.tenant.empty() && !is_guid(out.tenant)) entra->fail("tenant", "\"tenant\" is not an id");
  if (!out.object.empty() && !is_guid(out.object)) entra->fail("object", "\"object\" is not an id");
  return out;
}

std::string read_client_id(TomlTable& table) {
  std::string id = to_lower(table.require_text("client_id"));
  if (!id.empty() && !is_guid(id)) {
    table.fail("client_id", "\"client_id\" is not an application id", "8-4-4-4-12 hex digits");
  }
  return id;
}

// One key, one Entra account or one login under two names would count as two people.
void check_shared(TomlTable& table, const approval::Approver& one,
                  const approval::Approver& other) {
  if (one.name == other.name) return;
  const auto fail = [&](std::string_view key, std::string_view what) {
    table.fail(key, fmt::format("this {} is {}'s already", what, printable(other.name, 60)));
  };
  if (!one.ed25519.empty() && one.ed25519 == other.ed25519) fail("ed25519", "key");
  if (!one.entra.object.empty() && one.entra == other.entra) fail("entra", "account");
  if (!one.account.empty() && one.account == other.account) fail("account", "login");
}

// Looking at the console takes an account, and nothing that could sign.
void read_viewer(TomlTable& table, approval::Approver viewer, Config& config) {
  if (table.has("ed25519")) {
    table.fail("ed25519", "a viewer signs nothing", "leave the key out, or the role");
  }
  if (table.has("account")) {
    table.fail("account", "a viewer asks for nothing", "leave it out, or the role");
  }
  if (viewer.entra.object.empty()) {
    table.missing("entra", "a viewer signs in: entra = { tenant = \"…\", object = \"…\" }");
  }
  config.viewers.push_back(std::move(viewer));
}

// One person, one role: what a name or an account may do is not to depend on the order of lines.
void check_roles(TomlTable& table, const approval::Approver& one,
                 const std::vector<approval::Approver>& others, std::string_view role) {
  for (const approval::Approver& other : others) {
    const bool same_account = !one.entra.object.empty() && one.entra == other.entra;
    if (one.name != other.name && !same_account) continue;
    table.fail("role", fmt::format("{} is a {} already", printable(other.name, 60), role),
               "a person is a viewer or an approver");
  }
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
  out.client_id = read_client_id(*table);
  auto credential = table->table("credential");
  table->missing("credential",
                 "credential = { kind = \"secret\", env = \"CLAWBACK_READ_SECRET\" }");
  if (credential) out.credential = read_credential(*credential, file);
  return out;
}

std::optional<std::string> read_public_client(TomlTable& identities, std::string_view name) {
  auto table = identities.table(name);
  if (!table) return std::nullopt;
  if (table->has("credential")) {
    table->fail("credential", "an approver signs in: this registration has no credential",
                "make it a public client, and leave the line out");
  }
  return read_client_id(*table);
}

void read_approvers(TomlTable& root, Config& config) {
  for (TomlTable& table : root.tables("approver")) {
    approval::Approver approver{.name = table.require_text("name"),
                                .ed25519 = read_key(table),
                                .entra = read_entra(table),
                                .account = table.text("account").value_or("")};
    const std::string role = table.text("role").value_or("approver");
    if (role == "viewer") {
      check_roles(table, approver, config.approvers, "approver");
      for (const approval::Approver& other : config.viewers) check_shared(table, approver, other);
      read_viewer(table, std::move(approver), config);
      continue;
    }
    if (role != "approver") {
      table.fail("role", fmt::format("\"{}\" is not a role", printable(role, 40)),
                 "one of: approver, viewer");
    }
    check_roles(table, approver, config.viewers, "viewer");
    if (approver.ed25519.empty() && approver.entra.object.empty()) {
      if (!table.has("ed25519") && !table.has("entra")) {
        table.missing("ed25519", "ed25519 = \"…\", or entra = { tenant = \"…\", object = \"…\" }");
      }
      continue;
    }
    if (approver.name == "policy") {
      table.fail("name", "\"policy\" is who approves unattended runs; a person has another name");
    }
    for (const approval::Approver& other : config.approvers) check_shared(table, approver, other);
    config.approvers.push_back(std::move(approver));
  }
}

}  // namespace clawback::cli
