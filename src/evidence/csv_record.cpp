#include "evidence/csv_record.hpp"

#include <algorithm>

#include "base/safe_text.hpp"
#include "evidence/log_analytics.hpp"

namespace clawback::evidence {
namespace {

constexpr std::string_view audit_data = "AuditData";
constexpr std::string_view time_generated = "TimeGenerated";

bool holds(const std::vector<std::string>& heading, std::string_view name) {
  return std::find(heading.begin(), heading.end(), name) != heading.end();
}

}  // namespace

Result<std::vector<std::string>> record_columns(const std::vector<std::string>& heading) {
  std::vector<std::string> names;
  names.reserve(heading.size());
  for (const std::string& one : heading) {
    auto name = column_name(one);
    if (!name) return name.error();
    names.push_back(valid_utf8(*name));
  }
  if (!holds(names, audit_data) && !holds(names, time_generated)) names.clear();
  return names;
}

json::value record_of(const CsvRow& row, const std::vector<std::string>& columns) {
  json::object out;
  const bool purview = holds(columns, audit_data);
  for (std::size_t i = 0; i < columns.size() && i < row.cells.size(); ++i) {
    if (purview && columns[i] != audit_data) continue;
    if (!out.contains(columns[i])) out[columns[i]] = valid_utf8(row.cells[i]);
  }
  return out;
}

}  // namespace clawback::evidence
