#include <algorithm>
#include <cstdint>
#include <string_view>

#include "evidence/csv.hpp"
#include "round_trip.hpp"

namespace {

using namespace clawback;

struct Seen {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::uint32_t> lines;
  std::vector<std::pair<std::uint32_t, std::string>> refused;
  bool operator==(const Seen&) const = default;
};

Seen read(std::string_view text, std::size_t portion) {
  Seen seen;
  evidence::CsvReader reader(
      [&](const std::vector<std::string>& heading) { seen.rows.push_back(heading); },
      [&](const evidence::CsvRow& row) {
        if (row.cells.size() != row.heading->size()) std::abort();
        seen.rows.push_back(row.cells);
        seen.lines.push_back(row.line);
      },
      [&](std::uint32_t line, const std::string& why) { seen.refused.emplace_back(line, why); });
  for (; !text.empty(); text.remove_prefix(std::min(portion, text.size()))) {
    reader.feed(text.substr(0, portion));
  }
  reader.finish();
  return seen;
}

}  // namespace

// However the bytes come, the rows are the same, in the order of their lines; and the file can be
// read as evidence.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Seen whole = read(text, size + 1);
  if (!(read(text, 1) == whole) || !(read(text, 7) == whole)) std::abort();
  if (!std::is_sorted(whole.lines.begin(), whole.lines.end())) std::abort();
  auto from = evidence::read_bytes("x", text, fuzz::options());
  if (from) fuzz::check_round_trip(std::move(from->snapshot));
  return 0;
}
