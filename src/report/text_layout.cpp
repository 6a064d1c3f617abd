#include "report/text_layout.hpp"

#include <algorithm>

#include "base/safe_text.hpp"

namespace clawback::report {
namespace {

constexpr std::size_t everything =
    20'000;  // code points of one text; nothing that we show is longer
constexpr std::size_t gap = 2;

std::size_t sequence_length(char first) {
  const auto byte = static_cast<unsigned char>(first);
  return byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
}

// Bytes of the longest start of `text` (valid UTF-8) that takes at most `columns`; at least one
// character.
std::size_t fitting(std::string_view text, std::size_t columns) {
  std::size_t used = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t length = std::min(sequence_length(text[at]), text.size() - at);
    used += display_width(text.substr(at, length));
    if (used > columns && at != 0) break;
    at += length;
  }
  return at;
}

// Where to end a line that is full: at its last blank, unless that leaves most of it empty and a
// path or a list has a better place; in the middle of a word if there is none.
std::size_t good_break(std::string_view line) {
  const std::size_t blank = line.rfind(' ');
  const std::size_t joint = line.find_last_of("/?&,;");
  const bool has_blank = blank != std::string_view::npos && blank != 0;
  if (has_blank && blank >= line.size() / 2) return blank;
  if (joint != std::string_view::npos && joint + 1 >= line.size() / 2) return joint + 1;
  return has_blank ? blank : line.size();
}

std::string_view code_of(Tone tone) {
  switch (tone) {
    case Tone::plain:
      return "";
    case Tone::strong:
      return "\x1b[1m";
    case Tone::faint:
      return "\x1b[2m";
    case Tone::bad:
      return "\x1b[1;31m";
    case Tone::caution:
      return "\x1b[33m";
    case Tone::good:
      return "\x1b[32m";
  }
  return "";
}

std::string trimmed_right(std::string text) {
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

}  // namespace

std::string paint(std::string_view text, Tone tone, const TextOptions& options) {
  if (!options.color || tone == Tone::plain || text.empty()) return std::string(text);
  return std::string(code_of(tone)) + std::string(text) + "\x1b[0m";
}

std::string cut(std::string_view text, std::size_t columns) {
  std::string clean = printable(text, everything);
  if (display_width(clean) <= columns) return clean;
  if (columns < 2) return "…";
  clean.resize(fitting(clean, columns - 1));
  return clean + "…";
}

std::string padded(std::string_view text, std::size_t columns) {
  std::string out = cut(text, columns);
  const std::size_t width = display_width(out);
  if (width < columns) out.append(columns - width, ' ');
  return out;
}

std::vector<std::string> wrap(std::string_view text, std::size_t columns) {
  const std::string clean = printable(text, everything);
  columns = std::max<std::size_t>(columns, 8);
  std::vector<std::string> lines;
  std::string_view rest = clean;
  while (!rest.empty()) {
    std::size_t end = fitting(rest, columns);
    if (end < rest.size() && rest[end] != ' ') end = good_break(rest.substr(0, end));
    lines.emplace_back(rest.substr(0, end));
    rest.remove_prefix(end);
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  }
  return lines;
}

std::string labelled(std::string_view label, std::string_view text, std::size_t indent,
                     const TextOptions& options) {
  const std::size_t room = options.width > indent + 8 ? options.width - indent : 8;
  std::string out;
  std::string lead = paint(padded(label, indent), Tone::faint, options);
  for (const std::string& line : wrap(text, room)) {
    out += lead + line + "\n";
    lead.assign(indent, ' ');
  }
  return out;
}

std::string paragraph(std::string_view text, const TextOptions& options, Tone tone) {
  std::string out;
  for (const std::string& line : wrap(text, options.width))
    out += paint(line, tone, options) + "\n";
  return out;
}

void Table::add(std::vector<std::string> cells, Tone first) {
  cells.resize(columns_.size());
  for (std::string& cell : cells) cell = printable(cell, everything);
  rows_.push_back({.cells = std::move(cells), .first = first});
}

std::vector<std::size_t> Table::widths(std::size_t total) const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t width = display_width(columns_[i].title);
    for (const Row& row : rows_) width = std::max(width, display_width(row.cells[i]));
    widths.push_back(width);
  }
  std::size_t used = gap * (columns_.size() - 1);
  for (const std::size_t width : widths) used += width;
  // Flexible columns give way first; on a very narrow terminal every column does.
  for (const bool all : {false, true}) {
    const std::size_t least = all ? 2 : 6;
    while (used > total) {
      std::size_t widest = columns_.size();
      for (std::size_t i = 0; i < columns_.size(); ++i) {
        if (!(all || columns_[i].flexible) || widths[i] <= least) continue;
        if (widest == columns_.size() || widths[i] > widths[widest]) widest = i;
      }
      if (widest == columns_.size()) break;
      --widths[widest];
      --used;
    }
  }
  return widths;
}

std::string Table::line(const Row& row, const std::vector<std::size_t>& widths,
                        const TextOptions& options) const {
  std::string out;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::string cell = cut(row.cells[i], widths[i]);
    const std::string blanks(widths[i] - std::min(widths[i], display_width(cell)), ' ');
    if (i == 0) cell = paint(cell, row.first, options);
    out += columns_[i].right ? blanks + cell : cell + blanks;
    if (i + 1 != columns_.size()) out.append(gap, ' ');
  }
  return trimmed_right(std::move(out)) + "\n";
}

std::string Table::text(const TextOptions& options) const {
  const std::vector<std::size_t> columns = widths(options.width);
  Row head{.cells = {}, .first = Tone::plain};
  for (const Column& column : columns_) head.cells.push_back(column.title);
  std::string out = line(head, columns, options);
  for (const Row& row : rows_) out += line(row, columns, options);
  return out;
}

}  // namespace clawback::report
