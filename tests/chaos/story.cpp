#include "chaos/story.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "lab/ids.hpp"
#include "lab/scene.hpp"

namespace chaos {

using namespace clawback;
using lab::Fault;
using lab::Random;

namespace {

const std::vector<std::string> most_actions = {"disable-app", "revoke-grant", "remove-app-role",
                                               "revoke-sessions"};
const std::vector<std::string> every_action = {
    "disable-app",     "disable-user",      "revoke-grant",    "narrow-grant",
    "remove-app-role", "remove-assignment", "revoke-sessions", "disable-inbox-rule"};
const std::vector<std::string> consent_actions = {"restrict-consent", "require-admin-consent",
                                                  "require-managed-client"};

int up_to(Random& random, std::size_t most) { return static_cast<int>(random.below(most + 1)); }

std::vector<std::string> some_actions(Random& random) {
  if (random.chance(40)) return most_actions;
  std::vector<std::string> out;
  for (const std::string& name : every_action) {
    // A grant is revoked or narrowed.
    if (name == "narrow-grant" && !out.empty() && out.back() == "revoke-grant") continue;
    if (random.chance(55)) out.push_back(name);
  }
  return out.empty() ? most_actions : out;
}

Fault make_fault(Random& random, bool policies) {
  // Most hit where it hurts: right at writes and at the reads that decide about them.
  const std::vector<std::string> operations = {"*",
                                               "*",
                                               "servicePrincipal_update",
                                               "oauth2PermissionGrant_delete",
                                               "oauth2PermissionGrant_create",
                                               "oauth2PermissionGrant_get",
                                               "servicePrincipal_deleteAppRoleAssignedTo",
                                               "servicePrincipal_createAppRoleAssignment",
                                               "servicePrincipal_get",
                                               "user_get",
                                               "user_update_accountEnabled",
                                               "oauth2PermissionGrant_update",
                                               "servicePrincipal_listAppRoleAssignedTo",
                                               "user_revokeSignInSessions",
                                               "servicePrincipal_create",
                                               "messageRule_update",
                                               "messageRule_get",
                                               "batch_post"};
  // Writes of a tenant's policies, where a story has them.
  const std::vector<std::string> of_policies = {
      "authorizationPolicy_update",    "authorizationPolicy_get",
      "adminConsentRequestPolicy_get", "adminConsentRequestPolicy_update",
      "conditionalAccessPolicy_list",  "conditionalAccessPolicy_create",
      "conditionalAccessPolicy_update"};
  Fault fault;
  fault.operation = one_of(random, policies && random.chance(40) ? of_policies : operations);
  fault.after = up_to(random, fault.operation == "*" ? 40 : 3);
  fault.times = 1 + up_to(random, 2);
  switch (random.below(12)) {
    case 0:
    case 1:
      fault.kind = Fault::Kind::reset_before;
      return fault;
    case 2:
    case 3:
    case 4:
      fault.kind = Fault::Kind::reset_after;
      return fault;
    case 5:
      fault.kind = Fault::Kind::truncate;
      return fault;
    case 6:
      fault.kind = Fault::Kind::garbage;
      return fault;
    case 7:
      fault.kind = Fault::Kind::expired_token;
      fault.times = 1;
      return fault;
    case 8:
      fault.kind = Fault::Kind::delay;
      fault.delay = std::chrono::milliseconds(up_to(random, 400));
      return fault;
    default:
      break;
  }
  fault.kind = Fault::Kind::status;
  fault.status = one_of(random, std::vector<int>{429, 429, 503, 503, 500, 502, 504});
  if (fault.status == 429 || (fault.status == 503 && random.chance(50))) {
    fault.retry_after = random.chance(60) ? "0" : "1";
    if (random.chance(5)) fault.retry_after.reset();
  }
  return fault;
}

Meddling make_meddling(Random& random) {
  using enum Meddling::What;
  Meddling out;
  out.what = static_cast<Meddling::What>(random.below(meddlings));
  // Few plans have an inbox rule or a policy: those that do shall meet somebody who is after it.
  if (random.chance(25)) {
    out.what = one_of(random, std::vector{redirect_rule, disable_rule, remove_rule, switch_access,
                                          change_requests});
  }
  out.pick = static_cast<std::uint32_t>(random.next());
  if (random.chance(40)) {
    out.when = Meddling::When::after_write;
    out.n = up_to(random, 4);
  } else {
    out.n = up_to(random, 60);
  }
  return out;
}

Kill make_kill(Random& random) {
  Kill kill;
  kill.when = static_cast<Kill::When>(1 + random.below(4));
  switch (kill.when) {
    case Kill::When::at_request:
    case Kill::When::after_request:
      kill.n = 2 + up_to(random, 40);
      break;
    case Kill::When::after_record:
      kill.n = 1 + up_to(random, 25);
      break;
    case Kill::When::after_millis:
      kill.n = 5 + up_to(random, 300);
      break;
    case Kill::When::never:
      break;
  }
  return kill;
}

Phase make_phase(Random& random, bool policies, bool calmer) {
  Phase phase;
  if (!random.chance(calmer ? 50 : 15)) {
    for (int i = up_to(random, calmer ? 3 : 7); i > 0; --i)
      phase.faults.push_back(make_fault(random, policies));
  }
  if (!random.chance(calmer ? 70 : 25)) {
    for (int i = up_to(random, calmer ? 2 : 5); i > 0; --i)
      phase.meddling.push_back(make_meddling(random));
  }
  for (int i = up_to(random, calmer ? 1 : 3); i > 0; --i) phase.kills.push_back(make_kill(random));
  return phase;
}

}  // namespace

std::string_view name_of(Meddling::What what) {
  using enum Meddling::What;
  switch (what) {
    case widen_grant:
      return "widens a grant";
    case narrow_grant:
      return "narrows a grant";
    case remove_grant:
      return "removes a grant";
    case consent_again:
      return "consents again";
    case enable_app:
      return "enables an application";
    case disable_app:
      return "disables an application";
    case remove_role:
      return "removes an app role";
    case give_role_again:
      return "gives an app role again";
    case new_grant:
      return "consents to something else";
    case revoke_sessions:
      return "revokes sessions";
    case disable_user:
      return "disables a user";
    case enable_user:
      return "enables a user";
    case change_consent:
      return "changes the list of consent policies";
    case enable_rule:
      return "enables an inbox rule";
    case disable_rule:
      return "disables an inbox rule";
    case redirect_rule:
      return "forwards mail elsewhere";
    case remove_rule:
      return "removes an inbox rule";
    case change_requests:
      return "changes how users ask for consent";
    case switch_access:
      return "switches a Conditional Access policy";
    case remove_access:
      return "removes a Conditional Access policy";
  }
  return "does nothing";
}

Story make_story(std::uint64_t seed) {
  Random random(seed * 2'654'435'761u + 17);
  Story story;
  story.seed = seed;
  story.lab.tenant = {.seed = seed,
                      .users = 4 + random.below(6),
                      .service_principals = 1 + random.below(3),
                      .grants = random.below(6),
                      .planted = false};
  story.lab.mailbox_settings = true;  // the identities may change inbox rules
  story.lab.visibility = std::chrono::milliseconds(random.chance(40) ? 0 : up_to(random, 300));
  for (int i = up_to(random, 2); i >= 0; --i) {
    story.targets.push_back({.app_id = random.guid(), .actions = some_actions(random)});
  }
  if (random.chance(30)) story.block.push_back(random.guid());
  if (random.chance(10)) story.block.push_back(story.targets.front().app_id);
  if (random.chance(25)) {
    story.user_consent = one_of(random, std::vector<std::string>{"none", "low", "managed"});
    for (const std::string& name : consent_actions) {
      if (random.chance(70)) story.targets.front().actions.push_back(name);
    }
  }
  const bool policies = !story.user_consent.empty();
  story.apply = make_phase(random, policies, false);
  story.undo = make_phase(random, policies, true);
  story.lab.create_ignores_disabled = random.chance(50);
  return story;
}

std::vector<std::string> planned_kinds() {
  std::vector<std::string> out = every_action;
  out.insert(out.end(), consent_actions.begin(), consent_actions.end());
  out.insert(out.end(), {"block-app", "confirm-block"});
  return out;
}

namespace {

const std::vector<std::string> mail_scopes = {
    " Mail.Read offline_access openid", " Mail.ReadWrite User.Read",
    "IMAP.AccessAsUser.All offline_access", " openid profile Mail.Send Mail.Read Calendars.Read"};
const std::vector<std::string> mail_roles = {"Mail.Read", "Mail.ReadWrite", "Mail.Send"};

std::vector<std::string> users_of(const lab::Tenant& tenant, std::string_view type) {
  std::vector<std::string> out;
  for (const auto& [id, user] : tenant.users) {
    if (user.type == type) out.push_back(id);
  }
  return out;
}

void give(lab::Scene& scene, const std::string& app, const std::string& user) {
  give_grant(scene, app, scene.random.chance(80) ? scene.graph : scene.exchange, user,
             one_of(scene.random, mail_scopes));
}

// Delegated permissions of some users, perhaps of everyone, perhaps application permissions.
void permit(lab::Scene& scene, const std::string& app) {
  std::vector<std::string> users = scene.members;
  users.insert(users.end(), scene.guests.begin(), scene.guests.end());
  give(scene, app, one_of(scene.random, users));
  for (int i = up_to(scene.random, 2); i > 0; --i) give(scene, app, one_of(scene.random, users));
  if (scene.random.chance(25)) give(scene, app, "");
  for (const std::string& user : users) {
    if (scene.random.chance(25)) assign_user(scene, app, user, scene.now);
  }
  for (const std::string& role : mail_roles) {
    if (scene.random.chance(25)) give_role(scene, app, scene.graph, role, scene.now);
  }
}

// Some that forward or hide mail, and some that nobody has to fear.
void add_rules(lab::Scene& scene, const std::string& user) {
  const json::object outside{{"name", "drop"}, {"address", "collect@drop.example"}};
  const json::array recipients{json::object{{"emailAddress", outside}}};
  const std::vector<std::pair<std::string, json::object>> kinds = {
      {"invoices", {{"forwardTo", recipients}, {"delete", true}}},
      {"copy", {{"forwardTo", recipients}}},
      {"..", {{"markAsRead", true}, {"moveToFolder", "rssfeeds"}}},
      {"Travel", {{"assignCategories", json::array{"Travel"}}}}};
  std::vector<lab::MessageRule>& rules = scene.tenant.users.at(user).rules;
  for (int i = up_to(scene.random, 2); i >= 0; --i) {
    const auto& [name, actions] = one_of(scene.random, kinds);
    add_inbox_rule(scene, user, name, actions);
    if (scene.random.chance(15)) rules.back().enabled = false;
    if (scene.random.chance(10)) rules.back().read_only = true;
  }
}

std::string add_app(lab::Scene& scene, const std::string& app_id, const std::string& name) {
  return install(scene, {.app_id = app_id,
                         .display_name = name,
                         .owner_tenant = scene.random.guid(),
                         .created = scene.now - std::chrono::days(5)});
}

}  // namespace

void furnish(lab::Tenant& tenant, const Story& story) {
  Random random(story.seed ^ 0xfeedu);
  // One guest at least: their sessions are not ours to end.
  if (users_of(tenant, "Guest").empty()) tenant.users.begin()->second.type = "Guest";
  const auto* graph = find_app(tenant, lab::graph_app_id);
  const auto* exchange = find_app(tenant, lab::exchange_app_id);
  lab::Scene scene{.tenant = tenant,
                   .random = random,
                   .now = system_now() - std::chrono::minutes(5),
                   .graph = graph->id,
                   .exchange = exchange->id,
                   .members = users_of(tenant, "Member"),
                   .guests = users_of(tenant, "Guest")};
  for (std::size_t i = 0; i < story.targets.size(); ++i) {
    const std::string id = add_app(scene, story.targets[i].app_id, fmt::format("Target {}", i));
    permit(scene, id);
    if (random.chance(15)) tenant.service_principals.at(id).account_enabled = false;
  }
  for (std::size_t i = 0; i < 1 + random.below(2); ++i) {
    permit(scene, add_app(scene, random.guid(), fmt::format("Neighbour {}", i)));
  }
  for (const std::string& user : scene.members) {
    if (random.chance(50)) add_rules(scene, user);
  }
}

std::vector<std::pair<std::string, std::string>> policy_files(const Story& story) {
  std::vector<std::pair<std::string, std::string>> out;
  std::string blocked;
  for (const std::string& app : story.block) blocked += fmt::format("\"{}\",", app);
  // Accounts that the tenant does not have: nobody of the story is protected by them.
  const std::string consent =
      story.user_consent.empty()
          ? ""
          : fmt::format(
                "[consent]\nuser_consent = \"{}\"\nadmin_consent_requests = \"enable\"\n"
                "reviewers = [\"{}\"]\n[managed_client]\nbreak_glass = [\"{}\"]\n",
                story.user_consent, "0b5e97c4-1111-4222-8333-444455556666",
                "0b5e97c4-7777-4888-9999-aaaabbbbcccc");
  out.emplace_back("policy.toml",
                   fmt::format("schema = 1\n[meta]\nid = \"chaos\"\ndescription = \"generated\"\n"
                               "[weights]\nD04 = 100\nD05 = 100\n"
                               "[limits]\nmax_apps = 50\nmax_users = 500\nmax_actions = 1000\n"
                               "[catalog]\nfiles = [\"{}/policies/catalog/microsoft.toml\"]\n"
                               "block = [{}]\n{}",
                               CLAWBACK_SOURCE_DIR, blocked, consent));
  out.emplace_back("exceptions.toml", "");
  for (std::size_t i = 0; i < story.targets.size(); ++i) {
    std::string actions;
    for (const std::string& name : story.targets[i].actions)
      actions += fmt::format("\"{}\",", name);
    out.emplace_back(
        fmt::format("rules/target-{}.toml", i),
        fmt::format("why = \"chaos\"\ngaps = \"none\"\nmode = \"approve\"\nverdict = \"watch\"\n"
                    "actions = [{}]\n[match]\napp_ids = [\"{}\"]\n"
                    "[approval]\nquorum = 1\nexpires = \"4h\"\n"
                    "[[test]]\nname = \"a\"\ngiven = \"none.json\"\nplan = [\"{} sp\"]\n"
                    "[[test]]\nname = \"b\"\ngiven = \"none.json\"\nplan = []\n",
                    actions, story.targets[i].app_id, story.targets[i].actions.front()));
  }
  return out;
}

namespace {

std::string describe(const Phase& phase) {
  std::string out;
  for (const Fault& fault : phase.faults) {
    out += fmt::format("  fault kind {} status {} of {} after {} times {}{}\n",
                       static_cast<int>(fault.kind), fault.status, fault.operation, fault.after,
                       fault.times, fault.retry_after ? " Retry-After " + *fault.retry_after : "");
  }
  for (const Meddling& one : phase.meddling) {
    out += fmt::format(
        "  somebody {}, {} {}\n", name_of(one.what),
        one.when == Meddling::When::at_operation ? "at operation" : "after a write +", one.n);
  }
  for (const Kill& kill : phase.kills) {
    out += fmt::format("  kill {} {}\n", static_cast<int>(kill.when), kill.n);
  }
  return out;
}

}  // namespace

std::string describe(const Story& story) {
  std::string out =
      fmt::format("seed {}: visibility {} ms, {} targets, {} blocked{}\n", story.seed,
                  story.lab.visibility.count(), story.targets.size(), story.block.size(),
                  story.lab.create_ignores_disabled ? ", a create ignores the flag" : "");
  return out + "apply:\n" + describe(story.apply) + "undo:\n" + describe(story.undo);
}

}  // namespace chaos
