#include "journal/memory_json.hpp"

#include <algorithm>

#include "base/safe_text.hpp"

namespace clawback::journal {
namespace {

constexpr std::size_t text_max = 4096;
constexpr std::size_t list_max = 64u << 10u;

std::string bounded(const std::string& text) {
  return valid_utf8(std::string_view(text).substr(0, text_max));
}

void put(json::object& to, std::string_view key, const std::string& text) {
  if (!text.empty()) to[key] = bounded(text);
}

void put(json::object& to, std::string_view key, const std::optional<Time>& time) {
  if (time) to[key] = format_time(*time);
}

void put(json::object& to, std::string_view key, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  std::size_t first = texts.size();
  for (std::size_t bytes = 0; first > 0; --first) {
    bytes += std::min(texts[first - 1].size(), text_max) + 1;
    if (bytes > list_max) break;
  }
  json::array list;
  for (std::size_t i = first; i < texts.size(); ++i) list.emplace_back(bounded(texts[i]));
  to[key] = std::move(list);
}

Error unknown_record(std::string_view key) {
  return Error{.code = Errc::io,
               .message = "a remembered grant has an unusable " + std::string(key),
               .hint = "it was written by another version, or changed by hand"};
}

Result<std::optional<Time>> time_at(const json::value& value, std::string_view key) {
  const auto text = string_at(value, key);
  if (!text) return std::optional<Time>();
  const auto time = parse_time(*text);
  if (!time) return unknown_record(key);
  return std::optional(*time);
}

std::vector<std::string> texts_at(const json::value& value, std::string_view key) {
  std::vector<std::string> out;
  const json::array* list = array_at(value, key);
  if (list == nullptr) return out;
  for (const json::value& one : *list) {
    if (const json::string* text = one.if_string()) out.emplace_back(*text);
  }
  return out;
}

}  // namespace

json::value to_json(const domain::RememberedGrant& grant) {
  json::object out;
  put(out, "id", grant.id.str());
  put(out, "client", grant.client.str());
  put(out, "resource", grant.resource.str());
  if (grant.consent == domain::ConsentType::all_principals) out["everyone"] = true;
  if (grant.principal) put(out, "principal", grant.principal->str());
  put(out, "scopes", grant.scopes);
  put(out, "added", grant.added_scopes);
  if (!grant.present) out["gone"] = true;
  put(out, "firstSeen", grant.first_seen);
  put(out, "notBefore", grant.not_before);
  put(out, "notAfter", grant.not_after);
  put(out, "lastChanged", grant.last_changed);
  put(out, "changedAfter", grant.changed_after);
  if (grant.by) put(out, "by", *grant.by);
  if (grant.from) put(out, "from", *grant.from);
  put(out, "records", grant.records);
  put(out, "unknown", grant.unknown);
  return out;
}

Result<domain::RememberedGrant> remembered_grant_from(const json::value& value) {
  domain::RememberedGrant out;
  out.id = domain::GrantId(string_at(value, "id").value_or(""));
  out.client = domain::ServicePrincipalId(string_at(value, "client").value_or(""));
  if (out.client.empty()) return unknown_record("client");
  out.resource = domain::ServicePrincipalId(string_at(value, "resource").value_or(""));
  if (bool_at(value, "everyone").value_or(false)) {
    out.consent = domain::ConsentType::all_principals;
  }
  if (auto principal = string_at(value, "principal")) out.principal = domain::UserId(*principal);
  out.scopes = texts_at(value, "scopes");
  out.added_scopes = texts_at(value, "added");
  out.present = !bool_at(value, "gone").value_or(false);
  struct Moment {
    std::string_view key;
    std::optional<Time>* to;
  };
  for (const Moment& moment :
       {Moment{"firstSeen", &out.first_seen}, Moment{"notBefore", &out.not_before},
        Moment{"notAfter", &out.not_after}, Moment{"lastChanged", &out.last_changed},
        Moment{"changedAfter", &out.changed_after}}) {
    const auto time = time_at(value, moment.key);
    if (!time) return time.error();
    *moment.to = *time;
  }
  out.by = string_at(value, "by");
  out.from = string_at(value, "from");
  out.records = texts_at(value, "records");
  out.unknown = string_at(value, "unknown").value_or("");
  return out;
}

}  // namespace clawback::journal
