#include <openssl/err.h>

#include "approval/approval.hpp"
#include "approval/openssl.hpp"
#include "base/digest.hpp"
#include "base/json.hpp"
#include "base/safe_text.hpp"

namespace clawback::approval {
namespace {

constexpr std::string_view payload_type = "application/vnd.clawback.approval.v1+json";
constexpr std::string_view schema = "clawback.approval/1";

Error refused(std::string message) {
  return Error{.code = Errc::approval, .message = "approval: " + std::move(message)};
}

std::string_view name_of(Decision decision) {
  return decision == Decision::approve ? "approve" : "reject";
}

// What is signed: DSSE's pre-authentication encoding, so that no other kind of message can be
// meant.
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

std::string payload_of(const Statement& statement) {
  return canonical_json(json::object{{"schema", schema},
                                     {"planDigest", statement.plan_digest},
                                     {"tenant", statement.tenant},
                                     {"decision", name_of(statement.decision)},
                                     {"approver", statement.approver},
                                     {"reason", statement.reason},
                                     {"issued", format_time(statement.issued)},
                                     {"expires", format_time(statement.expires)},
                                     {"nonce", statement.nonce}});
}

bool signature_holds(const std::string& public_key, std::string_view message,
                     std::string_view signature) {
  if (public_key.size() != 32 || signature.size() != 64) return false;
  const KeyPtr key(EVP_PKEY_new_raw_public_key(
      EVP_PKEY_ED25519, nullptr, reinterpret_cast<const unsigned char*>(public_key.data()),
      public_key.size()));
  const ContextPtr context(EVP_MD_CTX_new());
  const bool holds =
      key && context &&
      EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
      EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()),
                       signature.size(), reinterpret_cast<const unsigned char*>(message.data()),
                       message.size()) == 1;
  ERR_clear_error();
  return holds;
}

// Called only on bytes whose signature holds; a registered person may still have written nonsense.
Result<Statement> statement_from(std::string_view payload) {
  const auto value = parse_json(payload, {.depth = 4, .bytes = 65536});
  if (!value) return refused("its content is not JSON");
  if (string_at(*value, "schema") != schema) return refused("it is not a clawback.approval/1");
  Statement out;
  const std::string decision = string_at(*value, "decision").value_or("");
  if (decision == name_of(Decision::approve)) {
    out.decision = Decision::approve;
  } else if (decision == name_of(Decision::reject)) {
    out.decision = Decision::reject;
  } else {
    return refused("\"" + printable(decision, 30) + "\" is no decision");
  }
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
  if (payload_of(out) != payload)
    return refused("its content has members that an approval does not have");
  return out;
}

}  // namespace

Result<std::string> sign(const Statement& statement, const Secret& private_pem,
                         const Secret& passphrase) {
  const auto key = open_key(private_pem, passphrase);
  if (!key) return key.error();
  const std::string payload = payload_of(statement);
  const std::string message = pre_authentication(payload);
  std::string signature(64, '\0');
  std::size_t size = signature.size();
  const ContextPtr context(EVP_MD_CTX_new());
  if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key->get()) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                     reinterpret_cast<const unsigned char*>(message.data()), message.size()) != 1) {
    return Error{.code = Errc::internal, .message = "OpenSSL does not sign the approval"};
  }
  const auto public_key = public_key_of(private_pem, passphrase);
  if (!public_key) return public_key.error();
  return canonical_json(json::object{
      {"payload", base64(payload)},
      {"payloadType", payload_type},
      {"signatures",
       json::array{json::object{{"keyid", base64(*public_key)}, {"sig", base64(signature)}}}}});
}

Result<Statement> verify(std::string_view envelope, const std::vector<Approver>& registry) {
  const auto value = parse_json(envelope, {.depth = 6, .bytes = 131072});
  if (!value) return refused("it is not an envelope: " + value.error().message);
  if (string_at(*value, "payloadType") != payload_type)
    return refused("it is an envelope of something else");
  const auto payload = from_base64(string_at(*value, "payload").value_or(""));
  const json::array* signatures = array_at(*value, "signatures");
  if (!payload || payload->empty() || signatures == nullptr || signatures->size() != 1) {
    return refused("it is not an envelope with one signature");
  }
  const auto signature = from_base64(string_at(signatures->front(), "sig").value_or(""));
  if (!signature) return refused("its signature is not base64");
  const std::string message = pre_authentication(*payload);
  for (const Approver& approver : registry) {
    if (!signature_holds(approver.ed25519, message, *signature)) continue;
    auto statement = statement_from(*payload);
    if (!statement) return statement.error();
    if (statement->approver != approver.name) {
      return refused("it is signed by " + printable(approver.name, 60) + " in the name of " +
                     printable(statement->approver, 60));
    }
    return statement;
  }
  return refused("its signature is not by the key of a registered approver, or it was altered");
}

}  // namespace clawback::approval
