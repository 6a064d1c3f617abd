#include <algorithm>

#include "base/safe_text.hpp"
#include "evidence/csv.hpp"
#include "evidence/import.hpp"
#include "evidence/log_analytics.hpp"

namespace clawback::evidence {
namespace {

constexpr std::string_view audit_data = "AuditData";
constexpr std::string_view time_generated = "TimeGenerated";

bool holds(const std::vector<std::string>& heading, std::string_view name) {
  return std::find(heading.begin(), heading.end(), name) != heading.end();
}

// The columns of a known export, by the names that records have; empty for any other table.
Result<std::vector<std::string>> columns_of(const std::vector<std::string>& heading) {
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

// The bytes of a CSV were never parsed as JSON: what is not UTF-8 becomes U+FFFD here.
// AuditData decides; the other columns of Purview repeat what is in it.
json::value record_of(const CsvRow& row, const std::vector<std::string>& columns) {
  json::object out;
  const bool purview = holds(columns, audit_data);
  for (std::size_t i = 0; i < columns.size() && i < row.cells.size(); ++i) {
    if (purview && columns[i] != audit_data) continue;
    if (!out.contains(columns[i])) out[columns[i]] = valid_utf8(row.cells[i]);
  }
  return out;
}

}  // namespace

Result<void> Import::add_csv(std::string_view text) {
  std::vector<std::string> columns;
  std::optional<Error> unusable;
  const auto head = [&](const std::vector<std::string>& heading) {
    auto names = columns_of(heading);
    if (names) {
      columns = std::move(*names);
    } else {
      unusable = names.error();
    }
  };
  const auto row = [&](const CsvRow& one) {
    if (columns.empty()) return;
    ++records_;
    take(record_of(one, columns), one.line, std::nullopt);
  };
  const auto bad = [&](std::uint32_t line, const std::string& why) {
    if (columns.empty()) return;
    ++records_;
    refuse(line, std::nullopt, why);
  };
  CsvReader reader(head, row, bad);
  // A text that is no such table is not read to its end.
  constexpr std::size_t portion = 1u << 20u;
  bool first = true;
  for (; !text.empty() && (first || !columns.empty()); first = false) {
    reader.feed(text.substr(0, portion));
    text.remove_prefix(std::min(portion, text.size()));
  }
  reader.finish();
  if (unusable) return at(*unusable, {});
  if (columns.empty()) return none_of_these(1);
  return {};
}

}  // namespace clawback::evidence
