#include "detect/consent_policy.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/digest.hpp"
#include "base/safe_text.hpp"
#include "detect/consent_values.hpp"
#include "domain/permissions.hpp"

namespace clawback::detect {
namespace {

using domain::ConditionSet;

constexpr std::string_view graph_api = "00000003-0000-0000-c000-000000000000";
constexpr std::string_view exchange_api = "00000002-0000-0ff1-ce00-000000000000";

Could operator&&(Could a, Could b) { return std::min(a, b); }
Could from(bool yes) { return yes ? Could::yes : Could::no; }

bool holds(const std::vector<std::string>& names, std::string_view wanted) {
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return to_lower(name) == to_lower(wanted); });
}

// "all" or one of the ids. An id of the app's that is not known fits nothing for sure.
Could lists(const std::optional<std::vector<std::string>>& ids,
            const std::optional<std::string>& one) {
  if (!ids) return Could::unknown;
  if (holds(*ids, "all")) return Could::yes;
  if (!one) return ids->empty() ? Could::no : Could::unknown;
  return from(holds(*ids, *one));
}

// Delegated permissions that need no administrator by Microsoft's permissions reference: mail,
// calendars, contacts and what signing in takes. Of others it is not known here, nor of an API that
// is neither Microsoft Graph nor Exchange Online: any API may have a scope of such a name.
bool is_user_consentable(const Permission& wanted) {
  if (wanted.resource.str() != graph_api && wanted.resource.str() != exchange_api) return false;
  constexpr std::string_view plain[] = {"openid",
                                        "profile",
                                        "email",
                                        "offline_access",
                                        "user.read",
                                        "contacts.read",
                                        "people.read",
                                        "contacts.readwrite",
                                        "calendars.read",
                                        "calendars.readwrite",
                                        "tasks.read",
                                        "tasks.readwrite",
                                        "imap.accessasuser.all",
                                        "pop.accessasuser.all",
                                        "eas.accessasuser.all",
                                        "ews.accessasuser.all",
                                        "smtp.send"};
  const std::string low = to_lower(wanted.value);
  if (std::find(std::begin(plain), std::end(plain), low) != std::end(plain)) return true;
  const bool mail = low.starts_with("mail.") || low.starts_with("mailboxsettings.");
  return mail && !low.ends_with(".all") && domain::mail_reach_of_scope(low).any();
}

Could fits_type(const ConditionSet& set, const Permission& wanted) {
  if (!set.type) return Could::unknown;
  if (*set.type == "application") return from(wanted.application);
  if (*set.type == "delegated") return from(!wanted.application);
  if (*set.type != "delegatedUserConsentable") return Could::unknown;
  if (wanted.application) return Could::no;
  return is_user_consentable(wanted) ? Could::yes : Could::unknown;
}

Could fits_resource(const ConditionSet& set, const Permission& wanted) {
  if (!set.resource) return Could::unknown;
  if (to_lower(*set.resource) == "any") return Could::yes;
  if (wanted.resource.empty()) return Could::unknown;
  return from(to_lower(*set.resource) == to_lower(wanted.resource.str()));
}

// Sets name permissions by ids; those of scopes are not read.
Could fits_permission(const ConditionSet& set, const Permission& wanted) {
  if (!set.permissions) return Could::unknown;
  if (set.permissions->empty()) return Could::no;
  return lists(set.permissions,
               wanted.id.empty() ? std::nullopt : std::optional<std::string>(wanted.id));
}

Could fits_publisher(const ConditionSet& set, const domain::ServicePrincipal& app) {
  const auto& publisher = app.verified_publisher;
  const std::optional<std::string> id = publisher ? publisher->id : std::nullopt;
  Could out = lists(set.client_publisher_ids, id);
  // Known to have none: it is on no list.
  if (out == Could::unknown && set.client_publisher_ids && publisher && !id) out = Could::no;
  if (!set.verified_publisher_only) return out && Could::unknown;
  if (!*set.verified_publisher_only) return out;
  return out && (publisher ? from(id.has_value()) : Could::unknown);
}

Could fits_classification(const ConditionSet& set) {
  if (!set.classification) return Could::unknown;
  return *set.classification == "all" ? Could::yes : Could::unknown;
}

Could fits(const ConditionSet& set, const domain::ServicePrincipal& app, const Permission& wanted) {
  const std::optional<std::string> tenant =
      app.owner_tenant ? std::optional<std::string>(app.owner_tenant->str()) : std::nullopt;
  const Could all = fits_type(set, wanted) && fits_resource(set, wanted) &&
                    fits_permission(set, wanted) && fits_classification(set) &&
                    fits_publisher(set, app) && lists(set.client_app_ids, app.app_id.str()) &&
                    lists(set.client_tenant_ids, tenant);
  return set.others.empty() ? all : all && Could::unknown;
}

Could any_fits(const std::vector<ConditionSet>& sets, const domain::ServicePrincipal& app,
               const Permission& wanted) {
  Could out = Could::no;
  for (const ConditionSet& set : sets) out = std::max(out, fits(set, app, wanted));
  return out;
}

const domain::PermissionGrantPolicy* find_policy(const domain::Snapshot& snapshot,
                                                 const std::string& id) {
  const auto& all = snapshot.permission_grant_policies;
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const auto& one) { return to_lower(one.id) == id; });
  return found != all.end() ? &*found : nullptr;
}

// Names some applications: then what it shows is what it means.
bool names_apps(const domain::PermissionGrantPolicy& policy) {
  return std::any_of(policy.includes->begin(), policy.includes->end(), [](const ConditionSet& set) {
    return set.client_app_ids && !set.client_app_ids->empty() && !holds(*set.client_app_ids, "all");
  });
}

ConsentAnswer by_sets(const ConsentFacts& facts, const domain::ServicePrincipal& app,
                      const std::string& id, const Permission& wanted) {
  const std::string shown = printable(id, 80);
  const auto* policy = find_policy(facts.snapshot, id);
  if (!domain::was_read(facts.snapshot.coverage, domain::source::permission_grant_policies) ||
      policy == nullptr || !policy->includes || !policy->excludes) {
    return {Could::unknown, fmt::format("what the policy {} allows was not read", shown)};
  }
  const bool of_role = id == policy_application_admin || id == policy_company_admin;
  if (id.starts_with("microsoft-") && !of_role && !names_apps(*policy)) {
    return {
        Could::unknown,
        fmt::format("Microsoft decides what its policy {} allows, and it does not show", shown)};
  }
  const Could in = any_fits(*policy->includes, app, wanted);
  const Could out = any_fits(*policy->excludes, app, wanted);
  if (in == Could::no || out == Could::yes) {
    return {Could::no, fmt::format("the policy {} does not let it in", shown)};
  }
  if (in == Could::yes && out == Could::no) {
    return {Could::yes, fmt::format("the policy {} lets it in", shown)};
  }
  return {Could::unknown,
          fmt::format("whether the conditions of the policy {} fit could not be told", shown)};
}

ConsentAnswer by_low(const domain::Snapshot& snapshot, const domain::ServicePrincipal& app,
                     const Permission& wanted) {
  if (wanted.application) return {Could::no, "users may not give application permissions"};
  const bool own = app.owner_tenant && *app.owner_tenant == snapshot.tenant;
  if (!own && !app.owner_tenant) return {Could::unknown, "whose application it is is not known"};
  if (!own && !app.verified_publisher) {
    return {Could::unknown, "whether its publisher is verified is not known"};
  }
  if (!own && !app.verified_publisher->id) {
    return {Could::no, "users may let in verified publishers only, which its is not"};
  }
  return {Could::unknown, "which permissions this tenant classes as low impact was not read"};
}

ConsentAnswer by_managed(const ConsentFacts& facts, const domain::ServicePrincipal& app,
                         const Permission& wanted) {
  if (!facts.managed) {
    return {Could::unknown, "what Microsoft's managed policy stops is not in the catalog"};
  }
  if (wanted.application) return {Could::no, "users may not give application permissions"};
  const std::string as_of = printable(facts.managed->as_of, 20);
  const Could stops = managed_stops(*facts.managed, wanted);
  if (stops == Could::unknown) {
    return {Could::unknown,
            "Microsoft's managed policy names scopes of Microsoft Graph and of "
            "Exchange Online, and which of them this is can't be told"};
  }
  if (stops == Could::yes) {
    // The page says that these clients are exempt, by a policy of their own.
    if (managed_exempts(*facts.managed, app.app_id)) {
      return {Could::unknown, fmt::format("Microsoft exempts this client from its managed policy "
                                          "by another one (as of {}), and whether that still "
                                          "holds can't be told",
                                          as_of)};
    }
    return {Could::no, fmt::format("Microsoft's managed policy stops it (as of {})", as_of)};
  }
  if (is_user_consentable(wanted)) {
    return {Could::yes,
            fmt::format("Microsoft's managed policy leaves it to users (as of {})", as_of)};
  }
  return {Could::unknown, "whether users may give it by themselves is not known here"};
}

ConsentAnswer by_legacy(const Permission& wanted) {
  if (wanted.application) return {Could::no, "users may not give application permissions"};
  if (is_user_consentable(wanted)) {
    return {Could::yes, "the legacy policy lets users consent to any application"};
  }
  return {Could::unknown, "whether users may give it by themselves is not known here"};
}

}  // namespace

bool managed_exempts(const policy::ManagedConsent& managed, const domain::AppId& app) {
  return std::find(managed.exempt_apps.begin(), managed.exempt_apps.end(), app) !=
         managed.exempt_apps.end();
}

Could managed_stops(const policy::ManagedConsent& managed, const Permission& wanted) {
  const bool of_graph = holds(managed.blocked_scopes, wanted.value);
  const bool of_exchange = holds(managed.blocked_exchange_scopes, wanted.value);
  const bool graph = wanted.resource.str() == graph_api;
  if (!graph && wanted.resource.str() != exchange_api) return Could::unknown;
  if (graph ? of_graph : of_exchange) return Could::yes;
  return of_graph || of_exchange ? Could::unknown : Could::no;
}

ConsentAnswer by_policy(const ConsentFacts& facts, const domain::ServicePrincipal& app,
                        const std::string& id, const Permission& wanted) {
  if (id == policy_low) return by_low(facts.snapshot, app, wanted);
  if (id == policy_managed) return by_managed(facts, app, wanted);
  if (id == policy_legacy || id == "legacy") return by_legacy(wanted);
  return by_sets(facts, app, id, wanted);
}

}  // namespace clawback::detect
