#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace clawback::evidence {

inline constexpr std::size_t csv_cell_bytes_max = 8u << 20u;
inline constexpr std::size_t csv_row_bytes_max = 16u << 20u;
inline constexpr std::size_t csv_columns_max = 1024;

// A row under its heading. `line` is the one on which it began: cells may hold line ends.
struct CsvRow {
  std::uint32_t line = 1;
  const std::vector<std::string>* heading = nullptr;
  std::vector<std::string> cells;  // as many as the heading has

  // Empty if there is no such column; the first of several.
  [[nodiscard]] std::string_view at(std::string_view column) const;
};

// CSV (RFC 4180, through libcsv) as it comes, in pieces of any size. The first row is the heading,
// but for PowerShell's "#TYPE …". A row with broken quoting, with more or fewer cells than the
// heading, or past the limits above is refused with its line, and reading goes on at the next line;
// without a usable heading it stops.
class CsvReader {
 public:
  using Head = std::function<void(const std::vector<std::string>& heading)>;
  using Take = std::function<void(const CsvRow& row)>;
  using Refuse = std::function<void(std::uint32_t line, const std::string& why)>;

  CsvReader(Head head, Take take, Refuse refuse);
  CsvReader(const CsvReader&) = delete;
  CsvReader& operator=(const CsvReader&) = delete;
  ~CsvReader();

  void feed(std::string_view bytes);
  // After the last piece: a row without a line end is taken too, an open quote is refused.
  void finish();

 private:
  class Parser;

  void feed_part(std::string_view part);
  void deliver();
  void give_up(const std::string& why);

  Head head_;
  Take take_;
  Refuse refuse_;
  std::unique_ptr<Parser> parser_;
  std::vector<std::string> heading_;
  bool has_heading_ = false;
  bool skipping_ = false;  // to the end of a line
  bool headless_ = false;  // the heading was unusable: so is all that follows
  std::uint32_t line_ = 1;
  std::uint32_t row_line_ = 1;
};

}  // namespace clawback::evidence
