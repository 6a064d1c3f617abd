#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "report/model.hpp"

// Lines for a terminal. Whatever is given here is made printable first, and no line is wider than
// the width.
namespace clawback::report {

enum class Tone { plain, strong, faint, bad, caution, good };

// Colours only repeat what the words say.
std::string paint(std::string_view text, Tone tone, const TextOptions& options);

// Printable text cut to `columns`, "…" at its end if it was longer.
std::string cut(std::string_view text, std::size_t columns);
std::string padded(std::string_view text, std::size_t columns);

// Printable text in lines of at most `columns`, broken at blanks, or anywhere in words that are
// longer.
std::vector<std::string> wrap(std::string_view text, std::size_t columns);

// "  label     text text text
//             text": the label's column is `indent` wide in all.
std::string labelled(std::string_view label, std::string_view text, std::size_t indent,
                     const TextOptions& options);
std::string paragraph(std::string_view text, const TextOptions& options, Tone tone = Tone::plain);

// A table whose widest flexible columns give way until it fits.
class Table {
 public:
  struct Column {
    std::string title;
    bool right = false;    // numbers
    bool flexible = true;  // may be cut
  };
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  void add(std::vector<std::string> cells, Tone first = Tone::plain);
  [[nodiscard]] std::string text(const TextOptions& options) const;

 private:
  struct Row {
    std::vector<std::string> cells;
    Tone first;
  };
  [[nodiscard]] std::vector<std::size_t> widths(std::size_t total) const;
  [[nodiscard]] std::string line(const Row& row, const std::vector<std::size_t>& widths,
                                 const TextOptions& options) const;
  std::vector<Column> columns_;
  std::vector<Row> rows_;
};

}  // namespace clawback::report
