#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "auth/token.hpp"
#include "base/digest.hpp"

using namespace clawback;
using namespace clawback::auth;

namespace {

Identity reader() {
  return {.name = "read",
          .tenant_id = "tenant",
          .client_id = "client",
          .login = {.host = "login.example"},
          .graph = {.host = "graph.example"},
          .credential = ClientSecret{.value = Secret("Pa55+w/rd~x")}};
}

std::string body(std::string_view description, std::string_view codes = "[]") {
  return R"({"error":"invalid_client","error_description":")" + std::string(description) +
         R"(","error_codes":)" + std::string(codes) +
         R"(,"trace_id":"trace-1","correlation_id":"corr-1","timestamp":"2026-11-23 12:00:00Z"})";
}

std::string detail(const Error& error, std::string_view name) {
  for (const auto& [key, value] : error.details) {
    if (key == name) return value;
  }
  return "";
}

}  // namespace

TEST_CASE("explain_token_error: known codes in plain words, with what to do") {
  struct Case {
    std::string_view codes;
    std::string_view description;
    std::string_view says;
    std::string_view hint;
  };
  const Case cases[] = {
      {"[7000222]", "AADSTS7000222: keys are expired.",
       "AADSTS7000222: the client secret has expired", "new client secret"},
      {"[7000215]", "AADSTS7000215: Invalid.", "AADSTS7000215: the client secret is wrong",
       "not its id"},
      {"[]", "AADSTS7000215: Invalid.", "AADSTS7000215: the client secret is wrong", "not its id"},
      {"[700016]", "", "does not exist in this tenant", "client_id"},
      {"[700027]", "AADSTS700027: x", "the certificate is not registered", "upload"},
      {"[700024]", "", "outside its time", "clock"},
      {"[90002]", "AADSTS90002: Tenant 'x' not found.", "the tenant does not exist", "[tenant] id"},
      {"[7000112]", "", "the application is disabled", "enable"},
      {"[53003]", "", "Conditional Access", "sign-in log"},
      {"[50034]", "", "AADSTS50034", ""},
      {"[123]", "AADSTS123: Something new.\\r\\nTrace ID: t", "AADSTS123: Something new.",
       "login."},
      {R"(["7000215"])", "", "invalid_client", ""},
      {"{}", "AADSTS: none", "AADSTS: none", ""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.description);
    CAPTURE(c.codes);
    const Error error = explain_token_error(400, body(c.description, c.codes), reader());
    CHECK(error.code == Errc::unauthenticated);
    CHECK(error.message.find(c.says) != std::string::npos);
    CHECK(error.message.find("\"read\"") != std::string::npos);
    CHECK(error.message.find("Trace ID") == std::string::npos);
    CHECK(error.hint.find(c.hint) != std::string::npos);
    CHECK(detail(error, "trace_id") == "trace-1");
    CHECK(detail(error, "correlation_id") == "corr-1");
    CHECK(detail(error, "status") == "400");
  }
}

TEST_CASE("explain_token_error: what is no sign-in error is not called one") {
  struct Case {
    int status;
    Errc code;
  };
  for (const Case& c : {Case{400, Errc::unauthenticated}, Case{401, Errc::unauthenticated},
                        Case{404, Errc::unauthenticated}, Case{429, Errc::throttled},
                        Case{500, Errc::unavailable}, Case{503, Errc::unavailable}}) {
    CAPTURE(c.status);
    CHECK(explain_token_error(c.status, "<html>", reader()).code == c.code);
  }
}

TEST_CASE("explain_token_error: a service that sends the secret back does not get it printed") {
  const std::string echoes[] = {"AADSTS1: Pa55+w/rd~x", "AADSTS1: Pa55%2Bw%2Frd~x is bad",
                                "Pa55+w/rd~xPa55+w/rd~x"};
  for (const std::string& echo : echoes) {
    CAPTURE(echo);
    const Error error = explain_token_error(400, body(echo), reader());
    CHECK(error.message.find("Pa55") == std::string::npos);
    CHECK(error.message.find("[secret]") != std::string::npos);
  }
}

TEST_CASE("explain_token_error: hostile text stays on one short line") {
  const std::string text = "AADSTS1: \\u001b[31mred\\u202e" + std::string(10'000, 'x');
  const Error error = explain_token_error(400, body(text), reader());
  CHECK(error.message.size() < 400);
  CHECK(error.message.find('\x1b') == std::string::npos);
  CHECK(error.message.find("\xe2\x80\xae") == std::string::npos);
  CHECK(error.message.find("<U+202E>") != std::string::npos);
}

TEST_CASE("explain_token_error: a number that is no code is not told as one") {
  for (const char* const text : {"AADSTS0: x", "AADSTS-7: x", "AADSTS: x", "AADSTSx", "x"}) {
    CAPTURE(text);
    CHECK(detail(explain_token_error(400, body(text), reader()), "aadsts").empty());
  }
  CHECK(detail(explain_token_error(400, body("AADSTS7: x"), reader()), "aadsts") == "7");
}

TEST_CASE("peek_claims: roles, app and tenant") {
  const std::string payload =
      R"({"roles":["User.Read.All",7,"Mail.Read"],"appid":"app","tid":"tenant","exp":1})";
  const auto claims = peek_claims("Bearer e30." + base64url(payload) + ".sig");
  REQUIRE(claims);
  CHECK(claims->roles == std::vector<std::string>{"User.Read.All", "Mail.Read"});
  CHECK(claims->app_id == "app");
  CHECK(claims->tenant_id == "tenant");
  CHECK(peek_claims("Bearer e30." + base64url(R"({"azp":"two"})") + ".s")->app_id == "two");
}

TEST_CASE("peek_claims: what is no JWT is an error that does not repeat it") {
  const std::string deep(10'000, '[');
  const std::string cases[] = {"",
                               "Bearer opaque-token",
                               "Bearer a.b",
                               "Bearer a.!!!.c",
                               "Bearer a." + base64url("opaque-token") + ".c",
                               "Bearer a." + base64url(deep) + ".c",
                               "Bearer a." + base64url("[]") + ".c",
                               "Bearer a." + std::string(100'000, 'A') + ".c",
                               "Bearer a." + base64url("{}") + "." + std::string(100'000, 'A')};
  for (const std::string& token : cases) {
    CAPTURE(token);
    const auto claims = peek_claims(token);
    REQUIRE_FALSE(claims);
    CHECK(claims.error().message.find("opaque") == std::string::npos);
  }
}
