#include <algorithm>

#include "evidence/csv_record.hpp"
#include "evidence/import.hpp"

namespace clawback::evidence {

Result<void> Import::add_csv(std::string_view text) {
  std::vector<std::string> columns;
  std::optional<Error> unusable;
  const auto head = [&](const std::vector<std::string>& heading) {
    auto names = record_columns(heading);
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
  if (records_ == 0) {
    warnings_.push_back({.message = "a table without rows: it does not say of what",
                         .position = {.file = file_, .line = 1}});
  }
  return {};
}

}  // namespace clawback::evidence
