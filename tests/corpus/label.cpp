#include "corpus/label.hpp"

#include <algorithm>

#include "base/file.hpp"
#include "base/json.hpp"

namespace clawback::corpus {
namespace {

Error wrong(std::string what) { return Error{.code = Errc::invalid, .message = std::move(what)}; }

std::string text(const json::value& value, std::string_view key) {
  return string_at(value, key).value_or("");
}

std::vector<std::string> texts(const json::value& value, std::string_view key) {
  std::vector<std::string> out;
  const json::array* list = array_at(value, key);
  if (list == nullptr) return out;
  for (const json::value& one : *list) {
    if (one.is_string()) out.emplace_back(one.get_string());
  }
  return out;
}

const json::array& list(const json::value& value, std::string_view key) {
  static const json::array none;
  const json::array* found = array_at(value, key);
  return found != nullptr ? *found : none;
}

std::optional<Time> time(const json::value& value, std::string_view key) {
  const auto parsed = parse_time(text(value, key));
  return parsed ? std::optional(*parsed) : std::nullopt;
}

std::optional<domain::SignalState> state_from(std::string_view name) {
  for (const auto state :
       {domain::SignalState::hit, domain::SignalState::miss, domain::SignalState::not_evaluable}) {
    if (name_of(state) == name) return state;
  }
  return std::nullopt;
}

domain::Memory memory_from(const json::value& value) {
  domain::Memory out;
  out.last_snapshot = time(value, "lastSnapshot");
  for (const json::value& one : list(value, "apps")) {
    out.apps.push_back({.app_id = domain::AppId(text(one, "appId")),
                        .first_seen = time(one, "firstSeen").value_or(Time{}),
                        .last_used = time(one, "lastUsed")});
  }
  for (const json::value& one : list(value, "grants")) {
    domain::RememberedGrant grant;
    grant.id = domain::GrantId(text(one, "id"));
    grant.client = domain::ServicePrincipalId(text(one, "client"));
    grant.resource = domain::ServicePrincipalId(text(one, "resource"));
    grant.principal = domain::UserId(text(one, "principal"));
    grant.scopes = texts(one, "scopes");
    grant.not_after = time(one, "notAfter");
    std::sort(grant.scopes.begin(), grant.scopes.end());
    out.grants.push_back(std::move(grant));
  }
  for (const json::value& one : list(value, "sightings")) {
    out.sightings.push_back({.tenant = domain::TenantId(text(one, "tenant")),
                             .app_id = domain::AppId(text(one, "appId")),
                             .first_seen = time(one, "firstSeen").value_or(Time{})});
  }
  std::sort(out.sightings.begin(), out.sightings.end(), [](const auto& a, const auto& b) {
    return std::tie(a.app_id, a.tenant) < std::tie(b.app_id, b.tenant);
  });
  return out;
}

std::vector<policy::Exception> exceptions_from(const json::value& value) {
  std::vector<policy::Exception> out;
  for (const json::value& one : list(value, "exceptions")) {
    out.push_back({.app_id = domain::AppId(text(one, "appId")),
                   .users = {},
                   .scopes = texts(one, "scopes"),
                   .app_roles = texts(one, "appRoles"),
                   .reason = text(one, "reason"),
                   .owner = text(one, "owner"),
                   .expires = time(one, "expires").value_or(Time{}),
                   .position = {}});
  }
  return out;
}

Result<Expected> expected_from(const json::value& value) {
  Expected out{
      .verdict = text(value, "verdict"), .signals = {}, .weights = {}, .open = texts(value, "any")};
  if (const json::object* signals = object_at(value, "signals")) {
    for (const auto& one : *signals) {
      const auto state =
          one.value().is_string() ? state_from(one.value().get_string()) : std::nullopt;
      if (!state) return wrong(std::string(one.key()) + " has no state");
      out.signals[std::string(one.key())] = *state;
    }
  }
  if (const json::object* weights = object_at(value, "weights")) {
    for (const auto& one : *weights) {
      out.weights[std::string(one.key())] =
          static_cast<int>(int_at(value.at("weights"), one.key()).value_or(-1));
    }
  }
  return out;
}

}  // namespace

Result<Label> read_label(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "label.json";
  const auto bytes = read_file(path);
  if (!bytes) return bytes.error();
  const auto value = parse_json(*bytes);
  if (!value) return within(path.string(), value.error());
  Label out;
  out.id = text(*value, "id");
  out.rule = text(*value, "rule");
  out.kind = text(*value, "kind");
  out.truth = text(*value, "truth");
  out.why = text(*value, "why");
  out.app = text(*value, "app");
  out.also = texts(*value, "also");
  if (const json::value* tenant = member(*value, "tenant")) {
    out.tenant = text(*tenant, "id");
    out.tenant_name = text(*tenant, "name");
  }
  const auto now = time(*value, "now");
  if (!now || out.app.empty()) return within(path.string(), wrong("app or now is missing"));
  out.now = *now;
  out.same = bool_at(*value, "same").value_or(false);
  if (const json::value* memory = member(*value, "memory")) out.memory = memory_from(*memory);
  out.exceptions = exceptions_from(*value);
  out.folder = folder;
  const json::object* expect = object_at(*value, "expect");
  if (expect == nullptr) return within(path.string(), wrong("expect is missing"));
  for (const auto& format : *expect) {
    auto expected = expected_from(format.value());
    if (!expected) return within(path.string(), expected.error());
    out.expect[std::string(format.key())] = std::move(*expected);
  }
  return out;
}

Result<std::vector<Label>> read_labels(const std::filesystem::path& cases) {
  std::vector<std::filesystem::path> folders;
  std::error_code ec;
  for (const auto& entry : std::filesystem::directory_iterator(cases, ec)) {
    folders.push_back(entry.path());
  }
  if (ec) return Error{.code = Errc::io, .message = cases.string() + ": " + ec.message()};
  std::sort(folders.begin(), folders.end());
  std::vector<Label> out;
  for (const auto& folder : folders) {
    auto label = read_label(folder);
    if (!label) return label.error();
    out.push_back(std::move(*label));
  }
  return out;
}

}  // namespace clawback::corpus
