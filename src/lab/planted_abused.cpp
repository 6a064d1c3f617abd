#include "lab/ids.hpp"
#include "lab/planted.hpp"

namespace clawback::lab {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::string_view far_country = "NL";

void remember(Scene& scene, Planted planted) { scene.tenant.planted.push_back(std::move(planted)); }

void append(std::vector<std::string>& to, const std::vector<std::string>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

// A script on a rented server, as beta shows it; v1.0 shows none of it.
const Device& rented_server() {
  static const Device device{
      .user_agent = "python-requests/2.32.3", .as_number = 14061, .risk = "high"};
  return device;
}

// The attacker syncing the mailbox, from an address that the user never had.
void sync_mail(Scene& scene, const std::string& client, const std::string& user, Time from,
               const Device& device) {
  const ServicePrincipal& app = app_of(scene.tenant, client);
  const auto signs_in = [&](Time time, bool interactive) {
    add_sign_in(scene,
                {.time = time,
                 .app_id = app.app_id,
                 .app_name = app.display_name,
                 .resource_app_id = std::string(exchange_app_id),
                 .ip_address = "203.0.113.77",
                 .country = std::string(far_country),
                 .city = "Amsterdam",
                 .client_app = "Mobile Apps and Desktop clients",
                 .interactive = interactive,
                 .device = device,
                 .app_owner = app.owner_tenant},
                user);
  };
  for (int i = 1; i <= 6; ++i) signs_in(from + hours(i * 7), true);
  for (int i = 1; i <= 4; ++i) signs_in(from + hours(i * 11), false);
}

void plant_em_client(Scene& scene) {
  const std::vector<std::string> victims = {scene.members[0], scene.members[1]};
  Planted planted{.label = "em-client",
                  .app_id = "e9a7fea1-1cc0-4cd9-a31b-9137ca5deedd",
                  .abused = true,
                  .user_ids = victims};
  const Time start = scene.now - days(9) + hours(2);
  planted.service_principal_id = install(
      scene, {.app_id = planted.app_id,
              .display_name = "eM Client",
              .owner_tenant = "146ecd75-4414-4ecf-ba6d-ea611895da8c",
              .created = start,
              .publisher = Publisher{.name = "eM Client s.r.o.", .id = "5365206"},
              .reply_urls = {"com.emclient.MailClient://oauth",
                             "https://login.microsoftonline.com/common/oauth2/nativeclient"},
              .homepage = "https://www.emclient.com/",
              .audience = "AzureADandPersonalMicrosoftAccount"});
  for (std::size_t i = 0; i < victims.size(); ++i) {
    const Time time = start + minutes(static_cast<int>(i) * 41);
    append(
        planted.grant_ids,
        consent(scene, {.client = planted.service_principal_id,
                        .user = victims[i],
                        .time = time,
                        .first = i == 0,
                        .scopes = {{scene.graph, " openid email profile offline_access User.Read"},
                                   {scene.exchange, " EWS.AccessAsUser.All IMAP.AccessAsUser.All"}},
                        .country = std::string(far_country),
                        .ip_address = "203.0.113.77"}));
    sync_mail(scene, planted.service_principal_id, victims[i], time,
              {.user_agent = "eM Client/10.0.3530"});
  }
  add_inbox_rule(scene, victims[0], "Travel", {{"assignCategories", json::array{"Travel"}}});
  add_inbox_rule(scene, victims[1], "..", {{"markAsRead", true}, {"moveToFolder", "rssfeeds"}});
  remember(scene, std::move(planted));
}

void plant_perfectdata(Scene& scene) {
  const std::string victim = scene.members[2];
  Planted planted{.label = "perfectdata",
                  .app_id = "ff8d92dc-3d82-41d6-bcbd-b9174d163620",
                  .abused = true,
                  .user_ids = {victim}};
  const Time start = scene.now - days(3) - hours(5);
  planted.service_principal_id =
      install(scene, {.app_id = planted.app_id,
                      .display_name = "PERFECTDATA SOFTWARE",
                      .owner_tenant = "f094ec52-8e94-47b5-851b-2fcd0e31db52",
                      .created = start,
                      .publisher = Publisher{.name = "PERFECTDATA SOFTWARE", .id = "6499393"}});
  planted.grant_ids =
      consent(scene, {.client = planted.service_principal_id,
                      .user = victim,
                      .time = start,
                      .first = true,
                      .scopes = {{scene.graph, " offline_access profile User.Read openid"},
                                 {scene.exchange, " EWS.AccessAsUser.All"}},
                      .country = std::string(far_country),
                      .ip_address = "203.0.113.91",
                      .device = rented_server()});
  sync_mail(scene, planted.service_principal_id, victim, start, rented_server());
  const json::object outside{{"name", "invoices"}, {"address", "collect@drop.example"}};
  add_inbox_rule(
      scene, victim, "invoices",
      {{"forwardTo", json::array{json::object{{"emailAddress", outside}}}}, {"delete", true}});
  // Refused for one person, granted by the next within a minute.
  blocked_consent(scene, {.user = scene.members[11],
                          .app_name = "PERFECTDATA SOFTWARE",
                          .app_id = planted.app_id,
                          .time = start - seconds(44)});
  remember(scene, std::move(planted));
}

void plant_lookalike(Scene& scene) {
  const std::string victim = scene.members[3];
  const Time start = scene.now - days(2) + hours(1);
  Planted planted{
      .label = "lookalike", .app_id = scene.random.guid(), .abused = true, .user_ids = {victim}};
  planted.service_principal_id = install(scene, {.app_id = planted.app_id,
                                                 .display_name = "rnicrosoft 0utlook Sync",
                                                 .owner_tenant = scene.random.guid(),
                                                 .created = start,
                                                 .reply_urls = {"http://localhost:5000/access"}});
  planted.grant_ids =
      consent(scene, {.client = planted.service_principal_id,
                      .user = victim,
                      .time = start,
                      .first = true,
                      .zero_client_id = true,
                      .scopes = {{scene.graph, " openid profile offline_access User.Read"}},
                      .country = std::string(far_country),
                      .ip_address = "203.0.113.104"});
  // Harmless scopes first, mail a minute later.
  amend_consent(scene, planted.grant_ids.front(),
                " openid profile offline_access User.Read Mail.Read Mail.ReadWrite Mail.Send "
                "MailboxSettings.ReadWrite",
                start + seconds(74));
  remember(scene, std::move(planted));
}

void plant_tenant_wide(Scene& scene) {
  const std::string administrator = scene.members[4];
  const Time start = scene.now - days(5) - hours(3);
  Planted planted{.label = "tenant-wide", .app_id = scene.random.guid(), .abused = true};
  planted.service_principal_id =
      install(scene, {.app_id = planted.app_id,
                      .display_name = "QuickReply Mail Assistant",
                      .owner_tenant = scene.random.guid(),
                      .created = start,
                      .reply_urls = {"https://quickreply.example/callback"}});
  planted.grant_ids =
      consent(scene, {.client = planted.service_principal_id,
                      .user = administrator,
                      .time = start,
                      .for_everyone = true,
                      .first = true,
                      .scopes = {{scene.graph, " Mail.ReadWrite offline_access User.Read"}}});
  add_secret(scene, planted.service_principal_id, administrator, start + hours(26), false);
  remember(scene, std::move(planted));
}

void plant_app_role(Scene& scene) {
  const Time start = scene.now - days(6) - hours(8);
  Planted planted{.label = "app-role", .app_id = scene.random.guid(), .abused = true};
  planted.service_principal_id =
      install(scene, {.app_id = planted.app_id,
                      .display_name = "MailVault Cloud Archive",
                      .owner_tenant = scene.random.guid(),
                      .created = start,
                      .reply_urls = {"https://mailvault.example/oauth"}});
  planted.assignment_ids =
      consent_to_roles(scene, planted.service_principal_id, scene.members[4], start,
                       {{scene.graph, "Mail.Read"}, {scene.exchange, "full_access_as_app"}});
  remember(scene, std::move(planted));
}

}  // namespace

void plant_abused(Scene& scene) {
  plant_em_client(scene);
  plant_perfectdata(scene);
  plant_lookalike(scene);
  plant_tenant_wide(scene);
  plant_app_role(scene);
  blocked_consent(scene, {.user = scene.members[5],
                          .app_name = "Shared Invoice Viewer",
                          .app_id = scene.random.guid(),
                          .time = scene.now - days(4)});
}

}  // namespace clawback::lab
