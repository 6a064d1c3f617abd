// Time to contain: from `execute` to every application disabled, and to all sessions revoked, for 1
// application with 500 victims and for 20 with 2,000 grants, against the lab at 20 ms latency with
// the published throttling limits; beside the least that those limits allow, and one request at a
// time. The lab runs on a thread of its own, whose CPU time is told apart.
#include <fmt/format.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "approval/approval.hpp"
#include "auth/token.hpp"
#include "base/digest.hpp"
#include "base/file.hpp"
#include "graph/parse.hpp"
#include "http/run.hpp"
#include "http/tls_client.hpp"
#include "lab/server.hpp"
#include "remediate/execute.hpp"

namespace {

using namespace clawback;
namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds latency(20);
constexpr std::chrono::milliseconds gap(1000);
constexpr std::string_view resource = "00000003-0000-0000-c000-000000000000";

// Source: Microsoft Graph throttling limits, identity and access, a tenant of more than 500 users.
constexpr double writes_burst = 3000;
constexpr double writes_a_second = 20;
constexpr double units_burst = 8000;
constexpr double units_a_second = 800;

[[noreturn]] void die(const std::string& message) {
  fmt::print(stderr, "bench: {}\n", message);
  std::_Exit(1);
}

struct Scenario {
  std::string name;
  std::size_t apps = 1;
  std::size_t victims = 0;  // of each application: one grant and one user
};

struct Manner {
  std::size_t lanes = remediate::Settings{}.lanes;
  std::size_t envelope = remediate::Settings{}.envelope;
};

struct Figures {
  double disabled_s = 0;
  double revoked_s = 0;
  double sent_s = 0;   // everything is acknowledged
  double total_s = 0;  // and verified
  std::size_t actions = 0;
  std::size_t requests = 0;       // that left the machine
  std::size_t until_revoked = 0;  // of these
  double lab_cpu_s = 0;           // until all sessions are revoked
  double own_cpu_s = 0;
};

class Counting final : public http::Transport {
 public:
  explicit Counting(http::Transport& inner) : inner_(inner) {}
  asio::awaitable<Result<http::Response>> send(const http::Request& request) override {
    ++count;
    return inner_.send(request);
  }
  std::size_t count = 0;

 private:
  http::Transport& inner_;
};

// CPU seconds of this thread, and of all others: those are the lab's.
struct Cpu {
  double own = 0;
  double others = 0;
};
Cpu cpu_now() {
  Cpu out;
  const std::string self = std::to_string(::syscall(SYS_gettid));
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream file(task.path() / "schedstat");
    double nanoseconds = 0;
    file >> nanoseconds;
    (task.path().filename() == self ? out.own : out.others) += nanoseconds / 1e9;
  }
  return out;
}

// Applications that nobody saw before, each with its victims.
std::vector<domain::Finding> plant(lab::Server& server, const Scenario& scenario) {
  std::vector<domain::Finding> findings;
  server.with_tenant([&](lab::Tenant& tenant) {
    std::string graph;
    for (const auto& [id, app] : tenant.service_principals) {
      if (app.app_id == resource) graph = id;
    }
    auto user = tenant.users.begin();
    for (std::size_t i = 0; i < scenario.apps; ++i) {
      lab::ServicePrincipal app{.id = random_guid(),
                                .app_id = random_guid(),
                                .display_name = fmt::format("Mail client {}", i + 1),
                                .owner_tenant = random_guid()};
      domain::Finding& finding = findings.emplace_back();
      finding.key = "sha256:" + app.id;
      finding.rule = "bench";
      finding.mode = domain::Mode::automatic;
      finding.app.id = domain::ServicePrincipalId(app.id);
      finding.app.app_id = domain::AppId(app.app_id);
      finding.app.display_name = app.display_name;
      finding.app.owner_tenant = domain::TenantId(app.owner_tenant);
      finding.app.type = app.type;
      finding.app.account_enabled = true;
      for (std::size_t v = 0; v < scenario.victims; ++v, ++user) {
        // A guest's sessions are the home tenant's.
        while (user != tenant.users.end() && user->second.type == "Guest") ++user;
        if (user == tenant.users.end()) die("too few users");
        const lab::Grant grant{.id = lab::grant_id(app.id, graph, user->first),
                               .client_id = app.id,
                               .resource_id = graph,
                               .principal_id = user->first,
                               .scope = " offline_access Mail.ReadWrite Mail.Send"};
        finding.grants.push_back({.id = domain::GrantId(grant.id),
                                  .client = domain::ServicePrincipalId(app.id),
                                  .resource = domain::ServicePrincipalId(graph),
                                  .consent = domain::ConsentType::principal,
                                  .principal = domain::UserId(grant.principal_id),
                                  .scopes = graph::split_scopes(grant.scope)});
        tenant.grants.emplace(grant.id, grant);
      }
      tenant.service_principals.emplace(app.id, std::move(app));
    }
  });
  return findings;
}

approval::ApprovedPlan approved_plan(lab::Server& server, const Scenario& scenario) {
  policy::Rule rule;
  rule.id = "bench";
  rule.mode = domain::Mode::automatic;
  rule.actions = {domain::ActionKind::disable_app, domain::ActionKind::revoke_grant,
                  domain::ActionKind::revoke_sessions};
  policy::Policy policy;
  policy.rules = {rule};
  policy.max_apps = policy.max_users = policy.max_actions = 1'000'000;
  domain::Snapshot snapshot;
  snapshot.tenant = domain::TenantId(server.tenant_id());
  detect::Judgement judgement;
  judgement.findings = plant(server, scenario);
  const Time now = system_now();
  plan::Plan plan =
      plan::build(snapshot, judgement, policy, {.now = now, .id = random_guid(), .tool = "bench"});
  if (plan.actions.size() != scenario.apps * (1 + 2 * scenario.victims)) die("the plan is another");
  auto approved =
      approval::approve_by_policy(std::move(plan), policy, domain::Mode::automatic, now);
  if (!approved) die(approved.error().message);
  return std::move(*approved);
}

class Run {
 public:
  Run(const Scenario& scenario, Manner manner) : manner_(manner) {
    lab::Options options;
    options.latency = latency;
    options.throttle = true;
    options.tenant.users =
        std::max<std::size_t>(scenario.apps * scenario.victims * 5 / 4, 501) + 10;
    options.tenant.planted = false;
    auto started = lab::Server::start(options);
    if (!started) die(started.error().message);
    server_ = std::move(*started);
    folder_ = std::filesystem::temp_directory_path() / ("clawback-bench-" + random_guid());
    std::filesystem::create_directories(folder_);
    if (!write_file(folder_ / "ca.pem", server_->ca_pem())) die("the CA can't be written");
    auto store = journal::open_sqlite(folder_ / "clawback.db");
    if (!store) die(store.error().message);
    store_ = std::move(*store);
    approved_.emplace(approved_plan(*server_, scenario));
  }
  ~Run() {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  Figures measure() {
    http::run([this]() { return send(); });
    return figures_;
  }

 private:
  asio::awaitable<void> send() {
    auto client = http::TlsClient::make(co_await asio::this_coro::executor,
                                        {.ca_file = (folder_ / "ca.pem").string()});
    if (!client) die(client.error().message);
    Counting transport(**client);
    const auto origin = *http::parse_origin(server_->url());
    auth::TokenSource tokens(
        {.name = "write",
         .tenant_id = server_->tenant_id(),
         .client_id = server_->write_client_id(),
         .login = origin,
         .graph = origin,
         .credential = auth::ClientCertificate{server_->write_certificate_pem(),
                                               Secret(std::string(server_->write_key_pem()))}},
        transport, [] { return system_now(); });
    graph::Writer writer(transport, tokens, origin, http::system_hooks());
    remediate::Settings settings;
    settings.lanes = manner_.lanes;
    settings.envelope = manner_.envelope;
    settings.verify_gap = gap;
    settings.now = system_now;
    settings.sleep = [](Duration delay) { return http::sleep_for(delay); };
    settings.make_guid = random_guid;
    settings.on_event = [&](const plan::Action* action, const journal::Event& event) {
      note(action, event, transport.count);
    };
    cpu_ = cpu_now();
    start_ = Clock::now();
    const auto outcome =
        co_await remediate::execute(*approved_, {}, writer, *store_, std::move(settings));
    if (!outcome) die(outcome.error().message);
    if (!journal::all_done(outcome->state)) die("not everything was done");
    figures_.total_s = since_start();
    figures_.actions = approved_->plan().actions.size();
    figures_.requests = transport.count;
    (*client)->close_idle();
  }

  void note(const plan::Action* action, const journal::Event& event, std::size_t requests) {
    if (action == nullptr || event.kind != journal::EventKind::answered) return;
    figures_.sent_s = since_start();
    if (action->kind == domain::ActionKind::disable_app) figures_.disabled_s = since_start();
    if (action->kind != domain::ActionKind::revoke_sessions) return;
    figures_.revoked_s = since_start();
    figures_.until_revoked = requests;
    const Cpu now = cpu_now();
    figures_.lab_cpu_s = now.others - cpu_.others;
    figures_.own_cpu_s = now.own - cpu_.own;
  }

  [[nodiscard]] double since_start() const {
    return std::chrono::duration<double>(Clock::now() - start_).count();
  }

  Manner manner_;
  std::unique_ptr<lab::Server> server_;
  std::filesystem::path folder_;
  std::unique_ptr<journal::Store> store_;
  std::optional<approval::ApprovedPlan> approved_;
  Clock::time_point start_;
  Cpu cpu_;
  Figures figures_;
};

// What nobody could be faster than: answers that must follow one another (a token, the guards'
// read, then one read and one write a stage), and what the quotas let through after their bursts.
// Each action costs one write, one unit for it, and two units for the reading before it.
double least(double answers, double writes) {
  const double chain = answers * std::chrono::duration<double>(latency).count();
  const double quota = (writes - writes_burst) / writes_a_second;
  const double units = (writes * 3 - units_burst) / units_a_second;
  return std::max({chain, quota, units});
}

bool show(const Scenario& scenario, const Scenario& sample) {
  const Figures ours = Run(scenario, {}).measure();
  const Figures single = Run(sample, {.lanes = 1, .envelope = 1}).measure();
  const auto writes = static_cast<double>(ours.actions);
  const double disabled = least(4, static_cast<double>(scenario.apps));
  const double revoked = least(8, writes);
  const double factor = writes / static_cast<double>(single.actions);
  fmt::print("{}: {} actions\n", scenario.name, ours.actions);
  fmt::print("  {} requests until all sessions are revoked, {} with verification\n",
             ours.until_revoked, ours.requests);
  fmt::print("  all applications disabled   {:7.2f} s   least {:6.2f} s   ratio {:5.2f}\n",
             ours.disabled_s, disabled, ours.disabled_s / disabled);
  fmt::print("  all sessions revoked        {:7.2f} s   least {:6.2f} s   ratio {:5.2f}\n",
             ours.revoked_s, revoked, ours.revoked_s / revoked);
  fmt::print("  of it CPU: the lab {:.2f} s, clawback {:.2f} s\n", ours.lab_cpu_s, ours.own_cpu_s);
  const double here = std::max(revoked, ours.lab_cpu_s);
  fmt::print("  ratio to the least that this lab could serve in: {:.2f}\n", ours.revoked_s / here);
  fmt::print(
      "  everything verified         {:7.2f} s   with two reads {} ms apart (default 30 s)\n",
      ours.total_s, gap.count());
  fmt::print(
      "  one request at a time       {:7.2f} s   to all sessions revoked: {:.1f} times as long{}\n",
      single.revoked_s * factor, single.revoked_s * factor / ours.revoked_s,
      factor > 1 ? fmt::format(" ({:.2f} s for {} actions, extrapolated)", single.revoked_s,
                               single.actions)
                 : std::string());
  const bool good = ours.revoked_s / revoked <= 1.3;
  fmt::print("  aim, all sessions revoked within 1.3 of the least: {}\n",
             good ? "reached" : "MISSED");
  return good;
}

}  // namespace

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  fmt::print(
      "contain: latency {} ms; least = the longest of: answers that must follow one another, "
      "writes "
      "beyond {} at {} a second, resource units beyond {} at {} a second\n",
      latency.count(), writes_burst, writes_a_second, units_burst, units_a_second);
  const bool one = show({.name = "1 application, 500 victims", .apps = 1, .victims = 500},
                        {.name = {}, .apps = 1, .victims = 100});
  const bool many = show({.name = "20 applications, 2,000 grants", .apps = 20, .victims = 100},
                         {.name = {}, .apps = 4, .victims = 25});
  return one && many ? 0 : 1;
}
