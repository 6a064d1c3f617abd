#include "evidence/inflate.hpp"

#include <algorithm>
#include <cstdint>

#ifdef CLAWBACK_ISAL
#include <isa-l/igzip_lib.h>
#else
#define ZLIB_CONST  // zlib only reads its input
#include <zlib.h>
#endif

namespace clawback::evidence {
namespace {

constexpr std::size_t input_bytes = 256u << 10u;

Error unusable(std::string what) {
  return Error{.code = Errc::invalid,
               .message = std::move(what),
               .hint = {},
               .position = std::nullopt,
               .details = {}};
}

}  // namespace

// One call decodes what it can. `member_ended`: another member may follow.
#ifdef CLAWBACK_ISAL

struct Inflate::Decoder {
  inflate_state state;
  bool member_ended = false;

  Decoder() { begin(); }
  void begin() {
    isal_inflate_init(&state);
    state.crc_flag = ISAL_GZIP;
    member_ended = false;
  }
  // False: broken.
  bool decode(std::string_view& in, char* to, std::size_t size, std::size_t& made) {
    std::string_view mine = in.substr(0, UINT32_MAX);
    // ISA-L reads its input only, whatever the type says.
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast)
    state.next_in = const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(mine.data()));
    state.avail_in = static_cast<std::uint32_t>(mine.size());
    state.next_out = reinterpret_cast<std::uint8_t*>(to);
    const auto room = static_cast<std::uint32_t>(std::min<std::size_t>(size, UINT32_MAX));
    state.avail_out = room;
    const int code = isal_inflate(&state);
    in.remove_prefix(mine.size() - state.avail_in);
    made = room - state.avail_out;
    member_ended = state.block_state == ISAL_BLOCK_FINISH;
    return code == ISAL_DECOMP_OK || code == ISAL_END_INPUT;
  }
};

#else

struct Inflate::Decoder {
  z_stream state{};
  bool ready = false;
  bool member_ended = false;

  Decoder() { ready = inflateInit2(&state, 15 + 16) == Z_OK; }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  ~Decoder() {
    if (ready) inflateEnd(&state);
  }
  void begin() {
    ready = ready && inflateReset(&state) == Z_OK;
    member_ended = false;
  }
  bool decode(std::string_view& in, char* to, std::size_t size, std::size_t& made) {
    if (!ready) return false;
    const std::string_view mine = in.substr(0, UINT32_MAX);
    const auto room = static_cast<uInt>(std::min<std::size_t>(size, UINT32_MAX));
    state.next_in = reinterpret_cast<const Bytef*>(mine.data());
    state.avail_in = static_cast<uInt>(mine.size());
    state.next_out = reinterpret_cast<Bytef*>(to);
    state.avail_out = room;
    const int code = inflate(&state, Z_NO_FLUSH);
    in.remove_prefix(mine.size() - state.avail_in);
    made = room - state.avail_out;
    member_ended = code == Z_STREAM_END;
    return code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR;
  }
};

#endif

Inflate::Inflate(std::string head, const Read& source)
    : source_(source),
      input_(std::move(head)),
      left_(input_),
      decoder_(std::make_unique<Decoder>()) {}

Inflate::~Inflate() = default;

// Keeps what is left and adds what the source has next.
Result<void> Inflate::refill() {
  std::string next(left_);
  const std::size_t kept = next.size();
  next.resize(kept + input_bytes);
  const auto got = source_(next.data() + kept, input_bytes);
  if (!got) return got.error();
  next.resize(kept + *got);
  input_ended_ = *got == 0;
  input_ = std::move(next);
  left_ = input_;
  return {};
}

// Up to where the next member begins, if there is one.
Result<void> Inflate::find_member() {
  while (true) {
    left_.remove_prefix(std::min(left_.find_first_not_of('\0'), left_.size()));
    if (left_.size() >= gzip_magic.size() || input_ended_) return {};
    const auto filled = refill();
    if (!filled) return filled;
  }
}

Result<std::size_t> Inflate::read(char* to, std::size_t size) {
  while (!ended_ && size > 0) {
    if (decoder_->member_ended) {
      const auto found = find_member();
      if (!found) return found.error();
      ended_ = !left_.starts_with(gzip_magic);
      if (ended_) break;
      decoder_->begin();
    }
    if (left_.empty() && !input_ended_) {
      const auto filled = refill();
      if (!filled) return filled.error();
    }
    const bool had_input = !left_.empty();
    std::size_t made = 0;
    if (!decoder_->decode(left_, to, size, made)) return unusable("broken gzip data");
    if (made > 0) return made;
    if (!had_input && !decoder_->member_ended) return unusable("the gzip data is cut off");
  }
  return std::size_t{0};
}

}  // namespace clawback::evidence
