#include "policy/values.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/digest.hpp"
#include "base/safe_text.hpp"
#include "policy/nearest.hpp"

namespace clawback::policy {
namespace {

std::vector<std::string> action_names() {
  std::vector<std::string> names;
  using enum domain::ActionKind;
  for (const auto kind : {disable_app, block_app, disable_user, revoke_grant, narrow_grant,
                          remove_app_role, remove_assignment, revoke_sessions, disable_inbox_rule,
                          restrict_consent, require_admin_consent, require_managed_client}) {
    names.emplace_back(domain::name_of(kind));
  }
  return names;
}

std::vector<std::string> signal_names() {
  std::vector<std::string> names;
  for (const SignalInfo& signal : signals()) names.emplace_back(signal.id);
  return names;
}

struct Complaint {
  std::string message;
  std::string hint;
};

Complaint about_signal(std::string_view id) {
  const std::string shown = printable(id, 20);
  return {fmt::format("unknown signal \"{}\"", shown), suggestion(id, signal_names())};
}

Complaint about_action(std::string_view name) {
  const std::string shown = printable(name, 40);
  return {fmt::format("unknown action \"{}\"", shown), suggestion(name, action_names())};
}

}  // namespace

void require_schema(TomlTable& table) {
  const auto schema = table.integer("schema");
  table.missing("schema", "schema = 1");
  if (schema && *schema != 1) {
    table.fail("schema", fmt::format("schema {} is unknown", *schema),
               "this version reads schema 1");
  }
}

std::string guid(TomlTable& table, std::string_view key) {
  const auto value = table.text(key);
  if (!value) return {};
  if (is_guid(*value)) return to_lower(*value);
  table.fail(key, fmt::format("\"{}\" is not a GUID: \"{}\"", key, printable(*value, 60)));
  return {};
}

std::vector<std::string> guids(TomlTable& table, std::string_view key) {
  std::vector<std::string> ids;
  const auto values = table.texts(key);
  if (!values) return ids;
  for (std::size_t i = 0; i < values->size(); ++i) {
    const std::string& value = (*values)[i];
    std::string id = to_lower(value);
    if (!is_guid(value)) {
      table.fail_item(
          key, i,
          fmt::format("\"{}\" holds what is not a GUID: \"{}\"", key, printable(value, 60)));
    } else if (std::find(ids.begin(), ids.end(), id) != ids.end()) {
      table.fail_item(key, i, fmt::format("\"{}\" names {} twice", key, id));
    } else {
      ids.push_back(std::move(id));
    }
  }
  return ids;
}

std::vector<domain::AppId> app_ids(TomlTable& table, std::string_view key) {
  std::vector<domain::AppId> ids;
  for (std::string& id : guids(table, key)) ids.emplace_back(std::move(id));
  return ids;
}

std::vector<std::string> signal_ids(TomlTable& table, std::string_view key) {
  const auto values = table.texts(key);
  if (!values) return {};
  for (std::size_t i = 0; i < values->size(); ++i) {
    if (find_signal((*values)[i]) != nullptr) continue;
    Complaint complaint = about_signal((*values)[i]);
    table.fail_item(key, i, std::move(complaint.message), std::move(complaint.hint));
  }
  return *values;
}

void check_signal_id(TomlTable& table, std::string_view key, std::string_view id) {
  if (find_signal(id) != nullptr) return;
  Complaint complaint = about_signal(id);
  table.fail(key, std::move(complaint.message), std::move(complaint.hint));
}

std::vector<domain::ActionKind> actions(TomlTable& table, std::string_view key) {
  std::vector<domain::ActionKind> kinds;
  const auto values = table.texts(key);
  if (!values) return kinds;
  for (std::size_t i = 0; i < values->size(); ++i) {
    const std::string& value = (*values)[i];
    const auto kind = domain::action_kind_from(value);
    // The kinds after it take something back: only the plan that undoes a run holds them.
    const auto names = action_names();
    if (!kind || std::find(names.begin(), names.end(), value) == names.end()) {
      Complaint complaint = about_action(value);
      table.fail_item(key, i, std::move(complaint.message), std::move(complaint.hint));
    } else if (std::find(kinds.begin(), kinds.end(), *kind) != kinds.end()) {
      table.fail_item(key, i, fmt::format("action \"{}\" is given twice", value));
    } else {
      kinds.push_back(*kind);
    }
  }
  std::sort(kinds.begin(), kinds.end());
  return kinds;
}

domain::Mode mode(TomlTable& table, std::string_view key) {
  const std::string value = table.require_text(key);
  const auto found = domain::mode_from(value);
  if (found) return *found;
  const std::vector<std::string> known = {"off", "report", "approve", "contain", "auto"};
  table.fail(key, fmt::format("unknown mode \"{}\"", printable(value, 40)),
             suggestion(value, known));
  return domain::Mode::report;
}

std::size_t choice(TomlTable& table, std::string_view key, const std::vector<std::string>& allowed,
                   std::size_t fallback) {
  const auto value = table.text(key);
  if (!value) return fallback;
  const auto found = std::find(allowed.begin(), allowed.end(), *value);
  if (found != allowed.end()) return static_cast<std::size_t>(found - allowed.begin());
  table.fail(key, fmt::format("\"{}\" can't be \"{}\"", key, printable(*value, 40)),
             suggestion(*value, allowed));
  return fallback;
}

std::optional<std::int64_t> limit(TomlTable& table, std::string_view key, std::int64_t ceiling) {
  const auto value = table.integer(key);
  if (!value) return std::nullopt;
  if (*value < 0) {
    table.fail(key, fmt::format("\"{}\" is negative", key),
               "0 allows nothing; leave the key out for the default");
  } else if (*value > ceiling) {
    table.fail(
        key,
        fmt::format("\"{}\" is {}, above the limit of the whole plan, {}", key, *value, ceiling),
        "a rule can only set lower limits than policy.toml");
  }
  return value;
}

std::string file_name(std::string_view path) {
  const auto slash = path.find_last_of('/');
  return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

}  // namespace clawback::policy
