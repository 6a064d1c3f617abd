#include "journal/finding_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "base/safe_text.hpp"
#include "journal/schema.hpp"

namespace clawback::journal {
namespace {

constexpr std::size_t page_max = 1000;

std::string number(auto value) { return std::to_string(static_cast<long long>(value)); }

std::size_t count_from(const std::string& text) {
  return static_cast<std::size_t>(std::strtoull(text.c_str(), nullptr, 10));
}

// What LIKE would take for a pattern stands for itself.
std::string contains(const std::string& text) {
  std::string out = "%";
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') out += '\\';
    out += c;
  }
  return out + "%";
}

constexpr std::string_view where =
    " FROM finding WHERE tenant = ?1 AND (?2 = '' OR verdict = CAST(?2 AS INTEGER)) "
    "AND (?3 = '' OR rule = ?3) AND (?4 = '' OR state = ?4) "
    "AND (?5 = '' OR search LIKE ?5 ESCAPE '\\')";

Database::Row values_of(const domain::TenantId& tenant, const FindingFilter& filter) {
  return {tenant.str(), filter.verdict ? number(*filter.verdict) : std::string(), filter.rule,
          filter.state, filter.text.empty() ? std::string() : contains(filter.text)};
}

Error none(const Database& db) {
  return Error{.code = Errc::not_found,
               .message = fmt::format("state database {}: it holds no pass over this tenant yet",
                                      printable(db.name())),
               .hint =
                   "`clawback scan`, `plan`, `run` or `watch` with this configuration leaves "
                   "one there"};
}

Result<Database::Row> pass_of(Database& db, const domain::TenantId& tenant) {
  auto rows =
      db.query("SELECT observed, left_out, header FROM pass WHERE tenant = ?", {tenant.str()});
  if (!rows) return rows.error();
  if (rows->empty()) return none(db);
  return std::move(rows->front());
}

Result<void> refuse_older(Database& db, const domain::TenantId& tenant, Time observed) {
  const auto pass = pass_of(db, tenant);
  if (!pass && pass.error().code == Errc::not_found) return {};
  if (!pass) return pass.error();
  const auto stored = parse_time((*pass)[0]);
  // One that can't be read is worth nothing: the new one takes its place.
  if (!stored || observed >= *stored) return {};
  return Error{.code = Errc::conflict,
               .message = fmt::format("state database {}: its findings are of {}, which is later "
                                      "than these: left as they are",
                                      printable(db.name()), format_time(*stored))};
}

Result<void> fill_counts(Database& db, const domain::TenantId& tenant, FindingPage& page) {
  const auto rows = db.query(
      "SELECT verdict, COUNT(*) FROM finding WHERE tenant = ? GROUP BY verdict", {tenant.str()});
  if (!rows) return rows.error();
  for (const Database::Row& row : *rows) {
    const std::size_t count = count_from(row[1]);
    page.all += count;
    if (row[0] == number(domain::Verdict::alert)) page.alerts = count;
    if (row[0] == number(domain::Verdict::watch)) page.watches = count;
  }
  return {};
}

Result<void> fill_rows(Database& db, const domain::TenantId& tenant, const FindingFilter& filter,
                       FindingPage& page) {
  Database::Row values = values_of(tenant, filter);
  const auto matching = db.query(fmt::format("SELECT COUNT(*){}", where), values);
  if (!matching) return matching.error();
  page.matching = count_from(matching->front()[0]);
  if (filter.from >= page.matching) return {};
  values.push_back(number(std::min(filter.count, page_max)));
  values.push_back(number(std::min(filter.from, findings_kept_max)));
  auto rows = db.query(fmt::format("SELECT line{} ORDER BY verdict DESC, score DESC, key "
                                   "LIMIT CAST(?6 AS INTEGER) OFFSET CAST(?7 AS INTEGER)",
                                   where),
                       values);
  if (!rows) return rows.error();
  for (Database::Row& row : *rows) page.lines.push_back(std::move(row[0]));
  return {};
}

}  // namespace

Result<FindingStore> FindingStore::open(const std::filesystem::path& file) {
  auto db = Database::open(file);
  if (!db) return db.error();
  const auto made = migrate(*db);
  if (!made) return made.error();
  return FindingStore(std::move(*db));
}

Result<void> FindingStore::replace(const domain::TenantId& tenant, const KeptPass& pass) {
  if (auto newer = refuse_older(db_, tenant, pass.observed); !newer) return newer;
  for (const std::string_view sql :
       {"DELETE FROM finding WHERE tenant = ?", "DELETE FROM finding_record WHERE tenant = ?"}) {
    const auto removed = db_.change(sql, {tenant.str()});
    if (!removed) return removed.error();
  }
  const std::size_t kept = std::min(pass.findings.size(), findings_kept_max);
  const auto put = db_.change(
      "INSERT OR REPLACE INTO pass (tenant, observed, left_out, header) VALUES (?,?,?,?)",
      {tenant.str(), format_time(pass.observed), number(pass.findings.size() - kept),
       valid_utf8(pass.header)});
  if (!put) return put.error();
  std::vector<Database::Row> rows;
  rows.reserve(kept);
  for (std::size_t i = 0; i < kept; ++i) {
    const KeptFinding& one = pass.findings[i];
    rows.push_back({tenant.str(), valid_utf8(one.key), number(one.verdict), number(one.score),
                    valid_utf8(one.rule), valid_utf8(one.state), valid_utf8(one.search),
                    valid_utf8(one.line)});
    // One at a time: together they may be larger than what is free.
    const auto recorded =
        db_.change("INSERT OR REPLACE INTO finding_record (tenant, key, record) VALUES (?,?,?)",
                   {tenant.str(), valid_utf8(one.key), valid_utf8(one.record)});
    if (!recorded) return recorded.error();
  }
  return db_.change_each(
      "INSERT OR REPLACE INTO finding (tenant, key, verdict, score, rule, state, search, line) "
      "VALUES (?,?,?,?,?,?,?,?)",
      rows);
}

Result<void> FindingStore::save(const domain::TenantId& tenant, const KeptPass& pass) {
  for (const KeptFinding& one : pass.findings) {
    if (one.record.size() <= finding_record_max) continue;
    return Error{
        .code = Errc::io,
        .message = fmt::format("state database {}: {} bytes of one finding are more than "
                               "the {} that it keeps",
                               printable(db_.name()), one.record.size(), finding_record_max)};
  }
  return db_.in_transaction([&] { return replace(tenant, pass); });
}

Result<FindingPage> FindingStore::page(const domain::TenantId& tenant,
                                       const FindingFilter& filter) {
  FindingPage out;
  const auto read = db_.at_one_moment([&]() -> Result<void> {
    auto pass = pass_of(db_, tenant);
    if (!pass) return pass.error();
    out.left_out = count_from((*pass)[1]);
    out.header = std::move((*pass)[2]);
    if (auto counted = fill_counts(db_, tenant, out); !counted) return counted;
    return fill_rows(db_, tenant, filter, out);
  });
  if (!read) return read.error();
  return out;
}

Result<FindingRecord> FindingStore::one(const domain::TenantId& tenant, const std::string& key) {
  FindingRecord out;
  const auto read = db_.at_one_moment([&]() -> Result<void> {
    auto pass = pass_of(db_, tenant);
    if (!pass) return pass.error();
    out.header = std::move((*pass)[2]);
    auto rows = db_.query("SELECT record FROM finding_record WHERE tenant = ? AND key = ?",
                          {tenant.str(), key});
    if (!rows) return rows.error();
    if (rows->empty()) {
      return Error{.code = Errc::not_found,
                   .message = fmt::format("the newest pass has no case {}", printable(key, 100)),
                   .hint = "it may have been there in an earlier one"};
    }
    out.record = std::move(rows->front()[0]);
    return {};
  });
  if (!read) return read.error();
  return out;
}

Result<std::string> FindingStore::header(const domain::TenantId& tenant) {
  auto pass = pass_of(db_, tenant);
  if (!pass) return pass.error();
  return std::move((*pass)[2]);
}

}  // namespace clawback::journal
