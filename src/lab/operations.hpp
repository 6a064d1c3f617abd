#pragma once

#include "lab/call.hpp"

// The operations of Graph that the lab serves. Each is called after authentication, throttling and
// the permission check, with its path parameters in call.arguments.
namespace clawback::lab {

Reply list_grants(Backend& backend, const Call& call);
Reply get_grant(Backend& backend, const Call& call);
Reply list_grants_of_app(Backend& backend, const Call& call);
Reply list_grants_of_user(Backend& backend, const Call& call);
Reply delta_of_grants(Backend& backend, const Call& call);
Reply create_grant(Backend& backend, const Call& call);
Reply update_grant(Backend& backend, const Call& call);
Reply delete_grant(Backend& backend, const Call& call);

Reply list_apps(Backend& backend, const Call& call);
Reply count_apps(Backend& backend, const Call& call);
Reply get_app(Backend& backend, const Call& call);
Reply get_app_by_app_id(Backend& backend, const Call& call);
Reply delta_of_apps(Backend& backend, const Call& call);
Reply list_owners(Backend& backend, const Call& call);
Reply create_app(Backend& backend, const Call& call);
Reply update_app(Backend& backend, const Call& call);
Reply upsert_app(Backend& backend, const Call& call);
Reply delete_app(Backend& backend, const Call& call);

Reply list_roles_held(Backend& backend, const Call& call);
Reply list_roles_assigned(Backend& backend, const Call& call);
Reply list_roles_of_user(Backend& backend, const Call& call);
Reply create_role(Backend& backend, const Call& call);
Reply create_role_assigned(Backend& backend, const Call& call);
Reply delete_role_held(Backend& backend, const Call& call);
Reply delete_role_assigned(Backend& backend, const Call& call);
Reply delete_role_of_user(Backend& backend, const Call& call);

Reply list_users(Backend& backend, const Call& call);
Reply get_user(Backend& backend, const Call& call);
Reply update_user(Backend& backend, const Call& call);
Reply list_inbox_rules(Backend& backend, const Call& call);
Reply get_inbox_rule(Backend& backend, const Call& call);
Reply update_inbox_rule(Backend& backend, const Call& call);
Reply revoke_sessions(Backend& backend, const Call& call);

Reply list_organization(Backend& backend, const Call& call);
Reply list_audits(Backend& backend, const Call& call);
Reply get_audit(Backend& backend, const Call& call);
Reply list_sign_ins(Backend& backend, const Call& call);
Reply list_sign_ins_beta(Backend& backend, const Call& call);
Reply list_app_activities(Backend& backend, const Call& call);

Reply get_authorization_policy(Backend& backend, const Call& call);
Reply update_authorization_policy(Backend& backend, const Call& call);
Reply list_grant_policies(Backend& backend, const Call& call);
Reply get_grant_policy(Backend& backend, const Call& call);
Reply get_request_policy(Backend& backend, const Call& call);
Reply replace_request_policy(Backend& backend, const Call& call);
Reply list_access_policies(Backend& backend, const Call& call);
Reply create_access_policy(Backend& backend, const Call& call);
Reply update_access_policy(Backend& backend, const Call& call);
Reply delete_access_policy(Backend& backend, const Call& call);

}  // namespace clawback::lab
