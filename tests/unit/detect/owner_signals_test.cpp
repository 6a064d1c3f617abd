#include <doctest/doctest.h>

#include <functional>

#include "asked.hpp"

using namespace clawback;
using namespace clawback::test;

namespace {

namespace source = domain::source;
constexpr auto hits = domain::SignalState::hit;
constexpr auto misses = domain::SignalState::miss;
constexpr auto unknown = domain::SignalState::not_evaluable;

const domain::TenantId abused_tenant{"f094ec52-0000-4000-8000-00000000aaaa"};

// An entry of the catalog that abused_tenant owns.
policy::CatalogEntry entry(int number) {
  policy::CatalogEntry out;
  out.names = {"Drainer"};
  out.app_id = domain::AppId(app_guid(number));
  out.disposition = policy::Disposition::alert;
  out.confidence = policy::Confidence::high;
  out.owner_tenant = abused_tenant;
  out.why = "drains mailboxes";
  return out;
}

auto owned_by_abuser(std::function<void(policy::CatalogEntry&)> change) {
  return [change = std::move(change)](Asked& asked) {
    asked.app.owner_tenant = abused_tenant;
    auto one = entry(900);
    change(one);
    asked.policy.catalog.entries = {one};
  };
}

domain::Memory memory_of(std::vector<domain::Sighting> sightings) {
  domain::Memory out;
  out.sightings = std::move(sightings);
  return out;
}

domain::Sighting seen(int app, int days, const std::string& tenant = "tenant-b") {
  return {.tenant = domain::TenantId(tenant),
          .app_id = domain::AppId(app_guid(app)),
          .first_seen = days_ago(days)};
}

domain::RememberedApp known(int first_days, std::optional<int> used_days = {}) {
  return {.app_id = domain::AppId(app_guid(1)),
          .first_seen = days_ago(first_days),
          .last_used = used_days ? std::optional(days_ago(*used_days)) : std::nullopt};
}

}  // namespace

TEST_CASE("D08: the owner tenant also publishes an abused application") {
  const AskedCase cases[] = {
      {"alert", hits, 25, "also publishes Drainer", owned_by_abuser([](auto&) {})},
      {"review", hits, 25, "also publishes",
       owned_by_abuser([](auto& e) { e.disposition = policy::Disposition::review; })},
      {"honest sibling", misses, 0, "no other abused",
       owned_by_abuser([](auto& e) { e.disposition = policy::Disposition::baseline; })},
      {"weak sibling", misses, 0, "no other abused",
       owned_by_abuser([](auto& e) { e.confidence = policy::Confidence::low; })},
      {"sources disagree", misses, 0, "no other abused",
       owned_by_abuser([](auto& e) { e.conflicts = {"a says b"}; })},
      {"itself", misses, 0, "no other abused",
       owned_by_abuser([](auto& e) { e.app_id = domain::AppId(app_guid(1)); })},
      {"another tenant", misses, 0, "no other abused", [](Asked&) {}},
      {"personal accounts", misses, 0, "anybody registers",
       [](Asked& asked) {
         const domain::TenantId everybody("9188040d-6c67-4c5b-b112-36a304b66dad");
         auto one = entry(900);
         one.owner_tenant = everybody;
         asked.policy.catalog.entries = {one};
         asked.app.owner_tenant = everybody;
       }},
      {"own tenant", misses, 0, "not an application of a third party",
       [](Asked& asked) { asked.app.owner_tenant = own_tenant; }},
      {"owner unknown", unknown, 0, "whose application it is",
       [](Asked& asked) { asked.app.owner_tenant.reset(); }},
      {"not read", unknown, 0, "whose application it is",
       [](Asked& asked) { asked.app_is_read = false; }},
  };
  ask_all("D08", cases);
}

TEST_CASE("D08: the shipped catalog knows such a tenant") {
  Asked asked;
  for (const auto& one : asked.policy.catalog.entries) {
    if (one.app_id == domain::AppId(perfectdata_id)) asked.app.owner_tenant = one.owner_tenant;
  }
  CHECK(ask(asked, "D08").state == hits);
}

TEST_CASE("D10: Microsoft disabled it") {
  const auto status = [](const std::string& text) {
    return [text](Asked& asked) { asked.app.disabled_by_microsoft = text; };
  };
  const AskedCase cases[] = {
      {"violation", hits, 60, "DisabledDueToViolationOfServicesAgreement",
       status("DisabledDueToViolationOfServicesAgreement")},
      {"a word of tomorrow", hits, 60, "Suspended", status("Suspended")},
      {"hostile", hits, 60, "<U+202E>", status("\u202E")},
      {"null", misses, 0, "did not disable", [](Asked&) {}},
      {"not disabled", misses, 0, "did not disable", status("NotDisabled")},
      {"not read", unknown, 0, "whether Microsoft disabled it is not known",
       [](Asked& asked) {
         asked.app_is_read = false;
         set_source(asked.all, source::service_principals, domain::SourceState::denied);
       }},
      {"only the log knows it", unknown, 0, "no service principal",
       [](Asked& asked) {
         asked.app_is_read = false;
         asked.all.grants.clear();
         asked.all.audits = {consent_event("e", days_ago(1), "sp", "ada")};
       }},
  };
  ask_all("D10", cases);
}

TEST_CASE("D12: it came into other tenants at the same time") {
  const auto came = [](int days, std::vector<domain::Sighting> sightings) {
    return [=](Asked& asked) {
      asked.app.created = days_ago(days);
      asked.memory = memory_of(sightings);
    };
  };
  const AskedCase cases[] = {
      {"another", hits, 20, "within 7 days of that into 1 other: tenant tenant-b on",
       came(5, {seen(1, 11)})},
      {"7 days later", hits, 20, "1 other", came(8, {seen(1, 1)})},
      {"two", hits, 20, "2 others", came(5, {seen(1, 6), seen(1, 4, "tenant-c")})},
      {"8 days apart", misses, 0, "did not come", came(3, {seen(1, 11)})},
      {"another application", misses, 0, "did not come", came(5, {seen(2, 5)})},
      {"long ago everywhere", misses, 0, "not new here", came(300, {seen(1, 300)})},
      {"remembered for long, made anew", misses, 0, "not new here",
       [&](Asked& asked) {
         came(5, {seen(1, 5)})(asked);
         asked.memory->apps = {known(200)};
       }},
      {"no memory", unknown, 0, "no state database", [](Asked&) {}},
      {"one tenant only", unknown, 0, "looks after one tenant only",
       came(5, {seen(1, 5, own_tenant.str())})},
      {"age unknown", unknown, 0, "since when it is in this tenant is not known",
       [&](Asked& asked) {
         came(5, {seen(1, 5)})(asked);
         asked.app.created.reset();
       }},
      {"not read", unknown, 0, "app id is not known",
       [&](Asked& asked) {
         came(5, {seen(1, 5)})(asked);
         asked.app_is_read = false;
       }},
  };
  ask_all("D12", cases);
}

TEST_CASE("D22: used or given something after a long time without use") {
  const auto signed_in = [](Asked& asked, int days) {
    asked.all.sign_ins.push_back(
        sign_in("s" + std::to_string(days), days_ago(days), app_guid(1), "ada"));
  };
  const auto remember = [](Asked& asked, std::optional<int> used) {
    asked.memory = domain::Memory{};
    asked.memory->apps = {known(700, used)};
  };
  const auto counted = [](Asked& asked, std::optional<int> used) {
    asked.all.app_activities = {
        {.app_id = domain::AppId(app_guid(1)),
         .last_used = used ? std::optional(days_ago(*used)) : std::nullopt}};
  };
  const auto consented = [](Asked& asked, int days) {
    asked.all.audits.push_back(consent_to("c", days_ago(days), "sp", "ada",
                                          consent_entry("sp", "sp-graph", "ada", "Mail.Read")));
  };
  const AskedCase cases[] = {
      {"sign-in, remembered use", hits, 20, "a sign-in on 2026-11-21T09:00:00Z, after 118 days",
       [&](Asked& a) { signed_in(a, 2), remember(a, 120); }},
      {"consent, use that Microsoft counted", hits, 20, "a grant on",
       [&](Asked& a) { consented(a, 2), counted(a, 200); }},
      {"never used", hits, 20, "was never used",
       [&](Asked& a) { consented(a, 2), counted(a, std::nullopt); }},
      {"Microsoft's count is the new use", hits, 20, "a use that Microsoft counted",
       [&](Asked& a) { counted(a, 1), remember(a, 100); }},
      {"in use", misses, 0, "not unused", [&](Asked& a) { signed_in(a, 2), remember(a, 80); }},
      {"exactly 90 days", misses, 0, "not unused",
       [&](Asked& a) { signed_in(a, 2), remember(a, 92); }},
      {"young", misses, 0, "not unused",
       [&](Asked& a) {
         a.app.created = days_ago(20);
         signed_in(a, 2);
       }},
      {"a failed sign-in is no use", misses, 0, "neither used nor given",
       [&](Asked& a) {
         signed_in(a, 2), remember(a, 120);
         a.all.sign_ins[0].error_code = 50126;
       }},
      {"a sign-in that may have failed is no use", unknown, 0, "does not say whether it succeeded",
       [&](Asked& a) {
         signed_in(a, 2), remember(a, 120);
         a.all.sign_ins[0].error_code.reset();
       }},
      {"nor is it sleep", misses, 0, "not unused",
       [&](Asked& a) {
         signed_in(a, 20), signed_in(a, 2), remember(a, 300);
         a.all.sign_ins[0].time = days_ago(50);
         a.all.sign_ins[0].error_code.reset();
       }},
      {"still asleep", misses, 0, "neither used nor given", [&](Asked& a) { counted(a, 200); }},
      {"before the window", misses, 0, "neither used nor given",
       [&](Asked& a) { signed_in(a, 40), remember(a, 300); }},
      {"no earlier use known", unknown, 0, "when it was last used before is not known",
       [&](Asked& a) { signed_in(a, 2); }},
      {"sign-ins not read", unknown, 0, "signIns was not read",
       [&](Asked& a) { deny(a.all, source::sign_ins); }},
      {"audits not read", unknown, 0, "directoryAudits was not read",
       [&](Asked& a) { deny(a.all, source::audits); }},
  };
  ask_all("D22", cases);
}

TEST_CASE("D22: mail access wakes as well") {
  Asked asked;
  domain::MailAccess access;
  access.id = domain::RecordId("m");
  access.first = access.last = days_ago(1);
  access.client_app = domain::AppId(app_guid(1));
  asked.all.mail_accesses = {access};
  asked.memory = domain::Memory{};
  asked.memory->apps = {known(700, 500)};
  const auto answer = ask(asked, "D22");
  CHECK(answer.state == hits);
  CHECK(answer.evidence == std::vector<std::string>{"m"});
}

TEST_CASE("D24: which door is open for this application") {
  const auto assigned = [](Asked& a, std::vector<std::string> ids) {
    a.all.authorization_policy =
        domain::AuthorizationPolicy{.permission_grant_policies_assigned = std::move(ids),
                                    .allow_user_consent_for_risky_apps = std::nullopt};
  };
  const std::string self = "ManagePermissionGrantsForSelf.";
  const std::string managed = self + "microsoft-user-default-recommended";
  const auto ews = [&](Asked& a, std::optional<std::vector<domain::AppId>> allowed) {
    assigned(a, {});
    a.all.grants = {grant("g", "sp", "ada", {"EWS.AccessAsUser.All"}, "sp-exchange")};
    a.all.organization_config =
        domain::OrganizationConfig{.ews_enabled = true, .ews_allowed = std::move(allowed)};
  };
  const domain::AppId own(app_guid(1));
  const AskedCase cases[] = {
      {"legacy", hits, 0, "every user may let in any application",
       [&](Asked& a) {
         assigned(a, {"managepermissiongrantsforself.MICROSOFT-user-default-legacy"});
       }},
      {"legacy, its short name", hits, 0, "every user",
       [&](Asked& a) { assigned(a, {self + "legacy"}); }},
      {"low, verified", hits, 0, "low impact",
       [&](Asked& a) { assigned(a, {self + "microsoft-user-default-low"}); }},
      {"low, unverified", misses, 0, "verified publishers only",
       [&](Asked& a) {
         assigned(a, {self + "microsoft-user-default-low"});
         a.app.verified_publisher = unverified();
       }},
      {"managed, exempt", hits, 0, "exempts this app id (as of 2026-01-22)",
       [&](Asked& a) {
         assigned(a, {managed});
         a.app.app_id = domain::AppId(em_client_id);
       }},
      {"managed, scopes that are left", hits, 0, "leaves Mail.Send to every user",
       [&](Asked& a) {
         assigned(a, {managed});
         a.all.grants = {grant("g", "sp", "ada", {"Mail.Send", "Mail.Read"})};
       }},
      {"managed, stopped", misses, 0, "lets no user give it mail scopes",
       [&](Asked& a) { assigned(a, {managed}); }},
      {"managed, the catalog says nothing", unknown, 0, "not in the catalog",
       [&](Asked& a) {
         assigned(a, {managed});
         a.policy.catalog.managed_consent.reset();
       }},
      {"nobody may consent", misses, 0, "users may not consent",
       [&](Asked& a) { assigned(a, {"ManagePermissionGrantsForOwnedResource.x"}); }},
      {"a policy of its own", unknown, 0, "under the policy ours (\"Ours <U+200B>\")",
       [&](Asked& a) {
         assigned(a, {self + "Ours"});
         a.all.permission_grant_policies = {{.id = "ours", .display_name = "Ours \u200B"}};
       }},
      {"risky ones too", hits, 0, "even to what Microsoft finds risky",
       [&](Asked& a) {
         assigned(a, {managed});
         a.all.authorization_policy->allow_user_consent_for_risky_apps = true;
       }},
      {"EWS allow-list", hits, 0, "allow-list for EWS holds",
       [&](Asked& a) { ews(a, std::vector<domain::AppId>{own}); }},
      {"not on it", misses, 0, "does not hold its app id",
       [&](Asked& a) { ews(a, std::vector<domain::AppId>{}); }},
      {"no list", unknown, 0, "who may use EWS is not known",
       [&](Asked& a) { ews(a, std::nullopt); }},
      {"EWS off", misses, 0, "EWS is switched off",
       [&](Asked& a) {
         ews(a, std::nullopt);
         a.all.organization_config->ews_enabled = false;
       }},
      {"configuration not read", unknown, 0, "whether it may use EWS is not known",
       [&](Asked& a) {
         ews(a, std::nullopt);
         deny(a.all, source::organization_config);
       }},
      {"on the list without EWS scopes", misses, 0, "users may not consent",
       [&](Asked& a) {
         ews(a, std::vector<domain::AppId>{own});
         a.all.grants = {grant("g", "sp", "ada", {"Mail.Read"})};
       }},
      {"policy not read", unknown, 0, "authorizationPolicy was not read",
       [](Asked& a) { deny(a.all, source::authorization_policy); }},
      {"a change is told", misses, 0, "was changed once since 2026-10-24T09:00:00Z, last on",
       [&](Asked& a) {
         assigned(a, {});
         for (const int days : {3, 50}) {
           auto event = consent_event("p" + std::to_string(days), days_ago(days), "x", "ada");
           event.activity = "Update authorization policy";
           event.targets.clear();
           a.all.audits.push_back(event);
         }
       }},
  };
  ask_all("D24", cases);
}

TEST_CASE("signals: what speaks for an application is marked") {
  const auto id = [](const std::string& app_id, const std::string& text) {
    Asked asked;
    asked.app.app_id = domain::AppId(app_id);
    asked.app.display_name = text;
    return asked;
  };
  const std::string gmail = "2cee05de-2b8f-45a2-8289-2a06ca32c4c8";
  CHECK(ask(id(gmail, "Harborly"), "D01").against);
  CHECK_FALSE(ask(id(thunderbird_id, "Thunderbird"), "D01").against);  // its id is borrowed
  CHECK_FALSE(ask(id(app_guid(1), "Harborly"), "D01").against);
  Asked own = id(gmail, "");
  own.app.display_name = policy::find(own.policy.catalog, own.app.app_id)->names.front();
  CHECK(ask(own, "D02").against);
  CHECK_FALSE(ask(id(em_client_id, "eM Client"), "D02").against);
  CHECK(ask(Asked{}, "D07").against);

  Asked many;
  many.all.grants.clear();
  for (const char* user : {"a", "b", "c", "d"}) {
    many.all.grants.push_back(grant(std::string("g") + user, "sp", user, {"Mail.Read"}));
  }
  CHECK(ask(many, "D11").against);
  many.app.created = days_ago(3);  // a campaign reaches many as well
  CHECK_FALSE(ask(many, "D11").against);
}

TEST_CASE("D11: what was remembered is not new") {
  const auto with = [](int created, std::optional<int> remembered_days,
                       std::optional<int> last_snapshot) {
    return [=](Asked& asked) {
      asked.app.created = created > 0 ? std::optional(days_ago(created)) : std::nullopt;
      asked.memory = domain::Memory{};
      if (remembered_days) asked.memory->apps = {known(*remembered_days)};
      if (last_snapshot) asked.memory->last_snapshot = days_ago(*last_snapshot);
    };
  };
  const AskedCase cases[] = {
      {"new", hits, 10, "it is in this tenant since", with(5, std::nullopt, 1)},
      {"made anew", misses, 0, "the state database knows it since", with(5, 200, 1)},
      {"remembered since a few days", hits, 10, "it is in this tenant since", with(5, 4, 1)},
      {"not in the last snapshot", hits, 10, "it was not there on", with(0, std::nullopt, 2)},
      {"the last snapshot is old", unknown, 0, "since when", with(0, std::nullopt, 60)},
      {"known, but since when", unknown, 0, "since when", with(0, 4, 2)},
      {"known for long", misses, 0, "the state database knows it", with(0, 40, 2)},
  };
  ask_all("D11", cases);
}
