#include <fmt/format.h>

#include <algorithm>

#include "evidence/second_look.hpp"
#include "graph/fields.hpp"
#include "graph/parse.hpp"

namespace clawback::evidence {
namespace {

using graph::lacks;
using graph::text_at;

json::value print(const domain::Assignment& one) {
  return json::object{{"id", one.id.str()},
                      {"principalId", one.principal},
                      {"principalType", one.principal_type},
                      {"resourceId", one.resource.str()},
                      {"appRoleId", one.role_id}};
}

json::value print(const domain::InboxRule& one) {
  json::array recipients;
  for (const std::string& recipient : one.recipients) recipients.emplace_back(recipient);
  json::object out{{"id", one.id},
                   {"isReadOnly", one.read_only},
                   {"forwards", one.forwards},
                   {"hides", one.hides},
                   {"recipients", std::move(recipients)}};
  if (one.name) out["displayName"] = *one.name;
  if (one.enabled) out["isEnabled"] = *one.enabled;
  return out;
}

template <class Record>
json::array print_all(const std::vector<Record>& records) {
  json::array out;
  for (const Record& record : records) out.push_back(print(record));
  return out;
}

// As Graph has it, or with what it does already told.
Result<domain::InboxRule> parse_rule(const json::value& value) {
  auto rule = graph::parse_inbox_rule(value);
  const json::value* actions = member(value, "actions");
  if (!rule || (actions != nullptr && actions->is_object())) return rule;
  const auto forwards = bool_at(value, "forwards");
  const auto hides = bool_at(value, "hides");
  if (!forwards || !hides) return lacks("messageRule", "actions, nor forwards and hides");
  rule->forwards = *forwards;
  rule->hides = *hides;
  if (const json::array* recipients = array_at(value, "recipients")) {
    for (const json::value& one : *recipients) {
      if (one.is_string()) rule->recipients.emplace_back(one.get_string());
    }
  }
  std::sort(rule->recipients.begin(), rule->recipients.end());
  return rule;
}

// Each entry of a member: its owner's id, and every record of its "value".
template <class Take>
Result<void> read_owned(domain::Snapshot& to, const json::value& document, std::string_view name,
                        std::string_view owner, Take take) {
  const json::value* found = member(document, name);
  if (found == nullptr) return {};
  const auto unusable = [&](std::string what) {
    return Error{.code = Errc::invalid, .message = fmt::format("evidence: {}: {}", name, what)};
  };
  const json::array* entries = found->if_array();
  if (entries == nullptr) return unusable("not an array");
  for (const json::value& entry : *entries) {
    const std::string_view id = text_at(entry, owner);
    const json::array* records = array_at(entry, "value");
    if (id.empty()) return unusable(lacks(name, owner).message);
    if (records == nullptr) return unusable(lacks(name, "value").message);
    const Result<void> taken = take(graph::lower_guid(id), *records);
    if (!taken) return unusable(taken.error().message);
  }
  domain::record(to.coverage, {.name = std::string(name),
                               .state = domain::SourceState::read,
                               .records = entries->size(),
                               .reason = std::nullopt});
  return {};
}

template <class Record, class Parse>
Result<std::vector<Record>> parse_all(const json::array& records, Parse parse) {
  std::vector<Record> out;
  for (const json::value& record : records) {
    auto one = parse(record);
    if (!one) return one.error();
    out.push_back(std::move(*one));
  }
  return out;
}

}  // namespace

void print_second_look(json::object& document, const domain::Snapshot& snapshot) {
  const auto asked = [&](std::string_view name) {
    return domain::find(snapshot.coverage, name) != nullptr;
  };
  if (asked(domain::source::assignments) || !snapshot.assignments.empty()) {
    json::array entries;
    for (const domain::AppAssignments& one : snapshot.assignments) {
      entries.push_back(json::object{{"servicePrincipalId", one.app.str()},
                                     {"value", print_all(one.assignments)}});
    }
    document[domain::source::assignments] = std::move(entries);
  }
  if (asked(domain::source::inbox_rules) || !snapshot.inbox_rules.empty()) {
    json::array entries;
    for (const domain::InboxRules& one : snapshot.inbox_rules) {
      entries.push_back(json::object{{"userId", one.user.str()}, {"value", print_all(one.rules)}});
    }
    document[domain::source::inbox_rules] = std::move(entries);
  }
}

Result<void> read_second_look(domain::Snapshot& to, const json::value& document) {
  auto assignments =
      read_owned(to, document, domain::source::assignments, "servicePrincipalId",
                 [&](std::string id, const json::array& records) -> Result<void> {
                   auto all = parse_all<domain::Assignment>(records, graph::parse_assignment);
                   if (!all) return all.error();
                   to.assignments.push_back({.app = domain::ServicePrincipalId(std::move(id)),
                                             .assignments = std::move(*all)});
                   return {};
                 });
  if (!assignments) return assignments;
  return read_owned(
      to, document, domain::source::inbox_rules, "userId",
      [&](std::string id, const json::array& records) -> Result<void> {
        auto all = parse_all<domain::InboxRule>(records, parse_rule);
        if (!all) return all.error();
        to.inbox_rules.push_back({.user = domain::UserId(std::move(id)), .rules = std::move(*all)});
        return {};
      });
}

}  // namespace clawback::evidence
