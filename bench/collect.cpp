// Collecting 10,000 service principals and 100,000 grants, side by side with a bare fetch of the
// same pages that parses nothing, at 0 and 20 ms latency. The lab is a process of its own; so is
// each contestant, so that CPU time and peak memory are theirs alone.
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>
#include <csignal>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "auth/token.hpp"
#include "base/digest.hpp"
#include "base/file.hpp"
#include "evidence/live.hpp"
#include "graph/signal.hpp"
#include "http/run.hpp"
#include "http/tls_client.hpp"
#include "lab/server.hpp"

namespace {

using namespace clawback;
namespace asio = boost::asio;

constexpr std::size_t apps = 10'000;
constexpr std::size_t grants = 100'000;
constexpr std::size_t users = 5'000;
constexpr int rounds = 5;

struct LabFacts {
  std::string url, tenant, client, secret, ca_file;
};

struct Usage {
  double wall_s = 0;
  double cpu_s = 0;
  double peak_mib = 0;
  std::string said;
};

[[noreturn]] void die(const std::string& message) {
  fmt::print(stderr, "bench: {}\n", message);
  std::_Exit(1);
}

// Runs `work` in a child and measures it. What it returns comes back through a pipe.
Usage measure(const std::function<std::string()>& work) {
  int pipe_ends[2];
  if (::pipe(pipe_ends) != 0) die("no pipe");
  const auto from = std::chrono::steady_clock::now();
  const pid_t child = ::fork();
  if (child == 0) {
    const std::string said = work();
    if (::write(pipe_ends[1], said.data(), said.size()) < 0) std::_Exit(1);
    std::_Exit(0);
  }
  ::close(pipe_ends[1]);
  Usage out;
  char buffer[4096];
  for (ssize_t got; (got = ::read(pipe_ends[0], buffer, sizeof buffer)) > 0;) {
    out.said.append(buffer, static_cast<std::size_t>(got));
  }
  ::close(pipe_ends[0]);
  int status = 0;
  rusage used{};
  ::wait4(child, &status, 0, &used);
  if (status != 0) die("a contestant failed");
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  out.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - from).count();
  out.cpu_s = seconds(used.ru_utime) + seconds(used.ru_stime);
  out.peak_mib = static_cast<double>(used.ru_maxrss) / 1024.0;
  return out;
}

struct Session {
  std::unique_ptr<http::TlsClient> transport;
  std::unique_ptr<auth::TokenSource> tokens;
  http::Origin origin;
};

Session open(const LabFacts& lab, asio::any_io_executor executor) {
  Session out;
  auto transport = http::TlsClient::make(std::move(executor), {.ca_file = lab.ca_file});
  if (!transport) die(transport.error().message);
  out.transport = std::move(*transport);
  out.origin = *http::parse_origin(lab.url);
  out.tokens = std::make_unique<auth::TokenSource>(
      auth::Identity{.name = "read",
                     .tenant_id = lab.tenant,
                     .client_id = lab.client,
                     .login = out.origin,
                     .graph = out.origin,
                     .credential = auth::ClientSecret{Secret(std::string(lab.secret))}},
      *out.transport, [] { return system_now(); });
  return out;
}

std::string clawback_collects(const LabFacts& lab) {
  std::string said;
  http::run([&]() -> asio::awaitable<void> {
    const Session session = open(lab, co_await asio::this_coro::executor);
    graph::Reader reader(*session.transport, *session.tokens, session.origin, http::system_hooks());
    const auto snapshot =
        co_await evidence::collect(reader, {.tenant = domain::TenantId(lab.tenant),
                                            .now = system_now(),
                                            .since = std::chrono::hours(24 * 30)});
    if (!snapshot) die(snapshot.error().message);
    for (const domain::Source& source : snapshot->coverage.sources) {
      if (source.state != domain::SourceState::read && source.name != domain::source::sign_ins) {
        die(source.name + " was not read: " + source.reason.value_or(""));
      }
    }
    said = fmt::format("{} service principals, {} grants, {} users",
                       snapshot->service_principals.size(), snapshot->grants.size(),
                       snapshot->users.size());
  });
  return said;
}

// The link is looked for as bytes, as soon as it arrives; nothing else of a page is looked at.
std::string link_in(std::string_view body) {
  constexpr std::string_view key = "\"@odata.nextLink\":\"";
  const std::size_t at = body.find(key);
  if (at == std::string_view::npos) return {};
  const std::size_t end = body.find('"', at + key.size());
  if (end == std::string_view::npos) return {};
  std::string link(body.substr(at + key.size(), end - at - key.size()));
  for (std::size_t i; (i = link.find("\\u0026")) != std::string::npos;) link.replace(i, 6, "&");
  for (std::size_t i; (i = link.find("\\/")) != std::string::npos;) link.erase(i, 1);
  return link;
}

// How a fetch without parsing follows a chain: when a page is complete, or as soon as its link has
// arrived.
enum class Follow { after_page, early };

asio::awaitable<void> fetch_page(const Session& session, std::string target, Follow follow,
                                 std::size_t& bytes) {
  const auto authorization = co_await session.tokens->authorization();
  if (!authorization) die(authorization.error().message);
  const auto executor = co_await asio::this_coro::executor;
  http::Request request{.method = "GET", .origin = session.origin, .target = target};
  request.headers = {{"Authorization", *authorization}, {"Accept", "application/json"}};
  graph::Gate next_done(executor);
  bool started = false;
  const auto start_next = [&](std::string_view body) {
    const auto url = http::parse_url(link_in(body.substr(0, 4096)));
    if (!url) return body.size() > 4096;
    started = true;
    auto next = [&session, &bytes, &next_done, follow,
                 to = url->target]() -> asio::awaitable<void> {
      co_await fetch_page(session, to, follow, bytes);
      next_done.open();
    };
    asio::co_spawn(executor, std::move(next), asio::detached);
    return true;
  };
  if (follow == Follow::early) request.early = start_next;
  const auto page = co_await session.transport->send(request);
  if (!page) die(page.error().message);
  if (page->status != 200) die(fmt::format("{} for {}", page->status, target));
  bytes += page->body.size();
  if (!started) start_next(page->body);
  if (started) co_await next_done.passed();
}

std::string bare_fetch(const LabFacts& lab, Follow follow) {
  std::size_t bytes = 0;
  http::run([&]() -> asio::awaitable<void> {
    const Session session = open(lab, co_await asio::this_coro::executor);
    const std::vector<std::string> heads = {
        "/v1.0/"
        "servicePrincipals?$select=id,appId,displayName,appOwnerOrganizationId,"
        "servicePrincipalType,"
        "accountEnabled,disabledByMicrosoftStatus,verifiedPublisher,createdDateTime,replyUrls,"
        "homepage&$top=999",
        "/v1.0/oauth2PermissionGrants?$filter=consentType%20eq%20'AllPrincipals'&$top=999",
        "/v1.0/oauth2PermissionGrants?$filter=consentType%20eq%20'Principal'&$top=999",
        "/v1.0/users?$select=id,userPrincipalName,displayName,accountEnabled,userType,"
        "signInSessionsValidFromDateTime&$top=999"};
    std::vector<std::function<asio::awaitable<void>()>> chains;
    for (const std::string& head : heads) {
      chains.emplace_back(
          [&session, &bytes, follow, head]() { return fetch_page(session, head, follow, bytes); });
    }
    co_await http::run_all(std::move(chains), heads.size());
  });
  return fmt::format("{:.1f} MiB", static_cast<double>(bytes) / 1048576.0);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

Usage middle(const std::vector<Usage>& runs) {
  std::vector<double> wall, cpu, peak;
  for (const Usage& run : runs) {
    wall.push_back(run.wall_s);
    cpu.push_back(run.cpu_s);
    peak.push_back(run.peak_mib);
  }
  return {.wall_s = median(wall),
          .cpu_s = median(cpu),
          .peak_mib = median(peak),
          .said = runs.front().said};
}

// The lab in a child of its own; its facts come back through a pipe.
pid_t start_lab(std::chrono::milliseconds latency, const std::filesystem::path& folder,
                LabFacts& facts) {
  int pipe_ends[2];
  if (::pipe(pipe_ends) != 0) die("no pipe");
  const pid_t child = ::fork();
  if (child == 0) {
    lab::Options options;
    options.latency = latency;
    options.tenant.users = users;
    options.tenant.service_principals = apps;
    options.tenant.grants = grants;
    const auto server = lab::Server::start(options);
    if (!server) die(server.error().message);
    if (!write_file(folder / "ca.pem", (*server)->ca_pem())) die("the CA can't be written");
    const std::string line = (*server)->url() + "\n" + (*server)->tenant_id() + "\n" +
                             (*server)->read_client_id() + "\n" + (*server)->read_secret() + "\n";
    if (::write(pipe_ends[1], line.data(), line.size()) < 0) std::_Exit(1);
    ::close(pipe_ends[1]);
    ::pause();
    std::_Exit(0);
  }
  ::close(pipe_ends[1]);
  std::string text;
  char buffer[1024];
  for (ssize_t got; (got = ::read(pipe_ends[0], buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<std::size_t>(got));
  ::close(pipe_ends[0]);
  std::vector<std::string> lines;
  for (std::size_t at = 0, end; (end = text.find('\n', at)) != std::string::npos; at = end + 1) {
    lines.push_back(text.substr(at, end - at));
  }
  if (lines.size() != 4) die("the lab did not start");
  facts = {.url = lines[0],
           .tenant = lines[1],
           .client = lines[2],
           .secret = lines[3],
           .ca_file = folder / "ca.pem"};
  return child;
}

void print(std::string_view name, const Usage& usage) {
  fmt::print("  {:<31} wall {:5.2f} s   CPU {:4.2f} s   peak {:5.1f} MiB   {}\n", name,
             usage.wall_s, usage.cpu_s, usage.peak_mib, usage.said);
}

bool compare(std::chrono::milliseconds latency) {
  const auto folder = std::filesystem::temp_directory_path() / ("clawback-bench-" + random_guid());
  std::filesystem::create_directories(folder);
  LabFacts facts;
  const pid_t lab = start_lab(latency, folder, facts);
  std::vector<Usage> plain, early, ours;
  for (int round = 0; round < rounds; ++round) {
    plain.push_back(measure([&] { return bare_fetch(facts, Follow::after_page); }));
    early.push_back(measure([&] { return bare_fetch(facts, Follow::early); }));
    ours.push_back(measure([&] { return clawback_collects(facts); }));
  }
  ::kill(lab, SIGKILL);
  ::waitpid(lab, nullptr, 0);
  std::filesystem::remove_all(folder);
  const Usage p = middle(plain), e = middle(early), c = middle(ours);
  fmt::print("latency {} ms, median of {} rounds\n", latency.count(), rounds);
  print("bare fetch, page after page", p);
  print("bare fetch, link as it arrives", e);
  print("clawback", c);
  const double ratio = c.wall_s / e.wall_s;
  fmt::print("  wall time of clawback: {:.2f} of the first, {:.2f} of the second\n",
             c.wall_s / p.wall_s, ratio);
  if (latency.count() == 0) return true;
  const bool good = ratio <= 1.2 && c.cpu_s < 1.0 && c.peak_mib < 150.0;
  fmt::print("  aim at 20 ms: at most 1.20 of the second, CPU < 1 s, peak < 150 MiB: {}\n",
             good ? "reached" : "MISSED");
  return good;
}

}  // namespace

int main() {
  fmt::print("collect: {} service principals, {} grants, {} users\n", apps, grants, users);
  compare(std::chrono::milliseconds(0));
  return compare(std::chrono::milliseconds(20)) ? 0 : 1;
}
