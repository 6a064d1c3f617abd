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
    return found != nullptr && (found->value.text.starts_with('[') || is_single(kind));
  });
}

}  // namespace

Import::Import(const FileOptions& options)
    : options_(options), microsoft_(options.microsoft_apps), keeper_(microsoft_, limits_) {
  snapshot_.tenant = options.tenant;
  snapshot_.tenant_name = options.tenant_name;
  snapshot_.observed = options.now;
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
  if (text[start] != '{') {
    return add_csv(text, [](char*, std::size_t) { return std::size_t{0}; });
  }
  const auto outline = outline_object(whole);
  if (outline && is_blank(outline->rest)) return add_object(whole, *outline);
  if (!outline) return at(outline.error(), {});
  return none_of_these(1);
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
  const Taken taken = take_record(scratch_, record, expected);
  keep_rows();
  if (taken.kind) {
    account(*taken.kind).met = true;
    kinds_.insert(*taken.kind);
  }
  earliest_.add(taken.kind, taken.time);
  if (taken.fate == Fate::refused) refuse(line, taken.kind, taken.why);
  if (taken.fate != Fate::passed_over) return;
  ++passed_over_;
  if (taken.kind == Kind::sign_in) ++of_no_user_;
}

}  // namespace clawback::evidence
