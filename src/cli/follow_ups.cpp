#include "cli/follow_ups.hpp"

#include <fmt/format.h>

#include <map>

#include "cli/ratification.hpp"
#include "cli/run_view.hpp"
#include "cli/session.hpp"
#include "remediate/look.hpp"

namespace clawback::cli {
namespace {

struct Task {
  std::string run;
  std::string look;
  std::vector<plan::Action> actions;
};

std::set<std::string> looks_done(const std::vector<journal::AuditNote>& notes) {
  std::set<std::string> out;
  for (const journal::AuditNote& note : notes) {
    if (const auto look = string_at(note.record, "look")) out.insert(*look);
  }
  return out;
}

Result<std::vector<remediate::Undone>> undone_of(const journal::Run& run,
                                                 const std::vector<journal::Run>& runs,
                                                 journal::Store& store) {
  std::vector<remediate::Undone> out;
  for (const journal::Run& other : runs) {
    if (other.undo_of != run.id) continue;
    auto view = view_of(other, store);
    if (!view) return view.error();
    out.push_back({.plan = std::move(view->plan), .state = std::move(view->state)});
  }
  return out;
}

// The look at one run that is due now, if one is.
Result<std::optional<Task>> task_of(const journal::Run& run, const std::vector<journal::Run>& runs,
                                    const FollowUps& with, Time now) {
  if (run.tenant != with.config.tenant_id || !run.undo_of.empty()) return std::optional<Task>();
  const auto notes = with.store.notes("looked", run.id);
  if (!notes) return notes.error();
  const std::set<std::string> done = looks_done(*notes);
  // The last one is over: nothing of an old run has to be read.
  if (done.contains(std::string(remediate::looks().back().name))) return std::optional<Task>();
  const auto view = view_of(run, with.store);
  if (!view) return view.error();
  const auto rest = remediate::at_rest_since(view->events);
  if (!rest) return std::optional<Task>();
  const auto due = remediate::due_look(*rest, done, now);
  if (!due) return std::optional<Task>();
  const auto undone = undone_of(run, runs, with.store);
  if (!undone) return undone.error();
  return std::optional<Task>(
      Task{.run = run.id,
           .look = std::string(*due),
           .actions = remediate::to_look_at(view->plan, view->state, *undone)});
}

asio::awaitable<Result<PassLook>> read_again(graph::Reader& reader, Task task) {
  PassLook out{.run = task.run, .look = task.look, .changes = {}};
  for (const plan::Action& action : task.actions) {
    const auto now = co_await remediate::look(reader, action);
    if (!now) {
      co_return within(fmt::format("looking again at run {}, {}", task.run, action.id),
                       now.error());
    }
    if (auto change = remediate::change_of(action, *now)) out.changes.push_back(std::move(*change));
  }
  co_return out;
}

json::value note_of(const PassLook& look, std::size_t objects) {
  json::array changes;
  for (const remediate::Change& one : look.changes) {
    changes.push_back(json::object{
        {"kind", remediate::name_of(one.kind)}, {"action", one.action}, {"detail", one.detail}});
  }
  return json::object{{"look", look.look},
                      {"objects", static_cast<std::int64_t>(objects)},
                      {"changes", std::move(changes)}};
}

std::vector<Task> tasks_of(const FollowUps& with, Pass& pass, const Context& context) {
  std::vector<Task> out;
  const auto runs = with.store.runs();
  if (!runs) {
    pass.errors.push_back(runs.error());
    return out;
  }
  for (const journal::Run& run : *runs) {
    auto task = task_of(run, *runs, with, context.now());
    if (!task) {
      pass.errors.push_back(task.error());
    } else if (*task) {
      out.push_back(std::move(**task));
    }
  }
  return out;
}

}  // namespace

void look_again(const FollowUps& with, Pass& pass, const Context& context) {
  const std::vector<Task> tasks = tasks_of(with, pass, context);
  if (tasks.empty()) return;
  std::vector<Result<PassLook>> seen;
  const auto use = [&](graph::Reader& reader) -> asio::awaitable<void> {
    for (const Task& task : tasks) {
      auto look = co_await read_again(reader, task);
      seen.push_back(std::move(look));
    }
  };
  if (const auto ran = with_reader(with.config, context.environment, use); !ran) {
    pass.errors.push_back(ran.error());
    return;
  }
  for (std::size_t i = 0; i < seen.size(); ++i) {
    if (!seen[i]) {
      pass.errors.push_back(seen[i].error());
      continue;
    }
    const auto noted = with.store.note({.kind = "looked",
                                        .run = tasks[i].run,
                                        .time = context.now(),
                                        .record = note_of(*seen[i], tasks[i].actions.size())});
    if (!noted) pass.errors.push_back(noted.error());
    pass.looks.push_back(std::move(*seen[i]));
  }
}

namespace {

// nullopt: there is nothing to escalate.
Result<std::optional<PassEscalation>> overdue(const std::string& id,
                                              const approval::BrokenGlass& broken,
                                              const FollowUps& with, Time now) {
  const std::optional<PassEscalation> none;
  if (now < broken.at + approval::ratify_within) return none;
  const auto told = with.store.notes("escalated", id);
  if (!told) return told.error();
  const auto ratified = was_ratified(id, with.store);
  if (!ratified) return ratified.error();
  if (!told->empty() || *ratified) return none;
  const auto run = with.store.run(id);
  if (!run) return run.error();
  if (run->tenant != with.config.tenant_id) return none;
  const auto stands = ratification_of_run(*run, broken, with.config, with.policy, with.store, now);
  if (!stands) return within("run " + id, stands.error());
  if (stands->state != approval::RatificationState::overdue) return none;
  return std::optional(PassEscalation{.run = id,
                                      .approver = stands->broken_by,
                                      .until = stands->until,
                                      .missing = stands->missing});
}

}  // namespace

void escalate(const FollowUps& with, Pass& pass, const Context& context) {
  const auto broken = broken_glass(with.store);
  if (!broken) return pass.errors.push_back(broken.error());
  for (const auto& [run, glass] : *broken) {
    const auto late = overdue(run, glass, with, context.now());
    if (!late) {
      pass.errors.push_back(late.error());
    } else if (*late) {
      const auto noted =
          with.store.note({.kind = "escalated",
                           .run = run,
                           .time = context.now(),
                           .record = json::object{{"approver", (*late)->approver},
                                                  {"until", format_time((*late)->until)},
                                                  {"missing", (*late)->missing}}});
      if (!noted) pass.errors.push_back(noted.error());
      pass.escalations.push_back(**late);
    }
  }
}

}  // namespace clawback::cli
