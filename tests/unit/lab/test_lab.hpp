#pragma once

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/digest.hpp"
#include "lab/jwt.hpp"
#include "lab/service.hpp"

// A lab without sockets, with a clock that tests move.
namespace clawback::lab {

struct Answer {
  int status = 0;
  http::Headers headers{};
  std::string text{};
  json::value body{};
  [[nodiscard]] std::string header(std::string_view name) const {
    const std::string* value = http::find(headers, name);
    return value == nullptr ? std::string() : *value;
  }
  [[nodiscard]] std::string code() const {
    const json::object* error = object_at(body, "error");
    return error == nullptr ? std::string() : string_at(*error, "code").value_or("");
  }
  [[nodiscard]] std::string message() const {
    const json::object* error = object_at(body, "error");
    return error == nullptr ? std::string() : string_at(*error, "message").value_or("");
  }
  [[nodiscard]] const json::array& value() const {
    static const json::array none;
    const json::array* list = array_at(body, "value");
    return list == nullptr ? none : *list;
  }
  [[nodiscard]] std::string next() const { return string_at(body, "@odata.nextLink").value_or(""); }
};

inline const Keys& test_keys() {
  static const Keys keys = *make_keys();
  return keys;
}

inline Time test_now() { return *parse_time("2026-11-23T09:00:00Z"); }

inline Options small_lab() {
  Options options;
  options.tenant.now = test_now();
  options.read_secret = "open sesame";
  options.mailbox_settings = true;
  return options;
}

class TestLab {
 public:
  explicit TestLab(const Options& options = small_lab())
      : service(options, test_keys(), [this] { return clock; }) {
    service.set_origins({"https://localhost:4443", "https://127.0.0.1:4443"});
  }

  Answer send(const http::Request& request) {
    const Reply reply = service.handle(request);
    Answer answer{
        .status = reply.reset ? 0 : reply.status, .headers = reply.headers, .text = reply.body};
    if (auto body = parse_json(reply.body)) answer.body = *std::move(body);
    last = reply;
    return answer;
  }

  Answer token(std::string form, http::Headers headers = {}) {
    headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
    return send({.method = "POST",
                 .target = "/" + service.tenant().id + "/oauth2/v2.0/token",
                 .headers = std::move(headers),
                 .body = std::move(form)});
  }
  static std::string scope() { return "scope=https%3A%2F%2Flocalhost%3A4443%2F.default"; }

  std::string read_token() {
    const Answer answer =
        token("grant_type=client_credentials&client_id=" + service.tenant().read_client_id +
              "&client_secret=open+sesame&" + scope());
    return string_at(answer.body, "access_token").value_or("");
  }

  json::object assertion_claims() {
    const std::int64_t seconds = clock.time_since_epoch().count() / 1000;
    return {{"aud", "https://localhost:4443/" + service.tenant().id + "/oauth2/v2.0/token"},
            {"iss", service.tenant().write_client_id},
            {"sub", service.tenant().write_client_id},
            {"jti", random_guid()},
            {"nbf", seconds},
            {"iat", seconds},
            {"exp", seconds + 300}};
  }
  static json::object assertion_header() {
    const Sha256 digest = sha256(test_keys().write.certificate_der);
    return {{"alg", "PS256"},
            {"typ", "JWT"},
            {"x5t#S256", base64url(std::string(digest.begin(), digest.end()))}};
  }
  Answer token_by_assertion(const std::string& assertion) {
    return token("grant_type=client_credentials&client_id=" + service.tenant().write_client_id +
                 "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-"
                 "bearer&client_assertion=" +
                 assertion + "&" + scope());
  }
  std::string write_token() {
    const Answer answer = token_by_assertion(
        sign_jwt(test_keys().write.key.get(), assertion_header(), assertion_claims()));
    return string_at(answer.body, "access_token").value_or("");
  }

  Answer call(const std::string& token, const std::string& method, const std::string& target,
              const std::string& body = "", http::Headers headers = {}) {
    headers.push_back({"Authorization", "Bearer " + token});
    if (!body.empty()) headers.push_back({"Content-Type", "application/json"});
    return send({.method = method, .target = target, .headers = std::move(headers), .body = body});
  }
  Answer get(const std::string& path, http::Headers headers = {}) {
    if (read_.empty()) read_ = read_token();
    return call(read_, "GET", "/v1.0" + path, "", std::move(headers));
  }
  Answer write(const std::string& method, const std::string& path, const std::string& body = "",
               http::Headers headers = {}) {
    if (write_.empty()) write_ = write_token();
    return call(write_, method, "/v1.0" + path, body, std::move(headers));
  }
  Answer follow(const std::string& link) {
    constexpr std::string_view origin = "https://localhost:4443";
    REQUIRE(link.starts_with(origin));
    return call(read_, "GET", link.substr(origin.size()));
  }

  [[nodiscard]] const Planted& planted(std::string_view label) const {
    for (const Planted& one : service.tenant().planted) {
      if (one.label == label) return one;
    }
    FAIL("no planted case " << std::string(label));
    std::abort();
  }
  [[nodiscard]] std::string app_id_to_object(std::string_view app_id) const {
    for (const auto& [id, app] : service.tenant().service_principals) {
      if (app.app_id == app_id) return id;
    }
    return {};
  }

  Time clock = test_now();
  Service service;
  Reply last;

 private:
  std::string read_;
  std::string write_;
};

inline std::string text_of(const json::value& object, std::string_view key) {
  return string_at(object, key).value_or("");
}

}  // namespace clawback::lab
