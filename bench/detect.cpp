// Judging 100,000 grants held by 10,000 applications with 20,000 users, a month of consents and
// sign-ins and the shipped policy, side by side with a bare pass that only looks every scope up. A
// second figure judges the same with the memory of an earlier pass.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include "cli/policy_files.hpp"
#include "detect/judge.hpp"
#include "domain/permissions.hpp"

namespace {

using namespace clawback;

constexpr std::size_t apps = 10'000;
constexpr std::size_t grants = 100'000;
constexpr std::size_t users = 20'000;
constexpr std::size_t consents = 30'000;
constexpr std::size_t sign_ins = 50'000;
constexpr int rounds = 7;

const std::string own_tenant = "aaaabbbb-0000-cccc-1111-dddd2222eeee";

std::string guid(std::string_view kind, std::size_t number) {
  return fmt::format("{}-0000-4000-8000-{:012d}", kind, number);
}
std::string sp_id(std::size_t number) { return guid("5e000000", number); }
std::string user_id(std::size_t number) { return guid("05e00000", number); }

const std::vector<std::vector<std::string>>& scope_sets() {
  static const std::vector<std::vector<std::string>> sets = {
      {"IMAP.AccessAsUser.All", "SMTP.Send", "offline_access"},
      {"Mail.Read", "User.Read", "offline_access"},
      {"User.Read", "email", "offline_access", "openid", "profile"},
      {"User.Read", "openid", "profile"},
      {"Calendars.ReadWrite", "User.Read", "offline_access"},
      {"Files.ReadWrite.All", "User.Read"},
      {"Contacts.Read", "User.Read"},
      {"Sites.Read.All", "User.Read"}};
  return sets;
}

// One application in ten asks for mail.
const std::vector<std::string>& scopes_of(std::size_t app) {
  const auto& sets = scope_sets();
  return app % 10 == 1 ? sets[app / 10 % 2] : sets[2 + app % (sets.size() - 2)];
}

void add_directory(domain::Snapshot& to, Time now, std::mt19937_64& random) {
  for (std::size_t i = 0; i < apps; ++i) {
    domain::ServicePrincipal app;
    app.id = domain::ServicePrincipalId(sp_id(i));
    app.app_id = domain::AppId(guid("a9900000", i));
    app.display_name = fmt::format("Application number {}", i);
    const bool microsofts = i % 10 == 0;
    app.owner_tenant = domain::TenantId(microsofts ? "f8cdef31-a31e-4b4a-93e4-5f571e91255a"
                                                   : guid("07e4a400", random() % 4000));
    app.type = "Application";
    app.account_enabled = true;
    app.verified_publisher = domain::VerifiedPublisher{};
    if (random() % 3 != 0) app.verified_publisher->id = "5120334";
    app.created = now - std::chrono::hours(random() % 24'000);
    app.reply_urls = {fmt::format("https://app{}.example/callback", i)};
    to.service_principals.push_back(std::move(app));
  }
  to.service_principals[0].app_id = domain::AppId("00000003-0000-0000-c000-000000000000");
  to.service_principals[10].app_id = domain::AppId("00000002-0000-0ff1-ce00-000000000000");
  to.service_principals[11].app_id = domain::AppId("e9a7fea1-1cc0-4cd9-a31b-9137ca5deedd");
  for (std::size_t i = 0; i < users; ++i) {
    domain::User user;
    user.id = domain::UserId(user_id(i));
    user.user_principal_name = fmt::format("person{}@contoso.example", i);
    user.display_name = fmt::format("Person Number {}", i);
    user.account_enabled = true;
    to.users.push_back(std::move(user));
  }
}

void add_grants(domain::Snapshot& to, std::mt19937_64& random) {
  for (std::size_t i = 0; i < grants; ++i) {
    domain::Grant grant;
    grant.id = domain::GrantId(fmt::format("grant-{:07d}", i));
    const std::size_t app = 1 + random() % (apps - 1);
    grant.client = domain::ServicePrincipalId(sp_id(app));
    grant.resource = domain::ServicePrincipalId(sp_id(random() % 8 == 0 ? 10 : 0));
    grant.principal = domain::UserId(user_id(random() % users));
    grant.scopes = scopes_of(app);
    to.grants.push_back(std::move(grant));
  }
}

void add_logs(domain::Snapshot& to, Time now, std::mt19937_64& random) {
  for (std::size_t i = 0; i < consents; ++i) {
    const std::size_t app = 1 + random() % (apps - 1);
    const std::string user = user_id(random() % users);
    domain::AuditEvent event;
    event.id = domain::RecordId(fmt::format("audit-{:07d}", i));
    event.time = now - std::chrono::minutes(random() % 43'000);
    event.activity = "Consent to application";
    event.result = domain::AuditResult::success;
    event.actor_user = domain::UserId(user);
    event.app_id = domain::AppId(guid("a9900000", app));
    event.targets = {{.id = sp_id(app),
                      .type = "ServicePrincipal",
                      .display_name = fmt::format("Application number {}", app),
                      .properties = {}}};
    event.targets[0].properties = {
        {.name = "ConsentContext.IsAdminConsent", .old_value = "", .new_value = "False"},
        {.name = "ConsentAction.Permissions",
         .old_value = "",
         .new_value = fmt::format(
             "[] => [[Id: , ClientId: {}, PrincipalId: {}, ResourceId: {}, ConsentType: Principal, "
             "Scope:  {}, CreatedDateTime: , LastModifiedDateTime ]]; ",
             sp_id(app), user, sp_id(0), fmt::join(scopes_of(app), " "))}};
    to.audits.push_back(std::move(event));
  }
  for (std::size_t i = 0; i < sign_ins; ++i) {
    domain::SignIn one;
    one.id = domain::RecordId(fmt::format("signin-{:07d}", i));
    one.time = now - std::chrono::minutes(random() % 43'000);
    one.app_id = domain::AppId(guid("a9900000", 1 + random() % (apps - 1)));
    one.user = domain::UserId(user_id(random() % users));
    one.ip_address = fmt::format("198.51.100.{}", random() % 255);
    one.country = random() % 50 == 0 ? "NL" : "DE";
    one.error_code = 0;
    to.sign_ins.push_back(std::move(one));
  }
}

domain::Snapshot tenant(Time now) {
  std::mt19937_64 random(7);
  domain::Snapshot out;
  out.tenant = domain::TenantId(own_tenant);
  out.tenant_name = "contoso";
  out.observed = now;
  add_directory(out, now, random);
  add_grants(out, random);
  add_logs(out, now, random);
  namespace source = domain::source;
  for (const auto name :
       {source::service_principals, source::grants, source::app_roles, source::users,
        source::audits, source::sign_ins, source::authorization_policy,
        source::permission_grant_policies, source::mail_accesses, source::mailbox_changes,
        source::app_activities, source::organization_config}) {
    domain::record(out.coverage, {.name = std::string(name),
                                  .state = domain::SourceState::read,
                                  .records = 1,
                                  .reason = std::nullopt});
  }
  out.coverage.logs_since = now - std::chrono::days(30);
  domain::normalise(out);
  return out;
}

double median_seconds(const std::function<void()>& work) {
  std::vector<double> times;
  for (int i = 0; i < rounds; ++i) {
    const auto from = std::chrono::steady_clock::now();
    work();
    times.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - from).count());
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

// What a script does: look up every scope of every grant, and group by client.
std::size_t bare_pass(const domain::Snapshot& snapshot) {
  std::unordered_map<std::string_view, std::size_t> clients;
  for (const auto& grant : snapshot.grants) {
    for (const auto& scope : grant.scopes) {
      if (domain::mail_reach_of_scope(scope).any()) ++clients[grant.client.str()];
    }
  }
  return clients.size();
}

}  // namespace

int main() {
  const Time now = *parse_time("2026-11-23T09:00:00Z");
  const auto policy = cli::load_policy("policies/default", nullptr);
  if (!policy) {
    fmt::print(stderr, "bench: {}\n", policy.error().message);
    return 1;
  }
  const domain::Snapshot snapshot = tenant(now);
  std::size_t found = 0;
  std::size_t clients = 0;
  domain::Memory memory;
  const double bare = median_seconds([&] { clients = bare_pass(snapshot); });
  const double judged = median_seconds(
      [&] { found = detect::judge(snapshot, *policy, {.now = now}).findings.size(); });
  const double remembered = median_seconds([&] {
    auto judgement = detect::judge(snapshot, *policy, {.now = now, .memory = &memory});
    memory = *std::move(judgement.memory);
  });
  fmt::print("judging {} grants of {} applications, {} users, {} consents, {} sign-ins\n",
             snapshot.grants.size(), apps, users, consents, sign_ins);
  fmt::print("  bare look at every scope   {:.3f} s  ({} clients with mail)\n", bare, clients);
  fmt::print("  clawback, 24 signals       {:.3f} s  {:.1f} x bare  ({} findings)\n", judged,
             judged / bare, found);
  fmt::print("  with memory, read and made {:.3f} s  {:.1f} x bare  ({} grants remembered)\n",
             remembered, remembered / bare, memory.grants.size());
  fmt::print("  aim: under 0.300 s for the judging: {}\n", judged < 0.3 ? "met" : "not met");
  return judged < 0.3 ? 0 : 1;
}
