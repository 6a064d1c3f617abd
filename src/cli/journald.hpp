#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

// systemd's journal through its native protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL): one datagram
// a record. Spoken here rather than through libsystemd, whose library brings four compression
// libraries into a process that holds secrets.
namespace clawback::cli {

struct JournalField {
  std::string_view name;  // ours: upper case, digits and "_"
  std::string value;      // anything; made one printable line
};

// The bytes of one record. Empty values are left out. Pure.
std::string journal_record(const std::vector<JournalField>& fields);

class Journald {
 public:
  inline static constexpr std::string_view default_socket = "/run/systemd/journal/socket";
  // Errc::unavailable: nobody listens there.
  static Result<std::unique_ptr<Journald>> open(
      const std::string& socket = std::string(default_socket));
  ~Journald();
  Journald(const Journald&) = delete;
  Journald& operator=(const Journald&) = delete;

  // false: it was not taken.
  bool send(const std::vector<JournalField>& fields) const;

 private:
  explicit Journald(int socket) : socket_(socket) {}
  int socket_;
};

// Whether file descriptor `fd` is the stream that $JOURNAL_STREAM ("device:inode") names: then
// whatever is written there becomes a record of its own.
bool is_journal_stream(int fd, const std::optional<std::string>& journal_stream);

}  // namespace clawback::cli
