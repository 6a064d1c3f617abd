#include "base/digest.hpp"

#include <doctest/doctest.h>

using namespace clawback;

TEST_CASE("digest: SHA-256 of the empty string is the published one") {
  CHECK(sha256_text("") ==
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("digest: base64 both ways, both alphabets") {
  const std::string bytes("\x00\xff\xfe~?", 5);
  CHECK(base64(bytes) == "AP/+fj8=");
  CHECK(base64url(bytes) == "AP_-fj8");
  CHECK(*from_base64("AP/+fj8=") == bytes);
  CHECK(*from_base64url("AP_-fj8") == bytes);
  for (const std::string_view bad : {"A", "AP/+fj8!", "AP_-fj8", "AB"}) {
    CAPTURE(bad);
    CHECK_FALSE(from_base64(bad));
  }
}

TEST_CASE("digest: GUID bytes are in .NET order and read back") {
  // From Microsoft's documentation of oauth2PermissionGrant: the id begins with the client's GUID.
  const auto bytes = guid_bytes("263a5b01-03e5-408e-8557-bab681df104c");
  REQUIRE(bytes);
  CHECK(base64url(*bytes).substr(0, 21) == "AVs6JuUDjkCFV7q2gd8QT");
  CHECK(*guid_from_bytes(*bytes) == "263a5b01-03e5-408e-8557-bab681df104c");
  CHECK_FALSE(guid_bytes("263a5b01-03e5-408e-8557-bab681df104"));
}

TEST_CASE("digest: random GUIDs have the form of version 4 and differ") {
  const std::string one = random_guid();
  CHECK(is_guid(one));
  CHECK(one[14] == '4');
  CHECK(one != random_guid());
}

TEST_CASE("digest: a GUID made from a name is RFC 9562's, version 5") {
  CHECK(guid_of_name("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "www.example.com") ==
        "2ed6657d-e927-568b-95e1-2665a8aea6a2");
}
