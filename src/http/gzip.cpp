#include "http/gzip.hpp"

// Input pointers to const.
#define ZLIB_CONST
#include <zlib.h>

#include <algorithm>
#include <cstdlib>

namespace clawback::http {
namespace {

// Added to the window size, it asks zlib for the gzip format.
constexpr int gzip_format = 16;
constexpr std::size_t growth_min = 64u << 10u;
constexpr std::size_t room_min = 4096;
// zlib counts in 32 bits.
constexpr std::size_t piece_max = 1u << 30u;

const Bytef* input(std::string_view bytes) { return reinterpret_cast<const Bytef*>(bytes.data()); }

Error bad_gzip(std::string why) {
  return Error{.code = Errc::protocol, .message = "compressed answer: " + std::move(why)};
}

}  // namespace

Gunzip::Gunzip(std::size_t decoded_max)
    : stream_(std::make_unique<z_stream>()), decoded_max_(decoded_max) {
  if (inflateInit2(stream_.get(), gzip_format + MAX_WBITS) != Z_OK) std::abort();
}

Gunzip::~Gunzip() { inflateEnd(stream_.get()); }

Result<void> Gunzip::push(std::string_view encoded, std::string& out) {
  while (!encoded.empty()) {
    const std::string_view piece = encoded.substr(0, piece_max);
    stream_->next_in = input(piece);
    stream_->avail_in = static_cast<uInt>(piece.size());
    encoded.remove_prefix(piece.size());
    bool more = true;
    while (more) {
      if (ended_) {
        inflateReset(stream_.get());
        ended_ = false;
      }
      if (const auto stepped = step(out); !stepped) return stepped;
      // A full output may mean that zlib holds back more.
      more = stream_->avail_in > 0 || (stream_->avail_out == 0 && !ended_);
    }
  }
  return {};
}

Result<void> Gunzip::step(std::string& out) {
  const std::size_t before = out.size();
  if (out.capacity() - before < room_min) {
    out.reserve(
        std::min(std::max(2 * out.capacity(), before + growth_min), decoded_max_ + room_min));
  }
  // One byte more than allowed, to tell "as large as allowed" from "larger".
  const std::size_t room =
      std::min({out.capacity() - before, decoded_max_ + 1 - before, piece_max});
  int state = Z_OK;
  out.resize_and_overwrite(before + room, [&](char* bytes, std::size_t) {
    stream_->next_out = reinterpret_cast<Bytef*>(bytes + before);
    stream_->avail_out = static_cast<uInt>(room);
    state = inflate(stream_.get(), Z_NO_FLUSH);
    return before + room - stream_->avail_out;
  });
  if (out.size() > decoded_max_) {
    return bad_gzip("it unpacks to more than " + std::to_string(decoded_max_) + " bytes");
  }
  // Z_BUF_ERROR: nothing left to do until more input comes.
  if (state != Z_OK && state != Z_STREAM_END && state != Z_BUF_ERROR) {
    return bad_gzip("it is damaged");
  }
  if (state == Z_STREAM_END) ended_ = true;
  return {};
}

Result<void> Gunzip::finish() const {
  if (ended_) return {};
  return bad_gzip("its end is missing");
}

std::string gzip(std::string_view bytes, int level) {
  z_stream stream{};
  constexpr int memory_level = 9;
  const int made = deflateInit2(&stream, level, Z_DEFLATED, gzip_format + MAX_WBITS, memory_level,
                                Z_DEFAULT_STRATEGY);
  if (made != Z_OK) std::abort();
  std::string out;
  out.reserve(deflateBound(&stream, bytes.size()));
  int state = Z_OK;
  do {
    const std::string_view piece = bytes.substr(0, piece_max);
    stream.next_in = input(piece);
    stream.avail_in = static_cast<uInt>(piece.size());
    bytes.remove_prefix(piece.size());
    const int flush = bytes.empty() ? Z_FINISH : Z_NO_FLUSH;
    do {
      if (out.size() == out.capacity()) out.reserve(2 * out.capacity());
      const std::size_t before = out.size();
      const std::size_t room = std::min(out.capacity() - before, piece_max);
      out.resize_and_overwrite(before + room, [&](char* begin, std::size_t) {
        stream.next_out = reinterpret_cast<Bytef*>(begin + before);
        stream.avail_out = static_cast<uInt>(room);
        state = deflate(&stream, flush);
        return before + room - stream.avail_out;
      });
    } while (stream.avail_out == 0);
  } while (state != Z_STREAM_END);
  deflateEnd(&stream);
  return out;
}

}  // namespace clawback::http
