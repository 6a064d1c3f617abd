#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "journal/audit.hpp"
#include "journal/event.hpp"

namespace clawback::journal {

struct Run {
  std::string id;
  std::string tenant;
  std::string plan_digest;
  std::string plan_text;  // canonical bytes, as approved
  std::string undo_of;
  Time started;
  std::vector<std::string> approvals;  // the envelopes that were used
  friend bool operator==(const Run&, const Run&) = default;
};

// A run without its plan and approvals, which are long.
struct RunMark {
  std::string id;
  std::string tenant;
  std::string plan_digest;
  std::int64_t newest = 0;  // seq of its newest row in the log: it grows with every event
  friend bool operator==(const RunMark&, const RunMark&) = default;
};

// Held while a process changes a tenant; given back when it is destroyed or the process ends. It
// must not outlive the store that gave it.
class Lease {
 public:
  virtual ~Lease() = default;
};

// What the runner writes to. Every call is on disk when it returns, whole or not at all. Every
// write but `lease` adds rows to the audit log, a hash chain (journal/chain.hpp); it is refused
// with Errc::audit when the log's end is not what was written, and with Errc::guard when this store
// holds a lease that another holder has taken over (a higher fence).
class Store {
 public:
  virtual ~Store() = default;
  // One mutator per tenant at a time: a file lock, which dies with its process, and a row with a
  // fence that grows with every holder. Errc::guard when another process holds it.
  virtual Result<std::unique_ptr<Lease>> lease(const std::string& tenant) = 0;
  // Claims the plan's single use. Errc::stale if its digest was used before (names that run).
  virtual Result<void> start(const Run& run) = 0;
  // All of them in one transaction; nothing for an empty list. Errc::not_found: there is no such
  // run.
  virtual Result<void> append(const std::string& run, const std::vector<Event>& events) = 0;
  Result<void> append(const std::string& run, const Event& event) {
    return append(run, std::vector<Event>{event});
  }

  virtual Result<Run> run(const std::string& id) = 0;  // Errc::not_found; a unique prefix is enough
  virtual Result<std::vector<Event>> events(const std::string& run) = 0;
  virtual Result<std::vector<Run>> runs() = 0;  // newest first
  // The same runs, for whoever asks often.
  virtual Result<std::vector<RunMark>> run_marks() = 0;
  // The actions that were sent to the tenant since `from` (intents), each once, for rolling limits.
  virtual Result<std::vector<plan::Action>> sent_since(const std::string& tenant, Time from) = 0;

  // A signed no is final even if its file is lost.
  virtual Result<void> reject(const std::string& plan_digest, const std::string& envelope) = 0;
  virtual Result<std::vector<std::string>> rejections(const std::string& plan_digest) = 0;

  // The kill switch's row (journal/kill_switch.hpp has the other half, a file). Setting it again
  // replaces who and why; releasing one that is not set does nothing.
  virtual Result<std::optional<Halt>> halted() = 0;
  virtual Result<void> halt(const Halt& halt) = 0;
  virtual Result<void> release(const std::string& who, const std::string& reason, Time time) = 0;

  // An approval is used once. Errc::approval if another run used this nonce; the same run may use
  // it again (resume), which writes nothing unless it is now the yes that breaks the glass. The run
  // need not have started yet.
  virtual Result<void> use_approval(const std::string& nonce, const std::string& run,
                                    const std::string& approver, bool break_glass, Time time) = 0;
  // Oldest first.
  virtual Result<std::vector<UsedApproval>> approvals_since(Time from) = 0;

  // Errc::invalid for a kind that is not a word, or is one that the store writes itself: the
  // events' names, "rejected", "halted", "released", "approval-used", "migrated".
  virtual Result<void> note(const AuditNote& note) = 0;
  // Oldest first; of one run, or of all when `run` is empty. "rejected", "halted" and "released"
  // are found too.
  virtual Result<std::vector<AuditNote>> notes(const std::string& kind, const std::string& run) = 0;

  virtual Result<Head> head() = 0;
  // The newest `limit` rows, oldest of them first; of one run, or of all when `run` is empty.
  virtual Result<std::vector<LogRow>> log(const std::string& run, std::size_t limit) = 0;
  // Walks the whole chain and compares the runs with it. `anchored_head`: "SEQ:HASH" or "HASH" as a
  // report printed it once; it must be in the chain. Errc::audit names the first row that is wrong
  // (detail "seq") and how; Errc::invalid: the head is not one.
  virtual Result<Verified> verify_chain(const std::optional<std::string>& anchored_head) = 0;
};

// SQLite: WAL, synchronous=FULL, STRICT tables, mode 0600. The folder is made if it is not there.
Result<std::unique_ptr<Store>> open_sqlite(const std::filesystem::path& file);
// Whether it is there, by its first bytes alone: nothing is made, locked or changed. Errc::io: this
// account can't use it, or it is none that this clawback knows.
Result<bool> probe_sqlite(const std::filesystem::path& file);

}  // namespace clawback::journal
