#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

// A strict reader over one TOML file: every key must be asked for, or it is an error with its
// place. Also used for clawback.toml. Hides toml++ (heavy to compile) from everything else.
namespace clawback::policy {

class TomlTable;

// Parses `text`; errors have file, line and column. The document lives as long as any table of it.
Result<TomlTable> parse_toml(std::string_view file, std::string_view text);

// Reading never fails at once: problems are kept in the document, and `finish` on the root returns
// the first in the file, or an error for the first key that nobody asked for. Until then readers
// return nullopt or nothing. What is missing is only reported when nothing else is wrong: it may be
// there misspelt.
class TomlTable {
 public:
  [[nodiscard]] bool has(std::string_view key) const;
  [[nodiscard]] bool is_text(std::string_view key) const;  // for a key that may be a table too
  std::optional<std::string> text(std::string_view key);
  std::optional<std::int64_t> integer(std::string_view key);
  std::optional<bool> boolean(std::string_view key);
  std::optional<Duration> duration(std::string_view key);  // "30d"
  std::optional<Time> date(std::string_view key);          // TOML date, or date-time with an offset
  std::optional<std::vector<std::string>> texts(std::string_view key);
  std::optional<TomlTable> table(std::string_view key);
  std::vector<TomlTable> tables(std::string_view key);  // array of tables; empty if absent
  [[nodiscard]] std::vector<std::string> keys()
      const;  // for tables whose keys are data, e.g. [weights]

  std::string require_text(std::string_view key);  // absent or blank: an error
  std::int64_t require_integer(std::string_view key);
  std::vector<std::string> require_texts(std::string_view key);

  // Records an error at the place of `key` (of the table, if there is no such key: then it is
  // something that is missing), or of one item of its array.
  void fail(std::string_view key, std::string message, std::string hint = {});
  void fail_item(std::string_view key, std::size_t item, std::string message,
                 std::string hint = {});
  // Records that `key` must be given.
  void missing(std::string_view key, std::string hint = {});
  [[nodiscard]] Position position(std::string_view key = {}) const;
  // What is wrong so far, without looking for keys that nobody asked for.
  [[nodiscard]] Result<void> check() const;
  [[nodiscard]] Result<void> finish();
  // After `finish`: all of them by line, at most 200. What is missing is left out of a table in
  // which something else is wrong.
  [[nodiscard]] std::vector<Error> problems() const;

 private:
  friend Result<TomlTable> parse_toml(std::string_view, std::string_view);
  struct Document;
  struct Access;
  TomlTable(std::shared_ptr<Document> document, const void* table);
  std::shared_ptr<Document> document_;
  const void* table_ = nullptr;
};

}  // namespace clawback::policy
