#pragma once

#include <vector>

#include "base/result.hpp"

namespace clawback::policy {

// What is wrong in one TOML file, as it is noticed. `table` says which problems belong together.
class TomlProblems {
 public:
  // At a place in the file.
  void wrong(Error error, const void* table);
  // Something that is not there: the place is the table's. Reported only when nothing else is wrong
  // in that table, since it may be there misspelt.
  void absent(Error error, const void* table);

  [[nodiscard]] Result<void> first() const;      // by line; what is wrong before what is absent
  [[nodiscard]] std::vector<Error> all() const;  // by line, at most 200

 private:
  struct Problem {
    Error error;
    const void* table;
  };
  static bool before(const Problem& a, const Problem& b);
  std::vector<Problem> wrong_;
  std::vector<Problem> absent_;
};

}  // namespace clawback::policy
