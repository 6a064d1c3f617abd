#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "base/digest.hpp"
#include "http/gzip.hpp"

using namespace clawback;
using namespace clawback::http;

namespace {

Result<std::string> unpacked(std::string_view packed, std::size_t decoded_max, std::size_t piece) {
  Gunzip gunzip(decoded_max);
  std::string out;
  for (std::size_t at = 0; at < packed.size(); at += piece) {
    if (auto pushed = gunzip.push(packed.substr(at, piece), out); !pushed) return pushed.error();
  }
  if (auto whole = gunzip.finish(); !whole) return whole.error();
  return out;
}

}  // namespace

TEST_CASE("gzip: what is packed comes out again, in pieces of any size") {
  const std::string texts[] = {"", "a", std::string(1'000'000, 'a'), random_bytes(300'000)};
  for (const std::string& text : texts) {
    for (const int level : {1, 9}) {
      const std::string packed = gzip(text, level);
      for (const std::size_t piece : {std::size_t{1}, std::size_t{4096}, packed.size()}) {
        CAPTURE(text.size());
        CAPTURE(piece);
        const auto out = unpacked(packed, text.size(), piece);
        REQUIRE(out);
        CHECK(*out == text);
      }
    }
  }
}

TEST_CASE("Gunzip: members of one file are one text") {
  CHECK(*unpacked(gzip("one ", 6) + gzip("two", 6), 100, 5) == "one two");
}

TEST_CASE("Gunzip: a bomb is refused when it passes the bound, not after") {
  const std::string bomb = gzip(std::string(64u << 20u, '\0'), 9);
  REQUIRE(bomb.size() < 100'000);
  Gunzip gunzip(1u << 20u);
  std::string out;
  const auto pushed = gunzip.push(bomb, out);
  REQUIRE_FALSE(pushed);
  CHECK(pushed.error().code == Errc::protocol);
  CHECK(out.capacity() < 3u << 20u);
}

TEST_CASE("Gunzip: exactly as large as allowed is allowed, one byte more is not") {
  const std::string packed = gzip(std::string(100'000, 'x'), 6);
  CHECK(unpacked(packed, 100'000, packed.size()));
  CHECK_FALSE(unpacked(packed, 99'999, packed.size()));
}

TEST_CASE("Gunzip: damage is an error") {
  const std::string packed = gzip(random_bytes(10'000), 6);
  std::string flipped = packed;
  flipped[packed.size() - 6] = static_cast<char>(flipped[packed.size() - 6] ^ 1);  // the checksum
  const std::string cases[] = {"not gzip at all",   packed.substr(0, packed.size() - 1),
                               packed.substr(0, 5), flipped,
                               packed + "trailing", "\x1f\x8b"};
  for (const std::string& text : cases) {
    const auto out = unpacked(text, 1u << 20u, text.size());
    CHECK_FALSE(out);
    if (!out) CHECK(out.error().code == Errc::protocol);
  }
}
