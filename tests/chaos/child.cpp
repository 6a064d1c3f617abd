#include "chaos/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <optional>

extern char** environ;

namespace chaos {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto longest = std::chrono::seconds(150);
constexpr std::size_t errors_max = 200'000;

std::string& binary_path() {
  static std::string path;
  return path;
}

// The child's standard error is the writing end of the pipe; its output goes nowhere.
pid_t spawn(const std::vector<std::string>& arguments, int errors) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, errors, 2);
  std::vector<std::string> copy = arguments;
  copy.insert(copy.begin(), binary_path());
  std::vector<char*> raw;
  raw.reserve(copy.size() + 1);
  for (std::string& one : copy) raw.push_back(one.data());
  raw.push_back(nullptr);
  pid_t pid = 0;
  const int failed =
      ::posix_spawn(&pid, binary_path().c_str(), &actions, nullptr, raw.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  return failed == 0 ? pid : -1;
}

// Counts the lines that tell of journal records.
class Records {
 public:
  int add(std::string_view text) {
    for (const char c : text) {
      if (c == '\n') {
        if (line_.starts_with("journal ")) ++count_;
        line_.clear();
      } else if (line_.size() < 16) {
        line_.push_back(c);
      }
    }
    return count_;
  }

 private:
  std::string line_;
  int count_ = 0;
};

Ended ended(pid_t pid, Victim& victim) {
  siginfo_t info{};
  ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT);
  victim.gone();  // its number may belong to somebody else from now on
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (WIFSIGNALED(status)) {
    return {.code = 128 + WTERMSIG(status), .killed = WTERMSIG(status) == SIGKILL};
  }
  return {.code = WEXITSTATUS(status)};
}

}  // namespace

const std::string& binary() { return binary_path(); }
void set_binary(std::string path) { binary_path() = std::move(path); }

Ended run_child(const std::vector<std::string>& arguments, Watcher* watcher, const Kill& kill) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return {.errors = "no pipe"};
  const pid_t pid = spawn(arguments, ends[1]);
  ::close(ends[1]);
  if (pid < 0) {
    ::close(ends[0]);
    return {.errors = "could not be started: " + binary_path()};
  }
  Victim alone;
  Victim& victim = watcher != nullptr ? watcher->victim : alone;
  victim.is(pid);
  const auto started = Clock::now();
  std::optional<Clock::time_point> strike;
  if (kill.when == Kill::When::after_millis) strike = started + std::chrono::milliseconds(kill.n);
  std::string errors;
  Records records;
  bool late = false;
  for (char buffer[4096];;) {
    const auto until = strike.value_or(started + longest);
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
    pollfd ready{.fd = ends[0], .events = POLLIN, .revents = 0};
    const int got = left.count() > 0 ? ::poll(&ready, 1, static_cast<int>(left.count())) : 0;
    if (got == 0) {
      late = !strike;
      victim.kill();
      strike.reset();
      if (late) break;
      continue;
    }
    const ssize_t size = ::read(ends[0], buffer, sizeof buffer);
    if (size <= 0) break;
    const std::string_view text(buffer, static_cast<std::size_t>(size));
    if (records.add(text) >= kill.n && kill.when == Kill::When::after_record) victim.kill();
    if (errors.size() < errors_max) errors += text;
  }
  ::close(ends[0]);
  Ended out = ended(pid, victim);
  out.errors = std::move(errors);
  if (late) out.code = -1;
  return out;
}

}  // namespace chaos
