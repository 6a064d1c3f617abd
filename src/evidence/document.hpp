#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "domain/snapshot.hpp"
#include "evidence/files.hpp"

namespace clawback::evidence {

inline constexpr std::string_view evidence_schema = "clawback.evidence/1";
inline constexpr std::string_view manifest_schema = "clawback.manifest/1";

// Entities as Graph prints them: what graph/parse.hpp reads back to the same entity.
json::value print(const domain::ServicePrincipal& one);
json::value print(const domain::Grant& one);
json::value print(const domain::AppRoleAssignment& one);
json::value print(const domain::User& one);
json::value print(const domain::AuditEvent& one);
json::value print(const domain::SignIn& one);
json::value print(const domain::AuthorizationPolicy& one);
json::value print(const domain::PermissionGrantPolicy& one);
json::value print(const domain::AdminConsentRequestPolicy& one);
json::value print(const domain::ConditionalAccessPolicy& one);
json::value print(const domain::AppActivity& one);
// In shapes of clawback's own: what own_shapes.hpp reads back.
json::value print(const domain::MailAccess& one);
json::value print(const domain::MailboxChange& one);
json::value print(const domain::UserCountry& one);
json::value print(const domain::OrganizationConfig& one);

// What `collect` saves and a plan names by its sha256: canonical, one line.
std::string document_text(const domain::Snapshot& snapshot);

json::value coverage_json(const domain::Coverage& coverage);

std::optional<domain::SourceState> source_state_from(std::string_view text);

// Two accounts of one source together: an absent one says nothing, two that differ are partial.
domain::Source unite(const domain::Source& a, const domain::Source& b);

}  // namespace clawback::evidence
