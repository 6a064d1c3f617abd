#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "cli/arguments.hpp"
#include "cli/output.hpp"

namespace clawback::cli {

// A variable of the environment; nullopt if it is not set.
using Environment = std::function<std::optional<std::string>(const std::string&)>;
Environment process_environment();

// How long the machine has been up, its sleep too.
Duration since_boot();

// What every command is given besides its own arguments.
struct Context {
  const Global& global;
  Console& console;
  const Environment& environment;
  Time started;                   // --now, or the system's clock when the program began
  Duration begun = since_boot();  // the same moment on a clock that nobody sets
  Time clock = system_now();      // and on the system's, whatever --now says

  // A clock for judging, planning and signing: it stands still within one command.
  [[nodiscard]] Time now() const { return started; }
  // A clock for work that takes time: it starts at `started` and goes on from there, also while the
  // machine sleeps. What an approval or a look is too old for is not to stand still.
  [[nodiscard]] std::function<Time()> running_clock() const {
    return [from = started, begun = begun] { return from + (since_boot() - begun); };
  }
  // A --now ahead of the system's clock is not to make anything look longer ago than it is: from
  // here the last 24 hours of a limit are counted back.
  [[nodiscard]] Time earlier() const { return std::min(started, clock); }
  // A clock for sending: what the journal writes down and how long an effect had time to show.
  [[nodiscard]] std::function<Time()> sending_clock() const {
    return [from = earlier(), begun = begun] { return from + (since_boot() - begun); };
  }
};

// Runs one command line in this process; returns the exit code. Also how `demo` runs the real
// commands.
int run(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err,
        const Environment& environment);

}  // namespace clawback::cli
