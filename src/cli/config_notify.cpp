#include <fmt/format.h>

#include <algorithm>

#include "base/safe_text.hpp"
#include "cli/config_parts.hpp"
#include "cli/credential_path.hpp"

namespace clawback::cli {
namespace {

using notify::Target;
using policy::TomlTable;
constexpr std::size_t targets_max = 20;

// { env = "…" } or { file = "…" }.
notify::SecretSource read_source(TomlTable& target, std::string_view key,
                                 const std::filesystem::path& file) {
  notify::SecretSource out;
  auto table = target.table(key);
  if (!table) return out;
  out.env = table->text("env").value_or("");
  if (const auto path = table->text("file")) out.file = secret_path(*table, "file", *path, file);
  if (table->has("env") == table->has("file")) {
    target.fail(key, fmt::format("\"{}\" comes from either \"env\" or \"file\"", key),
                fmt::format("{} = {{ env = \"CLAWBACK_NOTIFY\" }}", key));
  }
  return out;
}

void read_webhook(TomlTable& table, Target& target, const std::filesystem::path& file) {
  table.missing("url", "url = \"https://…\", or url = { env = \"…\" } if it holds a secret");
  table.missing("secret", "secret = { file = \"…\" }: messages are signed with it");
  target.secret = read_source(table, "secret", file);
  if (!table.is_text("url")) {
    target.url_from = read_source(table, "url", file);
    return;
  }
  target.url = table.text("url").value_or("");
  const auto url = http::parse_url(target.url);
  if (url) return;
  table.fail("url", fmt::format("\"url\" is not an https address: {}", url.error().message));
}

void read_teams(TomlTable& table, Target& target, const std::filesystem::path& file) {
  const std::string hint = "url = { file = \"…\" } or url = { env = \"…\" }";
  table.missing("url", hint);
  if (table.is_text("url")) {
    table.text("url");
    // Not repeated here: who reads the message could write to the channel.
    table.fail("url", "the address of a Teams workflow is a secret: it is never written here",
               hint);
    return;
  }
  target.url_from = read_source(table, "url", file);
}

void read_syslog(TomlTable& table, Target& target) {
  target.address = table.require_text("address");
  if (target.address.empty()) return;
  const auto address = notify::parse_syslog_address(target.address);
  if (!address) table.fail("address", address.error().message, address.error().hint);
}

void read_events(TomlTable& table, Target& target) {
  const auto names = table.texts("on");
  if (!names) return;
  target.on.clear();
  for (std::size_t i = 0; i < names->size(); ++i) {
    const auto event = notify::event_from((*names)[i]);
    if (event) {
      target.on.push_back(*event);
    } else {
      table.fail_item("on", i, fmt::format("\"{}\" is no event", printable((*names)[i], 40)),
                      "any of: found, done, waits, failed, followup");
    }
  }
}

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= 40 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

// Told apart in messages and in the outbox.
void read_name(TomlTable& table, Target& target, const std::vector<Target>& others) {
  target.name = table.text("name").value_or(std::string(name_of(target.kind)));
  if (!is_name(target.name)) {
    table.fail("name", fmt::format("\"{}\" is not a name", printable(target.name, 40)),
               "small letters, digits and \"-\", at most 40");
  }
  for (const Target& other : others) {
    if (other.name != target.name) continue;
    table.fail("name", fmt::format("there is a [[notify]] named \"{}\" already", target.name),
               "give each a name of its own: name = \"soc\"");
  }
}

}  // namespace

void read_notify(TomlTable& root, Config& config) {
  for (TomlTable& table : root.tables("notify")) {
    Target target;
    const std::string kind = table.require_text("kind");
    if (kind == "webhook") {
      read_webhook(table, target, config.file);
    } else if (kind == "teams") {
      target.kind = Target::Kind::teams;
      read_teams(table, target, config.file);
    } else if (kind == "syslog") {
      target.kind = Target::Kind::syslog;
      read_syslog(table, target);
    } else if (kind == "mail" || kind == "email" || kind == "smtp") {
      table.fail("kind", "clawback sends no mail: whoever took over a mailbox reads it there",
                 "one of: webhook, teams, syslog");
    } else if (!kind.empty()) {
      table.fail("kind", fmt::format("\"{}\" is not a kind of target", printable(kind, 40)),
                 "one of: webhook, teams, syslog");
    }
    read_events(table, target);
    read_name(table, target, config.notify_targets);
    if (config.notify_targets.size() == targets_max) {
      table.fail("kind", fmt::format("more than {} [[notify]]", targets_max));
      return;
    }
    config.notify_targets.push_back(std::move(target));
  }
}

}  // namespace clawback::cli
