#include <doctest/doctest.h>
#include <openssl/pem.h>

#include <functional>
#include <string_view>

#include "approval/approval.hpp"
#include "approval/openssl.hpp"
#include "approval/statement.hpp"
#include "entra.hpp"

using namespace clawback;
using namespace clawback::approval;
using namespace clawback::approval::test;

// What a registered person could sign with a program of their own: the signature holds, and what it
// is under decides.
namespace {

const Time now = *parse_time("2026-11-23T10:00:00Z");

const KeyPair& key() {
  static const KeyPair made = *make_key(Secret());
  return made;
}

Registry registry() { return {{.name = "Dana", .ed25519 = key().public_key}}; }

Statement yes() {
  return {.plan_digest = "sha256:plan",
          .tenant = tenant,
          .approver = "Dana",
          .reason = "case 7",
          .issued = now,
          .expires = now + std::chrono::hours(4),
          .nonce = "n"};
}

std::string raw_signature(const std::string& message) {
  const auto opened = open_key(key().private_pem, Secret());
  REQUIRE(opened);
  std::string out(64, '\0');
  std::size_t size = out.size();
  const ContextPtr context(EVP_MD_CTX_new());
  REQUIRE(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, opened->get()) == 1);
  REQUIRE(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size,
                         reinterpret_cast<const unsigned char*>(message.data()),
                         message.size()) == 1);
  return out;
}

json::object envelope_over(const std::string& payload, const std::string& signature) {
  return {{"payload", base64(payload)},
          {"payloadType", payload_type},
          {"signatures", json::array{json::object{{"keyid", "k"}, {"sig", base64(signature)}}}}};
}

json::object by_hand(const std::string& payload) {
  return envelope_over(payload, raw_signature(pre_authentication(payload)));
}

std::string said_of(const json::object& envelope) {
  const auto statement = verify(canonical_json(envelope), registry());
  return statement ? "accepted" : statement.error().message;
}

bool says(const std::string& message, std::string_view words) {
  return message.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("statement: only what an approval says may be in it, although the signature holds") {
  struct Case {
    std::string_view name;
    std::function<void(json::object&)> change;
    std::string_view says;
  };
  const Case cases[] = {
      {"as it is", [](json::object&) {}, "accepted"},
      {"a member of its own", [](json::object& one) { one["also"] = "all plans"; }, "members"},
      {"a member twice in other words", [](json::object& one) { one["breakGlass"] = false; },
       "members"},
      {"a number for a text", [](json::object& one) { one["reason"] = 7; }, "members"},
      {"another schema", [](json::object& one) { one["schema"] = "clawback.approval/2"; },
       "not a clawback.approval/1"},
      {"no schema", [](json::object& one) { one.erase("schema"); }, "not a clawback.approval/1"},
      {"an unknown decision", [](json::object& one) { one["decision"] = "maybe"; }, "no decision"},
      {"no decision", [](json::object& one) { one.erase("decision"); }, "no decision"},
      {"no end", [](json::object& one) { one.erase("expires"); }, "from when until when"},
      {"no beginning", [](json::object& one) { one["issued"] = "now"; }, "from when until when"},
      {"a time with a fraction that is not how we write it",
       [](json::object& one) { one["issued"] = "2026-11-23T10:00:00.000Z"; }, "members"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    auto payload = parse_json(payload_of(yes()));
    REQUIRE(payload);
    c.change(payload->get_object());
    const std::string said = said_of(by_hand(canonical_json(*payload)));
    CHECK_MESSAGE(says(said, c.says), said);
  }
  // The same content in other bytes is something else than what clawback signs.
  CHECK(says(said_of(by_hand(payload_of(yes()) + " ")), "members"));
  CHECK(says(said_of(by_hand("approve")), "not JSON"));
}

TEST_CASE("envelope: it is of an approval, and has one to four signatures") {
  const std::string payload = payload_of(yes());
  CHECK(said_of(by_hand(payload)) == "accepted");
  json::object other = by_hand(payload);
  other["payloadType"] = "application/vnd.in-toto+json";
  CHECK(says(said_of(other), "something else"));
  other.erase("payloadType");
  CHECK(says(said_of(other), "something else"));
  json::object many = by_hand(payload);
  json::array& signatures = many["signatures"].get_array();
  const json::value one = signatures.front();
  for (int i = 0; i < 3; ++i) signatures.push_back(one);
  CHECK(said_of(many) == "accepted");
  signatures.push_back(one);
  CHECK(says(said_of(many), "one to four"));
  json::object empty = by_hand("");
  CHECK_FALSE(said_of(empty) == "accepted");
}

TEST_CASE("envelope: what is signed is the type with the content") {
  // github.com/secure-systems-lab/dsse, protocol.md: "DSSEv1", length and bytes of both.
  CHECK(pre_authentication("{}") == "DSSEv1 41 application/vnd.clawback.approval.v1+json 2 {}");
  const std::string payload = payload_of(yes());
  // A signature over the bare content, as another program might make one, is none.
  CHECK(says(said_of(envelope_over(payload, raw_signature(payload))), "not by the key"));
  std::string without = pre_authentication(payload);
  without.replace(without.find(payload_type), payload_type.size(), "text/plain");
  CHECK(says(said_of(envelope_over(payload, raw_signature(without))), "not by the key"));
}

TEST_CASE("envelope: keys are asked for of approvers' tenants alone, whatever a token claims") {
  const auto tenants = [](const std::string& tid) {
    json::object claims = Issuer::claims("n", now);
    claims["tid"] = tid;
    json::object envelope = by_hand(payload_of(yes()));
    envelope["signatures"] = json::array{
        json::object{{"kind", "entra-id-token"}, {"sig", base64(issuer().token(claims))}}};
    return tenants_of({canonical_json(envelope)}, people());
  };
  CHECK(tenants(tenant) == std::set<std::string>{tenant});
  CHECK(tenants("99999999-0000-4000-8000-000000000009").empty());
  CHECK(tenants("../evil").empty());
}

TEST_CASE("key: only an Ed25519 key signs") {
  const KeyPtr other(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED448"));
  REQUIRE(other);
  const BioPtr text(BIO_new(BIO_s_mem()));
  REQUIRE(PEM_write_bio_PKCS8PrivateKey(text.get(), other.get(), nullptr, nullptr, 0, nullptr,
                                        nullptr) == 1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(text.get(), &data);
  const Secret pem(std::string(data, static_cast<std::size_t>(size)));
  const auto opened = open_key(pem, Secret());
  REQUIRE_FALSE(opened);
  CHECK(says(opened.error().message, "not an Ed25519 key"));
  CHECK_FALSE(sign(yes(), pem, Secret()));
}

TEST_CASE("key: all of a passphrase is needed") {
  const std::string words(1024, 'x');
  const auto made = make_key(Secret(std::string(words)));
  REQUIRE(made);
  CHECK(public_key_of(made->private_pem, Secret(std::string(words))));
  CHECK_FALSE(public_key_of(made->private_pem, Secret(words.substr(1))));
  CHECK_FALSE(public_key_of(made->private_pem, Secret(words + "x")));
  CHECK_FALSE(public_key_of(made->private_pem, Secret(words + std::string(9000, 'x'))));
  CHECK_FALSE(public_key_of(made->private_pem, Secret()));
}
