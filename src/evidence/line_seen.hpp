#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "evidence/line_members.hpp"

namespace clawback::evidence {

inline constexpr std::size_t no_place = static_cast<std::size_t>(-1);

// What is known of the line being looked at.
struct Seen {
  std::size_t begin = 0;
  std::size_t first = no_place;  // its outermost bracket
  std::size_t end = no_place;    // of the line, once it is known what becomes of it
  std::size_t depth = 0;
  bool doubt = false;
  bool microsoft = false;                        // the application is
  bool to_the_end = false;                       // something follows that only the whole line tells
  Member inside = Member::none;                  // of the outermost object: location or status
  std::uint32_t members = 0;                     // one bit for each
  std::array<std::size_t, member_kinds> values;  // where the value begins, of those

  static constexpr std::uint32_t bit(Member member) { return 1U << static_cast<unsigned>(member); }
  [[nodiscard]] bool has(Member member) const { return (members & bit(member)) != 0; }
  [[nodiscard]] bool has_all(std::uint32_t bits) const { return (members & bits) == bits; }
  [[nodiscard]] std::size_t value(Member member) const {
    return values[static_cast<std::size_t>(member)];
  }
  void start(std::size_t at) {
    begin = at;
    first = end = no_place;
    depth = 0;
    doubt = microsoft = to_the_end = false;
    inside = Member::none;
    members = 0;
  }
};

}  // namespace clawback::evidence
