#include "approval/statement.hpp"

#include <algorithm>
#include <array>

#include "base/digest.hpp"
#include "base/json.hpp"
#include "base/safe_text.hpp"

namespace clawback::approval {
namespace {

constexpr std::string_view schema = "clawback.approval/1";
constexpr std::size_t payload_max = 65536;
constexpr std::size_t nonce_max = 128;

constexpr std::array<Decision, 3> decisions = {Decision::approve, Decision::reject,
                                               Decision::ratify};

bool is_visible(char c) { return c > ' ' && c < '\x7f'; }

}  // namespace

Error refused(std::string message) {
  return Error{.code = Errc::approval, .message = "approval: " + std::move(message)};
}

std::string_view name_of(Decision decision) {
  switch (decision) {
    case Decision::approve:
      return "approve";
    case Decision::reject:
      return "reject";
    case Decision::ratify:
      return "ratify";
  }
  return "reject";
}

std::string pre_authentication(std::string_view payload) {
  std::string out = "DSSEv1 ";
  out += std::to_string(payload_type.size());
  out += ' ';
  out += payload_type;
  out += ' ';
  out += std::to_string(payload.size());
  out += ' ';
  out += payload;
  return out;
}

std::string nonce_of(std::string_view payload) {
  const Sha256 digest = sha256(pre_authentication(payload));
  return base64url({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

std::string payload_of(const Statement& statement) {
  json::object out{{"schema", schema},
                   {"planDigest", statement.plan_digest},
                   {"tenant", statement.tenant},
                   {"decision", name_of(statement.decision)},
                   {"approver", statement.approver},
                   {"reason", statement.reason},
                   {"issued", format_time(statement.issued)},
                   {"expires", format_time(statement.expires)},
                   {"nonce", statement.nonce}};
  if (statement.break_glass) out["breakGlass"] = true;
  return canonical_json(out);
}

Result<Statement> statement_from(std::string_view payload) {
  const auto value = parse_json(payload, {.depth = 4, .bytes = payload_max});
  if (!value) return refused("its content is not JSON");
  if (string_at(*value, "schema") != schema) return refused("it is not a clawback.approval/1");
  Statement out;
  const std::string decision = string_at(*value, "decision").value_or("");
  const auto* const found = std::find_if(decisions.begin(), decisions.end(),
                                         [&](Decision one) { return name_of(one) == decision; });
  if (found == decisions.end())
    return refused("\"" + printable(decision, 30) + "\" is no decision");
  out.decision = *found;
  const auto issued = parse_time(string_at(*value, "issued").value_or(""));
  const auto expires = parse_time(string_at(*value, "expires").value_or(""));
  if (!issued || !expires) return refused("it does not say from when until when it holds");
  out.plan_digest = string_at(*value, "planDigest").value_or("");
  out.tenant = string_at(*value, "tenant").value_or("");
  out.approver = string_at(*value, "approver").value_or("");
  out.reason = string_at(*value, "reason").value_or("");
  out.nonce = string_at(*value, "nonce").value_or("");
  out.issued = *issued;
  out.expires = *expires;
  out.break_glass = bool_at(*value, "breakGlass").value_or(false);
  if (payload_of(out) != payload)
    return refused("its content has members that an approval does not have");
  if (out.nonce.empty() || out.nonce.size() > nonce_max ||
      !std::all_of(out.nonce.begin(), out.nonce.end(), is_visible)) {
    return refused("it has no usable nonce");
  }
  if (out.break_glass && out.decision != Decision::approve) {
    return refused("only an approval can break the glass");
  }
  return out;
}

}  // namespace clawback::approval
