#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "evidence/files.hpp"
#include "evidence/line_members.hpp"
#include "evidence/outline.hpp"

namespace {

using namespace clawback;

// Whether a name comes twice in an object, or one that makes the record something else comes behind
// its first member.
bool is_ambiguous(std::string_view object, bool outermost) {
  const auto outline = evidence::outline_object({.text = object, .line = 1});
  if (!outline) return true;
  std::set<std::string> names;
  for (const auto& [name, value] : outline->members) {
    const evidence::Member member = evidence::member_named(name);
    const bool decides = member == evidence::Member::several_records ||
                         member == evidence::Member::other_kind ||
                         (member == evidence::Member::activity && names.contains("appId"));
    if (outermost && decides && !names.empty()) return true;
    if (!names.insert(name).second) return true;
    const bool inside = name == "location" || name == "status";
    if (outermost && inside && value.text.starts_with('{') && is_ambiguous(value.text, false)) {
      return true;
    }
  }
  return false;
}

}  // namespace

// Any lines: the filter and parsing every line keep the same. What the filter may overlook
// (line_filter.hpp) is taken out first: lines in braces that are not JSON, and ambiguous records.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view left(reinterpret_cast<const char*>(data), size);
  const std::string_view good =
      R"({"id":"a","activityDisplayName":"x","activityDateTime":"2026-11-20T00:00:00Z"})";
  std::string text;
  for (int i = 0; i < 3; ++i) (text += good) += '\n';
  while (!left.empty()) {
    const std::size_t end = std::min(left.find('\n'), left.size());
    const std::string_view line = left.substr(0, end);
    left.remove_prefix(std::min(end + 1, left.size()));
    const auto value = parse_json(line);
    if (!value || (value->is_object() && is_ambiguous(line, true))) continue;
    (text += line) += '\n';
  }
  const auto read = [&text](bool parse_all) {
    return evidence::read_bytes("input", text,
                                {.tenant = domain::TenantId("t"),
                                 .tenant_name = "t",
                                 .now = Time{},
                                 .threads = 1,
                                 .parse_all = parse_all});
  };
  const auto filtered = read(false);
  const auto all = read(true);
  if (static_cast<bool>(filtered) != static_cast<bool>(all)) std::abort();
  if (!all) return 0;
  const domain::Snapshot& a = filtered->snapshot;
  const domain::Snapshot& b = all->snapshot;
  const bool same = a.audits == b.audits && a.sign_ins == b.sign_ins &&
                    a.user_countries == b.user_countries && a.coverage == b.coverage &&
                    a.mail_accesses == b.mail_accesses && a.mailbox_changes == b.mailbox_changes &&
                    a.service_principals == b.service_principals && a.grants == b.grants;
  if (!same) std::abort();
  return 0;
}
