#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace clawback::evidence {

// A piece of a JSON text with the line on which it begins.
struct Slice {
  std::string_view text;
  std::uint32_t line = 1;
};

struct MemberSlice {
  std::string key;
  Slice value;
};

struct Outline {
  std::vector<MemberSlice> members;  // of an object
  std::vector<Slice> items;          // of an array
  std::string_view rest;             // what follows
};

// Where the parts of an object or array begin and end, found by counting brackets: each can then be
// parsed, or refused, by itself, and its line named. Errc::invalid with line and column if the text
// is not one, is cut off, or is nested more than 64 deep.
Result<Outline> outline_object(Slice object);
Result<Outline> outline_array(Slice array);

}  // namespace clawback::evidence
