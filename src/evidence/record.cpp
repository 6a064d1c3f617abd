#include "evidence/record.hpp"

#include "evidence/log_analytics.hpp"
#include "evidence/log_fields.hpp"
#include "evidence/unified_audit.hpp"
#include "graph/fields.hpp"
#include "graph/parse.hpp"

namespace clawback::evidence {
namespace {

std::optional<Time> time_of(Kind kind, const json::value& record) {
  if (kind == Kind::audit) return graph::time_at(record, "activityDateTime");
  if (kind == Kind::sign_in) return graph::time_at(record, "createdDateTime");
  return std::nullopt;
}

Taken take_graph(domain::Snapshot& to, const json::value& record, std::optional<Kind> expected) {
  auto kind = kind_of(record);
  if (!kind) kind = expected;
  if (!kind) return refused(std::nullopt, "not an object that clawback knows");
  const auto time = time_of(*kind, record);
  if (*kind == Kind::sign_in && graph::is_of_no_user(record)) return passed_over(kind, time);
  const auto added = add_record(to, *kind, record);
  if (!added) return refused(kind, added.error().message);
  return {.fate = Fate::added, .kind = kind, .time = time, .why = {}};
}

Taken take_audit_data(domain::Snapshot& to, const json::value& data) {
  const auto record = data.is_object() ? Result<json::value>(data) : parse_json(data.get_string());
  if (!record) return refused(std::nullopt, "AuditData: " + record.error().message);
  if (!is_unified_audit(*record)) {
    return refused(std::nullopt, "AuditData is not a record of the Unified Audit Log");
  }
  return take_unified_audit(to, *record);
}

}  // namespace

Taken take_record(domain::Snapshot& to, const json::value& record, std::optional<Kind> expected) {
  if (is_unified_audit(record)) return take_unified_audit(to, record);
  if (const json::value* data = audit_data_of(record)) return take_audit_data(to, *data);
  if (is_log_analytics(record)) return take_log_analytics(to, record);
  return take_graph(to, record, expected);
}

}  // namespace clawback::evidence
