#include "evidence/json_masks.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace clawback::evidence {
namespace {

// Where the bytes of interest are, strings or not.
struct Raw {
  std::uint64_t quotes = 0;
  std::uint64_t escapes = 0;
  std::uint64_t opens = 0;
  std::uint64_t closes = 0;
  std::uint64_t colons = 0;
  std::uint64_t newlines = 0;
};

// [ and { differ from each other, and ] from }, by this bit alone.
constexpr char brace_bit = 0x20;

constexpr std::uint64_t even_bits = 0x5555555555555555;

// Bytes after an odd run of backslashes.
std::uint64_t escaped_bytes(std::uint64_t escapes, bool& carry) {
  const std::uint64_t before = carry ? 1 : 0;
  escapes &= ~before;
  const std::uint64_t follows = escapes << 1 | before;
  const std::uint64_t odd_starts = escapes & ~even_bits & ~follows;
  std::uint64_t even_runs = 0;
  carry = __builtin_add_overflow(odd_starts, escapes, &even_runs);
  return (even_bits ^ (even_runs << 1)) & follows;
}

// Bit i of the result: the exclusive or of bits 0 to i.
std::uint64_t prefix_xor(std::uint64_t bits) {
  for (unsigned shift = 1; shift < chunk_bytes; shift *= 2) bits ^= bits << shift;
  return bits;
}

// A string that a line end cuts off ends there.
void end_strings_at_lines(std::uint64_t newlines, std::uint64_t& in_string) {
  for (std::uint64_t left = newlines; left != 0; left &= left - 1) {
    const std::uint64_t bit = left & (~left + 1);
    if ((in_string & bit) != 0) in_string ^= ~(bit - 1);
  }
}

template <auto read, auto parities>
[[gnu::always_inline]] inline void mark_with(const char* text, std::size_t chunks, MaskCarry& carry,
                                             Chunk* out) {
  bool escaped = carry.escaped;
  std::uint64_t open_string = carry.in_string ? ~std::uint64_t{0} : 0;
  for (std::size_t i = 0; i < chunks; ++i, text += chunk_bytes) {
    const Raw raw = read(text);
    const std::uint64_t quotes = raw.quotes & ~escaped_bytes(raw.escapes, escaped);
    std::uint64_t in_string = parities(quotes) ^ open_string;
    if ((in_string & raw.newlines) != 0) end_strings_at_lines(raw.newlines, in_string);
    open_string = std::uint64_t{0} - (in_string >> 63);
    out[i] = {.quotes = quotes,
              .escapes = raw.escapes,
              .opens = raw.opens & ~in_string,
              .closes = raw.closes & ~in_string,
              .colons = raw.colons & ~in_string,
              .newlines = raw.newlines};
  }
  carry = {.escaped = escaped, .in_string = open_string != 0};
}

#if defined(__x86_64__)

inline Raw read_sse2(const char* text) {
  Raw out;
  for (unsigned part = 0; part < 4; ++part) {
    const __m128i bytes =
        _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + std::size_t{16} * part));
    const __m128i braces = _mm_or_si128(bytes, _mm_set1_epi8(brace_bit));
    const auto where = [part](__m128i in, char wanted) {
      const int mask = _mm_movemask_epi8(_mm_cmpeq_epi8(in, _mm_set1_epi8(wanted)));
      return static_cast<std::uint64_t>(static_cast<unsigned>(mask)) << (16 * part);
    };
    out.quotes |= where(bytes, '"');
    out.escapes |= where(bytes, '\\');
    out.opens |= where(braces, '{');
    out.closes |= where(braces, '}');
    out.colons |= where(bytes, ':');
    out.newlines |= where(bytes, '\n');
  }
  return out;
}

[[gnu::target("avx2")]] inline std::uint64_t where_avx2(__m256i low, __m256i high, char wanted) {
  const __m256i all = _mm256_set1_epi8(wanted);
  const auto a = static_cast<unsigned>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, all)));
  const auto b = static_cast<unsigned>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, all)));
  return a | static_cast<std::uint64_t>(b) << 32;
}

[[gnu::target("avx2")]] inline Raw read_avx2(const char* text) {
  const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text));
  const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + 32));
  const __m256i bit = _mm256_set1_epi8(brace_bit);
  const __m256i low_braces = _mm256_or_si256(low, bit);
  const __m256i high_braces = _mm256_or_si256(high, bit);
  return {.quotes = where_avx2(low, high, '"'),
          .escapes = where_avx2(low, high, '\\'),
          .opens = where_avx2(low_braces, high_braces, '{'),
          .closes = where_avx2(low_braces, high_braces, '}'),
          .colons = where_avx2(low, high, ':'),
          .newlines = where_avx2(low, high, '\n')};
}

[[gnu::target("avx512bw")]] inline Raw read_avx512(const char* text) {
  const __m512i bytes = _mm512_loadu_si512(text);
  const __m512i braces = _mm512_or_si512(bytes, _mm512_set1_epi8(brace_bit));
  return {.quotes = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('"')),
          .escapes = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\\')),
          .opens = _mm512_cmpeq_epi8_mask(braces, _mm512_set1_epi8('{')),
          .closes = _mm512_cmpeq_epi8_mask(braces, _mm512_set1_epi8('}')),
          .colons = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(':')),
          .newlines = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\n'))};
}

[[gnu::target("pclmul")]] inline std::uint64_t prefix_xor_pclmul(std::uint64_t bits) {
  const __m128i product =
      _mm_clmulepi64_si128(_mm_set_epi64x(0, static_cast<long long>(bits)), _mm_set1_epi8(-1), 0);
  return static_cast<std::uint64_t>(_mm_cvtsi128_si64(product));
}

[[gnu::target("avx2,pclmul")]] void mark_avx2(const char* text, std::size_t chunks,
                                              MaskCarry& carry, Chunk* out) {
  mark_with<read_avx2, prefix_xor_pclmul>(text, chunks, carry, out);
}

[[gnu::target("avx512bw,pclmul")]] void mark_avx512(const char* text, std::size_t chunks,
                                                    MaskCarry& carry, Chunk* out) {
  mark_with<read_avx512, prefix_xor_pclmul>(text, chunks, carry, out);
}

void mark_plain(const char* text, std::size_t chunks, MaskCarry& carry, Chunk* out) {
  mark_with<read_sse2, prefix_xor>(text, chunks, carry, out);
}

#else

inline Raw read_bytes_one_by_one(const char* text) {
  Raw out;
  for (unsigned i = 0; i < chunk_bytes; ++i) {
    const auto bit = [i](bool is) { return static_cast<std::uint64_t>(is) << i; };
    const char c = text[i];
    const char brace = static_cast<char>(c | brace_bit);
    out.quotes |= bit(c == '"');
    out.escapes |= bit(c == '\\');
    out.opens |= bit(brace == '{');
    out.closes |= bit(brace == '}');
    out.colons |= bit(c == ':');
    out.newlines |= bit(c == '\n');
  }
  return out;
}

void mark_plain(const char* text, std::size_t chunks, MaskCarry& carry, Chunk* out) {
  mark_with<read_bytes_one_by_one, prefix_xor>(text, chunks, carry, out);
}

#endif

}  // namespace

void mark(const char* text, std::size_t chunks, MaskCarry& carry, Chunk* out) {
  static const auto best = [] {
#if defined(__x86_64__)
    const bool pclmul = __builtin_cpu_supports("pclmul");
    if (pclmul && __builtin_cpu_supports("avx512bw")) return mark_avx512;
    if (pclmul && __builtin_cpu_supports("avx2")) return mark_avx2;
#endif
    return mark_plain;
  }();
  best(text, chunks, carry, out);
}

}  // namespace clawback::evidence
