#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "domain/entities.hpp"
#include "evidence/relevance.hpp"

namespace clawback::evidence {

// First and last sign-in per (user, country), for ids and codes in their canonical spelling: what
// a block of lines adds, before it goes to the keeper.
class Countries {
 public:
  static constexpr std::size_t user_size = guid_size;
  static constexpr std::size_t country_size = 2;

  // `user`: 36 bytes, `country`: 2 bytes. False: they are not canonical, nothing was added.
  bool add(std::string_view user, std::string_view country, Time time);
  [[nodiscard]] std::size_t size() const { return size_; }
  // All rows, and empties the table.
  std::vector<domain::UserCountry> take();

 private:
  struct Row {
    std::array<char, user_size> user{};  // empty when it begins with a zero
    std::array<char, country_size> country{};
    Time first;
    Time last;
  };

  Row& place_of(std::string_view user, std::string_view country);
  void grow();

  std::vector<Row> rows_;
  std::size_t size_ = 0;
};

}  // namespace clawback::evidence
