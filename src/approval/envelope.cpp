#include <openssl/err.h>

#include <algorithm>

#include "approval/approval.hpp"
#include "approval/id_token.hpp"
#include "approval/openssl.hpp"
#include "approval/statement.hpp"
#include "base/digest.hpp"
#include "base/json.hpp"
#include "base/safe_text.hpp"

namespace clawback::approval {
namespace {

constexpr JsonLimits envelope_limits{.depth = 6, .bytes = 131072};
constexpr std::size_t signatures_max = 4;
constexpr std::string_view token_kind = "entra-id-token";
constexpr std::string_view key_kind = "ed25519";

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

struct Envelope {
  std::string payload;
  std::vector<json::value> signatures;
};

Result<Envelope> open(std::string_view text) {
  const auto value = parse_json(text, envelope_limits);
  if (!value) return refused("it is not an envelope: " + value.error().message);
  if (string_at(*value, "payloadType") != payload_type)
    return refused("it is an envelope of something else");
  const auto payload = from_base64(string_at(*value, "payload").value_or(""));
  const json::array* signatures = array_at(*value, "signatures");
  if (!payload || payload->empty() || signatures == nullptr || signatures->empty() ||
      signatures->size() > signatures_max) {
    return refused("it is not an envelope with one to four signatures");
  }
  return Envelope{.payload = *payload, .signatures = {signatures->begin(), signatures->end()}};
}

bool is_token(const json::value& signature) { return string_at(signature, "kind") == token_kind; }

// Who signed: the person's name, and for a token the token.
struct Signer {
  std::string name;
  std::optional<IdToken> token;
};

Result<Signer> signer_by_key(const std::string& payload, std::string_view signature,
                             const Registry& registry) {
  const std::string message = pre_authentication(payload);
  for (const Approver& approver : registry.people) {
    if (signature_holds(approver.ed25519, message, signature)) {
      return Signer{.name = approver.name, .token = std::nullopt};
    }
  }
  return refused("its signature is not by the key of a registered approver, or it was altered");
}

Result<Signer> signer_by_token(const std::string& payload, std::string_view token,
                               const Registry& registry) {
  const auto checked = check_id_token(token, registry, nonce_of(payload));
  if (!checked) return within("approval", checked.error());
  for (const Approver& approver : registry.people) {
    if (approver.entra == checked->account) return Signer{.name = approver.name, .token = *checked};
  }
  return refused("it is signed by an Entra account that is not a registered approver's: " +
                 checked->account.object + " of tenant " + checked->account.tenant);
}

Result<Signer> signer_of(const Envelope& envelope, const json::value& signature,
                         const Registry& registry) {
  const auto bytes = from_base64(string_at(signature, "sig").value_or(""));
  if (!bytes) return refused("its signature is not base64");
  if (is_token(signature)) return signer_by_token(envelope.payload, *bytes, registry);
  if (string_at(signature, "kind").value_or(std::string(key_kind)) != key_kind) {
    return refused("its signature is of an unknown kind");
  }
  return signer_by_key(envelope.payload, *bytes, registry);
}

std::string envelope_of(const std::string& payload, json::object signature) {
  return canonical_json(json::object{{"payload", base64(payload)},
                                     {"payloadType", payload_type},
                                     {"signatures", json::array{std::move(signature)}}});
}

Error in_anothers_name(const std::string& signer, const Statement& statement) {
  return refused("it is signed by " + printable(signer, 60) + " in the name of " +
                 printable(statement.approver, 60));
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
  return envelope_of(payload, {{"keyid", base64(*public_key)}, {"sig", base64(signature)}});
}

std::string sign_in_nonce(const Statement& statement) { return nonce_of(payload_of(statement)); }

Result<std::string> seal_token(const Statement& statement, const Secret& id_token,
                               const Registry& registry, Time now) {
  const std::string payload = payload_of(statement);
  const auto signer = signer_by_token(payload, id_token.reveal(), registry);
  if (!signer) return signer.error();
  if (signer->name != statement.approver) return in_anothers_name(signer->name, statement);
  auto fits = check_times(*signer->token, statement.issued);
  if (fits) fits = check_made(*signer->token, now);
  if (!fits) return within("approval", fits.error());
  const Account& account = signer->token->account;
  return envelope_of(payload, {{"kind", token_kind},
                               {"keyid", account.tenant + "/" + account.object},
                               {"sig", base64(id_token.reveal())}});
}

std::set<std::string> tenants_of(const std::vector<std::string>& envelopes,
                                 const Registry& registry) {
  std::set<std::string> out;
  for (const std::string& text : envelopes) {
    const auto envelope = open(text);
    if (!envelope) continue;
    for (const json::value& signature : envelope->signatures) {
      const auto token = from_base64(string_at(signature, "sig").value_or(""));
      if (!is_token(signature) || !token) continue;
      const std::string tenant = claimed_tenant(*token);
      const bool registered =
          !tenant.empty() &&
          std::any_of(registry.people.begin(), registry.people.end(),
                      [&](const Approver& one) { return one.entra.tenant == tenant; });
      if (registered) out.insert(tenant);
    }
  }
  return out;
}

Result<Statement> verify(std::string_view text, const Registry& registry) {
  const auto envelope = open(text);
  if (!envelope) return envelope.error();
  std::vector<Signer> signers;
  for (const json::value& signature : envelope->signatures) {
    auto signer = signer_of(*envelope, signature, registry);
    if (!signer) return signer.error();
    signers.push_back(std::move(*signer));
  }
  auto statement = statement_from(envelope->payload);
  if (!statement) return statement.error();
  for (const Signer& signer : signers) {
    if (signer.name != statement->approver) return in_anothers_name(signer.name, *statement);
    if (!signer.token) continue;
    if (const auto fits = check_times(*signer.token, statement->issued); !fits) {
      return within("approval", fits.error());
    }
  }
  return statement;
}

}  // namespace clawback::approval
