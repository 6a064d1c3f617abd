#include "policy/nearest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace clawback::policy {
namespace {

constexpr std::size_t word_length_max =
    64;  // the distance is quadratic, and the word comes from outside
constexpr std::size_t listed_max = 20;

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string suggestion(std::string_view word, const std::vector<std::string>& known) {
  const std::string* best = nullptr;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
  if (word.size() <= word_length_max) {
    for (const std::string& candidate : known) {
      const std::size_t distance = edit_distance(word, candidate);
      if (distance < best_distance && distance < candidate.size()) {
        best = &candidate;
        best_distance = distance;
      }
    }
  }
  if (best != nullptr) return fmt::format("did you mean \"{}\"?", *best);
  if (known.empty() || known.size() > listed_max) return {};
  return fmt::format("known: {}", fmt::join(known, ", "));
}

}  // namespace clawback::policy
