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

// Scopes in order, at most eight of them, each safe to show.
std::string scope_list(const std::vector<std::string>& scopes);

// What the scopes reach on that resource.
domain::MailReach reach_of(const Case& subject, const domain::ServicePrincipalId& resource,
                           const std::vector<std::string>& scopes);

}  // namespace clawback::detect
