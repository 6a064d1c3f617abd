#pragma once

#include <compare>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace clawback {

// An opaque identifier. Ids of different tags do not convert into each other nor from a string.
// Compared byte by byte: grant ids are case-sensitive; GUIDs are lower-cased by whoever parses
// them.
template <class Tag>
class Id {
 public:
  Id() = default;
  explicit Id(std::string text) : text_(std::move(text)) {}
  [[nodiscard]] const std::string& str() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }
  friend bool operator==(const Id&, const Id&) = default;
  friend auto operator<=>(const Id&, const Id&) = default;

 private:
  std::string text_;
};

}  // namespace clawback

template <class Tag>
struct std::hash<clawback::Id<Tag>> {
  std::size_t operator()(const clawback::Id<Tag>& id) const noexcept {
    return std::hash<std::string>{}(id.str());
  }
};
