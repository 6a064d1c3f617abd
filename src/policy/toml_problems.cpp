#include "policy/toml_problems.hpp"

#include <algorithm>
#include <cstddef>
#include <tuple>
#include <utility>

namespace clawback::policy {
namespace {

constexpr std::size_t problems_max = 100;

}  // namespace

bool TomlProblems::before(const Problem& a, const Problem& b) {
  return std::tie(a.error.position->line, a.error.position->column) <
         std::tie(b.error.position->line, b.error.position->column);
}

// A hostile file has many: the first in the file is always among those that are kept.
void TomlProblems::wrong(Error error, const void* table) {
  Problem problem{.error = std::move(error), .table = table};
  if (wrong_.size() < problems_max) {
    wrong_.push_back(std::move(problem));
  } else if (before(problem, wrong_.back())) {
    wrong_.back() = std::move(problem);
  }
}

void TomlProblems::absent(Error error, const void* table) {
  if (absent_.size() < problems_max) absent_.push_back({.error = std::move(error), .table = table});
}

Result<void> TomlProblems::first() const {
  if (!wrong_.empty()) return std::min_element(wrong_.begin(), wrong_.end(), before)->error;
  if (!absent_.empty()) return absent_.front().error;
  return {};
}

std::vector<Error> TomlProblems::all() const {
  std::vector<Problem> problems = wrong_;
  for (const Problem& one : absent_) {
    const auto same = [&](const Problem& wrong) { return wrong.table == one.table; };
    if (std::none_of(wrong_.begin(), wrong_.end(), same)) problems.push_back(one);
  }
  std::sort(problems.begin(), problems.end(), before);
  std::vector<Error> errors;
  errors.reserve(problems.size());
  for (Problem& one : problems) errors.push_back(std::move(one.error));
  return errors;
}

}  // namespace clawback::policy
