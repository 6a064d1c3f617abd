#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace clawback::evidence {

inline constexpr std::size_t text_bytes_max = 256u << 20u;
inline constexpr std::string_view utf8_bom = "\xef\xbb\xbf";

// By its BOM.
bool is_utf16(std::string_view bytes);

// The text of an export, whatever it was wrapped in: gzip (also several members), UTF-8 with or
// without a BOM, UTF-16 with BOM. Errc::invalid for broken gzip, for half a UTF-16 character, and
// for more than `bytes_max` of text.
Result<std::string> decode_text(std::string_view bytes, std::size_t bytes_max = text_bytes_max);

}  // namespace clawback::evidence
