#include "cli/journald.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "base/safe_text.hpp"

namespace clawback::cli {
namespace {

constexpr std::size_t value_max = 4000;  // code points; a record stays far below a datagram's limit

}  // namespace

std::string journal_record(const std::vector<JournalField>& fields) {
  std::string out;
  for (const JournalField& field : fields) {
    if (field.value.empty()) continue;
    // printable leaves no line end, which would begin another field.
    out += fmt::format("{}={}\n", field.name, printable(field.value, value_max));
  }
  return out;
}

Result<std::unique_ptr<Journald>> Journald::open(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const int made = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  std::unique_ptr<Journald> out(new Journald(made));
  int failed = made < 0 ? errno : 0;
  if (path.size() >= sizeof address.sun_path) failed = ENAMETOOLONG;
  if (failed == 0) {
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    if (::connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      failed = errno;
    }
  }
  if (failed == 0) return out;
  return Error{.code = Errc::unavailable,
               .message = fmt::format("{}: the journal does not listen: {}", printable(path),
                                      std::generic_category().message(failed))};
}

Journald::~Journald() {
  if (socket_ >= 0) ::close(socket_);
}

bool Journald::send(const std::vector<JournalField>& fields) const {
  const std::string record = journal_record(fields);
  for (;;) {
    const ssize_t sent = ::send(socket_, record.data(), record.size(), MSG_NOSIGNAL);
    if (sent >= 0) return true;
    if (errno != EINTR) return false;
  }
}

bool is_journal_stream(int fd, const std::optional<std::string>& journal_stream) {
  if (!journal_stream) return false;
  struct stat info{};
  if (::fstat(fd, &info) != 0) return false;
  return *journal_stream == fmt::format("{}:{}", info.st_dev, info.st_ino);
}

}  // namespace clawback::cli
