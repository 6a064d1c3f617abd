#pragma once

#include <cstdint>
#include <string_view>

namespace clawback::evidence {

// How a text is read.
enum class TextShape : std::uint8_t {
  lines,  // one JSON object per line
  table,  // begins like no JSON: a CSV, or nothing that can be read
  whole,  // one JSON text, or UTF-16, gzip within gzip, or only blanks: all of it is needed
};

// By the beginning of a text, or by all of it when `whole`. Lines may be damaged: one complete
// object among the first of them is enough, unless it can be a part of one JSON text.
TextShape shape_of(std::string_view text, bool whole);

}  // namespace clawback::evidence
