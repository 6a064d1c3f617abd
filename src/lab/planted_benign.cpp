#include <algorithm>

#include "lab/ids.hpp"
#include "lab/planted.hpp"

namespace clawback::lab {
namespace {

using std::chrono::days;
using std::chrono::hours;

// Old grants have no record in the log any more: it goes back thirty days.
void give_quietly(Scene& scene, Planted& planted, const std::string& resource,
                  const std::string& scope) {
  for (const std::string& user : planted.user_ids) {
    planted.grant_ids.push_back(
        give_grant(scene, planted.service_principal_id, resource, user, scope));
  }
}

void use(Scene& scene, const Planted& planted, std::string_view client_app) {
  const ServicePrincipal& app = app_of(scene.tenant, planted.service_principal_id);
  for (const std::string& user : planted.user_ids) {
    for (int day = 1; day <= 3; ++day) {
      add_sign_in(scene,
                  {.time = scene.now - days(day) - hours(3),
                   .app_id = app.app_id,
                   .app_name = app.display_name,
                   .resource_app_id = std::string(exchange_app_id),
                   .client_app = std::string(client_app),
                   .app_owner = app.owner_tenant},
                  user);
    }
  }
}

std::vector<std::string> some(const std::vector<std::string>& from, std::size_t first,
                              std::size_t count) {
  std::vector<std::string> out;
  out.reserve(count);
  for (std::size_t i = 0; i < count; ++i) out.push_back(from[(first + i) % from.size()]);
  return out;
}

void plant_thunderbird(Scene& scene) {
  const Time created = scene.now - days(640);
  Planted planted{.label = "benign-thunderbird",
                  .app_id = "9e5f94bc-e8a4-4e73-b8be-63364c29d753",
                  .user_ids = some(scene.members, 5, 4)};
  planted.service_principal_id =
      install(scene, {.app_id = planted.app_id,
                      .display_name = "Mozilla Thunderbird",
                      .owner_tenant = scene.random.guid(),
                      .created = created,
                      .publisher = Publisher{.name = "Mozilla Corporation", .id = "4209412"},
                      .reply_urls = {"https://localhost", "http://localhost"},
                      .homepage = "https://www.thunderbird.net/",
                      .audience = "AzureADandPersonalMicrosoftAccount"});
  give_quietly(scene, planted, scene.exchange, " IMAP.AccessAsUser.All SMTP.Send");
  give_quietly(scene, planted, scene.graph, " offline_access User.Read");
  for (const std::string& user : planted.user_ids) {
    assign_user(scene, planted.service_principal_id, user, created);
  }
  use(scene, planted, "Mobile Apps and Desktop clients");
  scene.tenant.planted.push_back(std::move(planted));
}

void plant_crm(Scene& scene) {
  Planted planted{
      .label = "benign-crm",
      .app_id = scene.random.guid(),
      .user_ids = some(scene.members, 0, std::min<std::size_t>(60, scene.members.size() / 2))};
  planted.service_principal_id =
      install(scene, {.app_id = planted.app_id,
                      .display_name = "Harborly CRM",
                      .owner_tenant = scene.random.guid(),
                      .created = scene.now - days(730),
                      .publisher = Publisher{.name = "Harborly Inc.", .id = "5120334"},
                      .reply_urls = {"https://app.harborly.example/oauth/callback"},
                      .homepage = "https://harborly.example/"});
  give_quietly(scene, planted, scene.graph, " openid profile offline_access User.Read Mail.Send");
  use(scene, planted, "Browser");
  // A person's own rules, which nobody has to look at.
  add_inbox_rule(scene, scene.members[6], "Newsletters",
                 {{"moveToFolder", "AQMkAGUx-newsletters="}, {"stopProcessingRules", true}});
  add_inbox_rule(
      scene, scene.members[7], "To my assistant",
      {{"forwardTo",
        json::array{json::object{
            {"emailAddress",
             json::object{{"address", user_of(scene, scene.members[8]).user_principal_name}}}}}}});
  scene.tenant.planted.push_back(std::move(planted));
}

void plant_calendar(Scene& scene) {
  Planted planted{.label = "benign-calendar",
                  .app_id = scene.random.guid(),
                  .user_ids = some(scene.members, 8, 3)};
  if (!scene.guests.empty()) planted.user_ids.push_back(scene.guests.front());
  planted.service_principal_id =
      install(scene, {.app_id = planted.app_id,
                      .display_name = "Riverbend Rooms",
                      .owner_tenant = scene.random.guid(),
                      .created = scene.now - days(380),
                      .publisher = Publisher{.name = "Riverbend GmbH", .id = "4998120"},
                      .reply_urls = {"https://rooms.riverbend.example/signin"},
                      .homepage = "https://riverbend.example/"});
  give_quietly(scene, planted, scene.graph, " openid profile User.Read Calendars.ReadWrite");
  scene.tenant.planted.push_back(std::move(planted));
}

// Whoever registers an application chooses its name: HTML, a terminal escape, a bidirectional
// override.
void plant_hostile_name(Scene& scene) {
  Planted planted{.label = "benign-hostile-name",
                  .app_id = scene.random.guid(),
                  .user_ids = {scene.members[9]}};
  planted.service_principal_id = install(
      scene, {.app_id = planted.app_id,
              .display_name = "<img src=x onerror=alert(1)>\x1b[31mTeam \u202enoitavonnI\u202c",
              .owner_tenant = scene.random.guid(),
              .created = scene.now - days(300),
              .publisher = Publisher{.name = "\"><b>Pub</b>", .id = "4551209"},
              .reply_urls = {"https://innovation.example/cb"}});
  give_quietly(scene, planted, scene.graph, " openid profile User.Read");
  scene.tenant.planted.push_back(std::move(planted));
}

}  // namespace

void plant_benign(Scene& scene) {
  plant_thunderbird(scene);
  plant_crm(scene);
  plant_calendar(scene);
  plant_hostile_name(scene);
}

}  // namespace clawback::lab
