#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace clawback::evidence {

// Rows by key, as many as fit into so many bytes. When they do not fit, those with the greatest
// keys go, and no row with such a key comes in again: so what remains depends only on the rows,
// never on their order or on how they were spread over several of these.
// Row: `void add(Row&&)` unites two of one key, whichever came first; `bytes()` is about what a row
// takes and never shrinks.
template <class Row>
class Smallest {
 public:
  explicit Smallest(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  void add(std::string key, Row&& row) {
    if (ceiling_ && key >= *ceiling_) return;
    const auto [place, is_new] = rows_.try_emplace(std::move(key), std::move(row));
    united(place, is_new, &row);
  }

  // Empties `other`.
  void merge(Smallest& other) {
    if (other.ceiling_) lower(*other.ceiling_);
    while (!other.rows_.empty()) {
      auto node = other.rows_.extract(other.rows_.begin());
      if (ceiling_ && node.key() >= *ceiling_) continue;
      auto put = rows_.insert(std::move(node));
      united(put.position, put.inserted, put.inserted ? nullptr : &put.node.mapped());
    }
    other.bytes_ = 0;
  }

  // Hands out the rows in the order of keys. True: there were more.
  template <class Use>
  bool take(const Use& use) {
    shrink();
    std::vector<std::pair<std::string_view, Row*>> sorted;
    sorted.reserve(rows_.size());
    for (auto& [key, row] : rows_) sorted.emplace_back(key, &row);
    std::sort(sorted.begin(), sorted.end());
    for (const auto& [key, row] : sorted) use(std::move(*row));
    rows_.clear();
    bytes_ = 0;
    return ceiling_.has_value();
  }

  [[nodiscard]] std::size_t size() const { return rows_.size(); }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  // Of a place in the table, and of what an allocation costs besides its bytes.
  static constexpr std::size_t overhead = 64;

  using Rows = std::unordered_map<std::string, Row>;

  // Counts the row at `place`, which is new or has to take in `other`.
  void united(Rows::iterator place, bool is_new, Row* other) {
    Row& row = place->second;
    if (is_new) {
      bytes_ += place->first.size() + overhead + row.bytes();
    } else {
      const std::size_t before = row.bytes();
      row.add(std::move(*other));
      bytes_ += row.bytes() - before;
    }
    if (bytes_ > bytes_max_ + bytes_max_ / 4) shrink();
  }

  void lower(std::string ceiling) {
    if (ceiling_ && *ceiling_ <= ceiling) return;
    ceiling_ = std::move(ceiling);
    std::erase_if(rows_, [&](const auto& entry) {
      if (entry.first < *ceiling_) return false;
      bytes_ -= entry.first.size() + overhead + entry.second.bytes();
      return true;
    });
  }

  void shrink() {
    if (bytes_ <= bytes_max_) return;
    std::vector<std::pair<std::string_view, std::size_t>> keys;
    keys.reserve(rows_.size());
    for (const auto& [key, row] : rows_)
      keys.emplace_back(key, key.size() + overhead + row.bytes());
    std::sort(keys.begin(), keys.end());
    std::size_t sum = 0;
    for (const auto& [key, bytes] : keys) {
      sum += bytes;
      if (sum > bytes_max_) return lower(std::string(key));
    }
  }

  std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  std::optional<std::string> ceiling_;
  Rows rows_;  // that stay where they are: a row may be long
};

}  // namespace clawback::evidence
