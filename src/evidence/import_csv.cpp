#include <algorithm>

#include "evidence/csv_record.hpp"
#include "evidence/import.hpp"

namespace clawback::evidence {

Result<void> Import::add_csv(std::string_view head, const Read& rest) {
  std::vector<std::string> columns;
  std::optional<Error> unusable;
  const auto on_head = [&](const std::vector<std::string>& heading) {
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
  CsvReader reader(on_head, row, bad);
  // A text that is no such table is not read to its end.
  constexpr std::size_t portion = 1u << 20u;
  reader.feed(head.substr(0, portion));
  head.remove_prefix(std::min(portion, head.size()));
  if (!columns.empty()) reader.feed(head);
  std::string buffer(portion, '\0');
  while (!columns.empty()) {
    const auto got = rest(buffer.data(), buffer.size());
    if (!got) return at(got.error(), {});
    if (*got == 0) break;
    reader.feed(std::string_view(buffer).substr(0, *got));
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
