#pragma once

#include <cstdlib>

#include "evidence/files.hpp"

namespace clawback::fuzz {

inline evidence::FileOptions options() {
  return {.tenant = domain::TenantId("t"), .tenant_name = "t", .now = Time{}};
}

// What was read can be written as a file, and read again without loss.
inline void check_round_trip(domain::Snapshot snapshot) {
  domain::normalise(snapshot);
  const json::value document = evidence::evidence_json(snapshot);
  const auto parsed = parse_json(pretty_json(document), {.depth = 64, .bytes = 256u << 20u});
  if (!parsed) std::abort();
  const auto again = evidence::parse_evidence(*parsed, options());
  if (!again) std::abort();
  if (again->audits != snapshot.audits || again->sign_ins != snapshot.sign_ins ||
      again->mail_accesses != snapshot.mail_accesses ||
      again->mailbox_changes != snapshot.mailbox_changes ||
      again->app_activities != snapshot.app_activities ||
      again->assignments != snapshot.assignments || again->inbox_rules != snapshot.inbox_rules ||
      again->organization_config != snapshot.organization_config) {
    std::abort();
  }
}

}  // namespace clawback::fuzz
