#include "cli/config.hpp"

#include <fmt/format.h>

#include "base/digest.hpp"
#include "base/file.hpp"
#include "base/safe_text.hpp"
#include "cli/config_parts.hpp"

namespace clawback::cli {
namespace {

namespace fs = std::filesystem;
using policy::TomlTable;

constexpr std::size_t config_max = 1u << 20u;

void read_tenant(TomlTable& root, Config& config) {
  auto table = root.table("tenant");
  root.missing("tenant", "[tenant] with id = \"…\"");
  if (!table) return;
  config.tenant_id = to_lower(table->require_text("id"));
  config.tenant_name = table->text("name").value_or("");
  if (!config.tenant_id.empty() && !is_guid(config.tenant_id)) {
    table->fail("id", "\"id\" is not a tenant id", "the directory id: 8-4-4-4-12 hex digits");
  }
}

void read_identities(TomlTable& root, Config& config) {
  auto table = root.table("identity");
  if (!table) return;
  config.read = read_identity(*table, "read", config.file);
  config.write = read_identity(*table, "write", config.file);
  config.approve_client_id = read_public_client(*table, "approve");
}

void read_policy(TomlTable& root, Config& config) {
  auto table = root.table("policy");
  if (!table) return;
  if (const auto path = table->text("path")) config.policy = beside(config.file, *path);
  const auto ceiling = table->text("ceiling");
  if (!ceiling) return;
  const auto mode = domain::mode_from(*ceiling);
  if (mode) {
    config.ceiling = *mode;
  } else {
    table->fail("ceiling", fmt::format("\"{}\" is not a mode", printable(*ceiling, 40)),
                "one of: off, report, approve, contain, auto");
  }
}

// sqlite:///absolute/path, or sqlite://path beside the configuration.
void read_state(TomlTable& root, Config& config) {
  auto table = root.table("state");
  if (!table) return;
  if (const auto folder = table->text("evidence")) config.evidence = beside(config.file, *folder);
  const auto database = table->text("database");
  if (!database) return;
  constexpr std::string_view sqlite = "sqlite://";
  if (database->starts_with(sqlite) && database->size() > sqlite.size()) {
    config.database = beside(config.file, database->substr(sqlite.size()));
  } else if (database->starts_with("postgresql://") || database->starts_with("postgres://")) {
    table->fail("database", "PostgreSQL is not supported by this version",
                "database = \"sqlite:///var/lib/clawback/clawback.db\"");
  } else {
    table->fail("database", "\"database\" is not an address that clawback knows",
                "database = \"sqlite:///var/lib/clawback/clawback.db\"");
  }
}

Result<Config> load(const fs::path& file, const Context& context) {
  const auto text = read_file(file, config_max);
  if (!text) {
    Error error = text.error();
    if (error.code == Errc::not_found) {
      error.hint =
          "--config or $CLAWBACK_CONFIG names it; what it holds: docs/reference/configuration.md";
    }
    return error;
  }
  auto config = parse_config(*text, file);
  if (config) context.console.set_tenant(config->tenant_id);
  return config;
}

}  // namespace

fs::path beside(const fs::path& file, const std::string& path) {
  const fs::path given(path);
  return (given.is_absolute() ? given : file.parent_path() / given).lexically_normal();
}

std::vector<domain::UserId> Config::approver_accounts() const {
  std::vector<domain::UserId> out;
  for (const approval::Approver& one : approvers) {
    if (!one.entra.object.empty() && one.entra.tenant == tenant_id) {
      out.emplace_back(one.entra.object);
    }
  }
  return out;
}

std::vector<std::string> Config::own_app_ids() const {
  std::vector<std::string> out;
  if (read) out.push_back(read->client_id);
  if (write) out.push_back(write->client_id);
  if (approve_client_id) out.push_back(*approve_client_id);
  return out;
}

approval::Registry Config::registry(approval::KeySets keys) const {
  return {
      approvers,
      {.login = login.url(), .client_id = approve_client_id.value_or(""), .keys = std::move(keys)}};
}

Result<Config> parse_config(std::string_view text, const fs::path& file) {
  auto root = policy::parse_toml(file.string(), text);
  if (!root) return root.error();
  Config config;
  config.file = file;
  read_tenant(*root, config);
  read_cloud(*root, config);
  read_identities(*root, config);
  read_policy(*root, config);
  read_state(*root, config);
  read_approvers(*root, config);
  read_notify(*root, config);
  read_console(*root, config);
  if (const auto done = root->finish(); !done) return done.error();
  return config;
}

Result<std::optional<Config>> find_config(const Context& context) {
  std::optional<std::string> named;
  if (!context.global.config.empty()) {
    named = context.global.config;
  } else if (const auto variable = context.environment("CLAWBACK_CONFIG");
             variable && !variable->empty()) {
    named = *variable;
  }
  if (named) {
    auto config = load(*named, context);
    if (!config) return config.error();
    return std::optional<Config>(std::move(*config));
  }
  for (const fs::path& file :
       {fs::path("clawback.toml"), fs::path("/etc/clawback/clawback.toml")}) {
    std::error_code ec;
    if (!fs::exists(file, ec)) continue;
    auto config = load(file, context);
    if (!config) return config.error();
    return std::optional<Config>(std::move(*config));
  }
  return std::optional<Config>();
}

Result<Config> require_config(const Context& context) {
  auto config = find_config(context);
  if (!config) return config.error();
  if (*config) return std::move(**config);
  return Error{.code = Errc::invalid,
               .message = "no configuration: there is no clawback.toml here nor in /etc/clawback",
               .hint = "name one with --config FILE, or try `clawback demo` or `clawback lab`"};
}

}  // namespace clawback::cli
