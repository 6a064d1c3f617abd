#include "lab/faults.hpp"

#include "lab/json_text.hpp"

namespace clawback::lab {
namespace {

// Some gateways send an empty code, or nothing that is JSON.
Refusal refusal_of(int status) {
  if (status == 429) return {status, "TooManyRequests", "Please retry again later."};
  if (status == 503) return {status, "serviceNotAvailable", "The service is not available."};
  if (status == 500) return {status, "UnknownError", ""};
  if (status == 403) {
    return {status, "Authorization_RequestDenied",
            "Insufficient privileges to complete the operation."};
  }
  if (status == 404) return {status, "Request_ResourceNotFound", "Resource does not exist."};
  return {status, "", "The request could not be served."};
}

}  // namespace

std::optional<Fault> Faults::next(std::string_view operation) {
  for (Fault& rule : rules_) {
    if (rule.operation != "*" && rule.operation != operation) continue;
    if (rule.after > 0) {
      --rule.after;
      continue;
    }
    if (rule.times == 0) continue;
    if (rule.times > 0) --rule.times;
    return rule;
  }
  return std::nullopt;
}

bool instead_of_operation(const Fault& fault) {
  return fault.kind == Fault::Kind::status || fault.kind == Fault::Kind::reset_before ||
         fault.kind == Fault::Kind::expired_token;
}

Reply fault_answer(const Call& call, const Fault& fault) {
  if (fault.kind == Fault::Kind::reset_before) return {.status = 0, .reset = true};
  if (fault.kind == Fault::Kind::expired_token) {
    return error_answer(call, {.status = 401,
                               .code = "InvalidAuthenticationToken",
                               .message = "Lifetime validation failed, the token is expired."});
  }
  Reply reply = error_answer(call, refusal_of(fault.status));
  if (fault.retry_after) reply.headers.push_back({"Retry-After", *fault.retry_after});
  return reply;
}

void spoil(Reply& reply, const Fault& fault) {
  switch (fault.kind) {
    case Fault::Kind::delay:
      reply.delay += fault.delay;
      return;
    case Fault::Kind::reset_after:
      reply.reset = true;
      return;
    case Fault::Kind::truncate:
      reply.cut_after = reply.body.size() / 2;
      return;
    case Fault::Kind::garbage:
      reply.body = "<html><body>\x01 The gateway lost its way {\"value\":[";
      return;
    case Fault::Kind::status:
    case Fault::Kind::reset_before:
    case Fault::Kind::expired_token:
    case Fault::Kind::id_token:
      return;
  }
}

}  // namespace clawback::lab
