#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "base/file.hpp"
#include "graph/parse.hpp"
#include "http/run.hpp"
#include "http/tls_client.hpp"
#include "lab/server.hpp"
#include "remediate/execute.hpp"
#include "remediate/undo.hpp"

// One lab, one write identity, one journal, and plans over the cases that were planted in the lab.
namespace remediate_test {

using namespace clawback;

// The way to the lab, for some requests of which no connection can be had.
class Gate : public http::Transport {
 public:
  using NoWay = std::function<bool(const http::Request&)>;
  Gate(http::Transport& inner, NoWay no_way) : inner_(inner), no_way_(std::move(no_way)) {}
  http::asio::awaitable<Result<http::Response>> send(const http::Request& request) override {
    if (no_way_ && no_way_(request))
      co_return Error{.code = Errc::unavailable, .message = "no connection"};
    co_return co_await inner_.send(request);
  }

 private:
  http::Transport& inner_;
  NoWay no_way_;
};

class Bench {
 public:
  explicit Bench(lab::Options options = {}) {
    options.tenant.seed = 7;
    auto started = lab::Server::start(options);
    REQUIRE_MESSAGE(started, started.error().message);
    server = std::move(*started);
    std::string pattern =
        (std::filesystem::temp_directory_path() / "clawback-test-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
    REQUIRE(write_file(folder / "ca.pem", server->ca_pem()));
    auto opened = journal::open_sqlite(folder / "clawback.db");
    REQUIRE(opened);
    store = std::move(*opened);
    key = std::make_unique<approval::KeyPair>(*approval::make_key(Secret()));
  }
  ~Bench() {
    store.reset();
    std::filesystem::remove_all(folder);
  }

  // A finding as detection would make it for a planted case.
  domain::Finding finding(const std::string& label) {
    domain::Finding out;
    server->with_tenant([&](lab::Tenant& tenant) {
      const auto planted =
          std::find_if(tenant.planted.begin(), tenant.planted.end(),
                       [&](const lab::Planted& one) { return one.label == label; });
      REQUIRE(planted != tenant.planted.end());
      const lab::ServicePrincipal& app =
          tenant.service_principals.at(planted->service_principal_id);
      out.app.id = domain::ServicePrincipalId(app.id);
      out.app.app_id = domain::AppId(app.app_id);
      out.app.display_name = app.display_name;
      out.app.owner_tenant = domain::TenantId(app.owner_tenant);
      out.app.type = app.type;
      out.app.account_enabled = app.account_enabled;
      for (const std::string& id : planted->grant_ids)
        out.grants.push_back(grant_of(tenant.grants.at(id)));
      for (const std::string& id : planted->assignment_ids) {
        const lab::RoleAssignment& role = tenant.role_assignments.at(id);
        out.app_roles.push_back({.id = domain::AssignmentId(role.id),
                                 .principal = domain::ServicePrincipalId(role.principal_id),
                                 .resource = domain::ServicePrincipalId(role.resource_id),
                                 .role_id = role.role_id});
      }
    });
    out.key = "sha256:" + label;
    out.rule = "known";
    out.mode = domain::Mode::approve;
    return out;
  }

  plan::Plan plan(const std::vector<std::string>& labels, std::vector<std::string> block = {}) {
    policy::Policy policy;
    policy::Rule rule;
    rule.id = "known";
    rule.actions = {domain::ActionKind::disable_app, domain::ActionKind::revoke_grant,
                    domain::ActionKind::remove_app_role, domain::ActionKind::revoke_sessions};
    policy.rules = {rule};
    for (std::string& app : block) policy.block.emplace_back(std::move(app));
    domain::Snapshot snapshot;
    snapshot.tenant = domain::TenantId(server->tenant_id());
    domain::record(snapshot.coverage, {.name = std::string(domain::source::service_principals),
                                       .state = domain::SourceState::read});
    detect::Judgement judgement;
    for (const std::string& label : labels) judgement.findings.push_back(finding(label));
    return plan::build(snapshot, judgement, policy,
                       {.now = system_now(), .id = random_guid(), .tool = "test"});
  }

  std::string yes(const plan::Plan& plan, Duration holds = std::chrono::hours(1)) {
    return *approval::sign({.plan_digest = plan.digest,
                            .tenant = plan.tenant,
                            .approver = "Dana",
                            .reason = "test",
                            .issued = system_now(),
                            .expires = system_now() + holds,
                            .nonce = random_guid()},
                           key->private_pem, Secret());
  }

  Result<approval::ApprovedPlan> approve(const plan::Plan& plan) {
    return approval::approve(plan, {yes(plan)}, {{.name = "Dana", .ed25519 = key->public_key}}, 1,
                             system_now());
  }

  approval::ApprovedPlan approved(const plan::Plan& plan) {
    auto result = approve(plan);
    REQUIRE_MESSAGE(result, result.error().message);
    return std::move(*result);
  }

  remediate::Settings settings() {
    remediate::Settings out;
    out.verify_window = std::chrono::milliseconds(600);
    out.verify_gap = std::chrono::milliseconds(30);
    out.verify_first = std::chrono::milliseconds(20);
    out.now = [this] { return system_now() + clock_shift; };
    out.sleep = [](Duration delay) { return http::sleep_for(delay); };
    out.make_guid = [] { return random_guid(); };
    return out;
  }

  // Runs `work` with a writer of the lab's write identity.
  template <class Work>
  Result<remediate::Outcome> with_writer(Work work) {
    return http::await<Result<remediate::Outcome>>(
        [&]() -> http::asio::awaitable<Result<remediate::Outcome>> {
          const auto executor = co_await http::asio::this_coro::executor;
          auto transport =
              http::TlsClient::make(executor, {.ca_file = (folder / "ca.pem").string()});
          REQUIRE_MESSAGE(transport, transport.error().message);
          const auto origin = *http::parse_origin(server->url());
          auth::TokenSource tokens(
              {.name = "write",
               .tenant_id = server->tenant_id(),
               .client_id = server->write_client_id(),
               .login = origin,
               .graph = origin,
               .credential = auth::ClientCertificate{server->write_certificate_pem(),
                                                     Secret(std::string(server->write_key_pem()))}},
              **transport, [] { return system_now(); });
          Gate gate(**transport, no_way);
          graph::Writer writer(gate, tokens, origin, http::system_hooks(),
                               {.delay_first = std::chrono::milliseconds(10)});
          auto outcome = co_await work(writer);
          co_return outcome;
        });
  }

  Result<remediate::Outcome> execute(const plan::Plan& plan, journal::Store* other = nullptr) {
    auto result = approve(plan);
    if (!result) return result.error();
    const approval::ApprovedPlan ready = std::move(*result);
    journal::Store& used = other != nullptr ? *other : *store;
    return with_writer([&](graph::Writer& writer) {
      return remediate::execute(ready, {yes(plan)}, writer, used, settings());
    });
  }

  // The same with other settings.
  Result<remediate::Outcome> execute(const plan::Plan& plan, remediate::Settings changed) {
    const approval::ApprovedPlan ready = approved(plan);
    return with_writer([&](graph::Writer& writer) {
      return remediate::execute(ready, {}, writer, *store, std::move(changed));
    });
  }

  Result<remediate::Outcome> resume() {
    const journal::Run run = store->runs()->front();
    const plan::Plan plan = *plan::parse(run.plan_text);
    const approval::ApprovedPlan ready = approved(plan);
    return with_writer([&](graph::Writer& writer) {
      return remediate::resume(run, ready, writer, *store, settings());
    });
  }

  // Writing requests that reached the lab, in order.
  std::vector<std::string> writes() {
    std::vector<std::string> out;
    for (const lab::Seen& seen : server->seen()) {
      // What is inside an envelope is noted by itself.
      const bool envelope = seen.operation == "batch_post";
      if (seen.method != "GET" && seen.path.find("/oauth2/") == std::string::npos && !envelope)
        out.push_back(seen.method + " " + seen.path);
    }
    return out;
  }

  std::string state() {
    std::string out;
    server->with_tenant([&](lab::Tenant& tenant) { out = lab::state_digest(tenant); });
    return out;
  }

  static domain::Grant grant_of(const lab::Grant& grant) {
    domain::Grant out;
    out.id = domain::GrantId(grant.id);
    out.client = domain::ServicePrincipalId(grant.client_id);
    out.resource = domain::ServicePrincipalId(grant.resource_id);
    out.consent = grant.principal_id.empty() ? domain::ConsentType::all_principals
                                             : domain::ConsentType::principal;
    if (!grant.principal_id.empty()) out.principal = domain::UserId(grant.principal_id);
    out.scopes = graph::split_scopes(grant.scope);
    return out;
  }

  std::unique_ptr<lab::Server> server;
  std::filesystem::path folder;
  std::unique_ptr<journal::Store> store;
  std::unique_ptr<approval::KeyPair> key;
  Duration clock_shift{0};
  Gate::NoWay no_way;  // for the writer
};

inline std::vector<std::string> requests(const plan::Plan& plan) {
  std::vector<std::string> out;
  for (const plan::Action& action : plan.actions)
    out.push_back(action.request.method + " " + action.request.path);
  return out;
}

inline std::map<journal::Phase, int> phases(const journal::RunState& state) {
  std::map<journal::Phase, int> out;
  for (const auto& [id, action] : state.actions) ++out[action.phase];
  return out;
}

}  // namespace remediate_test
