#include "evidence/document.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/safe_text.hpp"
#include "evidence/kind.hpp"
#include "evidence/own_shapes.hpp"
#include "evidence/second_look.hpp"

namespace clawback::evidence {
namespace {

constexpr std::int64_t records_max = (std::int64_t{1} << 53U) - 1;  // what JSON can say
constexpr std::string_view user_countries_member = "userCountries";

Error unusable(std::string what) {
  return Error{.code = Errc::invalid,
               .message = "evidence: " + std::move(what),
               .hint = {},
               .position = std::nullopt,
               .details = {}};
}

template <class Record>
json::array print_all(const std::vector<Record>& records) {
  json::array out;
  out.reserve(records.size());
  for (const Record& record : records) out.push_back(print(record));
  return out;
}

Result<void> read_source(domain::Snapshot& to, Kind kind, const json::value& found) {
  const std::string_view name = source_of(kind);
  std::size_t records = 1;
  if (const json::array* array = found.if_array()) {
    records = array->size();
    for (std::size_t i = 0; i < records; ++i) {
      const auto added = add_record(to, kind, (*array)[i]);
      if (!added) return unusable(fmt::format("{}[{}]: {}", name, i, added.error().message));
    }
  } else if (!is_single(kind)) {
    return unusable(fmt::format("\"{}\" is not an array", name));
  } else {
    const auto added = add_record(to, kind, found);
    if (!added) return unusable(added.error().message);
  }
  domain::record(to.coverage, {.name = std::string(name),
                               .state = domain::SourceState::read,
                               .records = records,
                               .reason = std::nullopt});
  return {};
}

// Comes with the sign-ins and is no source of its own.
Result<void> read_user_countries(domain::Snapshot& to, const json::value& document) {
  const json::value* found = member(document, user_countries_member);
  if (found == nullptr) return {};
  const json::array* rows = found->if_array();
  if (rows == nullptr) return unusable("\"userCountries\" is not an array");
  for (const json::value& row : *rows) {
    auto country = parse_user_country(row);
    if (!country) return unusable(country.error().message);
    to.user_countries.push_back(std::move(*country));
  }
  return {};
}

Result<void> read_coverage(domain::Coverage& to, const json::value& coverage) {
  to.complete = bool_at(coverage, "complete").value_or(false);
  if (const auto since = string_at(coverage, "logsSince")) {
    const auto time = parse_time(*since);
    if (!time) return within("evidence: coverage.logsSince", time.error());
    to.logs_since = *time;
  }
  const json::array* sources = array_at(coverage, "sources");
  if (sources == nullptr) return {};
  for (const json::value& source : *sources) {
    const auto name = require_string(source, "name", "evidence: coverage.sources");
    if (!name) return name.error();
    const auto state = source_state_from(string_at(source, "state").value_or(""));
    if (!state) return unusable("coverage of " + printable(*name) + " has no known \"state\"");
    const std::int64_t records =
        std::clamp<std::int64_t>(int_at(source, "records").value_or(0), 0, records_max);
    domain::record(to, {.name = *name,
                        .state = *state,
                        .records = static_cast<std::size_t>(records),
                        .reason = string_at(source, "reason")});
  }
  return {};
}

Result<void> read_heading(domain::Snapshot& to, const json::value& document) {
  const auto schema = string_at(document, "schema");
  if (schema && *schema != evidence_schema) {
    return unusable("schema \"" + printable(*schema) + "\" is not " + std::string(evidence_schema));
  }
  if (const json::value* tenant = member(document, "tenant")) {
    if (const auto id = string_at(*tenant, "id")) to.tenant = domain::TenantId(*id);
    if (const auto name = string_at(*tenant, "name")) to.tenant_name = *name;
  }
  if (const auto observed = string_at(document, "observed")) {
    const auto time = parse_time(*observed);
    if (!time) return within("evidence: observed", time.error());
    to.observed = *time;
  }
  return {};
}

}  // namespace

std::optional<domain::SourceState> source_state_from(std::string_view text) {
  for (const auto state : {domain::SourceState::read, domain::SourceState::denied,
                           domain::SourceState::partial, domain::SourceState::absent}) {
    if (domain::name_of(state) == text) return state;
  }
  return std::nullopt;
}

domain::Source unite(const domain::Source& a, const domain::Source& b) {
  if (a.state == domain::SourceState::absent) return b;
  if (b.state == domain::SourceState::absent) return a;
  domain::Source out = a;
  if (a.state != b.state) out.state = domain::SourceState::partial;
  if (!out.reason) out.reason = b.reason;
  return out;
}

json::value coverage_json(const domain::Coverage& coverage) {
  json::array sources;
  for (const domain::Source& source : coverage.sources) {
    sources.push_back(json::object{
        {"name", source.name},
        {"state", domain::name_of(source.state)},
        {"records", source.records},
        {"reason", source.reason ? json::value(*source.reason) : json::value(nullptr)}});
  }
  json::object out{{"complete", coverage.complete}, {"sources", std::move(sources)}};
  if (coverage.logs_since) out["logsSince"] = format_time(*coverage.logs_since);
  return out;
}

Result<domain::Snapshot> parse_evidence(const json::value& document, const FileOptions& options) {
  if (!document.is_object()) return unusable("not a JSON object");
  domain::Snapshot out;
  out.tenant = options.tenant;
  out.tenant_name = options.tenant_name;
  out.observed = options.now;
  const auto heading = read_heading(out, document);
  if (!heading) return heading.error();
  for (const Kind kind : all_kinds) {
    const std::string_view name = source_of(kind);
    const json::value* found = member(document, name);
    if (found == nullptr && is_on_demand(kind)) continue;
    domain::record(out.coverage, {.name = std::string(name),
                                  .state = domain::SourceState::absent,
                                  .records = 0,
                                  .reason = "not in the evidence"});
    if (found == nullptr) continue;
    const auto added = read_source(out, kind, *found);
    if (!added) return added.error();
  }
  const auto countries = read_user_countries(out, document);
  if (!countries) return countries.error();
  const auto looked = read_second_look(out, document);
  if (!looked) return looked.error();
  if (const json::value* coverage = member(document, "coverage")) {
    const auto read = read_coverage(out.coverage, *coverage);
    if (!read) return read.error();
  }
  domain::normalise(out);
  name_app_roles(out);
  return out;
}

json::value evidence_json(const domain::Snapshot& snapshot) {
  json::object out{
      {"schema", evidence_schema},
      {"tenant", json::object{{"id", snapshot.tenant.str()}, {"name", snapshot.tenant_name}}},
      {"observed", format_time(snapshot.observed)},
      {"coverage", coverage_json(snapshot.coverage)}};
  const auto put = [&](Kind kind, json::value value) { out[source_of(kind)] = std::move(value); };
  put(Kind::service_principal, print_all(snapshot.service_principals));
  put(Kind::grant, print_all(snapshot.grants));
  put(Kind::app_role, print_all(snapshot.app_roles));
  put(Kind::user, print_all(snapshot.users));
  put(Kind::audit, print_all(snapshot.audits));
  put(Kind::sign_in, print_all(snapshot.sign_ins));
  if (snapshot.authorization_policy) {
    put(Kind::authorization_policy, print(*snapshot.authorization_policy));
  }
  put(Kind::permission_grant_policy, print_all(snapshot.permission_grant_policies));
  // An empty list says that a source was read. Old evidence has none of these.
  const auto put_met = [&](Kind kind, json::array values) {
    const domain::Source* source = domain::find(snapshot.coverage, source_of(kind));
    const bool absent = source == nullptr || source->state == domain::SourceState::absent;
    if (!absent || !values.empty()) put(kind, std::move(values));
  };
  put_met(Kind::mail_access, print_all(snapshot.mail_accesses));
  put_met(Kind::mailbox_change, print_all(snapshot.mailbox_changes));
  put_met(Kind::app_activity, print_all(snapshot.app_activities));
  if (snapshot.organization_config) {
    put(Kind::organization_config, print(*snapshot.organization_config));
  }
  if (snapshot.admin_consent_request_policy) {
    put(Kind::admin_consent_request_policy, print(*snapshot.admin_consent_request_policy));
  }
  put_met(Kind::conditional_access_policy, print_all(snapshot.conditional_access_policies));
  if (!snapshot.user_countries.empty()) {
    out[user_countries_member] = print_all(snapshot.user_countries);
  }
  print_second_look(out, snapshot);
  return out;
}

}  // namespace clawback::evidence
