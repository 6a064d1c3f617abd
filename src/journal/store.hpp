#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
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

// Held while a process changes a tenant; given back when it is destroyed or the process ends.
class Lease {
 public:
  virtual ~Lease() = default;
};

// What the runner writes to. Every call is on disk when it returns.
class Store {
 public:
  virtual ~Store() = default;
  // One mutator per tenant at a time. Errc::guard when another process holds it.
  virtual Result<std::unique_ptr<Lease>> lease(const std::string& tenant) = 0;
  // Claims the plan's single use. Errc::stale if its digest was used before (names that run).
  virtual Result<void> start(const Run& run) = 0;
  virtual Result<void> append(const std::string& run, const Event& event) = 0;

  virtual Result<Run> run(const std::string& id) = 0;  // Errc::not_found; a unique prefix is enough
  virtual Result<std::vector<Event>> events(const std::string& run) = 0;
  virtual Result<std::vector<Run>> runs() = 0;  // newest first
  // What was sent to the tenant since `from` (intents), for rolling limits. Applications and users
  // by id: the same one twice is one.
  struct Sent {
    std::set<std::string> apps;
    std::set<std::string> users;
    std::int64_t actions = 0;
  };
  virtual Result<Sent> sent_since(const std::string& tenant, Time from) = 0;

  // A signed no is final even if its file is lost.
  virtual Result<void> reject(const std::string& plan_digest, const std::string& envelope) = 0;
  virtual Result<std::vector<std::string>> rejections(const std::string& plan_digest) = 0;
};

// SQLite: WAL, synchronous=FULL, STRICT tables, mode 0600. The folder is made if it is not there.
Result<std::unique_ptr<Store>> open_sqlite(const std::filesystem::path& file);

}  // namespace clawback::journal
