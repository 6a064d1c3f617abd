#include <doctest/doctest.h>

#include "base/safe_text.hpp"
#include "test_lab.hpp"

using namespace clawback;
using namespace clawback::lab;

namespace {

const std::string verifier = "a-verifier-that-is-long-enough-for-a-test-0123";

std::string challenge() {
  const Sha256 digest = sha256(verifier);
  return base64url({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

using Fields = std::map<std::string, std::string>;

struct People : TestLab {
  using TestLab::TestLab;
  Fields query() {
    return {{"client_id", service.tenant().approve_client_id},
            {"response_type", "code"},
            {"redirect_uri", "http://localhost:4711"},
            {"response_mode", "query"},
            {"scope", "openid profile"},
            {"state", "st&te"},
            {"nonce", "n-1"},
            {"code_challenge", challenge()},
            {"code_challenge_method", "S256"},
            {"login_hint", service.tenant().approvers.at(0)}};
  }
  static std::string joined(const Fields& fields) {
    std::string out;
    for (const auto& [name, value] : fields) {
      out += (out.empty() ? "" : "&") + name + "=" + percent_encode(value);
    }
    return out;
  }
  Answer authorize(const Fields& fields) {
    return send({.method = "GET",
                 .target = "/" + service.tenant().id + "/oauth2/v2.0/authorize?" + joined(fields)});
  }
  std::string code() {
    const std::string location = authorize(query()).header("Location");
    REQUIRE(location.starts_with("http://localhost:4711/?code="));
    CHECK(location.ends_with("&state=st%26te"));
    const std::size_t begin = location.find("code=") + 5;
    return location.substr(begin, location.find('&', begin) - begin);
  }
  Fields form(const std::string& with) {
    return {{"client_id", service.tenant().approve_client_id},
            {"grant_type", "authorization_code"},
            {"code", with},
            {"redirect_uri", "http://localhost:4711"},
            {"code_verifier", verifier}};
  }
  Answer redeem(const Fields& fields) { return token(joined(fields)); }
};

int aadsts(const Answer& answer) {
  const json::array* codes = array_at(answer.body, "error_codes");
  return codes == nullptr ? 0 : static_cast<int>(codes->at(0).as_int64());
}

}  // namespace

TEST_CASE("authorize: a code for a person, and an ID token that the published key signs") {
  People lab;
  const Answer answer = lab.redeem(lab.form(lab.code()));
  REQUIRE(answer.status == 200);
  const auto jwt = parse_jwt(text_of(answer.body, "id_token"));
  REQUIRE(jwt);
  CHECK(text_of(jwt->header, "alg") == "RS256");
  CHECK(signature_holds(*jwt, test_keys().signing.key.get()));
  const Tenant& tenant = lab.service.tenant();
  CHECK(text_of(jwt->claims, "iss") == "https://localhost:4443/" + tenant.id + "/v2.0");
  CHECK(text_of(jwt->claims, "oid") == tenant.approvers.at(0));
  CHECK(text_of(jwt->claims, "tid") == tenant.id);
  CHECK(text_of(jwt->claims, "aud") == tenant.approve_client_id);
  CHECK(text_of(jwt->claims, "nonce") == "n-1");
  CHECK(text_of(jwt->claims, "ver") == "2.0");
}

TEST_CASE("authorize: what it refuses, and where it says so") {
  People lab;
  struct Case {
    std::string_view name;
    Fields change;
    int status;  // 400: on the page, because the address is not the app's; 302: to the app
    std::string_view says;
  };
  const Case cases[] = {
      {"another client", {{"client_id", lab.service.tenant().read_client_id}}, 400, "700016"},
      {"another host", {{"redirect_uri", "http://evil.example"}}, 400, "50011"},
      {"a host that begins alike",
       {{"redirect_uri", "http://localhost.evil.example"}},
       400,
       "50011"},
      {"a user in the address",
       {{"redirect_uri", "http://localhost:1@evil.example"}},
       400,
       "50011"},
      {"another path", {{"redirect_uri", "http://localhost:1/x"}}, 400, "50011"},
      {"no code", {{"response_type", "token"}}, 302, "unsupported_response_type"},
      {"no PKCE", {{"code_challenge", ""}}, 302, "invalid_request"},
      {"PKCE in the clear", {{"code_challenge_method", "plain"}}, 302, "invalid_request"},
      {"no openid", {{"scope", "profile"}}, 302, "invalid_scope"},
      {"nobody of that name", {{"login_hint", "x"}}, 302, "AADSTS50034"},
      {"a person who says no", {{"lab_cancel", "1"}}, 302, "access_denied"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    Fields fields = lab.query();
    for (const auto& [name, value] : c.change) fields[name] = value;
    const Answer answer = lab.authorize(fields);
    CHECK(answer.status == c.status);
    const std::string told = answer.text + answer.header("Location");
    CHECK_MESSAGE(told.find(c.says) != std::string::npos, told);
    CHECK(answer.header("Location").find("code=") == std::string::npos);
  }
}

TEST_CASE("authorize: without a name a page asks, and shows nothing that was not escaped") {
  People lab;
  Fields fields = lab.query();
  fields.erase("login_hint");
  fields["state"] = "\"><script>";
  const Answer answer = lab.authorize(fields);
  CHECK(answer.status == 200);
  CHECK(answer.text.find("<script>") == std::string::npos);
  CHECK(answer.text.find("login_hint=" + lab.service.tenant().approvers.at(1)) !=
        std::string::npos);
}

TEST_CASE("code: good once, for ten minutes, for its address and its verifier") {
  People lab;
  const auto refused = [&](Fields change) {
    Fields form = lab.form(lab.code());
    for (const auto& [name, value] : change) form[name] = value;
    return aadsts(lab.redeem(form));
  };
  CHECK(refused({{"code_verifier", "another"}}) == 501481);
  CHECK(refused({{"redirect_uri", "http://localhost:4712"}}) == 500112);
  CHECK(refused({{"client_id", lab.service.tenant().read_client_id}}) == 700016);
  CHECK(refused({{"client_secret", "x"}}) == 700025);
  CHECK(refused({{"code", "x"}}) == 70000);
  const std::string once = lab.code();
  CHECK(lab.redeem(lab.form(once)).status == 200);
  CHECK(aadsts(lab.redeem(lab.form(once))) == 54005);
  const std::string late = lab.code();
  lab.clock += std::chrono::minutes(10);
  CHECK(aadsts(lab.redeem(lab.form(late))) == 70008);
}

TEST_CASE("code: the tokens that a fault asks for are wrong in the way it names") {
  const auto jwt_of = [](const std::string& forgery) {
    Options options = small_lab();
    options.faults = {{.kind = Fault::Kind::id_token, .operation = "sts_code", .forgery = forgery}};
    People lab(options);
    return parse_jwt(text_of(lab.redeem(lab.form(lab.code())).body, "id_token"));
  };
  CHECK(text_of(jwt_of("alg-none")->header, "alg") == "none");
  CHECK(jwt_of("alg-none")->signature.empty());
  CHECK(text_of(jwt_of("hs256")->header, "alg") == "HS256");
  CHECK(jwt_of("hs256")->signature.size() == 32);
  CHECK(text_of(jwt_of("unknown-kid")->header, "kid") == "a-key-that-nobody-published");
  CHECK(text_of(jwt_of("other-nonce")->claims, "nonce") != "n-1");
  const auto expired = jwt_of("expired");
  CHECK(*int_at(expired->claims, "exp") < *int_at(expired->claims, "iat"));
  const auto open = jwt_of("open-session");
  CHECK(*int_at(open->claims, "auth_time") == *int_at(open->claims, "iat") - 600);
  CHECK(signature_holds(*expired, test_keys().signing.key.get()));
  CHECK_FALSE(signature_holds(*jwt_of("bad-signature"), test_keys().signing.key.get()));
}
