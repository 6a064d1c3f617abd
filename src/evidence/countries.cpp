#include "evidence/countries.hpp"

#include <algorithm>
#include <cstring>

#include "base/digest.hpp"
#include "evidence/relevance.hpp"

namespace clawback::evidence {
namespace {

constexpr std::size_t rows_at_first = 1024;

std::size_t hash(std::string_view user, std::string_view country) {
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  std::uint16_t c = 0;
  std::memcpy(&a, user.data(), sizeof a);
  std::memcpy(&b, user.data() + user.size() - sizeof b, sizeof b);
  std::memcpy(&c, country.data(), sizeof c);
  const std::uint64_t mixed = ((a ^ c) * 0x9E3779B97F4A7C15 ^ b) * 0xD6E8FEB86659FD93;
  return static_cast<std::size_t>(mixed >> 32);
}

bool is_lower_guid(std::string_view text) {
  return is_guid(text) &&
         std::none_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace

Countries::Row& Countries::place_of(std::string_view user, std::string_view country) {
  std::size_t place = hash(user, country) & (rows_.size() - 1);
  while (rows_[place].user[0] != 0 &&
         (!is_same_guid(rows_[place].user.data(), user.begin()) ||
          std::memcmp(rows_[place].country.data(), country.data(), country_size) != 0)) {
    place = (place + 1) & (rows_.size() - 1);
  }
  return rows_[place];
}

void Countries::grow() {
  std::vector<Row> before(std::max(rows_at_first, rows_.size() * 2));
  before.swap(rows_);
  for (const Row& row : before) {
    if (row.user[0] == 0) continue;
    place_of({row.user.data(), user_size}, {row.country.data(), country_size}) = row;
  }
}

bool Countries::add(std::string_view user, std::string_view country, Time time) {
  if (user.size() != user_size || country.size() != country_size) return false;
  if (size_ * 2 >= rows_.size()) grow();
  Row& row = place_of(user, country);
  if (row.user[0] != 0) {
    row.first = std::min(row.first, time);
    row.last = std::max(row.last, time);
    return true;
  }
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (!is_lower_guid(user) || !std::all_of(country.begin(), country.end(), is_capital)) {
    return false;
  }
  std::copy(user.begin(), user.end(), row.user.begin());
  std::copy(country.begin(), country.end(), row.country.begin());
  row.first = row.last = time;
  ++size_;
  return true;
}

std::vector<domain::UserCountry> Countries::take() {
  std::vector<domain::UserCountry> out;
  out.reserve(size_);
  for (const Row& row : rows_) {
    if (row.user[0] == 0) continue;
    out.push_back({.user = domain::UserId(std::string(row.user.data(), user_size)),
                   .country = std::string(row.country.data(), country_size),
                   .first = row.first,
                   .last = row.last});
  }
  rows_.clear();
  size_ = 0;
  return out;
}

}  // namespace clawback::evidence
