#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/safe_text.hpp"
#include "evidence/import.hpp"
#include "evidence/inflate.hpp"
#include "evidence/text.hpp"
#include "evidence/text_shape.hpp"

namespace clawback::evidence {
namespace {

// How much of a text decides what it is.
constexpr std::size_t head_bytes = 1u << 20u;
constexpr std::string_view blanks = " \t\r\n";

bool is_blank(std::string_view text) {
  return text.find_first_not_of(blanks) == std::string_view::npos;
}

// Adds to `text` until it has `size` bytes; false when the source ended before.
Result<bool> read_up_to(std::string& text, std::size_t size, const Read& source) {
  while (text.size() < size) {
    const std::size_t before = text.size();
    text.resize(std::min(size, before + (64u << 10u)));
    const auto got = source(text.data() + before, text.size() - before);
    if (!got) return got.error();
    text.resize(before + *got);
    if (*got == 0) return false;
  }
  return true;
}

template <class Record>
void append(std::vector<Record>& to, std::vector<Record>& from) {
  if (to.empty()) to.swap(from);
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
  from.clear();
}

}  // namespace

void append(domain::Snapshot& to, domain::Snapshot& from) {
  append(to.service_principals, from.service_principals);
  append(to.grants, from.grants);
  append(to.app_roles, from.app_roles);
  append(to.users, from.users);
  append(to.audits, from.audits);
  append(to.sign_ins, from.sign_ins);
  append(to.permission_grant_policies, from.permission_grant_policies);
  append(to.conditional_access_policies, from.conditional_access_policies);
  append(to.user_countries, from.user_countries);
  append(to.mail_accesses, from.mail_accesses);
  append(to.mailbox_changes, from.mailbox_changes);
  append(to.app_activities, from.app_activities);
  append(to.assignments, from.assignments);
  append(to.inbox_rules, from.inbox_rules);
  if (from.organization_config) to.organization_config = std::move(from.organization_config);
  if (from.admin_consent_request_policy) {
    to.admin_consent_request_policy = std::move(from.admin_consent_request_policy);
  }
  if (from.authorization_policy) to.authorization_policy = std::move(from.authorization_policy);
}

Result<void> Import::add(std::string_view name, const Read& source) {
  file_ = name;
  kinds_.clear();
  lines_ = 0;
  trailing_ = false;
  records_ = passed_over_ = of_no_user_ = refused_ = refused_unknown_ = 0;
  first_refused_unknown_.clear();
  const auto added = add_source(source);
  if (!added) return added.error();
  if (records_ > 0 && kinds_.empty() && passed_over_ == 0) return none_of_these(1);
  close_file();
  return {};
}

Result<void> Import::add_source(const Read& source) {
  std::string head;
  const auto started = read_up_to(head, gzip_magic.size(), source);
  if (!started) return at(started.error(), {});
  const bool is_gzip = head.starts_with(gzip_magic);
  if (is_gzip) {
    Inflate inflate(std::move(head), source);
    const Read inflated = [&inflate](char* to, std::size_t size) { return inflate.read(to, size); };
    const auto added = add_plain(inflated);
    trailing_ = inflate.has_trailing();
    return added;
  }
  bool given = false;
  const Read again = [&](char* to, std::size_t size) -> Result<std::size_t> {
    if (given || head.empty()) return source(to, size);
    const std::size_t count = std::min(size, head.size());
    std::copy_n(head.begin(), count, to);
    head.erase(0, count);
    given = head.empty();
    return count;
  };
  return add_plain(again);
}

Result<void> Import::add_plain(const Read& source) {
  std::string text;
  const auto longer = read_up_to(text, head_bytes, source);
  if (!longer) return at(longer.error(), {});
  const TextShape shape = shape_of(text, !*longer);
  if (shape != TextShape::whole && text.starts_with(utf8_bom)) text.erase(0, utf8_bom.size());
  if (shape == TextShape::lines) return add_lines(std::move(text), source);
  if (shape == TextShape::table) return add_csv(text, source);
  // UTF-16 is held twice: as it came and as UTF-8.
  const std::size_t most = is_utf16(text) ? text_bytes_max / 2 : text_bytes_max;
  const auto too_long = read_up_to(text, most + 1, source);
  if (!too_long) return at(too_long.error(), {});
  if (*too_long) return too_much(text, most);
  const auto decoded = decode_text(text);
  if (!decoded) return at(decoded.error(), {});
  text = {};
  if (shape_of(*decoded, true) != TextShape::lines) return add_text(*decoded);
  return add_lines(*decoded, [](char*, std::size_t) { return std::size_t{0}; });
}

Error Import::too_much(std::string_view text, std::size_t most) const {
  const std::size_t start = text.find_first_not_of(std::string_view(" \t\r\n\0\xff\xfe", 7));
  const bool json = start == std::string_view::npos || text[start] == '[' || text[start] == '{';
  Error error = none_of_these(1);
  error.message = fmt::format("{}: more than {} MiB that must be held in memory", printable(file_),
                              most >> 20u);
  error.hint =
      json ? "write one object per line: jq -c '.[]' (of a list) or jq -c '.value[]' (of a page)"
           : "export fewer operations or a shorter time, split it, or save it as UTF-8";
  return error;
}

Result<void> Import::add_lines(std::string head, const Read& rest) {
  Blocks blocks(std::move(head), rest);
  const LinesOptions options{
      .threads = options_.threads, .parse_all = options_.parse_all, .limits = limits_};
  const auto fold = [this](BlockOutcome&& outcome) { return this->fold(std::move(outcome)); };
  const auto read = read_lines(blocks, microsoft_, options, keeper_, fold);
  if (!read) return read.error().position ? read : Result<void>(at(read.error(), {}));
  return {};
}

// What came of the next block of lines.
Result<void> Import::fold(BlockOutcome&& outcome) {
  records_ += outcome.records;
  passed_over_ += outcome.passed_over;
  of_no_user_ += outcome.of_no_user;
  earliest_.add(outcome.earliest);
  for (const Kind kind : all_kinds) {
    if (!outcome.met[static_cast<std::size_t>(kind)]) continue;
    account(kind).met = true;
    kinds_.insert(kind);
  }
  auto refusal = outcome.refusals.begin();
  const auto refuse_before = [&](std::uint32_t line) {
    for (; refusal != outcome.refusals.end() && refusal->line < line; ++refusal) {
      refuse(lines_ + refusal->line, refusal->kind, refusal->why);
    }
  };
  for (const OddLine& line : outcome.odd) {
    refuse_before(line.line);
    const auto added = add_odd_line({.text = line.text, .line = lines_ + line.line});
    if (!added) return added;
  }
  refuse_before(UINT32_MAX);
  for (const Kind kind : all_kinds) {
    refuse_more(kind, outcome.refused[static_cast<std::size_t>(kind)]);
  }
  refuse_more(std::nullopt, outcome.refused.back());
  append(snapshot_, outcome.directory);
  lines_ += outcome.lines;
  return {};
}

Result<void> Import::add_odd_line(Slice line) {
  const auto outline = outline_object(line);
  if (outline && is_blank(outline->rest)) return add_object(line, *outline);
  ++records_;
  refuse(line.line, std::nullopt, "not one JSON object");
  return {};
}

void Import::keep_rows() {
  keeper_.take(scratch_);
  append(snapshot_, scratch_);
}

}  // namespace clawback::evidence
