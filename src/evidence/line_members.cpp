#include "evidence/line_members.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace clawback::evidence {
namespace {

// Where the names of each length begin.
constexpr auto first_of_size = [] {
  std::array<std::uint8_t, key_size_max + 2> out{};
  for (const Named& one : named) {
    for (std::size_t size = one.key.size() + 1; size < out.size(); ++size) ++out[size];
  }
  return out;
}();

// Two digits, or something above 99.
unsigned two_digits(const char* text) {
  const auto tens = static_cast<unsigned>(text[0] - '0');
  const auto ones = static_cast<unsigned>(text[1] - '0');
  return tens <= 9 && ones <= 9 ? tens * 10 + ones : 100;
}

template <class Word>
Word word_at(const char* text) {
  Word out = 0;
  std::memcpy(&out, text, sizeof out);
  return out;
}

// By words that overlap: `size` is at least one and at most two of them.
template <class Word>
bool same_words(const char* a, const char* b, std::size_t size) {
  const std::size_t last = size - sizeof(Word);
  return word_at<Word>(a) == word_at<Word>(b) && word_at<Word>(a + last) == word_at<Word>(b + last);
}

// `size`: 2 to 32.
bool is_same(const char* a, const char* b, std::size_t size) {
  if (size < 4) return same_words<std::uint16_t>(a, b, size);
  if (size < 8) return same_words<std::uint32_t>(a, b, size);
  if (size <= 16) return same_words<std::uint64_t>(a, b, size);
  return same_words<std::uint64_t>(a, b, 16) &&
         same_words<std::uint64_t>(a + size - 16, b + size - 16, 16);
}
static_assert(named.front().key.size() == 2 && key_size_max <= 32);

// Whether a quotation mark, a backslash or a control character may be among eight bytes.
bool has_special(const char* text) {
  constexpr std::uint64_t ones = 0x0101010101010101;
  const auto bytes = word_at<std::uint64_t>(text);
  const auto zeros = [](std::uint64_t in) { return (in - ones) & ~in; };
  const std::uint64_t controls = (bytes - ones * ' ') & ~bytes;
  return ((zeros(bytes ^ ones * '"') | zeros(bytes ^ ones * '\\') | controls) & ones << 7U) != 0;
}

constexpr std::size_t seconds_size = std::string_view("2026-11-23T03:04:09").size();

}  // namespace

Member member_named(std::string_view key) {
  if (key.size() > key_size_max) return Member::none;
  for (std::size_t i = first_of_size[key.size()]; i < first_of_size[key.size() + 1]; ++i) {
    if (is_same(named[i].key.begin(), key.begin(), key.size())) return named[i].member;
  }
  return Member::none;
}

Member member_named_in(Member parent, std::string_view key) {
  if (parent == Member::location && key == country_key) return Member::country;
  if (parent == Member::status && key == error_code_key) return Member::error_code;
  return Member::none;
}

std::optional<std::string_view> plain_string(std::string_view text) {
  if (!text.starts_with('"')) return std::nullopt;
  text.remove_prefix(1);
  std::size_t at = 0;
  while (at + sizeof(std::uint64_t) <= text.size() && !has_special(text.data() + at)) {
    at += sizeof(std::uint64_t);
  }
  for (; at < text.size() && text[at] != '"'; ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < ' ' || byte == '\\') return std::nullopt;
  }
  if (at == text.size()) return std::nullopt;
  return text.substr(0, at);
}

bool is_plain_activity(std::string_view activity) {
  return !activity.empty() && activity.front() != ' ' &&
         std::all_of(activity.begin(), activity.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

std::optional<bool> is_zero(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits == 0 || digits > 9 || digits == text.size()) return std::nullopt;
  if (text[digits] != ',' && text[digits] != '}') return std::nullopt;
  return text.substr(0, digits) == "0";
}

std::optional<Time> TimeReader::read(std::string_view text) {
  const auto slowly = [&]() -> std::optional<Time> {
    const auto time = parse_time(text);
    if (!time) return std::nullopt;
    return *time;
  };
  if (text.size() <= seconds_size || text.back() != 'Z') return slowly();
  const char* at = text.data();
  if (std::memcmp(date_, at, sizeof date_) != 0) {
    const auto day = parse_date(text.substr(0, sizeof date_));
    if (!day) return slowly();
    std::memcpy(date_, at, sizeof date_);
    day_ = *day;
  }
  const unsigned hour = two_digits(at + 11);
  const unsigned minute = two_digits(at + 14);
  const unsigned second = two_digits(at + 17);
  if (at[10] != 'T' || at[13] != ':' || at[16] != ':') return slowly();
  if (hour > 23 || minute > 59 || second > 59) return slowly();
  Time time =
      day_ + std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);
  std::string_view rest = text.substr(seconds_size, text.size() - seconds_size - 1);
  if (rest.empty()) return time;
  if (rest.size() < 2 || rest.front() != '.') return slowly();
  int scale = 100;
  for (const char c : rest.substr(1)) {
    if (c < '0' || c > '9') return slowly();
    time += std::chrono::milliseconds((c - '0') * scale);
    scale /= 10;
  }
  return time;
}

}  // namespace clawback::evidence
