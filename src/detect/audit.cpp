#include "detect/audit.hpp"

#include <array>
#include <utility>

#include "base/digest.hpp"

namespace clawback::detect {
namespace {

constexpr std::array<std::pair<std::string_view, AuditKind>, 5> activities = {{
    {"consent to application", AuditKind::consent},
    {"add delegated permission grant", AuditKind::grant_added},
    {"remove delegated permission grant", AuditKind::grant_removed},
    {"add app role assignment to service principal", AuditKind::app_role_added},
    {"add service principal", AuditKind::app_added},
}};

// Values come as JSON in JSON: one level of quotes may be left.
std::string bare(std::string_view value) {
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
    value = value.substr(1, value.size() - 2);
  }
  return to_lower(value);
}

std::string property(const domain::AuditEvent& event, std::string_view name) {
  for (const auto& target : event.targets) {
    for (const auto& entry : target.properties) {
      if (entry.name != name) continue;
      // A removal says it in the old value.
      return bare(entry.new_value.size() > 2 ? entry.new_value : entry.old_value);
    }
  }
  return {};
}

std::string first_service_principal(const domain::AuditEvent& event) {
  for (const auto& target : event.targets) {
    if (target.type == "ServicePrincipal" && !target.id.empty()) return target.id;
  }
  return {};
}

}  // namespace

std::optional<AuditKind> kind_of(std::string_view activity) {
  if (activity.size() > 64) return std::nullopt;
  while (!activity.empty() && (activity.back() == ' ' || activity.back() == '.')) {
    activity.remove_suffix(1);
  }
  const std::string wanted = to_lower(activity);
  for (const auto& [name, kind] : activities) {
    if (name == wanted) return kind;
  }
  return std::nullopt;
}

std::optional<AuditSubject> subject_of(const domain::AuditEvent& event) {
  const auto kind = kind_of(event.activity);
  if (!kind) return std::nullopt;
  AuditSubject subject{.kind = *kind, .service_principal = {}, .app_id = {}};
  switch (*kind) {
    case AuditKind::consent:
    case AuditKind::app_added:
      subject.service_principal = first_service_principal(event);
      if (event.app_id) subject.app_id = event.app_id->str();
      break;
    case AuditKind::grant_added:
    case AuditKind::grant_removed:
    case AuditKind::app_role_added:
      subject.service_principal = property(event, "ServicePrincipal.ObjectID");
      break;
  }
  if (subject.service_principal.empty() && subject.app_id.empty()) return std::nullopt;
  return subject;
}

}  // namespace clawback::detect
