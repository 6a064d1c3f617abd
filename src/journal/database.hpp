#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <functional>
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
  // Row by row, for more than fits in memory. `visit` may read other tables; its error ends it.
  Result<void> each(std::string_view sql, const std::vector<std::string>& values,
                    const std::function<Result<void>(const Row&)>& visit);
  // Rows changed; SQLITE_CONSTRAINT is Errc::conflict.
  Result<std::int64_t> change(std::string_view sql, const std::vector<std::string>& values);
  // The same statement for each row of values.
  Result<void> change_each(std::string_view sql, const std::vector<Row>& rows);

  // `work` happens whole or not at all. Writers wait for each other, up to the busy timeout;
  // readers see what was there before until it is done, and never wait.
  Result<void> in_transaction(const std::function<Result<void>()>& work);
  // What `work` reads is of one moment, whatever others write meanwhile.
  Result<void> at_one_moment(const std::function<Result<void>()>& work);

  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  struct Close {
    void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
  };
  Database(std::unique_ptr<sqlite3, Close> db, std::string name)
      : db_(std::move(db)), name_(std::move(name)) {}
  Error error(std::string_view act) const;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;
  Result<Statement> prepare(std::string_view sql);
  Result<void> bind(sqlite3_stmt* statement, const std::vector<std::string>& values);
  Result<bool> next(sqlite3_stmt* statement, Row& row);
  Result<std::vector<Row>> step(sqlite3_stmt* statement, const std::vector<std::string>& values);
  Result<void> between(std::string_view begin, const std::function<Result<void>()>& work);

  std::unique_ptr<sqlite3, Close> db_;
  std::string name_;
};

}  // namespace clawback::journal
