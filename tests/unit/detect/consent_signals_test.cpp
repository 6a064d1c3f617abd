#include <functional>
#include <random>

#include "asking.hpp"

using namespace clawback;
using namespace clawback::test;
using domain::AuditResult;
using domain::SignalState;
using domain::SourceState;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

namespace source = domain::source;

constexpr auto hits = SignalState::hit;
constexpr auto misses = SignalState::miss;
constexpr auto unknown = SignalState::not_evaluable;
const Time then = days_ago(3);

struct Case {
  std::string_view name;
  SignalState state;
  int weight;
  std::string_view reason;  // a part of it
  std::function<void(domain::Snapshot&)> change;
};

domain::Snapshot one_app() {
  return snapshot({service_principal("sp", app_guid(1))}, {grant("g", "sp", "ada", {"Mail.Read"})});
}

template <std::size_t N>
void check_all(std::string_view id, const Case (&cases)[N]) {
  for (const Case& c : cases) {
    CAPTURE(id);
    CAPTURE(c.name);
    auto all = one_app();
    c.change(all);
    const auto answer = ask(all, id);
    CAPTURE(answer.reason);
    CHECK(answer.state == c.state);
    CHECK(answer.weight == c.weight);
    CHECK(answer.reason.find(c.reason) != std::string::npos);
    CHECK(answer.evidence.empty() == (c.state != hits));
    CHECK(answer.missing.has_value() == (c.state == unknown));
  }
}

domain::AuditEvent refusal(const std::string& id, Time time, const std::string& user_id,
                           const std::string& app_id = app_guid(1)) {
  auto event = consent_event(id, time, "", user_id);
  event.targets[0] = {.id = "app-object", .type = "Application", .display_name = "Harborly"};
  event.app_id = domain::AppId(app_id);
  event.result = AuditResult::failure;
  event.reason = "Risky application detected";
  return event;
}

domain::AuditEvent given(const std::string& id, Time time, const std::string& user_id,
                         const std::string& scopes = "Mail.Read") {
  return consent_to(id, time, "sp", user_id, consent_entry("sp", "sp-graph", user_id, scopes));
}

domain::AuditEvent by_admin(domain::AuditEvent event) {
  event.targets[0].properties[0].new_value = "True";
  return event;
}

domain::AuditEvent because(domain::AuditEvent event, const std::string& reason) {
  event.reason = reason;
  return event;
}

domain::AuditEvent with_activity(domain::AuditEvent event, const std::string& activity) {
  event.activity = activity;
  return event;
}

void partly(domain::Snapshot& all) { set_source(all, source::audits, SourceState::partial); }

using Events = std::vector<domain::AuditEvent>;
std::function<void(domain::Snapshot&)> log(Events events) {
  return [events = std::move(events)](domain::Snapshot& all) { all.audits = events; };
}

}  // namespace

TEST_CASE("D13: refused, and perhaps let in by another") {
  auto risky = given("au-2", then + hours(3), "bob");
  risky.reason = "Risky application detected";
  const Case cases[] = {
      {"another user after 44 s", hits, 40,
       "refused to ada@contoso.example on 2026-11-20T09:00:00Z (Risky application detected), and "
       "44 s later bob@contoso.example let it in",
       log({refusal("au-1", then, "ada"), given("au-2", then + seconds(44), "bob")})},
      {"the same user", hits, 40, "12 min later the same user let it in",
       log({refusal("au-1", then, "ada"), given("au-2", then + minutes(12), "ada")})},
      {"the same user, for want of rights", hits, 10, "people try again: counts a quarter",
       log({because(refusal("au-1", then, "ada"), "UserConsentBlockedException"),
            given("au-2", then + minutes(12), "ada")})},
      {"the same user, who cancelled first", misses, 0, "let it in himself later",
       log({because(refusal("au-1", then, "ada"), "UserDeclinedConsent"),
            given("au-2", then + minutes(2), "ada")})},
      {"the same user, for no reason that is known", misses, 0, "let it in himself later",
       log({because(refusal("au-1", then, "ada"), ""), given("au-2", then + minutes(2), "ada")})},
      {"but another was refused as well", hits, 40, "refused to cy@contoso.example",
       log({because(refusal("au-0", then, "cy"), "UserConsentBlockedException"),
            because(refusal("au-1", then + seconds(1), "ada"), ""),
            given("au-2", then + minutes(2), "ada")})},
      {"the risk counts, whatever came between", hits, 40, "Risky application detected",
       log({refusal("au-0", then, "ada"),
            because(refusal("au-1", then + seconds(1), "ada"), "UserDeclinedConsent"),
            given("au-2", then + minutes(2), "ada")})},
      {"cancelled, and never let in", hits, 20, "refused once",
       log({because(refusal("au-1", then, "ada"), "UserDeclinedConsent")})},
      {"one refusal in two logs", hits, 20, "refused once",
       log({refusal("au-1", then, "ada"), refusal("uni-1", then + milliseconds(40), "ada")})},
      {"the nearest refusal counts", hits, 40, "5 s later",
       log({refusal("au-0", then, "ada"), refusal("au-1", then + seconds(10), "ada"),
            given("au-2", then + seconds(15), "bob")})},
      {"an administrator is told as the honest way", hits, 40, "looks the same",
       log({refusal("au-1", then, "ada"), by_admin(given("au-2", then + seconds(44), "bob"))})},
      {"refused for want of rights alone, and granted by an administrator", hits, 20,
       "no risk was the reason for the refusal: counts half",
       [](auto& all) {
         all.audits = {refusal("au-1", then, "ada"),
                       by_admin(given("au-2", then + seconds(44), "bob"))};
         all.audits[0].reason = "Microsoft.Online.Security.UserConsentBlockedException";
       }},
      {"by a direct grant", hits, 40, "30 s later bob",
       log({refusal("au-1", then, "ada"),
            grant_change("au-2", then + seconds(30), "sp", "bob", "", "Mail.Read")})},
      {"an hour and a bit later", hits, 20, "nobody let it in within 60 min, so this counts half",
       log({refusal("au-1", then, "ada"), given("au-2", then + minutes(61), "bob")})},
      {"refused alone", hits, 20, "refused once, the last time to ada",
       log({refusal("au-1", then, "ada")})},
      {"given before", hits, 20, "refused 2 times",
       log({given("au-0", then, "bob"), refusal("au-1", then + seconds(1), "ada"),
            refusal("au-2", then + seconds(2), "ada")})},
      {"risky, and a success", hits, 40,
       "bob@contoso.example let it in on 2026-11-20T12:00:00Z although", log({risky})},
      {"part of the log is enough to hit", hits, 20, "refused once",
       [](auto& all) {
         all.audits = {refusal("au-1", then, "ada")};
         partly(all);
       }},
      {"hostile reason", hits, 20, "<U+202E>",
       [](auto& all) {
         all.audits = {refusal("au-1", then, "ada")};
         all.audits[0].reason = "\xE2\x80\xAE" + std::string(5000, 'x');
       }},
      {"before the window", misses, 0, "before the time",
       log({refusal("au-1", days_ago(40), "ada")})},
      {"a grant that was taken back is not let in", hits, 20, "half",
       log({refusal("au-1", then, "ada"),
            grant_change("au-2", then + seconds(30), "sp", "bob", "Mail.Read", "")})},
      {"success for no reason", misses, 0, "no consent to it was refused",
       log({given("au-2", then, "bob")})},
      {"part of the log", unknown, 0, "only read in part", partly},
      {"no log", unknown, 0, "was not read (denied)", [](auto& all) { deny(all, source::audits); }},
  };
  check_all("D13", cases);
}

TEST_CASE("D13: an application that was only refused is shown, never alarmed nor acted on") {
  auto all = snapshot();
  all.audits = {refusal("au-1", then, "ada", em_client_id)};
  const auto judgement = judged(all, shipped_policy());
  REQUIRE(judgement.findings.size() == 1);
  const auto& finding = judgement.findings[0];
  CHECK(finding.app.app_id.str() == em_client_id);
  CHECK(finding.app.id.empty());
  CHECK(finding.verdict == domain::Verdict::watch);
  CHECK(finding.mode == domain::Mode::report);
  REQUIRE(find_signal(finding, "D13") != nullptr);
  CHECK(find_signal(finding, "D13")->weight == 20);

  // Let in 44 seconds later, it is the same case.
  all.audits.push_back(given("au-2", then + seconds(44), "bob"));
  all.audits[1].app_id = domain::AppId(em_client_id);
  const auto later = judged(all, shipped_policy());
  REQUIRE(later.findings.size() == 1);
  CHECK(later.findings[0].key == finding.key);
  CHECK(find_signal(later.findings[0], "D13")->weight == 40);
}

TEST_CASE("D14: a grant that grew to reach mail") {
  const std::string both = "User.Read Mail.Read";
  const auto grown = [&](const std::string& id, Time time) {
    return grant_change(id, time, "sp", "ada", "User.Read", both);
  };
  const auto same = [&](const std::string& id, Time time) {
    const std::string entry = consent_entry("sp", "sp-graph", "ada", both);
    return consent_to(id, time, "sp", "ada", entry, entry);
  };
  const Events amended = {given("au-0", then, "ada", "User.Read"),
                          grown("au-1", then + seconds(74)),
                          with_activity(grown("au-2", then + seconds(74) + milliseconds(2)),
                                        "Remove delegated permission grant"),
                          same("au-3", then + seconds(74) + milliseconds(13))};
  auto everyone = grown("au-1", then);
  everyone.targets[0].properties[1] = {.name = "DelegatedPermissionGrant.ConsentType",
                                       .old_value = "AllPrincipals",
                                       .new_value = "AllPrincipals"};
  const Case cases[] = {
      {"harmless first, mail 74 s later", hits, 35,
       "it was harmless first and reached mail 74 s after it was made", log(amended)},
      {"the misleading name is explained", hits, 35,
       "record au-2 is called \"Remove delegated permission grant\" and yet shows scopes added",
       log(amended)},
      {"direct, without any consent", hits, 35,
       "no consent stands beside it: it was written by Graph or PowerShell",
       log({grown("au-1", then)})},
      {"a consent of somebody else is no consent of it", hits, 35, "Graph or PowerShell",
       log({grown("au-1", then), given("au-2", then + seconds(1), "bob")})},
      {"a consent eleven seconds later either", hits, 35, "Graph or PowerShell",
       log({grown("au-1", then), same("au-2", then + seconds(11))})},
      {"for everyone", hits, 35, "for everyone in the tenant grew", log({everyone})},
      {"made directly with mail", hits, 35, "was made directly on 2026-11-20T09:00:00Z by ada",
       log({grant_change("au-1", then, "sp", "ada", "", "Mail.Read")})},
      {"another capability", hits, 35, "Mail.Send came to Mail.Read",
       log({grant_change("au-1", then, "sp", "ada", "Mail.Read", "Mail.Read Mail.Send"),
            same("au-2", then)})},
      {"mail was there before the harmless rest", misses, 0, "not to more mail",
       log({given("au-0", then, "ada", "Mail.Read"),
            grant_change("au-1", then + hours(1), "sp", "ada", "Mail.Read",
                         "Calendars.Read Mail.Read")})},
      {"the same capability in other words", misses, 0, "not to more mail",
       log({grant_change("au-1", then, "sp", "ada", "Mail.Read", "Mail.Read Mail.ReadBasic")})},
      {"made directly without mail", misses, 0, "none of its grants grew",
       log({grant_change("au-1", then, "sp", "ada", "", "User.Read")})},
      {"on a resource without mail", misses, 0, "not to more mail",
       [&](auto& all) {
         all.service_principals.push_back(service_principal("sp-api", app_guid(9)));
         all.audits = {grant_change("au-1", then, "sp", "ada", "User.Read", both, "sp-api")};
       }},
      {"made with mail at once", misses, 0, "none of its grants grew",
       log({grant_change("au-0", then, "sp", "ada", "", "Mail.Read"),
            given("au-1", then + milliseconds(9), "ada", "Mail.Read")})},
      {"old growth", misses, 0, "on 2026-10-14T09:00:00Z, before the time that is looked at",
       log({grown("au-1", days_ago(40))})},
      {"old growth to mail, and harmless growth since", misses, 0, "2026-10-14",
       log({grown("au-1", days_ago(40)),
            grant_change("au-2", then, "sp", "ada", both, both + " Calendars.Read")})},
      {"refused", misses, 0, "none of its grants grew",
       [&](auto& all) {
         all.audits = {grown("au-1", then)};
         all.audits[0].result = AuditResult::failure;
       }},
      {"growth in part of a log", hits, 35, "grew on",
       [&](auto& all) {
         all.audits = {grown("au-1", then)};
         partly(all);
       }},
      {"part of a log may lack the consent", unknown, 0, "only read in part",
       [&](auto& all) {
         all.audits = {grant_change("au-1", then, "sp", "ada", "", "Mail.Read")};
         partly(all);
       }},
      {"no log", unknown, 0, "was not read (denied)", [](auto& all) { deny(all, source::audits); }},
  };
  check_all("D14", cases);
}

TEST_CASE("D14: what clawback itself gave back is no growth behind anybody's back") {
  auto all = one_app();
  all.audits = {grant_change("au", then, "sp", "ada", "", "Mail.Read")};
  all.audits[0].actor_user.reset();
  all.audits[0].actor_user_principal_name.reset();
  all.audits[0].actor_app = domain::AppId(app_guid(900));
  const auto weight = [&](std::vector<domain::AppId> own) {
    const auto judgement =
        detect::judge(all, shipped_policy(), {.now = now(), .own_apps = std::move(own)});
    const auto* finding = find_finding(judgement, "sp");
    REQUIRE(finding != nullptr);
    return find_signal(*finding, "D14")->weight;
  };
  CHECK(weight({}) == 35);
  CHECK(weight({domain::AppId(app_guid(900))}) == 0);
  CHECK(weight({domain::AppId(app_guid(901))}) == 35);
}

TEST_CASE("D14: what only the snapshots show") {
  auto all = one_app();
  all.grants = {grant("g", "sp", "ada", {"User.Read"})};
  all.observed = days_ago(4);
  const domain::Memory none;
  const auto first = detect::judge(all, shipped_policy(), {.now = now(), .memory = &none});
  REQUIRE(first.memory);
  CHECK(ask(all, "D14", "sp", &*first.memory).state == misses);

  all.grants = {grant("g", "sp", "ada", {"Mail.Read", "User.Read"})};
  all.observed = days_ago(3);
  const auto grown = ask(all, "D14", "sp", &*first.memory);
  CHECK(grown.state == hits);
  CHECK(
      grown.reason.find("between the snapshots of 2026-11-19T09:00:00Z and 2026-11-20T09:00:00Z") !=
      std::string::npos);
  CHECK(grown.evidence == std::vector<std::string>{"g"});

  // The next pass still knows it, until it has left the window.
  const auto second =
      detect::judge(all, shipped_policy(), {.now = now(), .memory = &*first.memory});
  all.observed = days_ago(2);
  CHECK(ask(all, "D14", "sp", &*second.memory).state == hits);
  all.coverage.logs_since = days_ago(1);
  const auto old = ask(all, "D14", "sp", &*second.memory);
  CHECK(old.state == misses);
  CHECK(old.reason.find("2026-11-20T09:00:00Z, before") != std::string::npos);
}

TEST_CASE("D15: a privileged user consented for himself") {
  auto by_flag = by_admin(given("au", then, "ada"));
  by_flag.targets[0].properties.pop_back();
  const Case cases[] = {
      {"an administrator for himself", hits, 15,
       "ada@contoso.example has the rights of an administrator",
       log({by_admin(given("au", then, "ada"))})},
      {"only the flags say so", hits, 15, "for himself alone", log({by_flag})},
      {"for everyone", misses, 0, "no administrator consented to it for himself",
       [](auto& all) {
         auto event =
             consent_to("au", then, "sp", "ada", consent_entry("sp", "sp-graph", "", "Mail.Read"));
         all.audits = {by_admin(event)};
       }},
      {"an ordinary user", misses, 0, "no administrator", log({given("au", then, "ada")})},
      {"refused", misses, 0, "no administrator",
       [](auto& all) {
         all.audits = {by_admin(given("au", then, "ada"))};
         all.audits[0].result = AuditResult::failure;
       }},
      {"part of the log", unknown, 0, "only read in part", partly},
      {"no log", unknown, 0, "was not read (denied)", [](auto& all) { deny(all, source::audits); }},
  };
  check_all("D15", cases);
}

TEST_CASE("happenings: a grant of an unknown user is not one for everyone") {
  domain::Snapshot all;
  all.tenant = own_tenant;
  all.observed = now();
  set_source(all, source::audits, SourceState::read);
  auto event = given("au", then, "");
  event.targets[0].properties[2].new_value =
      "[] => [[Id: , ClientId: sp, PrincipalId: , ResourceId: sp-graph, ConsentType: Principal, "
      "Scope:  Mail.Read, CreatedDateTime: , LastModifiedDateTime ]]; ";
  event.app_id = domain::AppId(em_client_id);
  event.actor_user.reset();
  all.audits = {event};
  CHECK(judged(all, shipped_policy()).findings.at(0).grants.empty());
  all.audits[0].actor_user = domain::UserId("ada");
  const auto judgement = judged(all, shipped_policy());
  REQUIRE(judgement.findings.at(0).grants.size() == 1);
  CHECK(judgement.findings[0].grants[0].principal == domain::UserId("ada"));
}

TEST_CASE("happenings: records of one second come in any order and are one growth") {
  const std::string both = "User.Read Mail.Read";
  const std::string entry = consent_entry("sp", "sp-graph", "ada", both);
  for (const auto& ids : std::vector<std::vector<std::string>>{
           {"a", "b", "c"}, {"b", "c", "a"}, {"c", "a", "b"}, {"c", "b", "a"}}) {
    auto all = one_app();
    all.audits = {grant_change(ids[0], then, "sp", "ada", "User.Read", both),
                  grant_change(ids[1], then, "sp", "ada", "User.Read", both),
                  consent_to(ids[2], then, "sp", "ada", entry, entry)};
    const auto answer = ask(all, "D14");
    CHECK(answer.state == hits);
    CHECK(answer.evidence.size() == 3);
    CHECK(answer.reason.find("PowerShell") == std::string::npos);
    CHECK(answer.reason.find("more such") == std::string::npos);
  }
}

namespace {

domain::Snapshot busy_tenant() {
  auto all = snapshot();
  // What only the log knows is a case as well.
  all.audits.push_back(consent_event("e-refused", then, "sp-gone", "ada"));
  all.audits.back().result = AuditResult::failure;
  domain::AuditEvent added = consent_event("au-90", then, "app-object", "eve");
  added.activity = "Add application";
  added.targets[0].type = "Application";
  added.app_id = domain::AppId(app_guid(50));
  all.audits.push_back(added);
  for (int i = 0; i < 12; ++i) {
    const std::string n = std::to_string(i);
    const std::string sp = "sp-" + n;
    all.service_principals.push_back(service_principal(sp, app_guid(i + 1)));
    all.grants.push_back(grant("g-" + n, sp, "u" + n, {"Mail.Read", "offline_access"}));
    all.users.push_back(user("u" + n));
    all.audits.push_back(refusal("r-" + n, then, "u" + n, app_guid(i + 1)));
    all.audits.push_back(refusal("q-" + n, then, "u" + n, app_guid(i + 100)));
    all.audits.push_back(consent_to("c-" + n, then, sp, "u" + n,
                                    consent_entry(sp, "sp-graph", "u" + n, "Mail.Read")));
    all.audits.push_back(grant_change("d-" + n, then, sp, "u" + n, "User.Read", "Mail.Read"));
    // Of an application that only the log knows, under two names and two app ids.
    all.audits.push_back(consent_event("e-" + n, then, "sp-gone", "u" + n));
    all.audits.back().app_id = domain::AppId(app_guid(200 + i % 2));
    all.audits.back().targets[0].display_name = "Gone " + n;
    all.sign_ins.push_back(sign_in("s-" + n, then, app_guid(i + 1), "u" + n));
  }
  return all;
}

}  // namespace

TEST_CASE("signals: the order of what was read changes no byte") {
  auto all = busy_tenant();
  const auto expected = judged(all, shipped_policy());
  REQUIRE(expected.findings.size() > 20);
  std::mt19937 random(7);
  for (int round = 0; round < 20; ++round) {
    std::shuffle(all.service_principals.begin(), all.service_principals.end(), random);
    std::shuffle(all.grants.begin(), all.grants.end(), random);
    std::shuffle(all.users.begin(), all.users.end(), random);
    std::shuffle(all.audits.begin(), all.audits.end(), random);
    std::shuffle(all.sign_ins.begin(), all.sign_ins.end(), random);
    const auto again = judged(all, shipped_policy());
    REQUIRE(again.findings.size() == expected.findings.size());
    for (std::size_t i = 0; i < again.findings.size(); ++i) {
      CAPTURE(i);
      CHECK(again.findings[i] == expected.findings[i]);
    }
  }
}
