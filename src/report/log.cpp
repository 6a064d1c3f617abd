#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/digest.hpp"
#include "base/json.hpp"
#include "report/model.hpp"
#include "report/text_layout.hpp"

namespace clawback::report {
namespace {

constexpr std::size_t run_columns = 8;
constexpr std::size_t detail_max = 2000;
constexpr std::size_t part_max = 300;

// Whole documents within a record: envelopes, which may hold an ID token, and signing keys. Its
// digest tells which one it is.
constexpr std::array<std::string_view, 2> documents = {"envelope", "jwks"};
bool is_document(std::string_view key) {
  return std::find(documents.begin(), documents.end(), key) != documents.end();
}
std::string digest_of(const json::value& value) {
  if (value.is_string()) return sha256_text(value.get_string());
  return sha256_text(compact_json(value));
}

// What has a column of its own, or is too much for a line.
bool is_shown(std::string_view key) {
  constexpr std::array<std::string_view, 8> elsewhere = {
      "kind", "time", "action", "detail", "digests", "observed", "clientRequestId", "status"};
  return std::find(elsewhere.begin(), elsewhere.end(), key) == elsewhere.end();
}

void add_part(std::string& out, std::string_view key, const json::value& value) {
  if (out.size() > detail_max) return;
  if (!out.empty()) out += ", ";
  std::string text = value.is_string() ? std::string(value.get_string()) : json::serialize(value);
  if (is_document(key)) text = digest_of(value);
  text = cut(text, part_max);
  out += key.empty() ? text : fmt::format("{} {}", cut(key, part_max), text);
}

// What counts first: why, the status, then the rest in its order.
std::string detail_of(const journal::LogRow& row) {
  const auto record = parse_json(row.record);
  const json::object* members = record ? record->if_object() : nullptr;
  if (members == nullptr) return cut(row.record, part_max);
  std::string out;
  if (const json::value* why = members->if_contains("detail")) add_part(out, "", *why);
  if (const json::value* status = members->if_contains("status")) add_part(out, "status", *status);
  if (const json::value* digests = member(*record, "digests")) {
    for (const std::string_view key : {"plan", "undoOf"}) {
      const auto text = string_at(*digests, key);
      if (text && !text->empty()) add_part(out, key, json::value(json::value(*text)));
    }
  }
  for (const auto& [key, value] : *members) {
    if (is_shown(key)) add_part(out, key, value);
  }
  return out;
}

// The value, or the text as it is when somebody made it something else than clawback writes.
json::value record_of(const journal::LogRow& row, bool whole) {
  auto record = parse_json(row.record);
  // What is no record of clawback's is shown in part: it could hold anything.
  if (!record || has_fraction(*record)) {
    return json::value(whole ? row.record : cut(row.record, part_max));
  }
  json::object* members = record->if_object();
  if (members == nullptr || whole) return std::move(*record);
  for (const std::string_view key : documents) {
    if (json::value* one = members->if_contains(key)) *one = digest_of(*one);
  }
  return std::move(*record);
}

json::value text_or_null(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(text);
}

}  // namespace

std::string head_text(const journal::Head& head, const TextOptions& options) {
  return paragraph("audit head " + journal::to_text(head), options, Tone::faint);
}

std::string log_text(const LogView& log, const TextOptions& options) {
  Table table({{.title = "ROW", .right = true, .flexible = false},
               {.title = "TIME", .flexible = false},
               {.title = "RUN", .flexible = false},
               {.title = "KIND", .flexible = false},
               {.title = "ACTION"},
               {.title = "DETAIL"}});
  for (const journal::LogRow& row : log.rows) {
    table.add(
        {std::to_string(row.seq), cut(row.time, 24),
         row.run.empty() ? std::string("-") : cut(row.run.substr(0, run_columns), run_columns),
         cut(row.kind, 16), row.action, detail_of(row)});
  }
  std::string out =
      log.rows.empty() ? std::string("Nothing is in the log yet.\n") : table.text(options) + "\n";
  if (log.older) out += paragraph("There are older rows: --limit N.", options);
  return out + head_text(log.head, options);
}

json::value log_json(const LogView& log) {
  json::array rows;
  for (const journal::LogRow& row : log.rows) {
    rows.push_back(json::object{{"row", row.seq},
                                {"time", row.time},
                                {"run", text_or_null(row.run)},
                                {"kind", row.kind},
                                {"action", text_or_null(row.action)},
                                {"detail", detail_of(row)},
                                {"record", record_of(row, log.whole)}});
  }
  json::object out;
  out["schema"] = "clawback.log/1";
  out["rows"] = std::move(rows);
  out["older"] = log.older;
  out["auditHead"] = journal::to_text(log.head);
  return out;
}

}  // namespace clawback::report
