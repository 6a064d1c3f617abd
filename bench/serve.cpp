// How the web console bears slow and broken clients: CLAWBACK=FILE bench_serve [SECONDS
// [CONNECTIONS]]
//
// Starts `clawback serve` (the program that CLAWBACK names) with TLS, keeps that many connections
// busy with doing it wrong (a byte a second, TLS that never gets ready, half a request, answers
// that nobody reads, garbage), each begun anew when the server lets it go, and asks as a healthy
// client meanwhile. Prints how long the healthy client waited, what it got, and the server's peak
// memory. Exit code 1: somebody who did nothing wrong was not answered as he would be alone, waited
// over a second (p99; in a run of less than half a minute, which is for tests on busy machines,
// five, or ten with a sanitizer), the server took over 256 MiB (2 GiB with one), or it was not put
// to the test: a kind was never begun, or less than half of the connections were open at once.

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "base/digest.hpp"
#include "http/run.hpp"
#include "http/tls_client.hpp"
#include "http/tls_stream.hpp"
#include "support/certificates.hpp"

namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using namespace clawback;
using asio::ip::tcp;
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;
constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
// AddressSanitizer keeps up to 256 MiB of freed memory, and both keep a shadow of what is used.
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr int memory_max_mib = 2048;
constexpr double patience_of_a_test_ms = 10000;
#else
constexpr int memory_max_mib = 256;
constexpr double patience_of_a_test_ms = 5000;
#endif
constexpr double patience_ms = 1000;
constexpr int short_run_s = 30;
// The server keeps 512 at most and lets go of the others at once: how many are open together,
// beyond that, is how fast it is.
constexpr double open_share = 0.5;

enum class Kind { drip, no_tls, half, deaf, garbage };
constexpr std::array<std::string_view, 5> kinds = {"a byte a second", "TLS that never gets ready",
                                                   "half a request", "answers that nobody reads",
                                                   "garbage"};

struct Attack {
  std::uint16_t port = 0;
  Clock::time_point until;
  asio::ssl::context* context = nullptr;
  std::array<std::size_t, kinds.size()> begun{};
  std::size_t open = 0;
  std::size_t most = 0;
};

struct Page {
  std::string_view path;
  std::vector<int> answers;  // to somebody who has not signed in
};

// Of a state database that no pass has written yet: whether it can be read is for others to test.
const std::vector<Page>& pages() {
  static const std::vector<Page> all = {
      {"/", {401}}, {"/static/console.css", {200}}, {"/readyz", {200, 503}}};
  return all;
}

struct Asked {
  std::vector<double> ms;
  std::map<std::pair<std::string_view, int>, std::size_t> statuses;
  std::size_t wrong = 0;
  std::size_t lost = 0;
};

std::string text_after(const std::string& text, const std::string& word) {
  const std::size_t at = text.find(word);
  return at == std::string::npos ? std::string() : text.substr(at + word.size());
}

// `clawback serve` as a process of its own.
class Server {
 public:
  Server(const std::string& binary, const fs::path& folder) {
    const std::string config = (folder / "clawback.toml").string();
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) std::abort();
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    std::vector<std::string> words = {binary, "--config", config, "serve"};
    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    if (::posix_spawn(&pid_, binary.c_str(), &actions, nullptr, arguments.data(), environ) != 0) {
      std::abort();
    }
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    from_ = ends[0];
    read_port();
  }
  ~Server() {
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
    ::close(from_);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] double peak_mib() const {
    std::ifstream status(fmt::format("/proc/{}/status", pid_));
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024;
    }
    return -1;
  }

 private:
  void read_port() {
    std::string text;
    std::array<char, 512> room{};
    while (text.find('\n') == std::string::npos) {
      const ssize_t size = ::read(from_, room.data(), room.size());
      if (size <= 0) break;
      text.append(room.data(), static_cast<std::size_t>(size));
    }
    const std::string number = text_after(text, "localhost:");
    if (number.empty()) {
      fmt::print(stderr, "the console did not start: {}\n", text);
      std::exit(1);
    }
    port_ = static_cast<std::uint16_t>(std::stoi(number));
  }
  pid_t pid_ = 0;
  int from_ = -1;
  std::uint16_t port_ = 0;
};

void write_config(const fs::path& folder, const test::Pem& leaf) {
  fs::create_directories(folder);
  std::ofstream(folder / "leaf.pem") << leaf.certificate;
  std::ofstream(folder / "leaf.key") << leaf.key;
  fs::permissions(folder / "leaf.key", fs::perms::owner_read | fs::perms::owner_write);
  std::ofstream(folder / "clawback.toml")
      << "[tenant]\nid = \"11111111-2222-4333-8444-555555555555\"\n"
         "[identity.approve]\nclient_id = \"11111111-2222-4333-8444-666666666666\"\n"
         "[state]\ndatabase = \"sqlite://clawback.db\"\n"
         "[console]\nlisten = \"127.0.0.1:0\"\ncertificate = \"leaf.pem\"\nkey = \"leaf.key\"\n"
         "[[approver]]\nname = \"Dana\"\nentra = { tenant = "
         "\"11111111-2222-4333-8444-555555555555\", object = "
         "\"11111111-2222-4333-8444-777777777777\" }\n";
}

asio::awaitable<void> rest(Attack& attack, http::TlsStream& stream, bool reads) {
  std::array<char, 512> room{};
  while (reads && Clock::now() < attack.until) {
    const auto read = co_await stream.read_some(room);
    if (read.failed) co_return;
  }
  while (stream.is_quiet() && Clock::now() < attack.until) co_await http::sleep_for(500ms);
}

asio::awaitable<void> misbehave(Attack& attack, http::TlsStream& stream, Kind kind) {
  if (kind == Kind::drip) {
    const std::string head = "GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: " + std::string(99, 'x');
    for (const char& c : head) {
      if (Clock::now() >= attack.until) co_return;
      if (co_await stream.write(std::string_view(&c, 1))) co_return;
      co_await http::sleep_for(1s);
    }
  }
  if (kind == Kind::half) {
    co_await stream.write(
        "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\ncsrf=");
    co_await rest(attack, stream, true);
  }
  if (kind == Kind::deaf) {
    const std::string one = "GET /static/console.css HTTP/1.1\r\nHost: localhost\r\n\r\n";
    std::string many;
    for (int i = 0; i < 200; ++i) many += one;
    stream.set_deadline(std::min(attack.until, Clock::now() + 30s));
    co_await stream.write(many);
    while (Clock::now() < attack.until && !stream.expired()) co_await http::sleep_for(500ms);
  }
}

// Counts a connection for as long as it is there.
class Open {
 public:
  explicit Open(Attack& attack) : attack_(attack) {
    attack_.most = std::max(attack_.most, ++attack_.open);
  }
  ~Open() { --attack_.open; }
  Open(const Open&) = delete;
  Open& operator=(const Open&) = delete;

 private:
  Attack& attack_;
};

asio::awaitable<void> once(Attack& attack, Kind kind, int number) {
  const auto executor = co_await asio::this_coro::executor;
  tcp::socket socket(executor);
  boost::system::error_code failed;
  socket.open(tcp::v4(), failed);
  // Eight addresses, none of them the healthy client's: what one address asks for too much, it
  // alone is refused.
  const asio::ip::address_v4 from({127, 0, 0, static_cast<unsigned char>(2 + number % 8)});
  socket.bind({from, 0}, failed);
  const auto [refused] =
      co_await socket.async_connect({asio::ip::address_v4::loopback(), attack.port}, as_result);
  if (refused) co_return;
  const Open counted(attack);
  ++attack.begun.at(static_cast<std::size_t>(kind));
  if (kind == Kind::no_tls || kind == Kind::garbage) {
    http::TlsStream stream(std::move(socket));
    stream.set_deadline(attack.until);
    const std::string hello("\x16\x03\x01\x02\x00\x01\x00\x01\xfc", 9);
    co_await stream.write(kind == Kind::no_tls ? hello : random_bytes(300));
    co_await rest(attack, stream, true);
    co_return;
  }
  http::TlsStream stream(std::move(socket), *attack.context);
  stream.set_deadline(attack.until);
  if (co_await stream.handshake(asio::ssl::stream_base::client)) co_return;
  co_await misbehave(attack, stream, kind);
}

asio::awaitable<void> keep_at_it(Attack& attack, int number) {
  const auto kind = static_cast<Kind>(number % static_cast<int>(kinds.size()));
  // They come within two seconds, not in one moment: that would measure the handshakes of this
  // side.
  co_await http::sleep_for(std::chrono::milliseconds(2 * number));
  while (Clock::now() < attack.until) {
    co_await once(attack, kind, number);
    co_await http::sleep_for(100ms);
  }
}

asio::awaitable<void> behave(Attack& attack, http::TlsClient& client, Asked& asked) {
  for (std::size_t i = 0; Clock::now() < attack.until; ++i) {
    if (i % 2 == 0) client.close_idle();
    http::Request request;
    request.origin = {.host = "localhost", .port = attack.port};
    const Page& page = pages().at(i % pages().size());
    request.target = page.path;
    request.timeout = 10s;
    const auto begun = Clock::now();
    const auto answer = co_await client.send(request);
    asked.ms.push_back(std::chrono::duration<double, std::milli>(Clock::now() - begun).count());
    if (answer) {
      ++asked.statuses[{page.path, answer->status}];
      if (std::ranges::find(page.answers, answer->status) == page.answers.end()) ++asked.wrong;
    } else {
      ++asked.lost;
      fmt::print("  lost: {}\n", answer.error().message);
    }
    co_await http::sleep_for(100ms);
  }
}

double percentile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const auto last = static_cast<double>(values.size() - 1);
  return values[static_cast<std::size_t>(last * share)];
}

int report(const Attack& attack, const Asked& asked, double peak, double p99_max,
           std::size_t connections) {
  fmt::print("broken connections: {} at once at most\n", attack.most);
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    fmt::print("  {:<27} {:>6} begun\n", kinds.at(i), attack.begun.at(i));
  }
  fmt::print("healthy client: {} requests, {} lost, {} answered wrongly\n", asked.ms.size(),
             asked.lost, asked.wrong);
  for (const auto& [what, count] : asked.statuses) {
    fmt::print("  {} {} × {}\n", what.second, what.first, count);
  }
  const double p99 = percentile(asked.ms, 0.99);
  fmt::print("  p50 {:.1f} ms, p99 {:.1f} ms, longest {:.1f} ms\n", percentile(asked.ms, 0.5), p99,
             percentile(asked.ms, 1));
  fmt::print("server: peak memory {:.0f} MiB\n", peak);
  // A run that attacked with less shows nothing.
  const bool attacked =
      std::ranges::find(attack.begun, 0U) == attack.begun.end() &&
      static_cast<double>(attack.most) >= open_share * static_cast<double>(connections);
  if (!attacked) fmt::print("that was no attack of {} connections of every kind\n", connections);
  const bool answered = asked.lost == 0 && asked.wrong == 0 && asked.ms.size() >= pages().size();
  const bool good = attacked && answered && p99 < p99_max && peak > 0 && peak < memory_max_mib;
  fmt::print("{}\n", good ? "good" : "not good");
  return good ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const char* program = std::getenv("CLAWBACK");
  const int seconds = argc > 1 ? std::atoi(argv[1]) : 60;
  const int connections = argc > 2 ? std::atoi(argv[2]) : 1000;
  if (program == nullptr || seconds <= 0 || connections <= 0) {
    fmt::print(stderr, "CLAWBACK=FILE bench_serve [SECONDS [CONNECTIONS]]\n");
    return 2;
  }
  std::signal(SIGPIPE, SIG_IGN);
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  const fs::path folder = fs::temp_directory_path() / ("clawback-bench-" + random_guid());
  const test::Authority authority("bench");
  write_config(folder, authority.issue("DNS:localhost,IP:127.0.0.1"));
  std::ofstream(folder / "ca.pem") << authority.certificate_pem();
  int code = 1;
  {
    const Server server(program, folder);
    asio::ssl::context context(asio::ssl::context::tls_client);
    Attack attack{.port = server.port(),
                  .until = Clock::now() + std::chrono::seconds(seconds),
                  .context = &context};
    Asked asked;
    asio::io_context loop(1);
    for (int i = 0; i < connections; ++i) {
      asio::co_spawn(loop, keep_at_it(attack, i), asio::detached);
    }
    // On a thread of its own: it is not to wait for the attackers' own work.
    std::thread healthy([&] {
      asio::io_context own(1);
      auto client =
          http::TlsClient::make(own.get_executor(), {.ca_file = (folder / "ca.pem").string()});
      if (!client) return;
      asio::co_spawn(own, behave(attack, **client, asked), asio::detached);
      own.run_until(attack.until + 15s);
      (*client)->close_idle();
    });
    loop.run_until(attack.until + 15s);
    healthy.join();
    code = report(attack, asked, server.peak_mib(),
                  seconds < short_run_s ? patience_of_a_test_ms : patience_ms,
                  static_cast<std::size_t>(connections));
  }
  fs::remove_all(folder);
  return code;
}
