#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/time.hpp"
#include "journal/head.hpp"

// What the audit log holds besides the events of runs.
namespace clawback::journal {

// The kill switch's row.
struct Halt {
  std::string who;
  std::string reason;
  Time since;
  friend bool operator==(const Halt&, const Halt&) = default;
};

struct UsedApproval {
  std::string nonce;
  std::string run;
  std::string approver;
  bool break_glass = false;
  Time time;
  friend bool operator==(const UsedApproval&, const UsedApproval&) = default;
};

// A record that is no action's event: "ratified", "escalated", "notified", "told", "looked",
// "evidence", "keys", "user-asked", "user-answered". `run` may be empty. Never a token or a secret.
struct AuditNote {
  std::string kind;  // a word: lower-case letters and '-', up to 40
  std::string run;
  Time time;
  json::value record;
  friend bool operator==(const AuditNote&, const AuditNote&) = default;
};

// A row as it is stored; every text is outside text, for it may have been changed by hand.
struct LogRow {
  std::int64_t seq = 0;
  std::string run;
  std::string kind;
  std::string action;
  std::string time;
  std::string record;  // JSON
  friend bool operator==(const LogRow&, const LogRow&) = default;
};

// What a walk over a sound chain saw.
struct Verified {
  std::int64_t rows = 0;
  std::int64_t runs = 0;
  Head head;
  std::optional<std::int64_t> anchored;  // the row that the anchored head named
  friend bool operator==(const Verified&, const Verified&) = default;
};

}  // namespace clawback::journal
