#include "journal/kill_switch.hpp"

#include <fmt/format.h>

#include <boost/json/object.hpp>

#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/plan_file.hpp"
#include "cli/requester.hpp"
#include "report/text_layout.hpp"

namespace clawback::cli {
namespace {

struct State {
  std::optional<journal::Halt> row;
  std::optional<std::string> file;
  [[nodiscard]] bool on() const { return row || file; }
};

Result<State> read_state(journal::Store& store, const std::filesystem::path& database) {
  auto row = store.halted();
  if (!row) return row.error();
  return State{.row = std::move(*row), .file = journal::stop_file_present(database)};
}

json::value to_json(const State& state) {
  json::value row = nullptr;
  if (state.row) {
    row = json::object{{"who", state.row->who},
                       {"reason", state.row->reason},
                       {"since", format_time(state.row->since)}};
  }
  return json::object{{"schema", "clawback.kill-switch/1"},
                      {"on", state.on()},
                      {"row", std::move(row)},
                      {"file", state.file ? json::value(*state.file) : json::value(nullptr)}};
}

std::string to_text(const State& state, const report::TextOptions& options) {
  if (!state.on()) return report::paragraph("The kill switch is off.", options);
  std::string out =
      report::paragraph("The kill switch is on: nothing is sent.", options, report::Tone::caution);
  if (state.row) {
    out += report::labelled("  set",
                            fmt::format("on {} by {}: {}", format_time(state.row->since),
                                        state.row->who, state.row->reason),
                            8, options);
  }
  if (state.file) {
    out += report::labelled("  file",
                            fmt::format("{} is there; remove it to let sending go on", *state.file),
                            8, options);
  }
  return out;
}

}  // namespace

Result<int> execute(const KillSwitchArguments& arguments, const Context& context) {
  using Act = KillSwitchArguments::Act;
  const auto config = require_config(context);
  if (!config) return config.error();
  const auto store = open_store(*config);
  if (!store) return store.error();
  Result<void> done;
  if (arguments.act == Act::on) {
    done = (*store)->halt(
        {.who = local_account(context), .reason = arguments.reason, .since = context.now()});
  } else if (arguments.act == Act::off) {
    done = (*store)->release(local_account(context), arguments.reason, context.now());
  }
  if (!done) return done.error();
  const auto state = read_state(**store, *config->database);
  if (!state) return state.error();
  context.console.result(to_json(*state), to_text(*state, context.console.text_options()));
  if (arguments.act == Act::on) return exit_code::done;
  // Off means off: a file that is still there stops as much as the row did.
  return state->on() ? exit_code::guard : exit_code::done;
}

}  // namespace clawback::cli
