#include "evidence/csv.hpp"

#include <csv.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace clawback::evidence {

std::string_view CsvRow::at(std::string_view column) const {
  if (heading == nullptr) return {};
  const auto found = std::find(heading->begin(), heading->end(), column);
  const auto index = static_cast<std::size_t>(found - heading->begin());
  return index < cells.size() ? std::string_view(cells[index]) : std::string_view();
}

// libcsv with what it calls back; nothing of ours runs, or throws, within its calls but appending.
class CsvReader::Parser {
 public:
  using Row = std::vector<std::string>;

  Parser() {
    if (csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI) != 0) std::abort();
    csv_set_blk_size(&parser_, 16384);
  }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;
  ~Parser() { csv_free(&parser_); }

  bool parse(std::string_view part) {
    return csv_parse(&parser_, part.data(), part.size(), on_cell, on_row, this) == part.size();
  }
  bool finish() { return csv_fini(&parser_, on_cell, on_row, this) == 0; }

  // Within a row: after a line end this means within quotes.
  [[nodiscard]] bool within_row() const { return parser_.pstate != 0; }
  [[nodiscard]] const char* limit_passed() const {
    if (too_many_) return "more columns than can be read";
    if (too_much_ || parser_.entry_pos > csv_cell_bytes_max) return "more text than a row may have";
    return nullptr;
  }
  std::vector<Row> take_rows() { return std::exchange(rows_, {}); }

 private:
  static void on_cell(void* text, std::size_t size, void* self) {
    static_cast<Parser*>(self)->add_cell({static_cast<const char*>(text), size});
  }
  static void on_row(int, void* self) { static_cast<Parser*>(self)->end_row(); }

  void add_cell(std::string_view text) {
    bytes_ += text.size();
    too_many_ = too_many_ || row_.size() >= csv_columns_max;
    too_much_ = too_much_ || text.size() > csv_cell_bytes_max || bytes_ > csv_row_bytes_max;
    if (!too_many_ && !too_much_) row_.emplace_back(text);
  }

  void end_row() {
    if (too_many_ || too_much_) return;
    rows_.push_back(std::exchange(row_, {}));
    bytes_ = 0;
  }

  csv_parser parser_{};
  Row row_;
  std::vector<Row> rows_;
  std::size_t bytes_ = 0;
  bool too_many_ = false;
  bool too_much_ = false;
};

CsvReader::CsvReader(Head head, Take take, Refuse refuse)
    : head_(std::move(head)),
      take_(std::move(take)),
      refuse_(std::move(refuse)),
      parser_(std::make_unique<Parser>()) {}

CsvReader::~CsvReader() = default;

void CsvReader::feed(std::string_view bytes) {
  // In parts of one line at most: then the line of each row is known. A lone CR ends a row too.
  constexpr std::size_t part_max = 65536;
  while (!bytes.empty() && !headless_) {
    const std::size_t end = bytes.substr(0, part_max).find_first_of("\r\n");
    const std::size_t size =
        end == std::string_view::npos ? std::min(bytes.size(), part_max) : end + 1;
    feed_part(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
}

void CsvReader::feed_part(std::string_view part) {
  const bool ends_line = part.ends_with('\n');
  if (!skipping_) {
    if (!parser_->within_row()) row_line_ = line_;
    const bool parsed = parser_->parse(part);
    deliver();
    if (const char* limit = parser_->limit_passed()) {
      give_up(limit);
    } else if (!parsed) {
      give_up("broken quoting");
    }
  }
  if (!ends_line) return;
  ++line_;
  skipping_ = false;
}

void CsvReader::deliver() {
  for (auto& cells : parser_->take_rows()) {
    if (!has_heading_ && cells.front().starts_with("#TYPE")) continue;  // of PowerShell
    if (!has_heading_) {
      has_heading_ = true;
      heading_ = std::move(cells);
      head_(heading_);
    } else if (cells.size() != heading_.size()) {
      refuse_(row_line_, fmt::format("a row of {} cells under a heading of {}", cells.size(),
                                     heading_.size()));
    } else {
      take_({.line = row_line_, .heading = &heading_, .cells = std::move(cells)});
    }
  }
}

void CsvReader::give_up(const std::string& why) {
  refuse_(row_line_, why);
  parser_ = std::make_unique<Parser>();
  skipping_ = true;
  headless_ = !has_heading_;
}

void CsvReader::finish() {
  if (!skipping_ && !headless_) {
    const bool whole = parser_->finish();
    deliver();
    if (!whole) refuse_(row_line_, "a quote that is not closed before the end of the file");
  }
  parser_ = std::make_unique<Parser>();
}

}  // namespace clawback::evidence
