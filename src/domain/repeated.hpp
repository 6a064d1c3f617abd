#pragma once

#include "domain/entities.hpp"

// Several rows of one object, as exports that overlap have them, become one. The result does not
// depend on their order, and what is told twice in different ways counts as the less benign: a row
// that someone added must not hide what another one shows.
namespace clawback::domain {

// Scopes of both; consent for all before consent for one.
void unite(Grant& into, const Grant& other);
// The filled one of each member. Of two: an owner that is neither `own` nor Microsoft, an
// unverified publisher, an enabled account, the later creation, all reply URLs and roles.
void unite(ServicePrincipal& into, const ServicePrincipal& other, const TenantId& own);
// The role that reaches mail before one that does not, a known one before an unknown one.
void unite(AppRoleAssignment& into, const AppRoleAssignment& other);
// The filled one of each member. Of two: an enabled account, sessions that are valid for longer.
void unite(User& into, const User& other);
void unite(PermissionGrantPolicy& into, const PermissionGrantPolicy& other);

}  // namespace clawback::domain
