#include "cli/sending.hpp"

#include <fmt/format.h>

#include "base/digest.hpp"
#include "cli/pace.hpp"
#include "cli/plan_file.hpp"
#include "cli/run_view.hpp"
#include "cli/session.hpp"
#include "http/run.hpp"
#include "journal/kill_switch.hpp"
#include "remediate/execute.hpp"

namespace clawback::cli {
namespace {

// How many actions came how far, for the line that is written over and over.
struct Tally {
  std::size_t actions = 0;
  std::size_t acknowledged = 0;
  std::size_t finished = 0;
};

void count(const journal::Event& event, Tally& tally) {
  using journal::EventKind;
  if (event.kind == EventKind::answered) ++tally.acknowledged;
  if (event.kind == EventKind::verified || event.kind == EventKind::satisfied) ++tally.finished;
}

bool is_bad(journal::EventKind kind) {
  switch (kind) {
    case journal::EventKind::lost:
    case journal::EventKind::refused:
    case journal::EventKind::skipped:
    case journal::EventKind::drifted:
    case journal::EventKind::unverified:
      return true;
    case journal::EventKind::started:
    case journal::EventKind::intent:
    case journal::EventKind::answered:
    case journal::EventKind::verified:
    case journal::EventKind::satisfied:
    case journal::EventKind::ended:
      return false;
  }
  return true;
}

// The run that used the plan: a plan is used once.
std::string run_of(const std::string& plan_digest, journal::Store& store) {
  const auto runs = store.runs();
  if (!runs) return {};
  for (const journal::Run& run : *runs) {
    if (run.plan_digest == plan_digest) return run.id;
  }
  return {};
}

// Shows a run's events and names the run in each.
class Shown {
 public:
  Shown(const Sending& sending, Console& console)
      : digest_(sending.approved.plan().digest),
        store_(sending.store),
        console_(console),
        tally_{.actions = sending.approved.plan().actions.size()} {}
  void operator()(const plan::Action* action, const journal::Event& event) {
    if (run_.empty()) run_ = run_of(digest_, store_);
    std::string line = fmt::format("journal {}", journal::name_of(event.kind));
    if (action != nullptr) line += fmt::format(" {}", action->id);
    if (event.status != 0) line += fmt::format(" status {}", event.status);
    if (!event.detail.empty()) line += fmt::format(": {}", event.detail);
    console_.event(line, {.run = run_,
                          .action = action == nullptr ? "" : action->id,
                          .event = std::string(journal::name_of(event.kind)),
                          .bad = is_bad(event.kind)});
    if (action == nullptr) return;
    count(event, tally_);
    const std::string rate = rate_words(tally_.acknowledged, since_boot() - begun_);
    console_.progress(
        fmt::format("{} of {} acknowledged{}, {} verified; {} {}", tally_.acknowledged,
                    tally_.actions, rate.empty() ? rate : " (" + rate + ")", tally_.finished,
                    plan::short_name(*action), journal::name_of(event.kind)),
        tally_.acknowledged == tally_.actions);
  }

 private:
  std::string digest_;
  journal::Store& store_;
  Console& console_;
  Tally tally_;
  Duration begun_ = since_boot();
  std::string run_;
};

remediate::Settings settings_for(const Sending& sending, const Context& context) {
  remediate::Settings settings;
  if (sending.verify_window) settings.verify_window = *sending.verify_window;
  if (sending.verify_gap) settings.verify_gap = *sending.verify_gap;
  settings.under_lease = sending.under_lease;
  settings.may_send = [&store = sending.store, database = *sending.config.database] {
    return journal::check_kill_switch(store, database);
  };
  settings.own_app_ids = sending.config.own_app_ids();
  settings.now = context.sending_clock();
  settings.sleep = [](Duration delay) { return http::sleep_for(delay); };
  settings.make_guid = random_guid;
  settings.on_event = Shown(sending, context.console);
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

Result<std::string> ended(const std::optional<Result<remediate::Outcome>>& outcome,
                          const Sending& sending) {
  if (*outcome) return (*outcome)->run;
  return stopped(outcome->error(), sending.approved.plan().digest, sending.store);
}

Result<int> shown(const Result<std::string>& id, const Sending& sending, const Context& context) {
  if (!id) return id.error();
  const auto run = sending.store.run(*id);
  if (!run) return run.error();
  return print_run(*run, sending.store, context);
}

}  // namespace

Result<std::string> send_quietly(const Sending& sending, const std::vector<std::string>& envelopes,
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
  return ended(outcome, sending);
}

Result<std::string> go_on_quietly(const Sending& sending, const journal::Run& run,
                                  const Context& context) {
  const remediate::Settings settings = settings_for(sending, context);
  std::optional<Result<remediate::Outcome>> outcome;
  const auto use = [&](graph::Writer& writer) -> asio::awaitable<void> {
    auto resumed =
        co_await remediate::resume(run, sending.approved, writer, sending.store, settings);
    outcome.emplace(std::move(resumed));
  };
  if (const auto ran = with_writer(sending.config, context.environment, use); !ran)
    return ran.error();
  return ended(outcome, sending);
}

Result<int> send_plan(const Sending& sending, const std::vector<std::string>& envelopes,
                      const Context& context) {
  return shown(send_quietly(sending, envelopes, context), sending, context);
}

Result<int> go_on(const Sending& sending, const journal::Run& run, const Context& context) {
  return shown(go_on_quietly(sending, run, context), sending, context);
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
