#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "http/wire.hpp"

using namespace clawback;
using namespace clawback::http;

TEST_CASE("request_bytes: a read") {
  const Request request{.origin = {.host = "graph.example", .port = 8443},
                        .target = "/v1.0/users?$top=1",
                        .headers = {{"Authorization", "Bearer t"}, {"User-Agent", "test"}}};
  CHECK(*request_bytes(request) ==
        "GET /v1.0/users?$top=1 HTTP/1.1\r\nHost: graph.example:8443\r\nAuthorization: Bearer t\r\n"
        "User-Agent: test\r\nAccept-Encoding: gzip\r\n\r\n");
}

TEST_CASE("request_bytes: a write says how long it is, even when empty") {
  Request request;
  request.origin.host = "::1";
  request.method = "POST";
  CHECK(request_bytes(request)->ends_with("\r\nContent-Length: 0\r\n\r\n"));
  CHECK(request_bytes(request)->find("Host: [::1]\r\n") != std::string::npos);
  request.body = "{}";
  CHECK(request_bytes(request)->ends_with("\r\nContent-Length: 2\r\n\r\n{}"));
}

TEST_CASE("request_bytes: nothing breaks out of its line") {
  struct Case {
    std::string_view name;
    std::string method;
    std::string target;
    Header header;
  };
  const Case cases[] = {
      {"method", "GET / HTTP/1.1\r\n", "/", {"A", "b"}},
      {"empty method", "", "/", {"A", "b"}},
      {"target", "GET", "/ HTTP/1.1\r\nEvil: 1", {"A", "b"}},
      {"absolute target", "GET", "https://evil.example/", {"A", "b"}},
      {"empty target", "GET", "", {"A", "b"}},
      {"header name", "GET", "/", {"A: b\r\nC", "d"}},
      {"empty header name", "GET", "/", {"", "d"}},
      {"header value", "GET", "/", {"A", "b\r\nC: d"}},
      {"nul in a value", "GET", "/", {"A", std::string("b\0", 2)}},
      {"our own header", "GET", "/", {"content-length", "5"}},
      {"our own host", "GET", "/", {"HOST", "evil.example"}},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    Request request;
    request.method = c.method;
    request.target = c.target;
    request.headers = {c.header};
    const auto bytes = request_bytes(request);
    REQUIRE_FALSE(bytes);
    CHECK(bytes.error().code == Errc::invalid);
  }
}

TEST_CASE("accepts_gzip: by name and weight") {
  struct Case {
    std::string_view value;
    bool accepts;
  };
  const Case cases[] = {{"gzip", true},
                        {"deflate, GZIP;q=0.5, br", true},
                        {"gzip;q=0", false},
                        {"gzip;q=0.000", false},
                        {"identity", false},
                        {"", false},
                        {"gzip;q=0, br;q=1", false}};
  for (const Case& c : cases) {
    CAPTURE(c.value);
    CHECK(accepts_gzip({{"Accept-Encoding", std::string(c.value)}}) == c.accepts);
  }
  CHECK_FALSE(accepts_gzip({}));
}

TEST_CASE("reply_head: a status without a body has no length") {
  Reply reply;
  reply.status = 204;
  CHECK(reply_head(reply, 0, true) == "HTTP/1.1 204 No Content\r\n\r\n");
  reply.status = 200;
  reply.headers = {{"X", "1"}, {"Bad\r\nName", "2"}, {"Y", "3\r\nEvil: 4"}};
  CHECK(reply_head(reply, 5, false) ==
        "HTTP/1.1 200 OK\r\nX: 1\r\nContent-Length: 5\r\nConnection: close\r\n\r\n");
}
