#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "http/message.hpp"

using namespace clawback;
using namespace clawback::http;

TEST_CASE("parse_url: takes absolute https URLs apart") {
  struct Case {
    std::string_view url;
    std::string_view host;
    std::uint16_t port;
    std::string_view target;
  };
  const Case cases[] = {
      {"https://graph.microsoft.com/v1.0/users", "graph.microsoft.com", 443, "/v1.0/users"},
      {"https://graph.microsoft.com", "graph.microsoft.com", 443, "/"},
      {"https://graph.microsoft.com?$top=5", "graph.microsoft.com", 443, "/?$top=5"},
      {"HTTPS://Graph.Microsoft.COM/V1.0/Users?$filter=a%20eq%20'b'", "graph.microsoft.com", 443,
       "/V1.0/Users?$filter=a%20eq%20'b'"},
      {"https://127.0.0.1:8443/x", "127.0.0.1", 8443, "/x"},
      {"https://[::1]:8443/x", "::1", 8443, "/x"},
      {"https://[2001:DB8::1]/", "2001:db8::1", 443, "/"},
      {"https://a_b-c.example:1/", "a_b-c.example", 1, "/"},
      {"https://localhost:65535/a?b@c:d", "localhost", 65535, "/a?b@c:d"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.url);
    const auto url = parse_url(c.url);
    REQUIRE(url);
    CHECK(url->origin.host == c.host);
    CHECK(url->origin.port == c.port);
    CHECK(url->target == c.target);
  }
}

TEST_CASE("parse_url: refuses what is ambiguous or not ours") {
  const std::string label(64, 'a');
  const std::string cases[] = {
      "",
      "https://",
      "https:///path",
      "http://graph.microsoft.com/",
      "//graph.microsoft.com/",
      "/v1.0/users",
      "ftp://graph.microsoft.com/",
      "https:/graph.microsoft.com/",
      "https://user@graph.microsoft.com/",
      "https://user:secret@graph.microsoft.com/",
      "https://graph.microsoft.com@evil.example/",
      "https://graph.microsoft.com\\@evil.example/",
      "https://graph.microsoft.com/a\\b",
      "https://graph.microsoft.com/#fragment",
      "https://graph.microsoft.com#fragment",
      "https://graph.microsoft.com/a b",
      "https://graph.microsoft.com/a\r\nHost: evil.example",
      "https://graph.microsoft.com/\x01",
      "https://graph.microsoft.com/\xc3\xa9",
      "https://gr\xc3\xa4ph.example/",
      "https://graph.microsoft.com/%",
      "https://graph.microsoft.com/%4",
      "https://graph.microsoft.com/%zz",
      "https://graph.microsoft.com:/",
      "https://graph.microsoft.com:0/",
      "https://graph.microsoft.com:0443/",
      "https://graph.microsoft.com:65536/",
      "https://graph.microsoft.com:+1/",
      "https://graph.microsoft.com:44x/",
      "https://graph.microsoft.com:443:443/",
      "https://graph..microsoft.com/",
      "https://graph.microsoft.com./",
      "https://.microsoft.com/",
      "https://-a.example/",
      "https://a-.example/",
      "https://a%2eexample/",
      "https://" + label + ".example/",
      "https://127.1/",
      "https://127.0.0.256/",
      "https://0x7f000001/",
      "https://2130706433/",
      "https://[::1/",
      "https://::1/",
      "https://[::1]x/",
      "https://[fe80::1%25eth0]/",
      "https://[127.0.0.1]/",
      "https://a.example/" + std::string(20'000, 'x'),
      std::string("https://a.example/\0x", 20),
  };
  for (const std::string& url : cases) {
    CAPTURE(url);
    const auto parsed = parse_url(url);
    CHECK_FALSE(parsed);
    if (!parsed) CHECK(parsed.error().code == Errc::invalid);
  }
}

TEST_CASE("parse_url: a password in a URL is not repeated in the error") {
  const auto parsed = parse_url("https://ada:hunter2@graph.microsoft.com/");
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().message.find("hunter2") == std::string::npos);
}

TEST_CASE("parse_origin: scheme, host and port only") {
  CHECK(*parse_origin("https://login.example") == Origin{.host = "login.example"});
  CHECK(*parse_origin("https://login.example:444/") ==
        Origin{.host = "login.example", .port = 444});
  CHECK_FALSE(parse_origin("https://login.example/tenant"));
  CHECK_FALSE(parse_origin("https://login.example/?"));
  CHECK_FALSE(parse_origin("https://login.example?x=1"));
}

TEST_CASE("Origin::url: can be parsed again") {
  const Origin cases[] = {{.host = "graph.microsoft.com"},
                          {.host = "graph.microsoft.com", .port = 8443},
                          {.host = "127.0.0.1", .port = 1},
                          {.host = "::1"},
                          {.host = "::1", .port = 8443}};
  for (const Origin& origin : cases) {
    CAPTURE(origin.url());
    CHECK(*parse_origin(origin.url()) == origin);
  }
  CHECK(Origin{.host = "::1", .port = 8443}.url() == "https://[::1]:8443");
}

TEST_CASE("find: the first header of that name, whatever its case") {
  const Headers headers = {{"Retry-After", "1"}, {"retry-after", "2"}, {"X", ""}};
  REQUIRE(find(headers, "RETRY-AFTER") != nullptr);
  CHECK(*find(headers, "RETRY-AFTER") == "1");
  CHECK(find(headers, "Retry") == nullptr);
}
