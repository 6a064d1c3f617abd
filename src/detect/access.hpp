#pragma once

#include <optional>
#include <string>

#include "detect/case.hpp"

// What the signals about how access was given ask of a case, and the words they share.
namespace clawback::detect {

// Whether it reaches mail today, delegated or by itself. nullopt: nothing shows that it does, and
// not all could be read.
std::optional<bool> holds_mail(const Case& subject);

// Without a window everything is inside.
bool in_window(const Case& subject, Time time);

// "ada@contoso.example", "user ID", "application NAME", or "somebody the record does not name".
std::string who(const domain::AuditEvent& event);

// "44 s", "12 min", "3 h", "9 days": whole units, never rounded up.
std::string span_text(Duration duration);

// Scopes in order, at most eight of them, each safe to show.
std::string scope_list(const std::vector<std::string>& scopes);

// What the scopes reach on that resource.
domain::MailReach reach_of(const Case& subject, const domain::ServicePrincipalId& resource,
                           const std::vector<std::string>& scopes);

// Something was given: a consent, a grant that has scopes afterwards, or an app role; not refused.
bool gives(const Happening& event);

}  // namespace clawback::detect
