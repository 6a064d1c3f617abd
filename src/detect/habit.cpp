#include "detect/habit.hpp"

#include <algorithm>

#include "base/digest.hpp"
#include "detect/uses.hpp"

namespace clawback::detect {
namespace {

void add_stay(Stays& stays, const std::string& country, Time first, Time last) {
  const auto [found, is_new] = stays.try_emplace(to_lower(std::string_view(country).substr(0, 64)),
                                                 Stay{.first = first, .last = last});
  found->second.first = std::min(found->second.first, first);
  found->second.last = std::max(found->second.last, last);
}

}  // namespace

const Stays& stays_of(const Case& subject, std::string_view user, StaysOf& all) {
  const auto [found, is_new] = all.try_emplace(user);
  if (!is_new) return found->second;
  for (const auto* row : subject.context.index.countries_of(user)) {
    add_stay(found->second, row->country, row->first, row->last);
  }
  for (const auto* one : subject.context.index.sign_ins_of(user)) {
    if (!one->country || one->country->empty() || !succeeded(*one)) continue;
    add_stay(found->second, *one->country, one->time, one->time);
  }
  return found->second;
}

Habit habit_of(const Stays& stays, const std::string& place, Time consent) {
  Habit habit;
  for (const auto& [country, stay] : stays) {
    if (country == place) {
      habit.same_before = stay.first < consent - around_consent;
      habit.same_after = stay.last > consent + around_consent;
      continue;
    }
    ++habit.countries;
    if (!habit.first || stay.first < *habit.first) habit.first = stay.first;
    if (!habit.last || stay.last > *habit.last) habit.last = stay.last;
  }
  return habit;
}

std::string_view network_of(std::string_view address) {
  const bool is_v6 = address.find(':') != std::string_view::npos;
  std::size_t end = 0;
  for (int groups = 0; groups < (is_v6 ? 4 : 3); ++groups) {
    const std::size_t next = address.find(is_v6 ? ':' : '.', end);
    if (next == std::string_view::npos) return address;
    end = next + 1;
  }
  return address.substr(0, end);
}

}  // namespace clawback::detect
