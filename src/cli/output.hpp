#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "base/result.hpp"
#include "cli/journald.hpp"
#include "report/model.hpp"

namespace clawback::cli {

// How to talk to whoever runs us. Results go to `out`; everything else goes to `err`.
struct Style {
  bool json = false;
  bool quiet = false;
  bool verbose = false;
  bool color = false;                // of `out`
  bool progress = false;             // `err` is a terminal
  std::size_t width = 100;           // of `out`
  std::size_t progress_width = 100;  // of `err`
};

// Terminal, NO_COLOR and the terminal's width (COLUMNS before it), for the process's own standard
// streams.
Style style_of_process(bool no_color);

// What a line of the log is about; what is empty is left out.
struct About {
  std::string run;
  std::string action;
  std::string event;  // "intent", "verified"…
  bool bad = false;   // somebody should look
};

class Console {
 public:
  Console(std::ostream& out, std::ostream& err, Style style)
      : out_(out), err_(err), style_(style) {}
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;
  ~Console() { end_progress(); }  // whatever happened, no half line is left behind

  void print(std::string_view text);  // as it is
  void print(const json::value& value);
  // The value with --json, the text without.
  void result(const json::value& value, std::string_view text);
  void note(std::string_view line);   // for a person; nothing with --quiet
  void trace(std::string_view line);  // only with --verbose, at once
  // Overwrites itself, ten times a second at most; on a terminal only. `surely`: it is the last
  // for a while.
  void progress(std::string_view line, bool surely = false);
  void failure(const Error& error);
  void ask(std::string_view text);  // a question: always shown
  // One step of a run: as `trace`, and in systemd's journal whenever there is one.
  void event(std::string_view line, const About& about);

  // From here on, lines for `err` become records of systemd's journal too; with `instead` nothing
  // but questions and progress is written to `err` any more.
  void log_to(std::unique_ptr<Journald> journal, bool instead);
  void set_tenant(std::string id) { tenant_ = std::move(id); }

  // For commands that run other commands.
  [[nodiscard]] std::ostream& out() const { return out_; }
  [[nodiscard]] std::ostream& err() const { return err_; }
  [[nodiscard]] const Style& style() const { return style_; }
  [[nodiscard]] report::TextOptions text_options() const;

 private:
  void end_progress();
  // Whether the line is still to be written to `err`.
  bool log(int priority, std::string_view line, const About& about = {}, std::string hint = {},
           std::string code = {});
  std::ostream& out_;
  std::ostream& err_;
  Style style_;
  bool in_progress_ = false;
  std::optional<std::chrono::steady_clock::time_point> drawn_;
  std::unique_ptr<Journald> journal_;
  bool instead_ = false;
  std::string tenant_;
};

// One line that names the place, the thing and what is wrong; the hint on a second one.
std::string error_text(const Error& error);

}  // namespace clawback::cli
