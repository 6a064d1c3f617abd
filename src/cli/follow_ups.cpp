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

std::set<std::string> unread_of(const json::value& record) {
  std::set<std::string> out;
  const json::array* actions = array_at(record, "unread");
  if (actions == nullptr) return out;
  for (const json::value& action : *actions) {
    if (action.is_string()) out.emplace(action.get_string());
  }
  return out;
}

struct Looked {
  std::set<std::string> done;
  // Of looks that were done but for these actions, whose objects could not be read.
  std::map<std::string, std::set<std::string>> left;
};
Looked looked_of(const std::vector<journal::AuditNote>& notes) {
  Looked out;
  for (const journal::AuditNote& note : notes) {
    const auto look = string_at(note.record, "look");
    if (!look) continue;
    auto unread = unread_of(note.record);
    if (unread.empty()) {
      out.done.insert(*look);
    } else {
      out.left[*look] = std::move(unread);
    }
  }
  return out;
}

Result<std::vector<remediate::Undone>> undone_of(const std::string& tenant,
                                                 const std::vector<journal::Run>& runs,
                                                 journal::Store& store) {
  std::vector<remediate::Undone> out;
  for (const journal::Run& other : runs) {
    if (other.undo_of.empty() || other.tenant != tenant) continue;
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
  const Looked looked = looked_of(*notes);
  const std::set<std::string>& done = looked.done;
  // The last one is over: nothing of an old run has to be read.
  if (done.contains(std::string(remediate::looks().back().name))) return std::optional<Task>();
  const auto view = view_of(run, with.store);
  if (!view) return view.error();
  const auto rest = remediate::at_rest_since(view->events);
  if (!rest) return std::optional<Task>();
  const auto due = remediate::due_look(*rest, done, now);
  if (!due) return std::optional<Task>();
  const auto undone = undone_of(run.tenant, runs, with.store);
  if (!undone) return undone.error();
  Task out{.run = run.id,
           .look = std::string(*due),
           .actions = remediate::to_look_at(view->plan, view->state, *undone)};
  // The rest of that look was told.
  if (const auto left = looked.left.find(out.look); left != looked.left.end()) {
    std::erase_if(out.actions,
                  [&](const plan::Action& action) { return !left->second.contains(action.id); });
  }
  return std::optional(std::move(out));
}

struct Seen {
  PassLook look;
  std::vector<Error> errors;
};

asio::awaitable<Seen> read_again(graph::Reader& reader, Task task) {
  Seen out{.look = {.run = task.run, .look = task.look}};
  for (const plan::Action& action : task.actions) {
    const auto now = co_await remediate::look(reader, action);
    if (!now) {
      out.look.unread.push_back(action.id);
      out.errors.push_back(
          within(fmt::format("looking again at run {}, {}", task.run, action.id), now.error()));
      continue;
    }
    if (auto change = remediate::change_of(action, *now)) {
      out.look.changes.push_back(std::move(*change));
    }
  }
  co_return out;
}

json::value note_of(const PassLook& look, std::size_t objects) {
  json::array changes;
  for (const remediate::Change& one : look.changes) {
    changes.push_back(json::object{
        {"kind", remediate::name_of(one.kind)}, {"action", one.action}, {"detail", one.detail}});
  }
  json::object out{{"look", look.look},
                   {"objects", static_cast<std::int64_t>(objects - look.unread.size())},
                   {"changes", std::move(changes)}};
  if (!look.unread.empty()) out["unread"] = json::array(look.unread.begin(), look.unread.end());
  return out;
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

std::vector<journal::AuditNote> look_again(const FollowUps& with, Pass& pass,
                                           const Context& context) {
  std::vector<journal::AuditNote> notes;
  const std::vector<Task> tasks = tasks_of(with, pass, context);
  if (tasks.empty()) return notes;
  std::vector<Seen> seen;
  const auto use = [&](graph::Reader& reader) -> asio::awaitable<void> {
    for (const Task& task : tasks) {
      auto one = co_await read_again(reader, task);
      seen.push_back(std::move(one));
    }
  };
  if (const auto ran = with_reader(with.config, context.environment, use); !ran) {
    pass.errors.push_back(ran.error());
    return notes;
  }
  for (std::size_t i = 0; i < seen.size(); ++i) {
    Seen& one = seen[i];
    pass.errors.insert(pass.errors.end(), one.errors.begin(), one.errors.end());
    // Nothing could be read: it is not worth a row.
    const std::size_t objects = tasks[i].actions.size();
    if (objects > 0 && one.look.unread.size() == objects) continue;
    notes.push_back({.kind = "looked",
                     .run = tasks[i].run,
                     .time = context.now(),
                     .record = note_of(one.look, objects)});
    pass.looks.push_back(std::move(one.look));
  }
  return notes;
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

std::vector<journal::AuditNote> escalate(const FollowUps& with, Pass& pass,
                                         const Context& context) {
  std::vector<journal::AuditNote> notes;
  const auto broken = broken_glass(with.store);
  if (!broken) {
    pass.errors.push_back(broken.error());
    return notes;
  }
  for (const auto& [run, glass] : *broken) {
    const auto late = overdue(run, glass, with, context.now());
    if (!late) {
      pass.errors.push_back(late.error());
    } else if (*late) {
      notes.push_back({.kind = "escalated",
                       .run = run,
                       .time = context.now(),
                       .record = json::object{{"approver", (*late)->approver},
                                              {"until", format_time((*late)->until)},
                                              {"missing", (*late)->missing}}});
      pass.escalations.push_back(**late);
    }
  }
  return notes;
}

}  // namespace clawback::cli
