#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "journal/audit.hpp"
#include "journal/database.hpp"
#include "journal/store.hpp"

// The audit log is a hash chain: each row's hash covers the row and the hash before it, so a row
// can't be changed, removed, moved or put in without every later hash being another one.
//   hash(i) = hex(SHA-256(hash(i-1) + canonical JSON of [seq, run, kind, action, time, record]))
// where hash(0) is `first_hash()` and record is the text as stored. docs/reference/audit.md.
namespace clawback::journal {

std::string first_hash();
std::string hash_of(std::string_view before, const LogRow& row);

// Rows that the store writes besides the events.
namespace log_kind {
inline constexpr std::string_view rejected = "rejected";
inline constexpr std::string_view halted = "halted";
inline constexpr std::string_view released = "released";
inline constexpr std::string_view approval_used = "approval-used";
inline constexpr std::string_view migrated = "migrated";
}  // namespace log_kind

Result<Head> read_head(Database& db);
// Adds rows after the head and moves it; their `seq` is set here. Inside a transaction. Errc::audit
// when the last row is not the one that the head names: nothing is added to a log that was changed.
Result<void> extend(Database& db, std::vector<LogRow> rows);

// What a "started" row says of its run besides the event's own members: digests of the plan's text
// and of the approvals, tenant, undo_of. `verify_chain` holds the run's row to it.
json::object digest_of(const Database::Row& run);  // the columns of `select_run`
LogRow started_row(const Database::Row& run, Time started);
// The run as its row holds it.
Database::Row columns_of(const Run& run);
Result<Run> run_from(const Database::Row& row);
inline constexpr std::string_view select_run =
    "SELECT id, tenant, plan_digest, plan, undo_of, started, approvals FROM run";

// What Store::verify_chain promises, on a connection.
Result<Verified> verify(Database& db, const std::optional<std::string>& anchored_head);

}  // namespace clawback::journal
