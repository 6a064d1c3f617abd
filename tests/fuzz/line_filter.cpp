#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "evidence/files.hpp"

// Any lines: the filter and parsing every line keep the same. Lines in braces that are not JSON are
// taken out first: of those that concern no case the filter does not say so.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace clawback;
  std::string_view left(reinterpret_cast<const char*>(data), size);
  const std::string_view good =
      R"({"id":"a","activityDisplayName":"x","activityDateTime":"2026-11-20T00:00:00Z"})";
  std::string text;
  for (int i = 0; i < 3; ++i) (text += good) += '\n';
  while (!left.empty()) {
    const std::size_t end = std::min(left.find('\n'), left.size());
    const std::string_view line = left.substr(0, end);
    left.remove_prefix(std::min(end + 1, left.size()));
    if (parse_json(line)) (text += line) += '\n';
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
