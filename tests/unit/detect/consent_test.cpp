#include "detect/consent.hpp"

#include <doctest/doctest.h>

#include <functional>

#include "detect/consent_values.hpp"
#include "support/makers.hpp"

using namespace clawback;
using namespace clawback::detect;
namespace source = domain::source;

namespace {

const std::string self = "managePermissionGrantsForSelf.";
const domain::AppId graph_api{"00000003-0000-0000-c000-000000000000"};
const domain::AppId exchange_api{"00000002-0000-0ff1-ce00-000000000000"};

domain::ConditionSet any_set(std::string type = "delegated") {
  const std::vector<std::string> all{"all"};
  domain::ConditionSet out;
  out.client_app_ids = all;
  out.client_tenant_ids = all;
  out.client_publisher_ids = all;
  out.permissions = all;
  out.resource = "any";
  out.classification = "all";
  out.type = std::move(type);
  out.verified_publisher_only = false;
  return out;
}

domain::PermissionGrantPolicy policy_of(std::string id, std::vector<domain::ConditionSet> includes,
                                        std::vector<domain::ConditionSet> excludes = {}) {
  return {.id = std::move(id),
          .display_name = std::nullopt,
          .includes = std::move(includes),
          .excludes = std::move(excludes)};
}

struct World {
  domain::Snapshot snapshot;
  domain::ServicePrincipal app;
  std::optional<policy::ManagedConsent> managed;
  Assigned assigned;
  Person person = Person::user;
  Permission wanted{.resource = graph_api, .value = "Mail.Read", .id = {}};

  // A mail client by a verified publisher, in a tenant of today with Microsoft's managed policy.
  World() {
    app = test::service_principal("sp-em", test::em_client_id);
    app.account_enabled = true;
    app.disabled_by_microsoft = std::nullopt;
    managed = policy::ManagedConsent{.exempt_apps = {domain::AppId(test::em_client_id)},
                                     .blocked_scopes = {"Mail.Read"},
                                     .blocked_exchange_scopes = {"IMAP.AccessAsUser.All"},
                                     .as_of = "2026-01-22",
                                     .sources = {}};
    domain::ConditionSet clients = any_set("delegatedUserConsentable");
    clients.client_app_ids = {test::em_client_id};
    domain::ConditionSet graph_roles = any_set("application");
    graph_roles.resource = graph_api.str();
    snapshot = test::snapshot();
    snapshot.authorization_policy = domain::AuthorizationPolicy{};
    snapshot.permission_grant_policies = {
        policy_of("microsoft-user-default-recommended", {any_set("delegatedUserConsentable")}),
        policy_of("Microsoft-User-Allow-Default-Consent-Apps", {clients}),
        policy_of("microsoft-user-default-surprise", {any_set("delegatedUserConsentable")}),
        policy_of("microsoft-application-admin", {any_set(), any_set("application")},
                  {graph_roles}),
        policy_of("microsoft-company-admin", {any_set(), any_set("application")})};
    assign({"microsoft-user-default-recommended"});
  }

  void assign(const std::vector<std::string>& ids) {
    assigned.emplace();
    for (const std::string& id : ids) assigned->push_back(self + id);
  }
  void own(std::vector<domain::ConditionSet> includes,
           std::vector<domain::ConditionSet> excludes = {}) {
    snapshot.permission_grant_policies.push_back(
        policy_of("ours", std::move(includes), std::move(excludes)));
    assign({"OURS"});
  }
  void own(domain::ConditionSet set) { own(std::vector<domain::ConditionSet>{std::move(set)}); }

  [[nodiscard]] ConsentAnswer ask() const {
    return could_consent({snapshot, managed, assigned}, {.app = &app, .enabled = {}}, person,
                         wanted);
  }
};

struct Case {
  std::string_view name;
  Could expected;
  std::function<void(World&)> change;
};

// One condition of an own policy that otherwise lets everything in.
Case own_policy(std::string_view name, Could expected,
                std::function<void(domain::ConditionSet&)> change) {
  return {name, expected, [change = std::move(change)](World& w) {
            domain::ConditionSet set = any_set();
            change(set);
            w.own(std::move(set));
          }};
}

}  // namespace

TEST_CASE("consent: who could, layer by layer") {
  const Case cases[] = {
      {"nothing is assigned", Could::no, [](World& w) { w.assign({}); }},
      {"only owners of teams", Could::no,
       [](World& w) { w.assigned = {{"managePermissionGrantsForOwnedResource.x"}}; }},
      {"only a value of a form that nobody knows", Could::unknown,
       [](World& w) { w.assigned = {{"microsoft-user-default-low"}}; }},
      {"such a value beside a policy that says no", Could::unknown,
       [](World& w) {
         w.app.app_id = domain::AppId(test::perfectdata_id);
         w.assigned->push_back("managePermissionGrantsForOthers.x");
       }},
      {"such a value beside a policy that says yes", Could::yes,
       [](World& w) {
         w.assign({"microsoft-user-default-legacy"});
         w.assigned->push_back("odd");
       }},
      {"the policy was not read", Could::unknown, [](World& w) { w.assigned.reset(); }},
      {"it is disabled", Could::no, [](World& w) { w.app.account_enabled = false; }},
      {"disabled, and nothing read", Could::no,
       [](World& w) {
         w.app.account_enabled = false;
         w.assigned.reset();
       }},
      {"whether it is enabled is unknown", Could::unknown,
       [](World& w) {
         w.app.account_enabled.reset();
         w.assign({"microsoft-user-default-legacy"});
       }},
      {"Microsoft disabled it", Could::unknown,
       [](World& w) {
         w.app.disabled_by_microsoft = "DisabledDueToViolationOfServicesAgreement";
         w.assign({"microsoft-user-default-legacy"});
       }},
      {"legacy", Could::yes, [](World& w) { w.assign({"microsoft-user-default-legacy"}); }},
      {"legacy, a scope of which nobody says who may give it", Could::unknown,
       [](World& w) {
         w.assign({"microsoft-user-default-legacy"});
         w.wanted.value = "Directory.Read.All";
       }},
      {"managed, a scope that it stops", Could::no,
       [](World& w) { w.app.app_id = domain::AppId(test::perfectdata_id); }},
      {"managed, and Microsoft exempts the client by another policy", Could::unknown,
       [](World&) {}},
      {"managed, a scope that it leaves", Could::yes,
       [](World& w) { w.wanted.value = "Mail.Send"; }},
      {"managed, a scope of Exchange Online that it stops", Could::no,
       [](World& w) {
         w.app.app_id = domain::AppId(test::perfectdata_id);
         w.wanted = {.resource = exchange_api, .value = "imap.accessasuser.all", .id = {}};
       }},
      {"managed, a name that it stops of the other API", Could::unknown,
       [](World& w) {
         w.app.app_id = domain::AppId(test::perfectdata_id);
         w.wanted.value = "IMAP.AccessAsUser.All";
       }},
      {"managed, such a name of an API of somebody's own", Could::unknown,
       [](World& w) {
         w.app.app_id = domain::AppId(test::perfectdata_id);
         w.wanted.resource = domain::AppId(test::app_guid(7));
       }},
      {"managed, and whose scope it is is not known", Could::unknown,
       [](World& w) {
         w.wanted.value = "Mail.Send";
         w.wanted.resource = domain::AppId();
       }},
      {"legacy, a name like Graph's of an API of somebody's own", Could::unknown,
       [](World& w) {
         w.assign({"microsoft-user-default-legacy"});
         w.wanted.resource = domain::AppId(test::app_guid(7));
       }},
      {"legacy, and whose scope it is is not known", Could::unknown,
       [](World& w) {
         w.assign({"microsoft-user-default-legacy"});
         w.wanted.resource = domain::AppId();
       }},
      {"managed, and the catalog does not say", Could::unknown,
       [](World& w) { w.managed.reset(); }},
      {"the mail-client policy, whatever its id is", Could::yes,
       [](World& w) {
         w.assign(
             {"microsoft-user-default-recommended", "microsoft-user-allow-default-consent-apps"});
       }},
      {"the mail-client policy, and another app", Could::no,
       [](World& w) {
         w.app.app_id = domain::AppId(test::perfectdata_id);
         w.assign({"microsoft-user-allow-default-consent-apps"});
       }},
      {"a policy of Microsoft's that does not show what it means", Could::unknown,
       [](World& w) { w.assign({"microsoft-user-default-surprise"}); }},
      {"a policy that is not in the list", Could::unknown, [](World& w) { w.assign({"gone"}); }},
      {"the list of policies was not read", Could::unknown,
       [](World& w) {
         w.own(any_set());
         test::set_source(w.snapshot, source::permission_grant_policies,
                          domain::SourceState::partial);
       }},
      {"low, unverified publisher", Could::no,
       [](World& w) {
         w.assign({"microsoft-user-default-low"});
         w.app.verified_publisher = test::unverified();
       }},
      {"low, unverified and our own", Could::unknown,
       [](World& w) {
         w.assign({"microsoft-user-default-low"});
         w.app.verified_publisher = test::unverified();
         w.app.owner_tenant = test::own_tenant;
       }},
      {"low, verified: the classification was not read", Could::unknown,
       [](World& w) { w.assign({"microsoft-user-default-low"}); }},
      {"low, publisher not read", Could::unknown,
       [](World& w) {
         w.assign({"microsoft-user-default-low"});
         w.app.verified_publisher.reset();
       }},
      own_policy("own policy, everything", Could::yes, [](domain::ConditionSet&) {}),
      own_policy("own policy, other app", Could::no,
                 [](auto& set) { set.client_app_ids = {{"x"}}; }),
      own_policy("own policy, apps not returned", Could::unknown,
                 [](auto& set) { set.client_app_ids.reset(); }),
      own_policy("own policy, other tenant", Could::no,
                 [](auto& set) { set.client_tenant_ids = {{"x"}}; }),
      own_policy("own policy, other publisher", Could::no,
                 [](auto& set) { set.client_publisher_ids = {{"x"}}; }),
      own_policy("own policy, verified only", Could::yes,
                 [](auto& set) { set.verified_publisher_only = true; }),
      own_policy("own policy, some permissions by id", Could::unknown,
                 [](auto& set) { set.permissions = {{"570282fd-fa5c-430d-a7fd-fc8dc98a9dca"}}; }),
      own_policy("own policy, other resource", Could::no,
                 [](auto& set) { set.resource = exchange_api.str(); }),
      own_policy("own policy, low only", Could::unknown,
                 [](auto& set) { set.classification = "low"; }),
      own_policy("own policy, app roles", Could::no, [](auto& set) { set.type = "application"; }),
      own_policy("own policy, a type that nobody knows", Could::unknown,
                 [](auto& set) { set.type = "newType"; }),
      own_policy("own policy, a condition that nobody knows", Could::unknown,
                 [](auto& set) { set.others = {"certifiedClientApplicationsOnly"}; }),
      own_policy("own policy, a strange condition and another app", Could::no,
                 [](auto& set) {
                   set.others = {"certifiedClientApplicationsOnly"};
                   set.client_app_ids = {{"x"}};
                 }),
      {"own policy, verified only, and it is not", Could::no,
       [](World& w) {
         domain::ConditionSet set = any_set();
         set.verified_publisher_only = true;
         w.app.verified_publisher = test::unverified();
         w.own(std::move(set));
       }},
      {"own policy, excluded", Could::no, [](World& w) { w.own({any_set()}, {any_set()}); }},
      {"own policy, perhaps excluded", Could::unknown,
       [](World& w) {
         domain::ConditionSet low = any_set();
         low.classification = "low";
         w.own({any_set()}, {low});
       }},
      {"excluded by one, included by another", Could::yes,
       [](World& w) {
         w.own({any_set()}, {any_set()});
         w.assign({"ours", "microsoft-user-default-legacy"});
       }},
      {"own policy without sets", Could::unknown,
       [](World& w) {
         w.own(any_set());
         w.snapshot.permission_grant_policies.back().includes.reset();
       }},
      {"an app role is nobody's to give away", Could::no,
       [](World& w) {
         w.wanted.application = true;
         w.assign({"microsoft-user-default-legacy"});
       }},
      {"a guest where users may", Could::unknown,
       [](World& w) {
         w.person = Person::guest;
         w.assign({"microsoft-user-default-legacy"});
       }},
      {"a guest where users may not", Could::no,
       [](World& w) {
         w.person = Person::guest;
         w.assign({});
       }},
      {"a guest and a disabled application", Could::no,
       [](World& w) {
         w.person = Person::guest;
         w.app.account_enabled = false;
       }},
      {"an application administrator", Could::yes,
       [](World& w) {
         w.person = Person::application_administrator;
         w.assign({});
       }},
      {"an application administrator and a role of Graph", Could::no,
       [](World& w) {
         w.person = Person::application_administrator;
         w.wanted.application = true;
       }},
      {"an application administrator and a role of Exchange", Could::yes,
       [](World& w) {
         w.person = Person::application_administrator;
         w.wanted.application = true;
         w.wanted.resource = exchange_api;
       }},
      {"an application administrator and a role of who knows what", Could::unknown,
       [](World& w) {
         w.person = Person::application_administrator;
         w.wanted.application = true;
         w.wanted.resource = domain::AppId();
       }},
      {"an application administrator, a role of Graph, and users' policies not read",
       Could::unknown,
       [](World& w) {
         w.person = Person::application_administrator;
         w.wanted.application = true;
         w.assigned.reset();
       }},
      {"an application administrator, a role of Graph, and perhaps by a policy of users",
       Could::unknown,
       [](World& w) {
         w.person = Person::application_administrator;
         w.wanted.application = true;
         domain::ConditionSet low = any_set("application");
         low.classification = "low";
         w.own(low);
       }},
      {"a global administrator and a role of Graph", Could::yes,
       [](World& w) {
         w.person = Person::global_administrator;
         w.wanted.application = true;
       }},
      {"a global administrator whose policy was not read", Could::unknown,
       [](World& w) {
         w.person = Person::global_administrator;
         w.assign({});
         test::deny(w.snapshot, source::permission_grant_policies);
       }},
      {"a global administrator and a disabled application", Could::unknown,
       [](World& w) {
         w.person = Person::global_administrator;
         w.app.account_enabled = false;
       }},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    World world;
    c.change(world);
    const ConsentAnswer answer = world.ask();
    CAPTURE(answer.why);
    CHECK(name_of(answer.could) == name_of(c.expected));
    CHECK_FALSE(answer.why.empty());
  }
}

TEST_CASE("consent: what is not known of a policy never makes it a no") {
  // Every member of the condition sets taken away in turn: the answer may fall from yes to unknown.
  using Take = void (*)(domain::ConditionSet&);
  const Take takes[] = {[](auto& set) { set.client_app_ids.reset(); },
                        [](auto& set) { set.client_tenant_ids.reset(); },
                        [](auto& set) { set.client_publisher_ids.reset(); },
                        [](auto& set) { set.permissions.reset(); },
                        [](auto& set) { set.resource.reset(); },
                        [](auto& set) { set.classification.reset(); },
                        [](auto& set) { set.type.reset(); },
                        [](auto& set) { set.verified_publisher_only.reset(); }};
  for (const Take take : takes) {
    domain::ConditionSet set = any_set();
    take(set);
    World included;
    included.own(set);
    CHECK(name_of(included.ask().could) == "unknown");
    World excluded;
    excluded.own({any_set()}, {set});
    CHECK(name_of(excluded.ask().could) == "unknown");
  }
}

TEST_CASE("consent: values of the list") {
  CHECK(self_policy("ManagePermissionGrantsForSelf.X-y") == "x-y");
  CHECK_FALSE(self_policy("microsoft-user-default-legacy"));
  CHECK_FALSE(self_policy("managePermissionGrantsForOwnedResource.x"));
  CHECK(is_owned_resource("ManagePermissionGrantsForOwnedResource.x"));
  CHECK(self_policies({self + "b", "x", self + "A", self + "B"}) ==
        std::vector<std::string>{"a", "b"});
  CHECK(strange_values({self + "b", "x", "managePermissionGrantsForOwnedResource.x", "Y."}) ==
        std::vector<std::string>{"x", "Y."});
}
