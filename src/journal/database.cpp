#include "journal/database.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <functional>
#include <thread>

#include "base/safe_text.hpp"

namespace clawback::journal {
namespace {

// SQLite makes its files with the process's umask; the journal is nobody else's business. A file
// that is there is not opened: closing it would drop every lock that this process has on it by
// another connection (POSIX), and the next process to end would take the log away under that one.
// Source: How To Corrupt An SQLite Database File, 2.2.
bool make_private(const std::filesystem::path& file) {
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return errno == EEXIST;
  ::close(fd);
  return true;
}

constexpr std::chrono::milliseconds patience{10'000};

// Going over to the write-ahead log, and opening while the last other connection takes its log
// away, answer "busy" without asking SQLite's own handler. Source: Write-Ahead Logging, 10.
Result<void> patiently(sqlite3* db, const std::function<Result<void>()>& statement) {
  const auto until = std::chrono::steady_clock::now() + patience;
  for (;;) {
    auto done = statement();
    const bool busy = !done && (sqlite3_errcode(db) & 0xff) == SQLITE_BUSY;
    if (!busy || std::chrono::steady_clock::now() >= until) return done;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

}  // namespace

Error Database::error(std::string_view act) const {
  return Error{.code = Errc::io,
               .message = fmt::format("state database {}: can't {}: {}", printable(name_), act,
                                      sqlite3_errmsg(db_.get()))};
}

Result<Database> Database::open(const std::filesystem::path& file) {
  std::error_code ec;
  if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path(), ec);
  if (ec || !make_private(file)) {
    return Error{.code = Errc::io,
                 .message = fmt::format("state database {}: can't be made or opened",
                                        printable(file.string())),
                 .hint = "[state] database in clawback.toml names it; its folder must be writable"};
  }
  sqlite3* raw = nullptr;
  const int code =
      sqlite3_open_v2(file.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  Database out(std::unique_ptr<sqlite3, Close>(raw), file.string());
  if (code != SQLITE_OK) return out.error("open it");
  sqlite3_busy_timeout(raw, static_cast<int>(patience.count()));
  sqlite3_extended_result_codes(raw, 1);
  for (const std::string_view sql : {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL",
                                     "PRAGMA foreign_keys=ON", "PRAGMA trusted_schema=OFF"}) {
    const auto done = patiently(raw, [&] { return out.run(sql); });
    if (!done) return done.error();
  }
  return out;
}

Result<void> Database::run(std::string_view sql) {
  const std::string text(sql);
  if (sqlite3_exec(db_.get(), text.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return error("run a statement");
  }
  return {};
}

Result<Database::Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v2(db_.get(), sql.data(), static_cast<int>(sql.size()), &raw, nullptr) !=
      SQLITE_OK) {
    return error("prepare a statement");
  }
  return Statement(raw);
}

Result<void> Database::bind(sqlite3_stmt* statement, const std::vector<std::string>& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    // The values outlive the statement's run.
    if (sqlite3_bind_text64(statement, static_cast<int>(i + 1), values[i].data(), values[i].size(),
                            SQLITE_STATIC, SQLITE_UTF8) != SQLITE_OK) {
      return error("bind a value");
    }
  }
  return {};
}

Result<bool> Database::next(sqlite3_stmt* statement, Row& row) {
  const int code = sqlite3_step(statement);
  if (code == SQLITE_DONE) return false;
  if (code != SQLITE_ROW) {
    Error failed = error("write or read");
    if ((code & 0xff) == SQLITE_CONSTRAINT) failed.code = Errc::conflict;
    return failed;
  }
  row.resize(static_cast<std::size_t>(sqlite3_column_count(statement)));
  for (std::size_t column = 0; column < row.size(); ++column) {
    const int index = static_cast<int>(column);
    const unsigned char* text = sqlite3_column_text(statement, index);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, index));
    row[column].assign(text != nullptr ? reinterpret_cast<const char*>(text) : "", size);
  }
  return true;
}

Result<std::vector<Database::Row>> Database::step(sqlite3_stmt* statement,
                                                  const std::vector<std::string>& values) {
  const auto bound = bind(statement, values);
  if (!bound) return bound.error();
  std::vector<Row> rows;
  for (;;) {
    Row row;
    const auto more = next(statement, row);
    if (!more) return more.error();
    if (!*more) return rows;
    rows.push_back(std::move(row));
  }
}

Result<void> Database::each(std::string_view sql, const std::vector<std::string>& values,
                            const std::function<Result<void>(const Row&)>& visit) {
  const auto statement = prepare(sql);
  if (!statement) return statement.error();
  const auto bound = bind(statement->get(), values);
  if (!bound) return bound.error();
  Row row;
  for (;;) {
    const auto more = next(statement->get(), row);
    if (!more) return more.error();
    if (!*more) return {};
    const auto visited = visit(row);
    if (!visited) return visited.error();
  }
}

Result<std::vector<Database::Row>> Database::query(std::string_view sql,
                                                   const std::vector<std::string>& values) {
  const auto statement = prepare(sql);
  if (!statement) return statement.error();
  return step(statement->get(), values);
}

Result<std::int64_t> Database::change(std::string_view sql,
                                      const std::vector<std::string>& values) {
  const auto done = query(sql, values);
  if (!done) return done.error();
  return static_cast<std::int64_t>(sqlite3_changes64(db_.get()));
}

Result<void> Database::change_each(std::string_view sql, const std::vector<Row>& rows) {
  const auto statement = prepare(sql);
  if (!statement) return statement.error();
  for (const Row& row : rows) {
    const auto done = step(statement->get(), row);
    if (!done) return done.error();
    sqlite3_reset(statement->get());
  }
  return {};
}

Result<void> Database::between(std::string_view begin, const std::function<Result<void>()>& work) {
  const auto begun = run(begin);
  if (!begun) return begun.error();
  auto done = work();
  if (done) done = run("COMMIT");
  // SQLite may have rolled back by itself; then this says so, and that is no news.
  if (!done) sqlite3_exec(db_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
  return done;
}

Result<void> Database::in_transaction(const std::function<Result<void>()>& work) {
  return between("BEGIN IMMEDIATE", work);
}

Result<void> Database::at_one_moment(const std::function<Result<void>()>& work) {
  return between("BEGIN", work);
}

}  // namespace clawback::journal
