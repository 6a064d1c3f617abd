#include "detect/consent_action.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/digest.hpp"
#include "domain/grant_id.hpp"

namespace clawback::detect {
namespace {

constexpr std::size_t entries_max = 1000;
constexpr std::size_t text_max = 1u << 20u;

enum class Field : std::uint8_t { id, client, principal, resource, consent, scope, other };

constexpr std::array<std::pair<std::string_view, Field>, 8> fields = {{
    {"Id", Field::id},
    {"ClientId", Field::client},
    {"PrincipalId", Field::principal},
    {"ResourceId", Field::resource},
    {"ConsentType", Field::consent},
    {"Scope", Field::scope},
    {"CreatedDateTime", Field::other},
    {"LastModifiedDateTime", Field::other},
}};

struct Label {
  Field field = Field::other;
  std::size_t begin = 0;  // of the label
  std::size_t value = 0;  // behind it
};

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

// A label stands at the beginning or behind ", ", and ends with a colon or, as the last one does,
// with a blank.
std::optional<Label> label_at(std::string_view entry, std::size_t at) {
  for (const auto& [name, field] : fields) {
    if (entry.substr(at, name.size()) != name) continue;
    const std::size_t end = at + name.size();
    if (end < entry.size() && entry[end] == ':') return Label{field, at, end + 1};
    if (field == Field::other && (end == entry.size() || entry[end] == ' ')) {
      return Label{field, at, end};
    }
  }
  return std::nullopt;
}

std::vector<Label> labels_of(std::string_view entry) {
  std::vector<Label> labels;
  std::size_t at = entry.find_first_not_of(' ');
  while (at != std::string_view::npos && at < entry.size()) {
    if (const auto label = label_at(entry, at)) labels.push_back(*label);
    const std::size_t comma = entry.find(", ", at);
    if (comma == std::string_view::npos) break;
    at = comma + 2;
  }
  return labels;
}

// The first of two equal labels counts: what follows may be a scope that only looks like one.
std::string_view value_of(std::string_view entry, const std::vector<Label>& labels, Field field) {
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i].field != field) continue;
    const std::size_t end = i + 1 < labels.size() ? labels[i + 1].begin : entry.size();
    std::string_view value = trim(entry.substr(labels[i].value, end - labels[i].value));
    while (value.ends_with(',')) value.remove_suffix(1);
    return trim(value);
  }
  return {};
}

// What the id says fills what the entry leaves out, and nothing else.
void complete(ConsentEntry& entry) {
  const auto key = domain::decode_grant_id(entry.id.str());
  if (!key) return;
  if (entry.client.empty()) entry.client = key->client;
  if (entry.resource.empty()) entry.resource = key->resource;
  if (entry.consent == domain::ConsentType::principal && !entry.principal) {
    entry.principal = key->principal;
  }
}

std::optional<ConsentEntry> parse_entry(std::string_view text) {
  const auto labels = labels_of(text);
  const auto value = [&](Field field) { return value_of(text, labels, field); };
  ConsentEntry entry;
  entry.id = domain::GrantId(std::string(value(Field::id)));
  entry.client = domain::ServicePrincipalId(to_lower(value(Field::client)));
  entry.resource = domain::ServicePrincipalId(to_lower(value(Field::resource)));
  const std::string consent = to_lower(value(Field::consent));
  const std::string principal = to_lower(value(Field::principal));
  if (consent == "allprincipals") entry.consent = domain::ConsentType::all_principals;
  if (!principal.empty() && entry.consent == domain::ConsentType::principal) {
    entry.principal = domain::UserId(principal);
  }
  entry.scopes = scopes_of(value(Field::scope));
  complete(entry);
  if (entry.resource.empty() || (consent.empty() && entry.id.empty())) return std::nullopt;
  return entry;
}

std::optional<std::vector<ConsentEntry>> parse_side(std::string_view side) {
  side = trim(side);
  std::vector<ConsentEntry> entries;
  if (side.empty() || side == "[]") return entries;
  if (!side.starts_with("[[") || !side.ends_with("]]")) return std::nullopt;
  std::string_view rest = side.substr(2, side.size() - 3);  // "…], […]"
  while (!rest.empty() && entries.size() < entries_max) {
    const std::size_t next = rest.find("], [");
    const bool last = next == std::string_view::npos;
    std::string_view text = last ? rest : rest.substr(0, next);
    if (last && text.ends_with(']')) text.remove_suffix(1);
    if (auto entry = parse_entry(text)) entries.push_back(*std::move(entry));
    rest = last ? std::string_view() : rest.substr(next + 4);
  }
  return entries;
}

}  // namespace

std::vector<std::string> scopes_of(std::string_view text) {
  std::vector<std::string> scopes;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) scopes.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  std::sort(scopes.begin(), scopes.end());
  scopes.erase(std::unique(scopes.begin(), scopes.end()), scopes.end());
  return scopes;
}

std::optional<ConsentAction> parse_consent_action(std::string_view text) {
  if (text.size() > text_max) return std::nullopt;
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
  }
  text = trim(text);
  while (text.ends_with(';') || text.ends_with(' ')) text.remove_suffix(1);
  constexpr std::string_view arrow = " => ";
  std::size_t middle = text.find("] => [");
  if (middle == std::string_view::npos) return std::nullopt;
  middle += 1;
  auto before = parse_side(text.substr(0, middle));
  auto after = parse_side(text.substr(middle + arrow.size()));
  if (!before || !after) return std::nullopt;
  return ConsentAction{.before = *std::move(before), .after = *std::move(after)};
}

}  // namespace clawback::detect
