#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <charconv>

#include "base/safe_text.hpp"
#include "journal/file_lease.hpp"
#include "journal/sqlite_store.hpp"

namespace clawback::journal {
namespace {

class FencedLease final : public Lease {
 public:
  FencedLease(std::unique_ptr<Lease> file, SqliteStore& store, std::string tenant)
      : file_(std::move(file)), store_(store), tenant_(std::move(tenant)) {}
  FencedLease(const FencedLease&) = delete;
  FencedLease& operator=(const FencedLease&) = delete;
  ~FencedLease() override { store_.give_back(tenant_); }

 private:
  std::unique_ptr<Lease> file_;
  SqliteStore& store_;
  std::string tenant_;
};

// For a person who asks whose lease it is.
std::string this_process() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) name[0] = '\0';
  return fmt::format("process {} on {}", ::getpid(), name.data());
}

struct Holder {
  std::int64_t fence = 0;
  std::string name;
};

Result<Holder> holder_of(Database& db, const std::string& tenant) {
  const auto rows = db.query("SELECT fence, holder FROM lease WHERE tenant = ?", {tenant});
  if (!rows) return rows.error();
  Holder out;
  if (rows->empty()) return out;
  const std::string& number = rows->front()[0];
  std::from_chars(number.data(), number.data() + number.size(), out.fence);
  out.name = rows->front()[1];
  return out;
}

}  // namespace

Result<std::unique_ptr<Lease>> SqliteStore::lease(const std::string& tenant) {
  // The file says whether a holder lives; the row says, in every later write, who came last. The
  // second holds even where the first can't: a lock file that was removed, a network file system.
  auto file = take_file_lease(file_, tenant);
  if (!file) return file.error();
  std::int64_t fence = 0;
  const auto taken = db_.in_transaction([&]() -> Result<void> {
    const auto before = holder_of(db_, tenant);
    if (!before) return before.error();
    fence = before->fence + 1;
    const auto put =
        db_.change("INSERT OR REPLACE INTO lease (tenant, holder, fence, since) VALUES (?,?,?,?)",
                   {tenant, this_process(), std::to_string(fence), format_time(system_now())});
    return put ? Result<void>() : put.error();
  });
  if (!taken) return taken.error();
  fences_[tenant] = fence;
  return std::unique_ptr<Lease>(std::make_unique<FencedLease>(std::move(*file), *this, tenant));
}

Result<void> SqliteStore::check_fences() {
  for (const auto& [tenant, fence] : fences_) {
    const auto now = holder_of(db_, tenant);
    if (!now) return now.error();
    if (now->fence == fence) continue;
    return Error{.code = Errc::guard,
                 .message = fmt::format("the lease on tenant {} is no longer ours: {} took it over",
                                        printable(tenant, 60), printable(now->name, 80)),
                 .hint =
                     "nothing more is sent by this process; `clawback runs` shows how far the "
                     "run is"};
  }
  return {};
}

Result<void> SqliteStore::write(const std::function<Result<void>()>& work) {
  return db_.in_transaction([&]() -> Result<void> {
    const auto ours = check_fences();
    if (!ours) return ours.error();
    return work();
  });
}

}  // namespace clawback::journal
