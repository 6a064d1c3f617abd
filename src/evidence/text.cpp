#include "evidence/text.hpp"

#define ZLIB_CONST  // zlib only reads its input
#include <zlib.h>

#include <algorithm>
#include <limits>

namespace clawback::evidence {
namespace {

constexpr std::string_view gzip_magic = "\x1f\x8b";
constexpr std::string_view utf16_le_bom = "\xff\xfe";
constexpr std::string_view utf16_be_bom = "\xfe\xff";

Error unusable(std::string what) {
  return Error{.code = Errc::invalid,
               .message = std::move(what),
               .hint = {},
               .position = std::nullopt,
               .details = {}};
}

class Inflater {
 public:
  Inflater() { ready_ = inflateInit2(&stream_, 15 + 16) == Z_OK; }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() {
    if (ready_) inflateEnd(&stream_);
  }

  // Appends the text of one member; answers what follows it.
  Result<std::string_view> member(std::string_view bytes, std::string& out, std::size_t bytes_max) {
    if (!ready_ || inflateReset(&stream_) != Z_OK) return unusable("no memory for gzip");
    int state = Z_OK;
    while (state != Z_STREAM_END) {
      if (stream_.avail_in == 0 && bytes.empty()) return unusable("the gzip data is cut off");
      const auto size = std::min<std::size_t>(bytes.size(), std::numeric_limits<uInt>::max());
      stream_.next_in = reinterpret_cast<const Bytef*>(bytes.data());
      stream_.avail_in = static_cast<uInt>(size);
      stream_.next_out = reinterpret_cast<Bytef*>(buffer_);
      stream_.avail_out = sizeof buffer_;
      state = inflate(&stream_, Z_NO_FLUSH);
      if (state != Z_OK && state != Z_STREAM_END) return unusable("broken gzip data");
      bytes.remove_prefix(size - stream_.avail_in);
      out.append(buffer_, sizeof buffer_ - stream_.avail_out);
      stream_.avail_in = 0;
      if (out.size() > bytes_max) return unusable("the gzip data unpacks to more than can be read");
    }
    return bytes;
  }

 private:
  z_stream stream_{};
  bool ready_ = false;
  char buffer_[65536];
};

Result<std::string> gunzip(std::string_view bytes, std::size_t bytes_max) {
  Inflater inflater;
  std::string out;
  while (bytes.starts_with(gzip_magic)) {
    const auto rest = inflater.member(bytes, out, bytes_max);
    if (!rest) return rest.error();
    bytes = *rest;
  }
  return out;
}

void append_utf8(std::string& out, std::uint32_t point) {
  const auto byte = [&](std::uint32_t value) { out += static_cast<char>(value); };
  if (point < 0x80) {
    byte(point);
  } else if (point < 0x800) {
    byte(0xC0 | point >> 6);
    byte(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    byte(0xE0 | point >> 12);
    byte(0x80 | (point >> 6 & 0x3F));
    byte(0x80 | (point & 0x3F));
  } else {
    byte(0xF0 | point >> 18);
    byte(0x80 | (point >> 12 & 0x3F));
    byte(0x80 | (point >> 6 & 0x3F));
    byte(0x80 | (point & 0x3F));
  }
}

Result<std::string> from_utf16(std::string_view bytes, bool big_endian) {
  if (bytes.size() % 2 != 0) return unusable("UTF-16 with an odd number of bytes");
  const auto unit_at = [&](std::size_t i) -> std::uint32_t {
    const auto first = static_cast<unsigned char>(bytes[i]);
    const auto second = static_cast<unsigned char>(bytes[i + 1]);
    return big_endian ? static_cast<std::uint32_t>(first << 8 | second)
                      : static_cast<std::uint32_t>(second << 8 | first);
  };
  std::string out;
  out.reserve(bytes.size() / 2);
  for (std::size_t i = 0; i < bytes.size(); i += 2) {
    std::uint32_t point = unit_at(i);
    if (point >= 0xDC00 && point < 0xE000) return unusable("UTF-16 with half a character");
    if (point >= 0xD800 && point < 0xDC00) {
      const std::uint32_t low = i + 2 < bytes.size() ? unit_at(i + 2) : 0;
      if (low < 0xDC00 || low >= 0xE000) return unusable("UTF-16 with half a character");
      point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
      i += 2;
    }
    append_utf8(out, point);
  }
  return out;
}

}  // namespace

bool is_utf16(std::string_view bytes) {
  return bytes.starts_with(utf16_le_bom) || bytes.starts_with(utf16_be_bom);
}

Result<std::string> decode_text(std::string_view bytes, std::size_t bytes_max) {
  std::string unpacked;
  if (bytes.starts_with(gzip_magic)) {
    auto text = gunzip(bytes, bytes_max);
    if (!text) return text;
    unpacked = std::move(*text);
    bytes = unpacked;
  }
  if (bytes.starts_with(utf16_le_bom)) return from_utf16(bytes.substr(2), false);
  if (bytes.starts_with(utf16_be_bom)) return from_utf16(bytes.substr(2), true);
  if (bytes.starts_with(utf8_bom)) bytes.remove_prefix(utf8_bom.size());
  if (bytes.size() > bytes_max) return unusable("more text than can be read");
  return std::string(bytes);
}

}  // namespace clawback::evidence
