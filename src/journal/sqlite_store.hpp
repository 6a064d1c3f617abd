#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "journal/chain.hpp"
#include "journal/database.hpp"
#include "journal/store.hpp"

namespace clawback::journal {

// The store on a file: runs and events in sqlite.cpp, the audit's other records in
// sqlite_audit.cpp, the lease in sqlite_lease.cpp.
class SqliteStore final : public Store {
 public:
  SqliteStore(Database db, std::filesystem::path file)
      : db_(std::move(db)), file_(std::move(file)) {}

  Result<std::unique_ptr<Lease>> lease(const std::string& tenant) override;
  void give_back(const std::string& tenant) { fences_.erase(tenant); }

  Result<void> start(const Run& run) override;
  Result<void> append(const std::string& run, const std::vector<Event>& events) override;
  Result<Run> run(const std::string& id) override;
  Result<std::vector<Event>> events(const std::string& run) override;
  Result<std::vector<Run>> runs() override;
  Result<std::vector<RunMark>> run_marks() override;
  Result<std::vector<plan::Action>> sent_since(const std::string& tenant, Time from) override;

  Result<void> reject(const std::string& plan_digest, const std::string& envelope) override;
  Result<std::vector<std::string>> rejections(const std::string& plan_digest) override;
  Result<std::optional<Halt>> halted() override;
  Result<void> halt(const Halt& halt) override;
  Result<void> release(const std::string& who, const std::string& reason, Time time) override;
  Result<void> use_approval(const std::string& nonce, const std::string& run,
                            const std::string& approver, bool break_glass, Time time) override;
  Result<std::vector<UsedApproval>> approvals_since(Time from) override;
  Result<void> note(const AuditNote& note) override;
  Result<std::vector<AuditNote>> notes(const std::string& kind, const std::string& run) override;

  Result<Head> head() override { return read_head(db_); }
  Result<std::vector<LogRow>> log(const std::string& run, std::size_t limit) override;
  Result<Verified> verify_chain(const std::optional<std::string>& anchored_head) override {
    return verify(db_, anchored_head);
  }

 private:
  // Work on the journal, whole or not at all, if every lease that is held is still ours.
  Result<void> write(const std::function<Result<void>()>& work);
  Result<void> check_fences();

  Database db_;
  std::filesystem::path file_;
  std::map<std::string, std::int64_t> fences_;  // by tenant: of the leases that are held
};

}  // namespace clawback::journal
