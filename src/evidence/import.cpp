#include "evidence/import.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/safe_text.hpp"
#include "evidence/document.hpp"
#include "evidence/record.hpp"
#include "evidence/text.hpp"

namespace clawback::evidence {
namespace {

constexpr JsonLimits document_limits{.depth = 32, .bytes = text_bytes_max};
constexpr std::string_view blanks = " \t\r\n";

bool is_blank(std::string_view text) {
  return text.find_first_not_of(blanks) == std::string_view::npos;
}

const MemberSlice* find(const Outline& outline, std::string_view key) {
  const auto found = std::find_if(outline.members.rbegin(), outline.members.rend(),
                                  [&](const MemberSlice& one) { return one.key == key; });
  return found != outline.members.rend() ? &*found : nullptr;
}

std::string text_of(const Outline& outline, std::string_view key) {
  const MemberSlice* found = find(outline, key);
  if (found == nullptr) return {};
  const auto value = parse_json(found->value.text);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

bool is_evidence(const Outline& outline) {
  return std::any_of(all_kinds.begin(), all_kinds.end(), [&](Kind kind) {
    const MemberSlice* found = find(outline, source_of(kind));
    return found != nullptr &&
           (found->value.text.starts_with('[') || kind == Kind::authorization_policy ||
            kind == Kind::organization_config);
  });
}

// One object per line: the first lines begin with a brace, and one of them at least is complete by
// itself.
bool looks_like_lines(std::string_view text) {
  std::size_t lines = 0;
  std::size_t complete = 0;
  while (!text.empty() && lines < 3) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (is_blank(line)) continue;
    if (!line.starts_with('{')) return false;
    ++lines;
    const auto outline = outline_object({.text = line, .line = 1});
    if (outline && is_blank(outline->rest)) ++complete;
  }
  return lines > 1 && complete > 0;
}

template <class Record>
void append(std::vector<Record>& to, std::vector<Record>& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

void append(domain::Snapshot& to, domain::Snapshot& from) {
  append(to.service_principals, from.service_principals);
  append(to.grants, from.grants);
  append(to.app_roles, from.app_roles);
  append(to.users, from.users);
  append(to.audits, from.audits);
  append(to.sign_ins, from.sign_ins);
  append(to.permission_grant_policies, from.permission_grant_policies);
  append(to.user_countries, from.user_countries);
  append(to.mail_accesses, from.mail_accesses);
  append(to.mailbox_changes, from.mailbox_changes);
  append(to.app_activities, from.app_activities);
  if (from.organization_config) to.organization_config = std::move(from.organization_config);
  if (from.authorization_policy) to.authorization_policy = std::move(from.authorization_policy);
}

}  // namespace

Import::Import(const FileOptions& options) : options_(options) {
  snapshot_.tenant = options.tenant;
  snapshot_.tenant_name = options.tenant_name;
  snapshot_.observed = options.now;
}

Result<void> Import::add(std::string_view name, std::string_view bytes) {
  file_ = name;
  kinds_.clear();
  records_ = passed_over_ = of_no_user_ = refused_ = refused_unknown_ = 0;
  first_refused_unknown_.clear();
  const auto text = decode_text(bytes);
  if (!text) return at(text.error(), {});
  const auto added = add_text(*text);
  if (!added) return added.error();
  if (records_ > 0 && kinds_.empty() && passed_over_ == 0) return none_of_these(1);
  close_file();
  return {};
}

Result<void> Import::add_text(std::string_view text) {
  const Slice whole{.text = text, .line = 1};
  const std::size_t start = text.find_first_not_of(blanks);
  if (start == std::string_view::npos) {
    warnings_.push_back({.message = "the file is empty", .position = {.file = file_, .line = 1}});
    return {};
  }
  if (text[start] == '[') {
    const auto outline = outline_array(whole);
    if (!outline) return at(outline.error(), {});
    if (!is_blank(outline->rest)) return none_of_these(1);
    if (outline->items.empty()) {
      warnings_.push_back({.message = "an empty list: it does not say of what",
                           .position = {.file = file_, .line = 1}});
    }
    for (const Slice& item : outline->items) add_record_at(item, std::nullopt);
    return {};
  }
  if (text[start] != '{') return add_csv(text);
  const auto outline = outline_object(whole);
  if (outline && is_blank(outline->rest)) return add_object(whole, *outline);
  if (looks_like_lines(text)) return add_lines(text);
  if (!outline) return at(outline.error(), {});
  return none_of_these(1);
}

Result<void> Import::add_lines(std::string_view text) {
  std::uint32_t number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const Slice line{.text = text.substr(0, end), .line = ++number};
    text.remove_prefix(std::min(end + 1, text.size()));
    if (is_blank(line.text)) continue;
    const auto outline = outline_object(line);
    if (!outline || !is_blank(outline->rest)) {
      ++records_;
      refuse(number, std::nullopt, "not one JSON object");
      continue;
    }
    const auto added = add_object(line, *outline);
    if (!added) return added;
  }
  return {};
}

Result<void> Import::add_object(Slice object, const Outline& outline) {
  const std::string schema = text_of(outline, "schema");
  if (schema == manifest_schema) return {};
  if (schema.starts_with("clawback.") || is_evidence(outline)) return add_document(object);
  const MemberSlice* value = find(outline, "value");
  if (value != nullptr && value->value.text.starts_with('['))
    return add_page(outline, value->value);
  const MemberSlice* records = find(outline, "records");
  if (records != nullptr && records->value.text.starts_with('[')) {
    return add_page(outline, records->value);
  }
  add_record_at(object, kind_of_context(text_of(outline, "@odata.context")));
  return {};
}

Result<void> Import::add_page(const Outline& outline, Slice records) {
  const auto list = outline_array(records);
  if (!list) return at(list.error(), {});
  auto kind = kind_of_context(text_of(outline, "@odata.context"));
  if (kind) {
    account(*kind).met = true;
    kinds_.insert(*kind);
  } else if (list->items.empty()) {
    warnings_.push_back({.message = "an empty page without @odata.context: it does not say of what",
                         .position = {.file = file_, .line = records.line}});
  }
  for (const Slice& item : list->items) add_record_at(item, kind);
  if (!kind && kinds_.size() == 1) kind = *kinds_.begin();
  if (!kind) return {};
  if (find(outline, "@odata.nextLink") != nullptr) {
    ++account(*kind).pages_with_link;
  } else {
    ++account(*kind).last_pages;
  }
  return {};
}

Result<void> Import::add_document(Slice object) {
  const auto document = parse_json(object.text, document_limits);
  if (!document) return at(document.error(), object);
  auto snapshot = parse_evidence(*document, options_);
  if (!snapshot) return at(snapshot.error(), object);
  if (tenant_ && *tenant_ != snapshot->tenant) {
    return at(Error{.code = Errc::invalid,
                    .message = "it is of another tenant than the files before: " +
                               printable(snapshot->tenant.str()),
                    .hint = {},
                    .position = std::nullopt,
                    .details = {}},
              object);
  }
  tenant_ = snapshot->tenant;
  snapshot_.tenant = snapshot->tenant;
  if (!snapshot->tenant_name.empty()) snapshot_.tenant_name = snapshot->tenant_name;
  // The oldest part decides how fresh the whole is.
  snapshot_.observed =
      observed_ ? std::min(snapshot_.observed, snapshot->observed) : snapshot->observed;
  observed_ = true;
  for (const domain::Source& source : snapshot->coverage.sources) {
    const domain::Source* before = domain::find(documents_, source.name);
    domain::record(documents_, before != nullptr ? unite(*before, source) : source);
  }
  const auto since = snapshot->coverage.logs_since;
  if (since) documents_.logs_since = std::max(documents_.logs_since.value_or(*since), *since);
  documents_.complete = snapshot->coverage.complete;
  append(snapshot_, *snapshot);
  return {};
}

void Import::add_record_at(Slice record, std::optional<Kind> expected) {
  ++records_;
  const auto value = parse_json(record.text);
  if (!value) {
    refuse(record.line, expected, value.error().message);
    return;
  }
  take(*value, record.line, expected);
}

void Import::take(const json::value& record, std::uint32_t line, std::optional<Kind> expected) {
  const Taken taken = take_record(snapshot_, record, expected);
  if (taken.kind) {
    account(*taken.kind).met = true;
    kinds_.insert(*taken.kind);
  }
  if (taken.time) earliest_ = std::min(earliest_.value_or(*taken.time), *taken.time);
  if (taken.fate == Fate::refused) refuse(line, taken.kind, taken.why);
  if (taken.fate != Fate::passed_over) return;
  ++passed_over_;
  if (taken.kind == Kind::sign_in) ++of_no_user_;
}

}  // namespace clawback::evidence
