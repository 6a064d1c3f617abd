#include "cli/sending.hpp"

#include <fmt/format.h>

#include "base/digest.hpp"
#include "cli/plan_file.hpp"
#include "cli/run_view.hpp"
#include "cli/session.hpp"
#include "http/run.hpp"
#include "journal/kill_switch.hpp"
#include "remediate/execute.hpp"

namespace clawback::cli {
namespace {

void show_event(const plan::Action* action, const journal::Event& event, Console& console) {
  std::string line = fmt::format("journal {}", journal::name_of(event.kind));
  if (action != nullptr) line += fmt::format(" {}", action->id);
  if (event.status != 0) line += fmt::format(" status {}", event.status);
  if (!event.detail.empty()) line += fmt::format(": {}", event.detail);
  console.trace(line);
  if (action != nullptr) {
    console.progress(fmt::format("{}: {} {}", action->id, plan::short_name(*action),
                                 journal::name_of(event.kind)));
  }
}

remediate::Settings settings_for(const Sending& sending, const Context& context) {
  remediate::Settings settings;
  if (sending.verify_window) settings.verify_window = *sending.verify_window;
  if (sending.verify_gap) settings.verify_gap = *sending.verify_gap;
  settings.under_lease = sending.under_lease;
  settings.may_send = [&store = sending.store, database = *sending.config.database] {
    return journal::check_kill_switch(store, database);
  };
  settings.own_app_ids = sending.config.own_app_ids();
  settings.now = context.running_clock();
  settings.sleep = [](Duration delay) { return http::sleep_for(delay); };
  settings.make_guid = random_guid;
  settings.on_event = [&console = context.console](const plan::Action* action,
                                                   const journal::Event& event) {
    show_event(action, event, console);
  };
  return settings;
}

// A run that stopped half-way still has to be found by whoever reads the error.
Error stopped(Error error, const std::string& plan_digest, journal::Store& store) {
  const auto runs = store.runs();
  if (!runs) return error;
  for (const journal::Run& run : *runs) {
    if (run.plan_digest != plan_digest || error.code == Errc::stale) continue;
    error.details.emplace_back("run", run.id);
    if (error.hint.empty()) error.hint = fmt::format("`clawback resume {}` goes on", run.id);
  }
  return error;
}

Result<int> conclude(const std::optional<Result<remediate::Outcome>>& outcome,
                     const Sending& sending, const Context& context) {
  if (!*outcome) return stopped(outcome->error(), sending.approved.plan().digest, sending.store);
  const auto run = sending.store.run((*outcome)->run);
  if (!run) return run.error();
  return print_run(*run, sending.store, context);
}

}  // namespace

Result<int> send_plan(const Sending& sending, const std::vector<std::string>& envelopes,
                      const Context& context) {
  const remediate::Settings settings = settings_for(sending, context);
  std::optional<Result<remediate::Outcome>> outcome;
  const auto use = [&](graph::Writer& writer) -> asio::awaitable<void> {
    auto executed =
        co_await remediate::execute(sending.approved, envelopes, writer, sending.store, settings);
    outcome.emplace(std::move(executed));
  };
  if (const auto ran = with_writer(sending.config, context.environment, use); !ran)
    return ran.error();
  return conclude(outcome, sending, context);
}

Result<int> go_on(const Sending& sending, const journal::Run& run, const Context& context) {
  const remediate::Settings settings = settings_for(sending, context);
  std::optional<Result<remediate::Outcome>> outcome;
  const auto use = [&](graph::Writer& writer) -> asio::awaitable<void> {
    auto resumed =
        co_await remediate::resume(run, sending.approved, writer, sending.store, settings);
    outcome.emplace(std::move(resumed));
  };
  if (const auto ran = with_writer(sending.config, context.environment, use); !ran)
    return ran.error();
  return conclude(outcome, sending, context);
}

Result<std::vector<std::string>> all_envelopes(const std::string& file,
                                               const std::string& plan_digest,
                                               journal::Store& store) {
  std::vector<std::string> out;
  if (!file.empty()) {
    auto read = read_envelopes(file);
    if (!read) return read.error();
    out = std::move(*read);
  }
  const auto rejections = store.rejections(plan_digest);
  if (!rejections) return rejections.error();
  out.insert(out.end(), rejections->begin(), rejections->end());
  return out;
}

}  // namespace clawback::cli
