#include "approval/id_token.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <string_view>

#include "approval/jwks.hpp"
#include "entra.hpp"

using namespace clawback;
using namespace clawback::approval;
using namespace clawback::approval::test;

namespace {

const Time made = *parse_time("2026-11-23T10:00:00Z");
constexpr std::string_view nonce = "the-nonce-of-this-approval";

json::object claims() { return Issuer::claims(std::string(nonce), made); }

std::string hs256(const std::string& secret) {
  json::object header = Issuer::header();
  header["alg"] = "HS256";
  const std::string text =
      base64url(compact_json(header)) + "." + base64url(compact_json(claims()));
  std::string out(32, '\0');
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(),
       reinterpret_cast<unsigned char*>(out.data()), &size);
  return text + "." + base64url(out);
}

std::string with_header(std::string_view key, const json::value& value) {
  json::object header = Issuer::header();
  header[key] = value;
  return issuer().token(header, claims());
}

std::string with_claim(std::string_view key, const json::value& value) {
  json::object changed = claims();
  changed[key] = value;
  return issuer().token(changed);
}

std::string with_claim(std::string_view key, const std::string& text) {
  return with_claim(key, json::value(text));
}

std::string without_claim(std::string_view key) {
  json::object changed = claims();
  changed.erase(key);
  return issuer().token(changed);
}

}  // namespace

TEST_CASE("id token: the good one says who, by tenant and object id") {
  const auto token = check_id_token(issuer().token(claims()), people(), nonce);
  REQUIRE_MESSAGE(token, token.error().message);
  CHECK(token->account == Account{.tenant = tenant, .object = dana});
  CHECK(token->issued == made);
  CHECK(token->expires == made + std::chrono::seconds(3900));
}

TEST_CASE("id token: every way to be wrong is refused with its reason") {
  std::string cut = issuer().token(claims());
  cut.resize(cut.rfind('.') + 1);
  std::string altered = issuer().token(claims());
  altered[altered.size() - 10] = altered[altered.size() - 10] == 'A' ? 'B' : 'A';
  const Issuer stranger;
  struct Case {
    std::string_view name;
    std::string token;
    std::string_view says;
  };
  const std::string other = "99999999-0000-4000-8000-000000000009";
  const Case cases[] = {
      {"empty", "", "no JWT"},
      {"two parts", "e30.e30", "no JWT"},
      {"not JSON", "AAAA.AAAA.AAAA", "no JWT"},
      {"too long", std::string(20000, 'A'), "too long"},
      {"alg none", with_header("alg", json::value("none")), "only RS256"},
      {"alg none, no signature",
       base64url(R"({"alg":"none"})") + "." + base64url(compact_json(claims())) + ".",
       "only RS256"},
      {"alg HS256 with the key's numbers", hs256(number(issuer().key.get(), "n")), "only RS256"},
      {"alg HS256 with the JWKS", hs256(issuer().jwks()), "only RS256"},
      {"alg in another case", with_header("alg", json::value("rs256")), "only RS256"},
      {"alg PS256", with_header("alg", json::value("PS256")), "only RS256"},
      {"alg RS384", with_header("alg", json::value("RS384")), "only RS256"},
      {"alg a list", with_header("alg", json::array{"RS256"}), "only RS256"},
      {"crit", with_header("crit", json::array{"b64"}), "extensions"},
      {"unknown kid", with_header("kid", json::value("k2")), "unknown key"},
      {"no kid", with_header("kid", nullptr), "which key"},
      {"a stranger's key", stranger.token(claims()), "signature does not hold"},
      {"altered signature", altered, "signature does not hold"},
      {"no signature", cut, "signature does not hold"},
      {"no tid", without_claim("tid"), "which tenant"},
      {"another tid", with_claim("tid", other), "no registered approver"},
      {"another issuer", with_claim("iss", json::value("https://login.example/x/v2.0")),
       "issuer is not"},
      {"issuer of v1.0", with_claim("iss", "https://sts.windows.net/" + tenant + "/"),
       "issuer is not"},
      {"another audience", with_claim("aud", other), "another application"},
      {"a list of audiences", with_claim("aud", json::array{app}), "another application"},
      {"no audience", without_claim("aud"), "another application"},
      {"version 1.0", with_claim("ver", json::value("1.0")), "version 2.0"},
      {"another nonce", with_claim("nonce", json::value("x")), "nonce is not this approval's"},
      {"no nonce", without_claim("nonce"), "nonce is not this approval's"},
      {"no oid", without_claim("oid"), "whose it is"},
      {"a mail address for an oid", with_claim("oid", json::value("dana@contoso.example")),
       "whose it is"},
      {"no iat", without_claim("iat"), "iat, nbf and exp"},
      {"iat as text", with_claim("iat", json::value("1")), "iat, nbf and exp"},
      {"exp beyond time", with_claim("exp", std::int64_t{9'000'000'000'000'000}),
       "iat, nbf and exp"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    const auto token = check_id_token(c.token, people(), nonce);
    REQUIRE_FALSE(token);
    CHECK(token.error().code == Errc::approval);
    CHECK_MESSAGE(token.error().message.find(c.says) != std::string::npos, token.error().message);
    CHECK(token.error().message.find("eyJ") == std::string::npos);
  }
}

TEST_CASE("id token: without this installation's side of it nothing is accepted") {
  const std::string good = issuer().token(claims());
  const auto says = [&](const Registry& registry) {
    const auto token = check_id_token(good, registry, nonce);
    return token ? std::string("accepted") : token.error().message;
  };
  Entra no_keys = trusted();
  no_keys.keys.clear();
  CHECK(says(people(no_keys)).find("not at hand") != std::string::npos);
  Entra no_app = trusted();
  no_app.client_id.clear();
  CHECK(says(people(no_app)).find("another application") != std::string::npos);
  Entra elsewhere = trusted();
  elsewhere.login = "https://login.other.example";
  CHECK(says(people(elsewhere)) != "accepted");
  CHECK(says(Registry{{.name = "Dana", .ed25519 = std::string(32, 'k')}})
            .find("no registered approver") != std::string::npos);
  CHECK_FALSE(check_id_token(good, people(), ""));
}

TEST_CASE("id token: keys that must not be used") {
  struct Case {
    std::string_view name;
    std::function<void(json::object&)> change;
    std::string_view says;
  };
  const Case cases[] = {
      {"for encryption", [](json::object& key) { key["use"] = "enc"; }, "not for signing"},
      {"for another algorithm", [](json::object& key) { key["alg"] = "RS512"; }, "not for RS256"},
      {"an elliptic curve", [](json::object& key) { key["kty"] = "EC"; }, "no RSA key"},
      {"a secret", [](json::object& key) { key["kty"] = "oct"; }, "no RSA key"},
      {"of another issuer",
       [](json::object& key) { key["issuer"] = "https://evil.example/{tenantid}/v2.0"; },
       "another issuer"},
      {"of another tenant",
       [](json::object& key) {
         key["issuer"] = login + "/99999999-0000-4000-8000-000000000009/v2.0";
       },
       "another issuer"},
      {"without numbers", [](json::object& key) { key.erase("n"); }, "no usable numbers"},
      {"exponent 1", [](json::object& key) { key["e"] = "AQ"; }, "no usable numbers"},
      {"an even exponent", [](json::object& key) { key["e"] = "AQAC"; }, "no usable numbers"},
      {"an even modulus", [](json::object& key) { key["n"] = base64url(std::string(256, '\x82')); },
       "no usable numbers"},
      {"short", [](json::object& key) { key["n"] = base64url(std::string(128, '\x81')); },
       "shorter than 2048"},
      {"huge", [](json::object& key) { key["n"] = base64url(std::string(4096, '\x81')); },
       "no usable numbers"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    json::object key = issuer().jwk();
    c.change(key);
    const std::string jwks = compact_json(json::object{{"keys", json::array{key}}});
    const auto token = check_id_token(issuer().token(claims()), people(trusted(jwks)), nonce);
    REQUIRE_FALSE(token);
    CHECK_MESSAGE(token.error().message.find(c.says) != std::string::npos, token.error().message);
  }
  const Issuer weak(1024);
  CHECK_FALSE(check_id_token(weak.token(claims()), people(trusted(weak.jwks())), nonce));
  CHECK_FALSE(check_id_token(issuer().token(claims()), people(trusted("{}")), nonce));
  json::array many(100, json::value{{"kid", "another"}});
  many.push_back(issuer().jwk());
  const auto listed = [&] { return compact_json(json::object{{"keys", many}}); };
  CHECK_FALSE(check_id_token(issuer().token(claims()), people(trusted(listed())), nonce));
  many.erase(many.begin());
  CHECK(check_id_token(issuer().token(claims()), people(trusted(listed())), nonce));
}

TEST_CASE("id token: a key of all tenants is of a tenant, not of whatever stands in its place") {
  const std::string jwks = issuer().jwks();
  CHECK(find_key(jwks, "k1", login + "/" + tenant + "/v2.0"));
  for (const char* const place : {"common", "", "x/../y"}) {
    CAPTURE(place);
    const auto key = find_key(jwks, "k1", login + "/" + place + "/v2.0");
    REQUIRE_FALSE(key);
    CHECK(key.error().code == Errc::approval);
  }
}

TEST_CASE("id token: a key that was recorded earlier still opens what it signed") {
  const Issuer next;
  Entra entra = trusted(next.jwks());
  // The new document has the same kid in this test: what must not happen is that a wrong key of
  // that name passes.
  CHECK_FALSE(check_id_token(issuer().token(claims()), people(entra), nonce));
  // Nor does a key of another tenant open it, however well that one is known.
  const std::string other = "99999999-0000-4000-8000-000000000009";
  entra.keys[tenant] = {R"({"keys":[]})"};
  entra.keys[other] = {issuer().jwks()};
  Registry both = people(entra);
  both.people.push_back({.name = "Fay", .entra = {.tenant = other, .object = dana}});
  CHECK_FALSE(check_id_token(issuer().token(claims()), both, nonce));
  entra.keys[tenant] = {R"({"keys":[]})", issuer().jwks()};
  CHECK(check_id_token(issuer().token(claims()), people(entra), nonce));
}

TEST_CASE("id token: it was made for this signature") {
  using std::chrono::minutes;
  const auto fits = [](Duration iat, Duration nbf, Duration exp) {
    const IdToken token{
        .account = {}, .issued = made + iat, .not_before = made + nbf, .expires = made + exp};
    return static_cast<bool>(check_times(token, made));
  };
  CHECK(fits(minutes(0), minutes(0), minutes(65)));
  CHECK(fits(minutes(10), minutes(10), minutes(65)));
  CHECK(fits(-minutes(10), -minutes(10), minutes(55)));
  CHECK_FALSE(fits(minutes(11), minutes(0), minutes(65)));
  CHECK_FALSE(fits(-minutes(11), -minutes(11), minutes(65)));
  CHECK_FALSE(fits(minutes(0), minutes(6), minutes(65)));
  CHECK_FALSE(fits(-minutes(5), -minutes(5), minutes(0)));
}

TEST_CASE("id token: credentials were given for this signature, where the token says when") {
  using std::chrono::minutes;
  const auto seconds = [](Time time) {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  };
  const auto fits = [&](Duration before) {
    const std::string text = with_claim("auth_time", seconds(made - before));
    const auto token = check_id_token(text, people(), nonce);
    REQUIRE_MESSAGE(token, token.error().message);
    CHECK(token->authenticated == made - before);
    return static_cast<bool>(check_times(*token, made));
  };
  CHECK(fits(minutes(0)));
  CHECK(fits(minutes(5)));
  CHECK(fits(-minutes(9)));
  CHECK_FALSE(fits(minutes(6)));
  CHECK_FALSE(fits(std::chrono::hours(24)));
  CHECK_FALSE(check_id_token(issuer().token(claims()), people(), nonce)->authenticated);
  for (const json::value& odd : {json::value("1"), json::value(-1)}) {
    CHECK_FALSE(check_id_token(with_claim("auth_time", odd), people(), nonce));
  }
}

TEST_CASE("id token: the tenant it claims is only a hint") {
  CHECK(claimed_tenant(issuer().token(claims())) == tenant);
  CHECK(claimed_tenant("x").empty());
  CHECK(claimed_tenant(with_claim("tid", json::value("../.."))).empty());
}
