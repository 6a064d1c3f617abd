#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace clawback {

// Everything from outside is hostile: it passes one of these before a person or a program reads it.

// Well-formed UTF-8: each bad byte becomes U+FFFD.
std::string valid_utf8(std::string_view text);

// For a terminal, a log line or an error: valid UTF-8 on one line; controls, bidirectional and
// zero-width characters become <U+XXXX>; longer than `columns_max` code points is cut with "…".
std::string printable(std::string_view text, std::size_t columns_max = 200);

// Text for HTML content and double-quoted attributes; invisible characters become <U+XXXX> first.
std::string html_escape(std::string_view text);

// One CSV field, quoted; a leading = + - @ (also behind blanks, also full-width) is neutralised
// with an apostrophe, there and behind each semicolon, and controls are shown as <U+XXXX>.
std::string csv_field(std::string_view text);

// Percent-encoding of everything but unreserved characters (RFC 3986).
std::string percent_encode(std::string_view text);
// And back; nullopt when a % is not followed by two hex digits. `plus_is_blank`: a query or a form.
// What comes out is any bytes.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_blank);

// Columns that a string takes on a terminal (wide East Asian characters take two).
std::size_t display_width(std::string_view utf8);

}  // namespace clawback
