#include "base/file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "base/digest.hpp"
#include "base/safe_text.hpp"

namespace clawback {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

std::string reason(int error) { return std::generic_category().message(error); }

Error file_error(const std::filesystem::path& path, int error, std::string_view act) {
  return Error{
      .code = error == ENOENT ? Errc::not_found : Errc::io,
      .message = fmt::format("{}: can't {} it: {}", printable(path.string()), act, reason(error)),
      .hint = {}};
}

Result<std::string> read_all(const Descriptor& file, const std::filesystem::path& path,
                             std::size_t bytes_max) {
  std::string out;
  char buffer[65536];
  for (;;) {
    const ssize_t got = ::read(file.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return file_error(path, errno, "read");
    if (got == 0) return out;
    out.append(buffer, static_cast<std::size_t>(got));
    if (out.size() > bytes_max) {
      return Error{
          .code = Errc::invalid,
          .message = fmt::format("{}: larger than {} bytes", printable(path.string()), bytes_max),
          .hint = {}};
    }
  }
}

// Of a file with an access control list the group's bits are its mask: what the list allows at
// most. systemd gives a service its credentials that way. True if the list lets nobody read but the
// owner and this process's own user. Format: linux/posix_acl_xattr.h, version 2, little-endian.
bool is_ours_by_list(const Descriptor& file) {
  std::array<unsigned char, 1024> list{};
  const ssize_t size = ::fgetxattr(file.get(), "system.posix_acl_access", list.data(), list.size());
  if (size < 4 || (size - 4) % 8 != 0 || list[0] != 2) return false;
  const auto byte = [&](std::size_t at) { return static_cast<unsigned>(list[at]); };
  constexpr unsigned owner = 0x01;
  constexpr unsigned user = 0x02;
  constexpr unsigned mask = 0x10;
  for (std::size_t at = 4; at < static_cast<std::size_t>(size); at += 8) {
    const unsigned tag = byte(at) | (byte(at + 1) << 8u);
    const unsigned allowed = byte(at + 2);
    const unsigned id =
        byte(at + 4) | (byte(at + 5) << 8u) | (byte(at + 6) << 16u) | (byte(at + 7) << 24u);
    const bool mine = tag == owner || tag == mask || (tag == user && id == ::geteuid());
    if (!mine && allowed != 0) return false;
  }
  return true;
}

constexpr std::string_view absent_folder = "make the folder first, or name another place";

// 0, or the error.
int put_all(const Descriptor& file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(file.get(), bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return 0;
}

// A device, a pipe or a socket is written to: renaming would put a file into its place.
bool is_special(const std::filesystem::path& path) {
  struct stat info{};
  return ::stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode);
}

Error unwritable(const std::filesystem::path& path, int error) {
  Error out = file_error(path, error, "write");
  if (error == ENOENT) out.hint = absent_folder;
  return out;
}

}  // namespace

Result<InputFile> InputFile::open(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return file_error(path, errno, "open");
  ::posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);  // a hint, which a pipe does not take
  return InputFile(path, fd);
}

InputFile::~InputFile() {
  if (fd_ >= 0) ::close(fd_);
}

Result<std::size_t> InputFile::read(char* to, std::size_t size) {
  for (;;) {
    const ssize_t got = ::read(fd_, to, size);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) return file_error(path_, errno, "read");
  }
}

Result<std::string> read_file(const std::filesystem::path& path, std::size_t bytes_max) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return file_error(path, errno, "open");
  return read_all(file, path, bytes_max);
}

Result<Secret> read_secret_file(const std::filesystem::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return file_error(path, errno, "open");
  struct stat info{};
  if (::fstat(file.get(), &info) != 0) return file_error(path, errno, "examine");
  const unsigned open_to = info.st_mode & 077u;
  const bool closed = open_to == 0 || ((open_to & ~040u) == 0 && is_ours_by_list(file));
  if (!S_ISREG(info.st_mode) || !closed) {
    return Error{.code = Errc::invalid,
                 .message = fmt::format("{}: others can read this secret (mode {:04o})",
                                        printable(path.string()), info.st_mode & 07777u),
                 .hint = fmt::format("chmod 600 {}", printable(path.string()))};
  }
  Result<std::string> text = read_all(file, path, 65536);
  if (!text) return text.error();
  if (!text->empty() && text->back() == '\n') text->pop_back();
  if (!text->empty() && text->back() == '\r') text->pop_back();
  if (text->empty()) {
    return Error{.code = Errc::invalid,
                 .message = printable(path.string()) + ": the secret is empty",
                 .hint = {}};
  }
  return Secret(std::move(*text));
}

Result<void> can_write_file(const std::filesystem::path& path) {
  const auto refused = [&](const std::filesystem::path& what, std::string_view why,
                           std::string_view hint) {
    return Error{.code = Errc::invalid,
                 .message = fmt::format("{}: {}", printable(what.string()), why),
                 .hint = std::string(hint)};
  };
  struct stat info{};
  if (::stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode)) {
    if (S_ISDIR(info.st_mode)) return refused(path, "it is a folder", "name a file in it");
    if (::access(path.c_str(), W_OK) == 0) return {};
    return refused(path, "can't write it: " + reason(errno), "name another place");
  }
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  if (::stat(folder.c_str(), &info) != 0) {
    return refused(path, fmt::format("can't write it: its folder: {}", reason(errno)),
                   absent_folder);
  }
  if (!S_ISDIR(info.st_mode)) {
    return refused(folder, "it is not a folder", "name another place");
  }
  if (::access(folder.c_str(), W_OK | X_OK) != 0) {
    return refused(path, fmt::format("can't write in its folder: {}", reason(errno)),
                   "name another place, or a user who may");
  }
  return {};
}

Result<void> make_folder(const std::filesystem::path& path) {
  std::error_code failed;
  std::filesystem::create_directories(path, failed);
  if (!failed && std::filesystem::is_directory(path, failed)) return {};
  return Error{.code = Errc::invalid,
               .message = fmt::format("{}: can't make the folder: {}", printable(path.string()),
                                      failed ? failed.message() : "a file is there"),
               .hint = "name another place, or a user who may write there"};
}

Result<void> write_file(const std::filesystem::path& path, std::string_view bytes, unsigned mode) {
  if (is_special(path)) {
    const Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
    const int error = file.get() < 0 ? errno : put_all(file, bytes);
    if (error != 0) return unwritable(path, error);
    return {};
  }
  const std::filesystem::path temporary = path.string() + ".tmp-" + base64url(random_bytes(6));
  {
    const Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                                 static_cast<mode_t>(mode)));
    if (file.get() < 0) return unwritable(path, errno);
    int error = put_all(file, bytes);
    if (error == 0 && ::fsync(file.get()) != 0) error = errno;
    if (error != 0) {
      ::unlink(temporary.c_str());
      return unwritable(path, error);
    }
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    const int error = errno;
    ::unlink(temporary.c_str());
    return file_error(path, error, "replace");
  }
  return {};
}

}  // namespace clawback
