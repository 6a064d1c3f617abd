#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "lab/apps.hpp"
#include "lab/audit.hpp"
#include "lab/random.hpp"
#include "lab/sign_ins.hpp"
#include "lab/tenant.hpp"

// Tools for planting: each changes the tenant and, where a live tenant would, its history.
namespace clawback::lab {

struct Scene {
  Tenant& tenant;
  Random& random;
  Time now{};
  std::string graph{};  // object ids of the resources
  std::string exchange{};
  std::vector<std::string> members{};  // user ids
  std::vector<std::string> guests{};
  std::vector<std::pair<Time, json::value>> audits{};
  std::vector<std::pair<Time, json::value>> sign_ins{};
  std::vector<std::pair<Time, json::value>> beta_sign_ins{};
  std::map<std::string, Time> last_used{};  // by app id
};

void add_audit(Scene& scene, const AuditRecord& record);
void add_sign_in(Scene& scene, const SignInSpec& spec, const std::string& user_id);
// Sorts the history newest first and hands it to the tenant.
void file_history(Scene& scene);

const User& user_of(const Scene& scene, const std::string& id);
Happening by_user(Scene& scene, const std::string& user_id, Time time);

// The app's object id.
std::string install(Scene& scene, const AppSpec& spec);

// Without a record. An empty principal: for everyone.
std::string give_grant(Scene& scene, const std::string& client, const std::string& resource,
                       const std::string& principal, const std::string& scope);
std::string give_role(Scene& scene, const std::string& client, const std::string& resource,
                      std::string_view value, Time created);
void assign_user(Scene& scene, const std::string& client, const std::string& user, Time created);
// At the end of the inbox's rules.
void add_inbox_rule(Scene& scene, const std::string& user, const std::string& name,
                    json::object actions);

// One person's yes at the consent page, with everything that a live tenant logs for it.
struct Consent {
  std::string client{};
  std::string user{};  // who clicks
  Time time{};
  bool for_everyone = false;
  bool first = false;           // the service principal appears with it
  bool zero_client_id = false;  // the consent record has no client id yet, as some first consents
  std::vector<std::pair<std::string, std::string>> scopes{};  // resource object id, scope
  std::string country = "US";
  std::string ip_address = "198.51.100.20";
  Device device{};
};
// Returns the ids of the grants.
std::vector<std::string> consent(Scene& scene, const Consent& yes);

// A later yes to more: three records under one correlation id, of which the main one shows no
// change and the "Remove" one a scope that grew.
void amend_consent(Scene& scene, const std::string& grant, const std::string& scope, Time time);

// A consent that risk detection refused: no service principal, no grant.
struct Blocked {
  std::string user{};
  std::string app_name{};
  std::string app_id{};
  Time time{};
};
void blocked_consent(Scene& scene, const Blocked& no);

// Somebody of the tenant gives the application a secret: at the service principal, or at the
// registration, which the tenant then owns.
void add_secret(Scene& scene, const std::string& client, const std::string& user, Time time,
                bool at_registration);

// An administrator's consent to application permissions.
std::vector<std::string> consent_to_roles(
    Scene& scene, const std::string& client, const std::string& administrator, Time time,
    const std::vector<std::pair<std::string, std::string>>& roles);

}  // namespace clawback::lab
