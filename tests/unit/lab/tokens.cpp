#include <doctest/doctest.h>

#include "test_lab.hpp"

using namespace clawback;
using namespace clawback::lab;

namespace {

int aadsts(const Answer& answer) {
  const json::array* codes = array_at(answer.body, "error_codes");
  return codes == nullptr ? 0 : static_cast<int>(codes->at(0).as_int64());
}

}  // namespace

TEST_CASE("token: a secret in the form or in HTTP Basic gives a token") {
  TestLab lab;
  CHECK_FALSE(lab.read_token().empty());
  const std::string basic = base64(lab.service.tenant().read_client_id + ":open%20sesame");
  const Answer answer = lab.token("grant_type=client_credentials&" + TestLab::scope(),
                                  {{"Authorization", "Basic " + basic}});
  CHECK(answer.status == 200);
  CHECK(text_of(answer.body, "token_type") == "Bearer");
  CHECK(int_at(answer.body, "expires_in") == 3599);
}

TEST_CASE("token: refusals carry the AADSTS number in body and text") {
  TestLab lab;
  const std::string client = "client_id=" + lab.service.tenant().read_client_id;
  const std::string good_scope = TestLab::scope();
  struct Case {
    std::string_view name;
    std::string form;
    int status;
    int code;
  };
  const Case cases[] = {
      {"no grant type", client, 400, 900144},
      {"another grant", "grant_type=password&" + client, 400, 70003},
      {"no client", "grant_type=client_credentials&" + good_scope, 400, 900144},
      {"no scope", "grant_type=client_credentials&" + client, 400, 900144},
      {"not a default scope", "grant_type=client_credentials&scope=Mail.Read&" + client, 400,
       70011},
      {"another resource",
       "grant_type=client_credentials&scope=https%3A%2F%2Fevil.example%2F.default&" + client, 400,
       500011},
      {"unknown client",
       "grant_type=client_credentials&client_id=" + random_guid() + "&" + good_scope, 400, 700016},
      {"no credential", "grant_type=client_credentials&" + client + "&" + good_scope, 401, 7000218},
      {"wrong secret", "grant_type=client_credentials&client_secret=x&" + client + "&" + good_scope,
       401, 7000215},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    const Answer answer = lab.token(c.form);
    CHECK(answer.status == c.status);
    CHECK(aadsts(answer) == c.code);
    CHECK(text_of(answer.body, "error_description")
              .starts_with("AADSTS" + std::to_string(c.code) + ": "));
    CHECK(text_of(answer.body, "timestamp").ends_with("Z"));
  }
}

TEST_CASE("token: the tenant in the path must be this one") {
  TestLab lab;
  struct Case {
    std::string tenant;
    int code;
  };
  const Case cases[] = {{"common", 9001023}, {random_guid(), 90002}};
  for (const Case& c : cases) {
    CAPTURE(c.tenant);
    const Answer answer =
        lab.send({.method = "POST", .target = "/" + c.tenant + "/oauth2/v2.0/token"});
    CHECK(aadsts(answer) == c.code);
  }
}

TEST_CASE("trap 24: assertions with PS256 and x5t#S256, and with RS256 and x5t, are both good") {
  TestLab lab;
  CHECK_FALSE(lab.write_token().empty());
  const json::object older{{"alg", "RS256"},
                           {"typ", "JWT"},
                           {"x5t", base64url(sha1(test_keys().write.certificate_der))}};
  CHECK(lab.token_by_assertion(sign_jwt(test_keys().write.key.get(), older, lab.assertion_claims()))
            .status == 200);
  json::object by_domain = lab.assertion_claims();
  by_domain["aud"] = "https://localhost:4443/" + lab.service.tenant().domain + "/oauth2/v2.0/token";
  CHECK(lab.token_by_assertion(
               sign_jwt(test_keys().write.key.get(), TestLab::assertion_header(), by_domain))
            .status == 200);
}

TEST_CASE("token: a client assertion is checked for real") {
  TestLab lab;
  const std::int64_t now = lab.clock.time_since_epoch().count() / 1000;
  struct Case {
    std::string_view name;
    std::string_view claim;
    json::value value;
    int code;
  };
  const Case cases[] = {
      {"another audience", "aud", "https://evil.example/oauth2/v2.0/token", 700023},
      {"expired", "exp", now - 301, 700024},
      {"not yet", "nbf", now + 900, 700024},
      {"issuer is not subject", "sub", "someone", 50048},
      {"no jti", "jti", "", 50013},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    json::object claims = lab.assertion_claims();
    claims[c.claim] = c.value;
    const Answer answer = lab.token_by_assertion(
        sign_jwt(test_keys().write.key.get(), TestLab::assertion_header(), claims));
    CHECK(answer.status == 401);
    CHECK(text_of(answer.body, "error") == "invalid_client");
    CHECK(aadsts(answer) == c.code);
  }
  const std::string foreign =
      sign_jwt(test_keys().signing.key.get(), TestLab::assertion_header(), lab.assertion_claims());
  CHECK(aadsts(lab.token_by_assertion(foreign)) == 700027);
  json::object header = TestLab::assertion_header();
  header["alg"] = "none";
  CHECK(aadsts(lab.token_by_assertion(
            sign_jwt(test_keys().write.key.get(), header, lab.assertion_claims()))) == 700027);
  CHECK(aadsts(lab.token_by_assertion("a.b")) == 50027);
}

TEST_CASE("token: an assertion is good once") {
  TestLab lab;
  const std::string assertion =
      sign_jwt(test_keys().write.key.get(), TestLab::assertion_header(), lab.assertion_claims());
  CHECK(lab.token_by_assertion(assertion).status == 200);
  CHECK(aadsts(lab.token_by_assertion(assertion)) == 50013);
}

TEST_CASE("trap 17: a disabled application gets no token, but keeps the one it has until it ends") {
  TestLab lab;
  const std::string token = lab.read_token();
  const std::string object = lab.app_id_to_object(lab.service.tenant().read_client_id);
  CHECK(lab.write("PATCH", "/servicePrincipals/" + object, R"({"accountEnabled":false})").status ==
        204);
  const Answer refused =
      lab.token("grant_type=client_credentials&client_id=" + lab.service.tenant().read_client_id +
                "&client_secret=open+sesame&" + TestLab::scope());
  CHECK(aadsts(refused) == 7000112);
  CHECK(lab.call(token, "GET", "/v1.0/users").status == 200);
  lab.clock += std::chrono::hours(1);
  CHECK(lab.call(token, "GET", "/v1.0/users").status == 401);
}

TEST_CASE("token: Graph refuses what is no token of this lab") {
  TestLab lab;
  const std::string good = lab.read_token();
  std::string forged = good;
  const std::size_t at = good.find('.') + 20;
  forged[at] = forged[at] == 'A' ? 'B' : 'A';
  std::string cut = good;
  cut[cut.size() - 5] = cut[cut.size() - 5] == 'A' ? 'B' : 'A';
  struct Case {
    std::string_view name;
    std::string token;
    std::string_view message;
  };
  const Case cases[] = {
      {"empty", "", "Access token is empty."},
      {"not a JWT", "abc", "CompactToken parsing failed with error code: 80049217"},
      {"another signature", cut, "Access token validation failure. Invalid signature."}};
  for (const Case& c : cases) {
    CAPTURE(c.name);
    const Answer answer = lab.call(c.token, "GET", "/v1.0/users");
    CHECK(answer.status == 401);
    CHECK(answer.code() == "InvalidAuthenticationToken");
    CHECK(answer.message() == c.message);
    CHECK(answer.header("WWW-Authenticate").starts_with("Bearer "));
  }
  CHECK(lab.call(forged, "GET", "/v1.0/users").status == 401);
}

TEST_CASE("discovery: documents and keys fit together") {
  TestLab lab;
  const Answer document = lab.send(
      {.method = "GET",
       .target = "/" + lab.service.tenant().id + "/v2.0/.well-known/openid-configuration"});
  CHECK(document.status == 200);
  CHECK(text_of(document.body, "issuer") ==
        "https://localhost:4443/" + lab.service.tenant().id + "/v2.0");
  const std::string jwks = text_of(document.body, "jwks_uri");
  REQUIRE(jwks.starts_with("https://localhost:4443/"));
  const Answer keys = lab.send({.method = "GET", .target = jwks.substr(22)});
  const auto token = parse_jwt(lab.read_token());
  REQUIRE(token);
  CHECK(text_of(keys.body.at("keys").at(0), "kid") == text_of(token->header, "kid"));
  CHECK(signature_holds(*token, test_keys().signing.key.get()));
  const Answer common =
      lab.send({.method = "GET", .target = "/common/v2.0/.well-known/openid-configuration"});
  CHECK(text_of(common.body, "issuer") == "https://localhost:4443/{tenantid}/v2.0");
}
