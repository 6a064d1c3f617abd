#include "notify/target.hpp"

#include <doctest/doctest.h>

#include "notify/signature.hpp"
#include "support/makers.hpp"

using namespace clawback;
using namespace clawback::notify;

TEST_CASE("notify: syslog addresses") {
  struct Row {
    std::string_view text;
    std::optional<SyslogAddress> address;
  };
  using Kind = SyslogAddress::Kind;
  const Row rows[] = {
      {"/dev/log", SyslogAddress{.kind = Kind::unix_socket, .path = "/dev/log"}},
      {"udp://127.0.0.1:5514", SyslogAddress{.kind = Kind::udp, .host = "127.0.0.1", .port = 5514}},
      {"tcp://siem.example", SyslogAddress{.kind = Kind::tcp, .host = "siem.example"}},
      {"tcp://[::1]:601", SyslogAddress{.kind = Kind::tcp, .host = "::1", .port = 601}},
      {"tcp://[::1]", SyslogAddress{.kind = Kind::tcp, .host = "::1"}},
      {"dev/log", std::nullopt},
      {"", std::nullopt},
      {"tls://siem.example", std::nullopt},
      {"udp://", std::nullopt},
      {"udp://a:b:514", std::nullopt},
      {"udp://a:0", std::nullopt},
      {"udp://a:70000", std::nullopt},
      {"udp://a:5x", std::nullopt},
      {"udp://a:", std::nullopt},
      {"udp://a b", std::nullopt},
      {"tcp://[::1", std::nullopt},
      {"tcp://[::1]x", std::nullopt}};
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto parsed = parse_syslog_address(row.text);
    CHECK(bool(parsed) == row.address.has_value());
    if (parsed && row.address) CHECK(*parsed == *row.address);
  }
  CHECK_FALSE(parse_syslog_address("/" + std::string(120, 'x')));
}

TEST_CASE("signature: the test vectors of RFC 4231") {
  CHECK(hmac_sha256(Secret(std::string(20, '\x0b')), "Hi There") ==
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  CHECK(hmac_sha256(Secret("Jefe"), "what do ya want for nothing?") ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST_CASE("signature: covers the time and the body") {
  const Secret key("k");
  const Time time = clawback::test::at("2026-11-23T09:00:00.900Z");
  const std::string header = signature_header(key, time, "{}");
  CHECK(header == "t=1795424400,v1=" + hmac_sha256(key, "1795424400.{}"));
  CHECK(header != signature_header(key, time, "{} "));
  CHECK(header != signature_header(key, time + std::chrono::seconds(1), "{}"));
  CHECK(header != signature_header(Secret("other"), time, "{}"));
}
