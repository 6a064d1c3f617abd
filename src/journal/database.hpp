#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace clawback::journal {

// A SQLite connection with the few things that the store needs; values are always bound, never
// pasted.
class Database {
 public:
  static Result<Database> open(const std::filesystem::path& file);

  Result<void> run(std::string_view sql);
  using Row = std::vector<std::string>;  // every column as text; NULL is empty
  Result<std::vector<Row>> query(std::string_view sql, const std::vector<std::string>& values);
  // Rows changed; SQLITE_CONSTRAINT is Errc::conflict.
  Result<std::int64_t> change(std::string_view sql, const std::vector<std::string>& values);

 private:
  struct Close {
    void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
  };
  Database(std::unique_ptr<sqlite3, Close> db, std::string name)
      : db_(std::move(db)), name_(std::move(name)) {}
  Error error(std::string_view act) const;
  Result<std::vector<Row>> step(std::string_view sql, const std::vector<std::string>& values);

  std::unique_ptr<sqlite3, Close> db_;
  std::string name_;
};

}  // namespace clawback::journal
