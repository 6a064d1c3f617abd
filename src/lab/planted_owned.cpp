#include <array>

#include "lab/ids.hpp"
#include "lab/planted.hpp"

namespace clawback::lab {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

struct FirstParty {
  std::string_view app_id;
  std::string_view name;
};
constexpr std::array<FirstParty, 6> first_parties = {
    {{"5d661950-3475-41cd-a2c3-d671a3162bc1", "Microsoft Outlook"},
     {"9199bf20-a13f-4107-85dc-02114787ef48", "Outlook Web App Office 365"},
     {"d3590ed6-52b3-4102-aeff-aad2292ab01c", "Microsoft Office"},
     {"de8bc8b5-d9f9-48b1-a8ad-b748da725064", "Graph Explorer"},
     {"8c59ead7-d703-4a27-9e55-c96a0054c8d2", "My Profile"},
     {"19db86c3-b2b9-44cc-b339-36da233a3be2", "My Signins"}}};

// Microsoft's own mail app, with fresh consents to mail: whoever judges by scopes alone would touch
// it.
void plant_first_party(Scene& scene) {
  Planted planted{.label = "first-party",
                  .app_id = "27922004-5251-4030-b22d-91ecd9a37ea4",
                  .user_ids = {scene.members[6], scene.members[7]}};
  planted.service_principal_id = install(scene, {.app_id = planted.app_id,
                                                 .display_name = "Outlook Mobile",
                                                 .owner_tenant = std::string(microsoft_tenant),
                                                 .created = scene.now - days(10),
                                                 .reply_urls = {"ms-outlook://authorize"},
                                                 .audience = "AzureADandPersonalMicrosoftAccount"});
  for (std::size_t i = 0; i < planted.user_ids.size(); ++i) {
    const auto ids = consent(
        scene, {.client = planted.service_principal_id,
                .user = planted.user_ids[i],
                .time = scene.now - days(10) + hours(static_cast<int>(i) * 30),
                .first = i == 0,
                .scopes = {{scene.graph, " Mail.ReadWrite Mail.Send offline_access User.Read"},
                           {scene.exchange, " EAS.AccessAsUser.All EWS.AccessAsUser.All"}}});
    planted.grant_ids.insert(planted.grant_ids.end(), ids.begin(), ids.end());
  }
  scene.tenant.planted.push_back(std::move(planted));
  for (const FirstParty& app : first_parties) {
    install(scene, {.app_id = std::string(app.app_id),
                    .display_name = std::string(app.name),
                    .owner_tenant = std::string(microsoft_tenant),
                    .created = scene.now - days(900),
                    .user_consented = false});
  }
}

void plant_in_house(Scene& scene) {
  Planted planted{.label = "in-house", .app_id = scene.random.guid()};
  const Time created = scene.now - days(410);
  planted.service_principal_id =
      install(scene, {.app_id = planted.app_id,
                      .display_name = "Ticket Mailbox Reader",
                      .owner_tenant = scene.tenant.id,
                      .created = created,
                      .reply_urls = {"https://tickets.contoso.example/auth"},
                      .audience = "AzureADMyOrg"});
  planted.assignment_ids = {
      give_role(scene, planted.service_principal_id, scene.graph, "Mail.Read", created)};
  scene.tenant.planted.push_back(std::move(planted));
}

// Registered in the tenant itself, given a secret and consented to within minutes. It is the
// tenant's own, so that nothing may be sent against it; a person has to look.
void plant_registered_here(Scene& scene) {
  const std::string& member = scene.members[10];
  const Time start = scene.now - days(1) - hours(4);
  Planted planted{.label = "registered-here", .app_id = scene.random.guid(), .user_ids = {member}};
  planted.service_principal_id = install(scene, {.app_id = planted.app_id,
                                                 .display_name = "Mail Sync",
                                                 .owner_tenant = scene.tenant.id,
                                                 .created = start,
                                                 .reply_urls = {"http://localhost:8400"},
                                                 .audience = "AzureADMyOrg"});
  AuditRecord registered;
  registered.happening = by_user(scene, member, start);
  registered.happening.actor.through_consent_page = false;
  registered.activity = "Add application";
  registered.operation = "Add";
  registered.targets = {{.id = scene.random.guid(), .name = "Mail Sync", .type = "Application"}};
  registered.details = {{"User-Agent", "Mozilla/5.0"}, {"AppId", planted.app_id}};
  add_audit(scene, registered);
  add_secret(scene, planted.service_principal_id, member, start + minutes(2), true);
  planted.grant_ids =
      consent(scene, {.client = planted.service_principal_id,
                      .user = member,
                      .time = start + minutes(5),
                      .first = true,
                      .scopes = {{scene.graph, " Mail.Read offline_access User.Read"}}});
  scene.tenant.planted.push_back(std::move(planted));
}

}  // namespace

void plant_owned(Scene& scene) {
  plant_first_party(scene);
  plant_in_house(scene);
  plant_registered_here(scene);
}

}  // namespace clawback::lab
