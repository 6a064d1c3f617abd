#include "journal/event_json.hpp"

namespace clawback::journal {

json::value to_json(const Event& event) {
  json::object out;
  out["kind"] = name_of(event.kind);
  out["time"] = format_time(event.time);
  if (!event.action.empty()) out["action"] = event.action;
  if (!event.client_request_id.empty()) out["clientRequestId"] = event.client_request_id;
  if (event.status != 0) out["status"] = event.status;
  if (!event.request_id.empty()) out["requestId"] = event.request_id;
  if (!event.detail.empty()) out["detail"] = event.detail;
  if (!event.observed.is_null()) out["observed"] = event.observed;
  return out;
}

Result<Event> event_from(const json::value& value) {
  const auto kind = event_kind_from(string_at(value, "kind").value_or(""));
  const auto time = parse_time(string_at(value, "time").value_or(""));
  if (!kind || !time) {
    return Error{.code = Errc::io,
                 .message = "the journal holds a record that this version does not know",
                 .hint = "it was written by another version, or changed by hand"};
  }
  Event out{.kind = *kind, .time = *time};
  out.action = string_at(value, "action").value_or("");
  out.client_request_id = string_at(value, "clientRequestId").value_or("");
  out.status = static_cast<int>(int_at(value, "status").value_or(0));
  out.request_id = string_at(value, "requestId").value_or("");
  out.detail = string_at(value, "detail").value_or("");
  if (const json::value* observed = member(value, "observed")) out.observed = *observed;
  return out;
}

}  // namespace clawback::journal
