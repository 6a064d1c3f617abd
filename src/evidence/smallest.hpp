#pragma once

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <optional>
#include <string>
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
    const std::size_t key_bytes = key.size() + overhead;
    const auto [place, is_new] = rows_.try_emplace(std::move(key), std::move(row));
    if (is_new) {
      bytes_ += key_bytes + place->second.bytes();
    } else {
      const std::size_t before = place->second.bytes();
      place->second.add(std::move(row));
      bytes_ += place->second.bytes() - before;
    }
    if (bytes_ > bytes_max_ + bytes_max_ / 4) shrink();
  }

  // Empties `other`.
  void merge(Smallest& other) {
    if (other.ceiling_) lower(*other.ceiling_);
    for (auto& [key, row] : other.rows_) add(key, std::move(row));
    other.rows_.clear();
    other.bytes_ = 0;
  }

  // In the order of keys; and whether there were more.
  std::pair<std::vector<Row>, bool> take() {
    shrink();
    std::vector<std::pair<std::string, Row>> sorted(std::make_move_iterator(rows_.begin()),
                                                    std::make_move_iterator(rows_.end()));
    rows_.clear();
    std::sort(sorted.begin(), sorted.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<Row> out;
    out.reserve(sorted.size());
    for (auto& [key, row] : sorted) out.push_back(std::move(row));
    return {std::move(out), ceiling_.has_value()};
  }

  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  // Of a place in the table, and of what an allocation costs besides its bytes.
  static constexpr std::size_t overhead = 64;

  void lower(const std::string& ceiling) {
    if (ceiling_ && *ceiling_ <= ceiling) return;
    ceiling_ = ceiling;
    boost::unordered::erase_if(rows_, [&](const auto& entry) {
      if (entry.first < ceiling) return false;
      bytes_ -= entry.first.size() + overhead + entry.second.bytes();
      return true;
    });
  }

  void shrink() {
    if (bytes_ <= bytes_max_) return;
    std::vector<std::pair<std::string, std::size_t>> keys;
    keys.reserve(rows_.size());
    for (const auto& [key, row] : rows_)
      keys.emplace_back(key, key.size() + overhead + row.bytes());
    std::sort(keys.begin(), keys.end());
    std::size_t sum = 0;
    for (const auto& [key, bytes] : keys) {
      sum += bytes;
      if (sum > bytes_max_) return lower(key);
    }
  }

  std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  std::optional<std::string> ceiling_;
  boost::unordered_flat_map<std::string, Row> rows_;
};

}  // namespace clawback::evidence
