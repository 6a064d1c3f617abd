#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "evidence/files.hpp"
#include "evidence/kind.hpp"
#include "evidence/outline.hpp"

namespace clawback::evidence {

// Exports under way into one snapshot: files are added one after the other.
class Import {
 public:
  explicit Import(const FileOptions& options);

  Result<void> add(std::string_view name, std::string_view bytes);
  FromFiles finish();

 private:
  // What was met of one kind.
  struct Account {
    bool met = false;
    std::size_t unusable = 0;
    std::string first_unusable;
    std::size_t pages_with_link = 0;
    std::size_t last_pages = 0;
  };

  Result<void> add_text(std::string_view text);
  Result<void> add_lines(std::string_view text);
  Result<void> add_csv(std::string_view text);
  Result<void> add_object(Slice object, const Outline& outline);
  Result<void> add_page(const Outline& outline, Slice records);
  Result<void> add_document(Slice object);
  void add_record_at(Slice record, std::optional<Kind> expected);
  void take(const json::value& record, std::uint32_t line, std::optional<Kind> expected);
  void refuse(std::uint32_t line, std::optional<Kind> kind, const std::string& why);
  void close_file();
  [[nodiscard]] Error none_of_these(std::uint32_t line) const;
  [[nodiscard]] Error at(Error error, const Slice& slice) const;
  [[nodiscard]] domain::Source account_of(Kind kind) const;
  Account& account(Kind kind) { return accounts_[static_cast<std::size_t>(kind)]; }

  FileOptions options_;
  domain::Snapshot snapshot_;
  std::vector<Warning> warnings_;
  std::array<Account, all_kinds.size()> accounts_;
  domain::Coverage documents_;  // what evidence documents say of themselves
  std::optional<domain::TenantId> tenant_;
  bool observed_ = false;
  std::optional<Time> earliest_;  // of the records of logs

  // Of the file being read.
  std::string file_;
  std::set<Kind> kinds_;
  std::size_t records_ = 0;
  std::size_t passed_over_ = 0;      // known, and of no use
  std::size_t of_no_user_ = 0;       // sign-ins among those
  std::size_t refused_ = 0;          // all that were refused…
  std::size_t refused_unknown_ = 0;  // …and those of which it is not known what they were
  std::string first_refused_unknown_;
};

}  // namespace clawback::evidence
