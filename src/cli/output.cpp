#include "cli/output.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "base/safe_text.hpp"
#include "report/text_layout.hpp"

namespace clawback::cli {
namespace {

constexpr std::size_t line_max = 2000;
// syslog's, as PRIORITY= wants them.
constexpr int priority_error = 3;
constexpr int priority_warning = 4;
constexpr int priority_info = 6;
constexpr int priority_debug = 7;
constexpr auto redraw_every = std::chrono::milliseconds(100);

// $COLUMNS, else the terminal's own, else `otherwise`.
std::size_t width_of(int fd, std::size_t otherwise) {
  std::size_t columns = 0;
  if (const char* asked = std::getenv("COLUMNS")) {
    const std::string_view text(asked);
    const auto read = std::from_chars(text.data(), text.data() + text.size(), columns);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size()) columns = 0;
  }
  winsize size{};
  if (columns == 0 && ::isatty(fd) == 1 && ::ioctl(fd, TIOCGWINSZ, &size) == 0) {
    columns = size.ws_col;
  }
  return columns == 0 ? otherwise : std::clamp<std::size_t>(columns, 40, 200);
}

}  // namespace

Style style_of_process(bool no_color) {
  Style style;
  const bool terminal = ::isatty(STDOUT_FILENO) == 1;
  const char* asked = std::getenv("NO_COLOR");
  const char* kind = std::getenv("TERM");
  style.color = terminal && !no_color && (asked == nullptr || *asked == '\0') &&
                (kind == nullptr || std::string_view(kind) != "dumb");
  style.progress = ::isatty(STDERR_FILENO) == 1;
  style.width = width_of(STDOUT_FILENO, style.width);
  style.progress_width = width_of(STDERR_FILENO, style.progress_width);
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
  if (!log(priority_info, line)) return;
  err_ << printable(line, line_max) << '\n' << std::flush;
}

void Console::trace(std::string_view line) {
  if (!style_.verbose) return;
  end_progress();
  if (!log(priority_debug, line)) return;
  err_ << printable(line, line_max) << '\n' << std::flush;
}

void Console::progress(std::string_view line, bool surely) {
  if (!style_.progress || style_.quiet || style_.verbose) return;
  const auto now = std::chrono::steady_clock::now();
  if (!surely && drawn_ && now - *drawn_ < redraw_every) return;
  err_ << "\r\x1b[K" << report::cut(line, style_.progress_width - 1) << std::flush;
  drawn_ = now;
  in_progress_ = true;
}

void Console::ask(std::string_view text) {
  end_progress();
  err_ << text << std::flush;
}

void Console::event(std::string_view line, const About& about) {
  const bool wanted = log(about.bad ? priority_warning : priority_info, line, about);
  if (!style_.verbose || !wanted) return;
  end_progress();
  err_ << printable(line, line_max) << '\n' << std::flush;
}

void Console::log_to(std::unique_ptr<Journald> journal, bool instead) {
  journal_ = std::move(journal);
  instead_ = instead;
}

bool Console::log(int priority, std::string_view line, const About& about, std::string hint,
                  std::string code) {
  if (!journal_) return true;
  const bool taken = journal_->send({{"MESSAGE", std::string(line)},
                                     {"PRIORITY", std::to_string(priority)},
                                     {"SYSLOG_IDENTIFIER", "clawback"},
                                     {"CLAWBACK_TENANT", tenant_},
                                     {"CLAWBACK_RUN", about.run},
                                     {"CLAWBACK_ACTION", about.action},
                                     {"CLAWBACK_EVENT", about.event},
                                     {"CLAWBACK_ERROR", std::move(code)},
                                     {"CLAWBACK_HINT", std::move(hint)},
                                     {"CLAWBACK_VERSION", CLAWBACK_VERSION}});
  return !taken || !instead_;
}

void Console::failure(const Error& error) {
  end_progress();
  const std::string line =
      error_text({.code = error.code, .message = error.message, .position = error.position});
  const bool wanted = log(priority_error, std::string_view(line).substr(0, line.size() - 1), {},
                          error.hint, std::string(report::name_of(error.code)));
  if (style_.json) {
    print(report::error_json(error));
  } else if (wanted) {
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
