#include "cli/output.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "base/safe_text.hpp"
#include "report/text_layout.hpp"

namespace clawback::cli {
namespace {

constexpr std::size_t line_max = 2000;

}  // namespace

Style style_of_process(bool no_color) {
  Style style;
  const bool terminal = ::isatty(STDOUT_FILENO) == 1;
  const char* asked = std::getenv("NO_COLOR");
  const char* kind = std::getenv("TERM");
  style.color = terminal && !no_color && (asked == nullptr || *asked == '\0') &&
                (kind == nullptr || std::string_view(kind) != "dumb");
  style.progress = ::isatty(STDERR_FILENO) == 1;
  winsize size{};
  if (terminal && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col != 0) {
    style.width = std::clamp<std::size_t>(size.ws_col, 40, 200);
  }
  return style;
}

report::TextOptions Console::text_options() const {
  return {.width = style_.width, .color = style_.color, .details = style_.verbose, .file = {}};
}

void Console::end_progress() {
  if (!in_progress_) return;
  err_ << "\r\x1b[K";
  in_progress_ = false;
}

void Console::print(std::string_view text) {
  end_progress();
  out_ << text << std::flush;
}

void Console::print(const json::value& value) { print(report::json_text(value)); }

void Console::result(const json::value& value, std::string_view text) {
  if (style_.json) {
    print(value);
  } else {
    print(text);
  }
}

void Console::note(std::string_view line) {
  if (style_.quiet) return;
  end_progress();
  err_ << printable(line, line_max) << '\n' << std::flush;
}

void Console::trace(std::string_view line) {
  if (!style_.verbose) return;
  end_progress();
  err_ << printable(line, line_max) << '\n' << std::flush;
}

void Console::progress(std::string_view line) {
  if (!style_.progress || style_.quiet || style_.verbose) return;
  err_ << "\r\x1b[K" << report::cut(line, style_.width - 1) << std::flush;
  in_progress_ = true;
}

void Console::ask(std::string_view text) {
  end_progress();
  err_ << text << std::flush;
}

void Console::failure(const Error& error) {
  end_progress();
  if (style_.json) {
    print(report::error_json(error));
  } else {
    err_ << error_text(error) << std::flush;
  }
}

std::string error_text(const Error& error) {
  std::string out = "clawback: ";
  if (error.position && !error.position->file.empty()) {
    out += fmt::format("{}:", printable(error.position->file));
    if (error.position->line != 0) {
      out += fmt::format("{}:{}:", error.position->line, error.position->column);
    }
    out += ' ';
  } else if (error.position && error.position->line != 0) {
    out += fmt::format("line {}, column {}: ", error.position->line, error.position->column);
  }
  out += printable(error.message, line_max) + "\n";
  if (!error.hint.empty()) out += fmt::format("  hint: {}\n", printable(error.hint, line_max));
  return out;
}

}  // namespace clawback::cli
