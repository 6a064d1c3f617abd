#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <set>
#include <span>
#include <string_view>
#include <vector>

#include "domain/entities.hpp"

// What of a log can concern a case. The keeper decides by it on parsed records, the line filter on
// raw bytes, and both must answer alike.
namespace clawback::evidence {

// Activities of the directory's audit log that clawback reads, as Graph spells them: what a live
// read asks for.
std::span<const std::string_view> relevant_activities();
// The same without regard to case, and to blanks and dots at the end: the Unified Audit Log has
// "Consent to application.".
bool is_relevant_activity(std::string_view activity);

inline constexpr std::size_t guid_size = 36;

// Of two texts of that size.
inline bool is_same_guid(const char* a, const char* b) {
  const auto differ = []<class Word>(const char* x, const char* y, Word one) {
    Word other = 0;
    std::memcpy(&one, x, sizeof one);
    std::memcpy(&other, y, sizeof other);
    return one ^ other;
  };
  const std::uint64_t words =
      differ(a, b, std::uint64_t{}) | differ(a + 8, b + 8, std::uint64_t{}) |
      differ(a + 16, b + 16, std::uint64_t{}) | differ(a + 24, b + 24, std::uint64_t{});
  return (words | differ(a + 32, b + 32, std::uint32_t{})) == 0;
}

// Applications whose sign-ins are left out because Microsoft makes them: the resource APIs, and
// those that are given.
class MicrosoftApps {
 public:
  explicit MicrosoftApps(std::span<const domain::AppId> known);
  [[nodiscard]] bool contains(std::string_view lower_case_guid) const;
  [[nodiscard]] bool contains(const domain::AppId& app) const { return contains(app.str()); }

 private:
  using Guid = std::array<char, guid_size>;

  // Open addressing, at most half full; an empty place begins with a zero.
  std::vector<Guid> places_;
};

}  // namespace clawback::evidence
