#include <algorithm>
#include <array>

#include "base/digest.hpp"
#include "base/time.hpp"
#include "lab/ids.hpp"
#include "lab/names.hpp"
#include "lab/planted.hpp"
#include "lab/policies.hpp"
#include "lab/scene.hpp"

namespace clawback::lab {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

// No bulk scope reaches mail: what does is planted on purpose and known.
constexpr std::array<std::string_view, 8> harmless_scopes = {
    " openid profile email",
    " openid profile offline_access User.Read",
    " User.Read",
    " openid profile User.Read Files.Read",
    " openid email profile offline_access User.Read Calendars.Read",
    " User.ReadBasic.All openid profile",
    " offline_access Files.ReadWrite openid profile User.Read",
    " openid profile offline_access User.Read Tasks.ReadWrite"};

void add_users(Scene& scene, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const PersonName person = make_person(scene.random);
    User user;
    user.id = scene.random.guid();
    user.display_name = person.given + " " + person.family;
    const std::string local = to_lower(person.given + "." + person.family) + std::to_string(i + 1);
    const bool guest = i % 20 == 13;
    user.type = guest ? "Guest" : "Member";
    user.user_principal_name = guest ? local + "_fabrikam.example#EXT#@" + scene.tenant.domain
                                     : local + "@" + scene.tenant.domain;
    user.sessions_valid_from = scene.random.between(scene.now - days(400), scene.now - days(40));
    (guest ? scene.guests : scene.members).push_back(user.id);
    scene.tenant.users.emplace(user.id, std::move(user));
  }
}

std::string add_resource(Scene& scene, std::string_view app_id, std::string_view name) {
  return install(scene, {.app_id = std::string(app_id),
                         .display_name = std::string(name),
                         .owner_tenant = std::string(microsoft_tenant),
                         .created = scene.now - days(1600),
                         .user_consented = false});
}

void add_resources(Scene& scene) {
  auto& apps = scene.tenant.service_principals;
  scene.graph = add_resource(scene, graph_app_id, "Microsoft Graph");
  offer(apps.at(scene.graph), graph_app_roles(), graph_delegated_scopes());
  apps.at(scene.graph).body.as_object()["servicePrincipalNames"] =
      json::array{"00000003-0000-0000-c000-000000000000/ags.windows.net", graph_app_id,
                  "https://graph.microsoft.com", "https://graph.microsoft.com/"};
  scene.exchange = add_resource(scene, exchange_app_id, "Office 365 Exchange Online");
  offer(apps.at(scene.exchange), exchange_app_roles(), exchange_delegated_scopes());
  apps.at(scene.exchange).body.as_object()["servicePrincipalNames"] =
      json::array{"https://outlook.office.com", "Microsoft.Exchange", exchange_app_id,
                  "https://outlook.office365.com/", "https://outlook.office365.com:443/"};
  offer(apps.at(add_resource(scene, legacy_app_id, "Windows Azure Active Directory")),
        legacy_app_roles(), legacy_delegated_scopes());
  offer(apps.at(add_resource(scene, management_app_id, "Office 365 Management APIs")),
        management_app_roles(), {});
}

void add_own_registrations(Scene& scene) {
  for (std::string* id : {&scene.tenant.read_client_id, &scene.tenant.write_client_id}) {
    *id = scene.random.guid();
    const bool read = id == &scene.tenant.read_client_id;
    install(scene, {.app_id = *id,
                    .display_name = read ? "clawback (read)" : "clawback (write)",
                    .owner_tenant = scene.tenant.id,
                    .created = scene.now - days(90),
                    .audience = "AzureADMyOrg",
                    .user_consented = false});
  }
}

std::vector<std::string> add_bulk_apps(Scene& scene, std::size_t count) {
  std::vector<std::string> ids;
  ids.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    AppSpec spec;
    spec.app_id = scene.random.guid();
    const bool in_house = scene.random.chance(20);
    spec.display_name = make_app_name(scene.random) + " " + std::to_string(i + 1);
    spec.owner_tenant = in_house ? scene.tenant.id : scene.random.guid();
    spec.audience = in_house ? "AzureADMyOrg" : "AzureADMultipleOrgs";
    spec.created = scene.random.between(scene.now - days(1500), scene.now - days(60));
    if (!in_house && scene.random.chance(80)) {
      spec.publisher = Publisher{.name = make_company_name(scene.random),
                                 .id = std::to_string(1'000'000 + scene.random.below(6'000'000))};
    }
    spec.reply_urls = {"https://app" + std::to_string(i + 1) + ".example/signin-oidc"};
    ids.push_back(install(scene, spec));
  }
  return ids;
}

void add_bulk_grants(Scene& scene, const std::vector<std::string>& apps, std::size_t count) {
  if (apps.empty() || scene.members.empty()) return;
  const std::size_t goal = scene.tenant.grants.size() + count;
  const auto give = [&](const std::string& app, const std::string& user) {
    give_grant(scene, app, scene.graph, user, std::string(scene.random.pick(harmless_scopes)));
  };
  for (std::size_t tries = 0; scene.tenant.grants.size() < goal && tries < 4 * count; ++tries) {
    const std::string& app = apps[scene.random.below(apps.size())];
    const bool everyone = scene.random.chance(3);
    give(app, everyone ? "" : scene.members[scene.random.below(scene.members.size())]);
  }
  // A small tenant runs out of free pairs by chance alone; the rest is filled in order.
  for (const std::string& app : apps) {
    for (const std::string& user : scene.members) {
      if (scene.tenant.grants.size() >= goal) return;
      if (!scene.tenant.grants.contains(grant_id(app, scene.graph, user))) give(app, user);
    }
  }
}

// What goes on every day. Bounded, however large the tenant is.
void add_daily_life(Scene& scene, const std::vector<std::string>& apps) {
  if (scene.members.empty()) return;
  const auto someone = [&] { return scene.members[scene.random.below(scene.members.size())]; };
  for (std::size_t i = 0; i < std::min<std::size_t>(300, scene.members.size() * 4); ++i) {
    add_sign_in(scene,
                {.time = scene.random.between(scene.now - days(7), scene.now - minutes(5)),
                 .app_id = "d3590ed6-52b3-4102-aeff-aad2292ab01c",
                 .app_name = "Microsoft Office",
                 .resource_app_id = std::string(graph_app_id),
                 .error_code = scene.random.chance(6) ? 50126 : 0,
                 .app_owner = std::string(microsoft_tenant)},
                someone());
  }
  for (std::size_t i = 0; i < std::min<std::size_t>(12, apps.size() / 3); ++i) {
    const std::string user = someone();
    const std::string& app = apps[scene.random.below(apps.size())];
    if (scene.tenant.grants.contains(grant_id(app, scene.graph, user))) continue;
    consent(scene, {.client = app,
                    .user = user,
                    .time = scene.random.between(scene.now - days(28), scene.now - hours(2)),
                    .scopes = {{scene.graph, " openid profile User.Read"}}});
  }
  for (std::size_t i = 0; i < std::min<std::size_t>(40, scene.members.size()); ++i) {
    AuditRecord record;
    const std::string user = someone();
    record.happening =
        by_user(scene, someone(), scene.random.between(scene.now - days(29), scene.now - hours(1)));
    record.happening.actor.through_consent_page = false;
    record.activity = "Update user";
    record.category = "UserManagement";
    record.operation = "Update";
    record.targets = {{.id = user, .name = std::nullopt, .type = "User", .changes = {}}};
    add_audit(scene, record);
  }
}

}  // namespace

Tenant make_tenant(const TenantSpec& spec) {
  Tenant tenant;
  Random random(spec.seed);
  tenant.id = random.guid();
  tenant.name = spec.name;
  tenant.domain = to_lower(spec.name) + ".onmicrosoft.com";
  tenant.premium = spec.premium;
  Scene scene{.tenant = tenant,
              .random = random,
              .now = spec.now == Time{} ? system_now() : spec.now,
              .graph = {},
              .exchange = {},
              .members = {},
              .guests = {},
              .audits = {},
              .sign_ins = {},
              .beta_sign_ins = {},
              .last_used = {}};
  std::size_t users = spec.users;
  if (spec.planted) users = std::max(users, planted_users_min + 2);
  add_users(scene, users);
  add_resources(scene);
  add_own_registrations(scene);
  if (spec.planted) {
    plant_abused(scene);
    plant_owned(scene);
    plant_benign(scene);
  }
  const std::vector<std::string> apps = add_bulk_apps(scene, spec.service_principals);
  add_bulk_grants(scene, apps, spec.grants);
  add_daily_life(scene, apps);
  file_history(scene);
  install_policies(tenant);
  return tenant;
}

}  // namespace clawback::lab
