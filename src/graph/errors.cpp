#include <fmt/format.h>

#include <algorithm>

#include "base/safe_text.hpp"
#include "graph/client.hpp"

namespace clawback::graph {
namespace {

constexpr std::string_view no_premium = "Authentication_RequestFromNonPremiumTenantOrB2CTenant";

struct Told {
  std::string code;
  std::string message;
  std::string request_id;
};

// {"error":{"code","message","innerError":{…}}}; innerError is also written innererror, and any of
// it may be missing or empty.
Told read_error(const json::value& body) {
  const json::value* error = member(body, "error");
  if (error == nullptr) return {};
  Told told{.code = string_at(*error, "code").value_or(""),
            .message = string_at(*error, "message").value_or(""),
            .request_id = {}};
  const json::value* inner = member(*error, "innerError");
  if (inner == nullptr) inner = member(*error, "innererror");
  if (inner == nullptr) return told;
  told.request_id = string_at(*inner, "request-id").value_or("");
  if (told.code.empty()) told.code = string_at(*inner, "code").value_or("");
  return told;
}

Errc meaning(int status, std::string_view code) {
  if (status == 401) return Errc::unauthenticated;
  if (status == 403) return code == no_premium ? Errc::not_licensed : Errc::denied;
  if (status == 404) return Errc::not_found;
  if (status == 409) return Errc::conflict;
  if (status == 429) return Errc::throttled;
  if (status >= 500) return Errc::unavailable;
  return Errc::protocol;
}

std::string advice(Errc code, const Operation& of) {
  if (code == Errc::not_licensed) return "this needs Microsoft Entra ID P1";
  if (code == Errc::unauthenticated) {
    return "Graph refused the access token: check tenant, cloud and the identity's credential";
  }
  if (code == Errc::throttled) return "the tenant is busy: try again later";
  if (code != Errc::denied || of.permissions.empty()) return {};
  return fmt::format("an administrator has to grant the application permission {}",
                     of.permissions.front());
}

}  // namespace

bool says_not_there(const Answer& answer) {
  return answer.status == 404 && object_at(answer.body, "error") != nullptr;
}

bool says_not_there(const Error& error) {
  return error.code == Errc::not_found &&
         std::any_of(error.details.begin(), error.details.end(), [](const auto& detail) {
           return detail.first == "code" && !detail.second.empty();
         });
}

std::string request_id_of(const http::Headers& headers, const json::value& body) {
  if (const std::string* id = http::find(headers, "request-id")) return *id;
  return printable(read_error(body).request_id, 100);
}

Error to_error(const Call& call, const Answer& answer) {
  const Told told = read_error(answer.body);
  const Errc code = meaning(answer.status, told.code);
  std::string message = fmt::format("{}: Graph answered {}", call.operation, answer.status);
  if (!told.code.empty()) message += " " + printable(told.code);
  if (!told.message.empty()) message += ": " + printable(told.message);
  if (call.operation == "servicePrincipal_create" && answer.status == 400) {
    message +=
        " (unblockable: an application that is deleted or disabled at its home, or that other "
        "tenants may not use, can't be put into the tenant, so nobody can consent to it either)";
  }
  const Operation& of = operation(call.operation);
  if (code == Errc::denied && of.writes && !of.permissions.empty()) {
    message += fmt::format(" (it needs {}; `clawback resume RUN` after granting it)",
                           of.permissions.front());
  }
  Error error{.code = code,
              .message = std::move(message),
              .hint = advice(code, of),
              .position = std::nullopt,
              .details = {{"operation", call.operation},
                          {"status", std::to_string(answer.status)},
                          {"code", printable(told.code)}}};
  const std::string& request_id = answer.request_id.empty() ? told.request_id : answer.request_id;
  error.details.emplace_back("request-id", printable(request_id));
  error.details.emplace_back("client-request-id", answer.client_request_id);
  return error;
}

}  // namespace clawback::graph
