#include "cli/journald.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <sstream>

#include "cli/output.hpp"

using namespace clawback;
using namespace clawback::cli;

namespace {

// A datagram socket that stands where the journal's would.
class Listener {
 public:
  Listener() {
    std::string name = (std::filesystem::temp_directory_path() / "clawback-test-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    folder_ = name;
    path = (folder_ / "socket").string();
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    REQUIRE(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  }
  ~Listener() {
    ::close(socket_);
    std::filesystem::remove_all(folder_);
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  std::string next() {
    std::string room(65'536, '\0');
    const ssize_t size = ::recv(socket_, room.data(), room.size(), 0);
    room.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
    return room;
  }
  std::string path;

 private:
  std::filesystem::path folder_;
  int socket_ = -1;
};

const std::string version = "CLAWBACK_VERSION=" CLAWBACK_VERSION "\n";

}  // namespace

TEST_CASE("journald: no value begins a field of its own") {
  CHECK(
      journal_record({{"MESSAGE", "one\nPRIORITY=0\r\n\x1b[31m"}, {"EMPTY", ""}, {"LAST", "="}}) ==
      "MESSAGE=one<U+000A>PRIORITY=0<U+000D><U+000A><U+001B>[31m\nLAST==\n");
  CHECK(journal_record({{"MESSAGE", std::string(100'000, 'x')}}).size() < 5'000);
}

TEST_CASE("journald: lines, steps and errors are records with fields") {
  Listener listener;
  std::ostringstream out;
  std::ostringstream err;
  Console console(out, err, {});
  auto journal = Journald::open(listener.path);
  REQUIRE(journal);
  console.log_to(std::move(*journal), true);
  console.note("a note");
  CHECK(listener.next() == "MESSAGE=a note\nPRIORITY=6\nSYSLOG_IDENTIFIER=clawback\n" + version);
  console.set_tenant("t1");
  console.event("journal lost a1", {.run = "r1", .action = "a1", .event = "lost", .bad = true});
  CHECK(listener.next() ==
        "MESSAGE=journal lost a1\nPRIORITY=4\nSYSLOG_IDENTIFIER=clawback\nCLAWBACK_TENANT=t1\n"
        "CLAWBACK_RUN=r1\nCLAWBACK_ACTION=a1\nCLAWBACK_EVENT=lost\n" +
            version);
  console.failure({.code = Errc::guard, .message = "no\nPRIORITY=7", .hint = "wait"});
  CHECK(listener.next() ==
        "MESSAGE=clawback: no<U+000A>PRIORITY=7\nPRIORITY=3\nSYSLOG_IDENTIFIER=clawback\n"
        "CLAWBACK_TENANT=t1\nCLAWBACK_ERROR=guard\nCLAWBACK_HINT=wait\n" +
            version);
  console.trace("only with --verbose");
  CHECK(listener.next().empty());
  CHECK(err.str().empty());
}

TEST_CASE("journald: asked for by a person, stderr says it too; gone, stderr says it again") {
  std::ostringstream out;
  std::ostringstream err;
  Console console(out, err, {});
  {
    Listener listener;
    auto journal = Journald::open(listener.path);
    REQUIRE(journal);
    console.log_to(std::move(*journal), false);
    console.note("one");
    CHECK_FALSE(listener.next().empty());
    auto again = Journald::open(listener.path);
    REQUIRE(again);
    console.log_to(std::move(*again), true);
  }
  console.note("two");
  CHECK(err.str() == "one\ntwo\n");
}

TEST_CASE("journald: nobody listens, and a path that is none") {
  CHECK(Journald::open("/nowhere/socket").error().code == Errc::unavailable);
  CHECK_FALSE(Journald::open(std::string(300, 'x')));
}

TEST_CASE("journald: the stream is told by device and inode") {
  struct stat info{};
  REQUIRE(::fstat(STDERR_FILENO, &info) == 0);
  const std::string ours = std::to_string(info.st_dev) + ":" + std::to_string(info.st_ino);
  CHECK(is_journal_stream(STDERR_FILENO, ours));
  CHECK_FALSE(is_journal_stream(STDERR_FILENO, ours + "1"));
  CHECK_FALSE(is_journal_stream(STDERR_FILENO, "1:2"));
  CHECK_FALSE(is_journal_stream(STDERR_FILENO, std::nullopt));
}
