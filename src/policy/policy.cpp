#include "policy/policy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "base/digest.hpp"
#include "domain/permissions.hpp"
#include "policy/parts.hpp"
#include "policy/toml.hpp"
#include "policy/values.hpp"

namespace clawback::policy {
namespace {

constexpr std::int64_t score_max = 1000;
constexpr std::int64_t limit_max = 1'000'000;
constexpr std::int64_t break_glass_max = 100;

Error at(const Position& where, std::string message, std::string hint) {
  return {.code = Errc::invalid,
          .message = std::move(message),
          .hint = std::move(hint),
          .position = where,
          .details = {}};
}

std::optional<int> score(TomlTable& table, std::string_view key) {
  const auto value = table.integer(key);
  if (!value) return std::nullopt;
  if (*value >= 0 && *value <= score_max) return static_cast<int>(*value);
  table.fail(key, fmt::format("\"{}\" must be from 0 to {}", key, score_max));
  return std::nullopt;
}

void read_meta(TomlTable& root, Policy& policy) {
  auto table = root.table("meta");
  root.missing("meta");
  if (!table) return;
  policy.id = table->require_text("id");
  policy.description = table->text("description").value_or(std::string());
}

void read_weights(TomlTable& root, Policy& policy) {
  for (const SignalInfo& signal : signals()) policy.weights[std::string(signal.id)] = signal.weight;
  auto table = root.table("weights");
  if (!table) return;
  for (const std::string& id : table->keys()) {
    const auto weight = score(*table, id);
    check_signal_id(*table, id, id);
    if (weight) policy.weights[id] = *weight;
  }
}

void read_verdict(TomlTable& root, Policy& policy) {
  auto table = root.table("verdict");
  if (!table) return;
  policy.watch_at = score(*table, "watch").value_or(policy.watch_at);
  policy.alert_at = score(*table, "alert").value_or(policy.alert_at);
  if (policy.watch_at < 1)
    table->fail("watch", "\"watch\" must be at least 1", "0 would watch everything");
  if (policy.alert_at < policy.watch_at) {
    table->fail(
        table->has("alert") ? "alert" : "watch",
        fmt::format("\"alert\" ({}) is below \"watch\" ({})", policy.alert_at, policy.watch_at));
  }
}

void read_limits(TomlTable& root, Policy& policy) {
  auto table = root.table("limits");
  if (!table) return;
  policy.max_apps = limit(*table, "max_apps", limit_max).value_or(policy.max_apps);
  policy.max_users = limit(*table, "max_users", limit_max).value_or(policy.max_users);
  policy.max_actions = limit(*table, "max_actions", limit_max).value_or(policy.max_actions);
}

void read_break_glass(TomlTable& root, Policy& policy) {
  auto table = root.table("break_glass");
  if (!table) return;
  const auto value = table->integer("max_per_day");
  if (!value) return;
  policy.break_glass_per_day = *value;
  if (*value >= 0 && *value <= break_glass_max) return;
  table->fail("max_per_day", fmt::format("\"max_per_day\" must be from 0 to {}", break_glass_max),
              "0: nobody can approve alone");
}

struct CatalogSection {
  CatalogPaths files;
  std::vector<domain::AppId> block;
  Position block_position;
};

CatalogSection read_catalog_section(TomlTable& root) {
  auto table = root.table("catalog");
  root.missing("catalog", "[catalog] with files = [\"../catalog/mail-clients.toml\"]");
  if (!table) return {};
  return {.files = {.paths = table->require_texts("files"), .position = table->position("files")},
          .block = app_ids(*table, "block"),
          .block_position = table->position("block")};
}

void read_consent(TomlTable& root, Policy& policy) {
  auto table = root.table("consent");
  if (!table) return;
  policy.consent.user_consent = static_cast<UserConsent>(
      choice(*table, "user_consent", {"keep", "none", "low", "managed"}, 0));
  policy.consent.enable_admin_consent_requests =
      choice(*table, "admin_consent_requests", {"keep", "enable"}, 0) == 1;
  for (std::string& id : guids(*table, "reviewers")) {
    policy.consent.reviewers.emplace_back(std::move(id));
  }
  if (policy.consent.enable_admin_consent_requests && policy.consent.reviewers.empty()) {
    table->fail(table->has("reviewers") ? "reviewers" : "admin_consent_requests",
                "admin consent requests need somebody who reviews them",
                "reviewers = [\"object id\"]");
  }
}

void read_managed_client(TomlTable& root, Policy& policy) {
  auto table = root.table("managed_client");
  if (!table) return;
  policy.managed_client.enforce = table->boolean("enforce").value_or(false);
  for (std::string& id : guids(*table, "break_glass")) {
    policy.managed_client.break_glass.emplace_back(std::move(id));
  }
  if (policy.managed_client.break_glass.empty()) {
    table->fail(table->has("break_glass") ? "break_glass" : "",
                "[managed_client] needs the accounts that it never shuts out",
                "break_glass = [\"object id\"]");
  }
}

Result<Policy> read_policy(const File& file, Position& block_position) {
  auto root = parse_toml(file.path, file.text);
  if (!root) return root.error();
  Policy policy;
  require_schema(*root);
  for (std::string& id : guids(*root, "protected_users")) {
    policy.protected_users.emplace_back(std::move(id));
  }
  read_meta(*root, policy);
  read_weights(*root, policy);
  read_verdict(*root, policy);
  read_limits(*root, policy);
  read_break_glass(*root, policy);
  CatalogSection catalog = read_catalog_section(*root);
  policy.block = std::move(catalog.block);
  block_position = std::move(catalog.block_position);
  read_consent(*root, policy);
  read_managed_client(*root, policy);
  if (const auto done = root->finish(); !done) return done.error();
  return policy;
}

bool is_microsoft(const Catalog& catalog, const domain::AppId& app) {
  return domain::is_resource_api(app) || is_microsoft_app(catalog, app);
}

// Nothing in a policy may be aimed at Microsoft's own applications.
Result<void> check_targets(const Policy& policy, const Position& block_position) {
  const std::string_view hint = "Microsoft's own applications are never acted on";
  for (const domain::AppId& app : policy.block) {
    if (is_microsoft(policy.catalog, app)) {
      return at(block_position, fmt::format("[catalog] block: {} belongs to Microsoft", app.str()),
                std::string(hint));
    }
  }
  for (const Rule& rule : policy.rules) {
    for (const domain::AppId& app : rule.match.app_ids) {
      if (is_microsoft(policy.catalog, app)) {
        return at(rule.position, fmt::format("[match] app_ids: {} belongs to Microsoft", app.str()),
                  std::string(hint));
      }
    }
  }
  return {};
}

Result<void> read_rules(const Files& files, Policy& policy) {
  const RuleFrame frame{.max_apps = policy.max_apps,
                        .max_users = policy.max_users,
                        .max_actions = policy.max_actions,
                        .consent = policy.consent,
                        .managed_client = policy.managed_client};
  for (const File& file : files.rules) {
    auto rule = parse_rule(file, frame);
    if (!rule) return rule.error();
    policy.rules.push_back(*std::move(rule));
  }
  std::sort(policy.rules.begin(), policy.rules.end(), [](const Rule& a, const Rule& b) {
    return std::tie(a.id, a.position.file) < std::tie(b.id, b.position.file);
  });
  const auto same = [](const Rule& a, const Rule& b) { return a.id == b.id; };
  const auto twice = std::adjacent_find(policy.rules.begin(), policy.rules.end(), same);
  if (twice == policy.rules.end()) return {};
  return at(std::next(twice)->position,
            fmt::format("rule \"{}\" is already in {}", twice->id, twice->position.file),
            "a rule's id is its file name: rename one");
}

std::string policy_digest(const Files& files) {
  std::vector<File> all = {{.path = "policy.toml", .text = files.policy.text}};
  for (const File& rule : files.rules) {
    all.push_back({.path = "rules/" + file_name(rule.path), .text = rule.text});
  }
  if (files.exceptions) all.push_back({.path = "exceptions.toml", .text = files.exceptions->text});
  return digest_of(std::move(all));
}

}  // namespace

std::string digest_of(std::vector<File> files) {
  const auto order = [](const File& a, const File& b) {
    return std::tie(a.path, a.text) < std::tie(b.path, b.text);
  };
  std::sort(files.begin(), files.end(), order);
  std::string framed;
  for (const File& file : files) {
    framed += fmt::format("{} {} {}\n", file.path.size(), file.path, file.text.size());
    framed += file.text;
  }
  return sha256_text(framed);
}

Result<CatalogPaths> catalog_files(const File& policy) {
  auto root = parse_toml(policy.path, policy.text);
  if (!root) return root.error();
  auto section = read_catalog_section(*root);
  if (const auto done = root->check(); !done) return done.error();
  return std::move(section.files);
}

Result<Policy> parse(const Files& files) {
  Position block_position;
  auto policy = read_policy(files.policy, block_position);
  if (!policy) return policy.error();
  auto catalog = parse_catalog(files.catalogs);
  if (!catalog) return catalog.error();
  policy->catalog = *std::move(catalog);
  if (const auto done = read_rules(files, *policy); !done) return done.error();
  if (files.exceptions) {
    auto exceptions = parse_exceptions(*files.exceptions);
    if (!exceptions) return exceptions.error();
    policy->exceptions = *std::move(exceptions);
  }
  if (const auto done = check_targets(*policy, block_position); !done) return done.error();
  policy->digest = policy_digest(files);
  return policy;
}

}  // namespace clawback::policy
