#include "evidence/line_end.hpp"

#include "evidence/json_masks.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace clawback::evidence {
namespace {

// [ and { differ by this bit alone.
constexpr char brace_bit = 0x20;

// What find_line_end looks for in 64 bytes and the one behind them.
struct Ends {
  std::uint64_t newlines = 0;
  std::uint64_t more_values = 0;
};

template <auto read>
[[gnu::always_inline]] inline LineEnd find_with(const char* text, std::size_t from,
                                                std::size_t size) {
  LineEnd out{.at = size};
  for (std::size_t at = from; at < size; at += chunk_bytes) {
    const Ends ends = read(text + at);
    if ((ends.newlines | ends.more_values) == 0) continue;
    const std::uint64_t first = ends.newlines & (~ends.newlines + 1);
    if ((ends.more_values & (first - 1)) != 0) out.more_values = true;
    if (first == 0) continue;
    out.at = at + static_cast<unsigned>(__builtin_ctzll(first));
    break;
  }
  if (out.at > size) out.at = size;
  return out;
}

#if defined(__x86_64__)

inline Ends ends_sse2(const char* text) {
  Ends out;
  for (unsigned part = 0; part < 4; ++part) {
    const auto* from = reinterpret_cast<const __m128i*>(text + std::size_t{16} * part);
    const auto* behind = reinterpret_cast<const __m128i*>(text + std::size_t{16} * part + 1);
    const __m128i bytes = _mm_loadu_si128(from);
    const __m128i next = _mm_loadu_si128(behind);
    const auto is = [](__m128i in, char wanted) {
      return _mm_cmpeq_epi8(in, _mm_set1_epi8(wanted));
    };
    const __m128i begins = _mm_or_si128(is(_mm_or_si128(next, _mm_set1_epi8(brace_bit)), '{'),
                                        _mm_or_si128(is(next, ' '), is(next, '\t')));
    const auto mask = [part](__m128i in) {
      return static_cast<std::uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(in)))
             << (16 * part);
    };
    out.newlines |= mask(is(bytes, '\n'));
    out.more_values |= mask(_mm_and_si128(is(bytes, '}'), begins));
  }
  return out;
}

[[gnu::target("avx2")]] inline Ends ends_avx2(const char* text) {
  Ends out;
  for (unsigned part = 0; part < 2; ++part) {
    const auto* from = reinterpret_cast<const __m256i*>(text + std::size_t{32} * part);
    const auto* behind = reinterpret_cast<const __m256i*>(text + std::size_t{32} * part + 1);
    const __m256i bytes = _mm256_loadu_si256(from);
    const __m256i next = _mm256_loadu_si256(behind);
    const __m256i braces = _mm256_or_si256(next, _mm256_set1_epi8(brace_bit));
    const __m256i blanks = _mm256_or_si256(_mm256_cmpeq_epi8(next, _mm256_set1_epi8(' ')),
                                           _mm256_cmpeq_epi8(next, _mm256_set1_epi8('\t')));
    const __m256i begins =
        _mm256_or_si256(_mm256_cmpeq_epi8(braces, _mm256_set1_epi8('{')), blanks);
    const __m256i more = _mm256_and_si256(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('}')), begins);
    const __m256i newlines = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('\n'));
    const auto a = static_cast<unsigned>(_mm256_movemask_epi8(newlines));
    const auto b = static_cast<unsigned>(_mm256_movemask_epi8(more));
    out.newlines |= static_cast<std::uint64_t>(a) << (32 * part);
    out.more_values |= static_cast<std::uint64_t>(b) << (32 * part);
  }
  return out;
}

[[gnu::target("avx512bw")]] inline Ends ends_avx512(const char* text) {
  const __m512i bytes = _mm512_loadu_si512(text);
  const __m512i next = _mm512_loadu_si512(text + 1);
  const __m512i braces = _mm512_or_si512(next, _mm512_set1_epi8(brace_bit));
  const std::uint64_t begins = _mm512_cmpeq_epi8_mask(braces, _mm512_set1_epi8('{')) |
                               _mm512_cmpeq_epi8_mask(next, _mm512_set1_epi8(' ')) |
                               _mm512_cmpeq_epi8_mask(next, _mm512_set1_epi8('\t'));
  return {.newlines = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\n')),
          .more_values = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('}')) & begins};
}

[[gnu::target("avx2,bmi,popcnt")]] LineEnd find_avx2(const char* text, std::size_t from,
                                                     std::size_t size) {
  return find_with<ends_avx2>(text, from, size);
}

[[gnu::target("avx512bw,bmi,popcnt")]] LineEnd find_avx512(const char* text, std::size_t from,
                                                           std::size_t size) {
  return find_with<ends_avx512>(text, from, size);
}

LineEnd find_plain(const char* text, std::size_t from, std::size_t size) {
  return find_with<ends_sse2>(text, from, size);
}

#else

inline Ends ends_one_by_one(const char* text) {
  Ends out;
  for (unsigned i = 0; i < chunk_bytes; ++i) {
    const auto bit = [i](bool is) { return static_cast<std::uint64_t>(is) << i; };
    const char next = text[i + 1];
    const bool begins = (next | brace_bit) == '{' || next == ' ' || next == '\t';
    out.newlines |= bit(text[i] == '\n');
    out.more_values |= bit(text[i] == '}' && begins);
  }
  return out;
}

LineEnd find_plain(const char* text, std::size_t from, std::size_t size) {
  return find_with<ends_one_by_one>(text, from, size);
}

#endif

}  // namespace

LineEnd find_line_end(const char* text, std::size_t from, std::size_t size) {
  static const auto best = [] {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512bw")) return find_avx512;
    if (__builtin_cpu_supports("avx2")) return find_avx2;
#endif
    return find_plain;
  }();
  return best(text, from, size);
}

}  // namespace clawback::evidence
