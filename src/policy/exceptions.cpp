#include <fmt/format.h>

#include "base/digest.hpp"
#include "base/safe_text.hpp"
#include "policy/parts.hpp"
#include "policy/toml.hpp"
#include "policy/values.hpp"

namespace clawback::policy {
namespace {

std::vector<domain::UserId> read_users(TomlTable& table) {
  std::vector<domain::UserId> users;
  const auto values = table.texts("users");
  if (!values) return users;
  for (std::size_t i = 0; i < values->size(); ++i) {
    const std::string& value = (*values)[i];
    if (!is_guid(value) && value.find('@') == std::string::npos) {
      table.fail_item("users", i,
                      fmt::format("\"{}\" is neither an object id nor a user principal name",
                                  printable(value, 80)));
    }
    users.emplace_back(to_lower(value));
  }
  return users;
}

Exception read_exception(TomlTable& table) {
  Exception exception;
  exception.position = table.position();
  exception.app_id = domain::AppId(guid(table, "app_id"));
  table.missing("app_id");
  exception.users = read_users(table);
  exception.scopes = table.texts("scopes").value_or(std::vector<std::string>());
  exception.app_roles = table.texts("app_roles").value_or(std::vector<std::string>());
  exception.reason = table.require_text("reason");
  exception.owner = table.require_text("owner");
  exception.expires = table.date("expires").value_or(Time());
  table.missing("expires", "an exception always ends: expires = 2027-06-30");
  return exception;
}

}  // namespace

Result<std::vector<Exception>> parse_exceptions(const File& file) {
  auto root = parse_toml(file.path, file.text);
  if (!root) return root.error();
  std::vector<Exception> exceptions;
  for (TomlTable& table : root->tables("exception")) exceptions.push_back(read_exception(table));
  if (const auto done = root->finish(); !done) return done.error();
  return exceptions;
}

}  // namespace clawback::policy
