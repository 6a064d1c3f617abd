#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/entities.hpp"

// What a directory audit record says about applications and what they were given, read out of its
// properties by their names. Source: shared records of 2021 to 2026; the same for every log, since
// readers bring all of them into Graph's words.
namespace clawback::detect {

enum class HappeningKind : std::uint8_t {
  consent,
  grant_changed,  // Add or Remove delegated permission grant: what it says decides, not its name
  app_role_added,
  app_role_removed,
  app_added,       // Add service principal
  app_registered,  // Add application: in this tenant
  app_removed,
  credential_added,
  reply_url_changed,
  policy_changed,
};
// By the activity, whatever dot or blank ends it. "Update application" may change reply URLs.
std::optional<HappeningKind> kind_of(std::string_view activity);

// One grant before and after. nullopt: there was none, or there is none any more.
struct GrantChange {
  domain::GrantId id;  // as the record has it; empty if it does not say
  domain::ServicePrincipalId client;
  domain::ServicePrincipalId resource;
  domain::ConsentType consent = domain::ConsentType::principal;
  std::optional<domain::UserId> principal;
  std::optional<std::vector<std::string>> before;
  std::optional<std::vector<std::string>> after;
};

struct Happening {
  const domain::AuditEvent* event = nullptr;
  HappeningKind kind = HappeningKind::consent;
  bool refused = false;    // result is failure
  bool undecided = false;  // neither success nor failure: nothing was given, as far as is known
  // The application it is about, by one of service_principal, app_id and application at least (but
  // for policy_changed). In grant and role records the target is the resource, and the client
  // stands in a property.
  std::string service_principal;
  std::string app_id;
  std::string app_name;
  // Object id of the application (not of its service principal), in records that change or register
  // one: other records may tell its app id.
  std::string application;
  std::optional<bool> admin_consent;  // ConsentContext.IsAdminConsent; says who, not for whom
  std::optional<bool> for_everyone;   // ConsentContext.OnBehalfOfAll
  std::string refusal;                // ConsentAction.Reason, or the result's reason
  std::vector<GrantChange> changes;
  // app_role: its value; reply_url: those that are new; credential: descriptions of the new ones
  std::vector<std::string> values;
  bool by_managed_identity = false;  // the rotation that Microsoft itself does
};

std::optional<Happening> understand(const domain::AuditEvent& event);

}  // namespace clawback::detect
