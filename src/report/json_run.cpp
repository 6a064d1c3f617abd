#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "report/model.hpp"
#include "report/words.hpp"

namespace clawback::report {
namespace {

json::value text_or_null(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(text);
}

json::value number_or_null(int number) {
  return number == 0 ? json::value(nullptr) : json::value(number);
}

json::object action_json(const plan::Action& action, const journal::ActionState& state) {
  json::object out;
  out["id"] = action.id;
  out["kind"] = domain::name_of(action.kind);
  out["target"] =
      json::object{{"kind", action.target.kind},
                   {"id", action.target.id},
                   {"displayName", action.target.display_name},
                   {"codePoints", text_or_null(code_points_note(action.target.display_name))}};
  out["phase"] = journal::name_of(state.phase);
  out["sent"] = state.intents;
  out["status"] = number_or_null(state.status);
  out["requestId"] = text_or_null(state.request_id);
  out["detail"] = text_or_null(state.detail);
  return out;
}

json::object event_json(const journal::Event& event) {
  json::object out;
  out["time"] = format_time(event.time);
  out["event"] = journal::name_of(event.kind);
  out["action"] = text_or_null(event.action);
  out["clientRequestId"] = text_or_null(event.client_request_id);
  out["status"] = number_or_null(event.status);
  out["requestId"] = text_or_null(event.request_id);
  out["detail"] = text_or_null(event.detail);
  return out;
}

}  // namespace

json::value run_json(const RunView& run) {
  json::object out;
  out["schema"] = "clawback.run/1";
  out["run"] = run.id;
  out["tenant"] = run.plan.tenant;
  out["plan"] = run.plan.digest;
  out["undoOf"] = text_or_null(run.plan.undo_of);
  json::array approvals;
  for (const journal::UsedApproval& one : run.approvals) {
    approvals.push_back(json::object{{"approver", one.approver},
                                     {"breakGlass", one.break_glass},
                                     {"time", format_time(one.time)}});
  }
  out["approvedBy"] = std::move(approvals);
  out["ended"] = run.state.ended;
  out["allDone"] = journal::all_done(run.state);
  out["settled"] = journal::settled(run.state);
  json::array actions;
  for (const plan::Action& action : run.plan.actions) {
    const auto found = run.state.actions.find(action.id);
    actions.push_back(action_json(
        action, found != run.state.actions.end() ? found->second : journal::ActionState{}));
  }
  out["actions"] = std::move(actions);
  json::array events;
  for (const journal::Event& event : run.events) events.push_back(event_json(event));
  out["events"] = std::move(events);
  out["auditHead"] = journal::to_text(run.head);
  return out;
}

}  // namespace clawback::report
