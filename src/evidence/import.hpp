#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "evidence/begin.hpp"
#include "evidence/files.hpp"
#include "evidence/keeper.hpp"
#include "evidence/kind.hpp"
#include "evidence/outline.hpp"
#include "evidence/stream_lines.hpp"

namespace clawback::evidence {

// Moves all records and objects.
void append(domain::Snapshot& to, domain::Snapshot& from);

// Exports under way into one snapshot: files are added one after the other.
class Import {
 public:
  explicit Import(const FileOptions& options);

  Result<void> add(std::string_view name, const Read& source);
  FromFiles finish();

 private:
  // What was met of one kind.
  struct Account {
    bool met = false;
    std::size_t unusable = 0;
    std::string first_unusable;
    std::size_t pages_with_link = 0;
    std::size_t last_pages = 0;
    bool damaged = false;  // a file of them has a part that can't be read
  };

  Result<void> add_source(const Read& source);
  Result<void> add_plain(const Read& source);
  Result<void> add_text(std::string_view text);
  Result<void> add_lines(std::string head, const Read& rest);
  Result<void> fold(BlockOutcome&& outcome);
  Result<void> add_odd_line(Slice line);
  // `rest`: what follows `head`.
  Result<void> add_csv(std::string_view head, const Read& rest);
  [[nodiscard]] Error too_much(std::string_view text, std::size_t most) const;
  Result<void> add_object(Slice object, const Outline& outline);
  Result<void> add_page(const Outline& outline, Slice records);
  Result<void> add_document(Slice object);
  void add_record_at(Slice record, std::optional<Kind> expected);
  void take(const json::value& record, std::uint32_t line, std::optional<Kind> expected);
  void refuse(std::uint32_t line, std::optional<Kind> kind, const std::string& why);
  void refuse_more(std::optional<Kind> kind, std::size_t count);
  void close_file();
  [[nodiscard]] Error none_of_these(std::uint32_t line) const;
  [[nodiscard]] Error at(Error error, const Slice& slice) const;
  [[nodiscard]] domain::Source account_of(Kind kind) const;
  Account& account(Kind kind) { return accounts_[static_cast<std::size_t>(kind)]; }

  void keep_rows();
  void put_kept();

  FileOptions options_;
  MicrosoftApps microsoft_;
  KeepLimits limits_;
  Keeper keeper_;
  domain::Snapshot scratch_;  // records on their way to the keeper
  domain::Snapshot snapshot_;
  std::vector<Warning> warnings_;
  std::array<Account, all_kinds.size()> accounts_;
  std::vector<std::string> overflowing_;  // sources of which more came than fits
  domain::Coverage documents_;            // what evidence documents say of themselves
  std::optional<domain::TenantId> tenant_;
  bool observed_ = false;
  Begin earliest_;  // of the records of logs

  // Of the file being read.
  std::string file_;
  std::set<Kind> kinds_;
  bool trailing_ = false;    // other bytes behind the gzip data
  std::uint32_t lines_ = 0;  // before the block of lines that is folded next
  std::size_t records_ = 0;
  std::size_t passed_over_ = 0;      // known, and of no use
  std::size_t of_no_user_ = 0;       // sign-ins among those
  std::size_t refused_ = 0;          // all that were refused…
  std::size_t refused_unknown_ = 0;  // …and those of which it is not known what they were
  std::string first_refused_unknown_;
};

}  // namespace clawback::evidence
