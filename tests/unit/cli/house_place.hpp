#pragma once

#include <doctest/doctest.h>

#include <sstream>

#include "approval/approval.hpp"
#include "base/digest.hpp"
#include "base/file.hpp"
#include "cli/kept_pass.hpp"
#include "cli/plan_file.hpp"
#include "cli/serve_house.hpp"
#include "cli/waiting_plans.hpp"
#include "plan/shape.hpp"
#include "support/journals.hpp"
#include "support/makers.hpp"

// A place that `clawback serve` looks at, with passes, plans and signatures of a test's own.
namespace clawback::cli::test_house {

using test::Folder;

inline const Time now = *parse_time("2026-11-23T10:00:00Z");
inline const std::string tenant = "aaaabbbb-0000-4ccc-8111-dddd2222eeee";
inline const std::string account = "0a0a0a0a-1111-4222-8333-444455556666";

inline std::string policy_folder_of() {
  return (std::filesystem::path(CLAWBACK_SOURCE_DIR) / "policies/default").string();
}

// A configuration with a state database, somebody who approves by signing in, and somebody with a
// key.
struct Place {
  Folder folder;
  std::ostringstream out;
  std::ostringstream err;
  Console console{out, err, {}};
  Global global;
  Environment environment = [](const std::string&) { return std::nullopt; };
  Context context{.global = global, .console = console, .environment = environment, .started = now};
  Config config;
  approval::KeyPair eve = *approval::make_key(Secret());

  Place() {
    config.file = "clawback.toml";
    config.tenant_id = tenant;
    config.tenant_name = "contoso";
    config.database = folder.database();
    config.policy = policy_folder_of();
    config.approve_client_id = "c1c1c1c1-1111-4222-8333-444455556666";
    config.approvers = {{.name = "Dana", .entra = {.tenant = tenant, .object = account}},
                        {.name = "Eve", .ed25519 = eve.public_key}};
  }

  std::unique_ptr<console::House> open() {
    auto house = open_house(config, {}, context);
    REQUIRE_MESSAGE(house, house.error().message);
    return std::move(*house);
  }
  [[nodiscard]] console::Person dana() const {
    return {.name = "Dana", .account = {.tenant = tenant, .object = account}, .approver = true};
  }
};

inline report::Scan scan(int findings) {
  report::Scan out{.tenant = tenant, .tenant_name = "contoso", .observed = now};
  for (int i = 0; i < findings; ++i) {
    domain::Finding one;
    one.key = "sha256:" + std::to_string(1000 + i);
    one.verdict = i % 2 == 0 ? domain::Verdict::alert : domain::Verdict::watch;
    one.score = i;
    one.app = test::service_principal("sp-" + std::to_string(i), test::app_guid(i),
                                      "App number " + std::to_string(i));
    one.users = {test::user("ada" + std::to_string(i))};
    one.state = domain::CaseState::fresh;
    out.findings.push_back(std::move(one));
  }
  return out;
}

inline void keep_pass(const Place& place, const report::Scan& scan) {
  auto store = journal::FindingStore::open(*place.config.database);
  REQUIRE(store);
  REQUIRE(store->save(domain::TenantId(tenant), kept_pass(scan)));
}

// Revokes the sessions of a user; or disables an application, which contains.
inline plan::Plan plan_of(Time expires = now + std::chrono::hours(24), bool contains = false) {
  plan::Plan out;
  out.id = random_guid();
  out.tenant = tenant;
  out.created = now;
  out.expires = expires;
  out.tool = "clawback";
  out.requested_by = "local:service";
  plan::Action action;
  action.id = "a1";
  action.kind = contains ? domain::ActionKind::disable_app : domain::ActionKind::revoke_sessions;
  action.target = {.kind = contains ? "servicePrincipal" : "user",
                   .id = contains ? "sp-1" : "user-1",
                   .app_id = contains ? test::app_guid(1) : std::string()};
  action.because = {.finding = "sha256:1001", .rule = "tenant-wide-mail-grant", .signals = {}};
  REQUIRE(plan::shape(action));
  out.actions = {action};
  plan::seal(out);
  return out;
}

inline std::string leave(const Place& place, const plan::Plan& plan) {
  const auto folder = plans_folder(*place.config.database);
  std::filesystem::create_directories(folder);
  const std::string file = (folder / (plan.id + ".json")).string();
  REQUIRE(write_file(file, plan::to_text(plan)));
  return file;
}

inline journal::Event event(journal::EventKind kind, const std::string& action,
                            json::value observed = nullptr) {
  return {.kind = kind,
          .time = now,
          .action = action,
          .client_request_id = {},
          .request_id = {},
          .detail = {},
          .observed = std::move(observed)};
}

inline approval::Statement statement_of(const plan::Plan& plan, approval::Decision decision,
                                        const std::string& who = "Eve") {
  return {.plan_digest = plan.digest,
          .tenant = tenant,
          .decision = decision,
          .approver = who,
          .reason = "I looked",
          .issued = now,
          .expires = now + std::chrono::hours(4),
          .nonce = random_guid()};
}

inline std::string signed_by_eve(const Place& place, const approval::Statement& statement) {
  const auto envelope = approval::sign(statement, place.eve.private_pem, Secret());
  REQUIRE(envelope);
  return *envelope;
}
inline std::string signed_by_eve(const Place& place, const plan::Plan& plan,
                                 approval::Decision decision) {
  return signed_by_eve(place, statement_of(plan, decision));
}

}  // namespace clawback::cli::test_house
