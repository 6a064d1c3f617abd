#include "journal/file_lease.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "base/digest.hpp"
#include "base/safe_text.hpp"

namespace clawback::journal {
namespace {

class FileLease final : public Lease {
 public:
  explicit FileLease(int fd) : fd_(fd) {}
  FileLease(const FileLease&) = delete;
  FileLease& operator=(const FileLease&) = delete;
  ~FileLease() override { ::close(fd_); }

 private:
  int fd_;
};

}  // namespace

Result<std::unique_ptr<Lease>> take_file_lease(const std::filesystem::path& database,
                                               const std::string& tenant) {
  // One database is one lock, under whatever name it is reached.
  std::error_code ec;
  const std::filesystem::path real = std::filesystem::weakly_canonical(database, ec);
  // The tenant's id came from a file; its digest is a safe name.
  const std::string name =
      (ec ? database : real).string() + "-" + hex(sha256(tenant)).substr(0, 16) + ".lock";
  const int fd = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    return Error{.code = Errc::io,
                 .message = fmt::format("{}: can't be made or opened", printable(name))};
  }
  std::unique_ptr<Lease> lease = std::make_unique<FileLease>(fd);
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return lease;
  return Error{.code = Errc::guard,
               .message = "another clawback is changing this tenant right now",
               .hint = "wait until it has ended; `clawback runs` shows how far it is"};
}

}  // namespace clawback::journal
