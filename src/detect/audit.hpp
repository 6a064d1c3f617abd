#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/entities.hpp"

// Which directory audit events are about what an application was given.
namespace clawback::detect {

enum class AuditKind : std::uint8_t {
  consent,
  grant_added,
  grant_removed,
  app_role_added,
  app_added
};

std::optional<AuditKind> kind_of(std::string_view activity);

// The application an event is about. In grant events the target is the resource, and the client
// stands in the property ServicePrincipal.ObjectID; the event's app id is the resource's, and not
// looked at.
struct AuditSubject {
  AuditKind kind = AuditKind::consent;
  std::string service_principal;  // object id; empty if the event does not say
  std::string app_id;
};
std::optional<AuditSubject> subject_of(const domain::AuditEvent& event);

}  // namespace clawback::detect
