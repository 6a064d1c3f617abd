#pragma once

#include "base/id.hpp"

namespace clawback::domain {

using TenantId = Id<struct TenantTag>;  // GUID, lower case
using AppId = Id<struct AppTag>;        // application (client) id, GUID, lower case
using ServicePrincipalId = Id<struct ServicePrincipalTag>;  // object id of the app in this tenant
using UserId = Id<struct UserTag>;                          // object id
using GrantId = Id<struct GrantTag>;            // oauth2PermissionGrant id, case-sensitive
using AssignmentId = Id<struct AssignmentTag>;  // appRoleAssignment id, case-sensitive
using RecordId = Id<struct RecordTag>;          // id of an audit or sign-in record

}  // namespace clawback::domain
