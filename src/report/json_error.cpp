#include <boost/json/object.hpp>

#include "report/model.hpp"

namespace clawback::report {

std::string_view name_of(Errc code) {
  switch (code) {
    case Errc::internal:
      return "internal";
    case Errc::invalid:
      return "invalid";
    case Errc::not_found:
      return "not-found";
    case Errc::unauthenticated:
      return "unauthenticated";
    case Errc::denied:
      return "denied";
    case Errc::not_licensed:
      return "not-licensed";
    case Errc::throttled:
      return "throttled";
    case Errc::unavailable:
      return "unavailable";
    case Errc::outcome_unknown:
      return "outcome-unknown";
    case Errc::protocol:
      return "protocol";
    case Errc::conflict:
      return "conflict";
    case Errc::approval:
      return "approval";
    case Errc::guard:
      return "guard";
    case Errc::stale:
      return "stale";
    case Errc::incomplete:
      return "incomplete";
    case Errc::io:
      return "io";
    case Errc::audit:
      return "audit";
    case Errc::cancelled:
      return "cancelled";
  }
  return "internal";
}

json::value error_json(const Error& error) {
  json::object details;
  for (const auto& [key, value] : error.details) details[key] = value;
  if (error.position) {
    details["file"] = error.position->file;
    details["line"] = error.position->line;
    details["column"] = error.position->column;
  }
  json::object out;
  out["schema"] = "clawback.error/1";
  out["code"] = name_of(error.code);
  out["message"] = error.message;
  out["hint"] = error.hint.empty() ? json::value(nullptr) : json::value(error.hint);
  out["details"] = std::move(details);
  return out;
}

}  // namespace clawback::report
