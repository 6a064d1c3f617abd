#include "lab/call.hpp"

#include "lab/ids.hpp"
#include "lab/json_text.hpp"

namespace clawback::lab {
namespace {

constexpr std::string_view json_type =
    "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;"
    "charset=utf-8";

void append_member(std::string& out, std::string_view name, std::string_view value) {
  append_quoted(out, name);
  out.push_back(':');
  append_quoted(out, value);
}

}  // namespace

Reply json_answer(int status, std::string body) {
  Reply reply{.status = status, .body = std::move(body)};
  reply.headers.push_back({"Content-Type", std::string(json_type)});
  reply.headers.push_back({"OData-Version", "4.0"});
  return reply;
}

Reply empty_answer() { return {.status = 204}; }

Reply error_answer(const Call& call, const Refusal& refusal) {
  std::string body = R"({"error":{)";
  append_member(body, "code", refusal.code);
  body.push_back(',');
  append_member(body, "message", refusal.message);
  // The reports workload writes it in lower case.
  body += call.path.starts_with("/auditLogs") ? R"(,"innererror":{)" : R"(,"innerError":{)";
  append_member(body, "date", bare_seconds(call.now));
  body.push_back(',');
  append_member(body, "request-id", call.request_id);
  body.push_back(',');
  append_member(body, "client-request-id", call.client_request_id);
  body += "}}}";
  Reply reply{.status = refusal.status, .body = std::move(body)};
  reply.headers.push_back({"Content-Type", "application/json"});
  if (refusal.status == 401) {
    reply.headers.push_back(
        {"WWW-Authenticate", "Bearer realm=\"\", authorization_uri=\"" + call.origin +
                                 "/common/oauth2/authorize\", "
                                 "client_id=\"00000003-0000-0000-c000-000000000000\""});
  }
  return reply;
}

Happening by_app(Backend& backend, const Call& call) {
  Happening happening;
  happening.time = call.now;
  happening.actor.through_consent_page = false;
  happening.actor.app_id = call.caller.app_id;
  happening.actor.app_name = call.caller.name;
  happening.actor.service_principal_id = call.caller.service_principal_id;
  happening.correlation_id = backend.random.guid();
  return happening;
}

void record(Backend& backend, const Call& call, const AuditRecord& audit) {
  backend.store.write(NewAudit{to_json(audit, backend.random)}, call.now);
}

std::string context_url(const Call& call, std::string_view fragment) {
  return call.origin + call.version + "/$metadata#" + std::string(fragment);
}

}  // namespace clawback::lab
