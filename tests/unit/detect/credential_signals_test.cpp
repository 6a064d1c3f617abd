#include <functional>

#include "asking.hpp"

using namespace clawback;
using namespace clawback::test;
using domain::AuditResult;
using domain::SignalState;
using domain::SourceState;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

namespace source = domain::source;

constexpr auto hits = SignalState::hit;
constexpr auto misses = SignalState::miss;
constexpr auto unknown = SignalState::not_evaluable;
const Time then = days_ago(3);
const std::string secrets_activity =
    "Update application \u2013 Certificates and secrets management ";

struct World {
  domain::ServicePrincipal app = service_principal("sp", app_guid(1));
  domain::Snapshot all = snapshot({}, {grant("g", "sp", "ada", {"Mail.Read"})});
};

struct Case {
  std::string_view name;
  SignalState state;
  int weight;
  std::string_view reason;  // a part of it
  std::function<void(World&)> change;
};

template <std::size_t N>
void check_all(std::string_view id, const Case (&cases)[N]) {
  for (const Case& c : cases) {
    CAPTURE(id);
    CAPTURE(c.name);
    World world;
    c.change(world);
    world.all.service_principals.push_back(world.app);
    const auto answer = ask(world.all, id);
    CAPTURE(answer.reason);
    CHECK(answer.state == c.state);
    CHECK(answer.weight == c.weight);
    CHECK(answer.reason.find(c.reason) != std::string::npos);
    CHECK(answer.evidence.empty() == (c.state != hits));
    CHECK(answer.missing.has_value() == (c.state == unknown));
  }
}

domain::AuditEvent act(const std::string& activity, const std::string& id, Time time) {
  auto event = consent_event(id, time, "sp", "eve");
  event.activity = activity;
  return event;
}

domain::AuditEvent credential(const std::string& id, Time time) {
  return act("Add service principal credentials", id, time);
}

// Records of the application object name neither service principal nor, some of them, the app id.
domain::AuditEvent of_application(const std::string& activity, const std::string& id, Time time,
                                  const std::string& app_id = {}) {
  auto event = act(activity, id, time);
  event.targets[0] = {.id = "app-object", .type = "Application", .display_name = "Harborly"};
  if (!app_id.empty()) event.app_id = domain::AppId(app_id);
  return event;
}

domain::AuditEvent key_change(const std::string& before, const std::string& after) {
  auto event = of_application(secrets_activity, "au", then, app_guid(1));
  set_property(event, "KeyDescription", after, before);
  return event;
}

domain::AuditEvent urls(const std::string& id, Time time, const std::string& after) {
  auto event = act("Update service principal", id, time);
  set_property(event, "AppAddress", after,
               R"([{"AddressType":0,"Address":"https://app.example"}])");
  return event;
}

std::string address(const std::string& url) {
  return R"([{"AddressType":0,"Address":"https://app.example"},{"AddressType":0,"Address":")" +
         url + R"("}])";
}

std::function<void(World&)> log(std::vector<domain::AuditEvent> events) {
  return [events = std::move(events)](World& world) { world.all.audits = events; };
}

void partly(World& world) { set_source(world.all, source::audits, SourceState::partial); }
void no_log(World& world) { deny(world.all, source::audits); }

const std::string one_key = R"(["[KeyIdentifier=1,KeyType=Password,DisplayName=ci]"])";
const std::string two_keys =
    R"(["[KeyIdentifier=1,KeyType=Password,DisplayName=ci]","[KeyIdentifier=2,KeyType=AsymmetricX509Cert]"])";

}  // namespace

TEST_CASE("D09: reply URLs that records add") {
  const Case cases[] = {
      {"a tool's", hits, 20,
       "http://localhost:5000/access was added on 2026-11-20T09:00:00Z by "
       "eve@contoso.example from record au",
       log({urls("au", then, address("http://localhost:5000/access"))})},
      {"loopback counts in full", hits, 20, "user's own machine",
       log({urls("au", then, address("http://localhost"))})},
      {"unencrypted counts in full", hits, 20, "not encrypted",
       log({urls("au", then, address("http://a.example"))})},
      {"any other, and it reaches mail", hits, 10, "counts half",
       log({urls("au", then, address("https://evil.example/cb"))})},
      {"the worst of several counts", hits, 20, "from record au-2",
       log({urls("au-1", then, address("https://evil.example")),
            urls("au-2", then, address("http://localhost")),
            urls("au-3", then, address("https://other.example"))})},
      {"beside the inventory", hits, 20,
       "honest desktop clients do that too, so it counts half; "
       "reply URL http://localhost was added",
       [](World& w) {
         w.app.reply_urls = std::vector<std::string>{"http://localhost"};
         w.all.audits = {urls("au", then, address("http://localhost"))};
       }},
      {"inventory not read, log read", hits, 10, "was added",
       [](World& w) {
         w.app.reply_urls.reset();
         w.all.audits = {urls("au", then, address("https://evil.example/cb"))};
       }},
      {"by the application object, joined by its registration", hits, 20, "from record au-2",
       [](World& w) {
         auto change = of_application("Update application", "au-2", then);
         set_property(change, "AppAddress", address("http://localhost"), "[]");
         w.all.audits = {of_application("Add application", "au-1", then - minutes(9), app_guid(1)),
                         change};
       }},
      {"another, without mail", misses, 0, "nothing shows that it reaches mail",
       [](World& w) {
         w.all.grants.clear();
         w.all.audits = {urls("au", then, address("https://evil.example/cb"))};
       }},
      {"taken away", misses, 0, "no record adds", log({urls("au", then, "[]")})},
      {"before the window", misses, 0, "no record adds",
       log({urls("au", days_ago(40), address("http://localhost"))})},
      {"refused", misses, 0, "no record adds",
       [](World& w) {
         w.all.audits = {urls("au", then, address("http://localhost"))};
         w.all.audits[0].result = AuditResult::failure;
       }},
      {"no log, inventory read", misses, 0, "not known: directoryAudits was not read", no_log},
      {"neither shows any", unknown, 0, "not in the evidence",
       [](World& w) { w.app.reply_urls.reset(); }},
      {"hostile", hits, 10, "<U+202E>",
       log({urls("au", then, address("https://a.example/\xE2\x80\xAE"))})},
  };
  check_all("D09", cases);
}

TEST_CASE("D21: a credential was added") {
  const auto logged_role = [](World& w, const std::string& resource) {
    w.all.grants.clear();
    deny(w.all, source::app_roles);
    auto role = act("Add app role assignment to service principal", "au-r", then - minutes(9));
    role.targets[0].id = "sp-graph";
    role.app_id = domain::AppId(resource);
    set_property(role, "ServicePrincipal.ObjectID", "sp");
    set_property(role, "AppRole.Value", "Mail.Read");
    w.all.audits = {role, credential("au", then)};
  };
  const Case cases[] = {
      {"to the service principal", hits, 25,
       "eve@contoso.example added a credential to it on 2026-11-20T09:00:00Z (\"Add service",
       log({credential("au", then)})},
      {"to the application", hits, 25, "KeyType=Password,DisplayName=ci",
       log({key_change("[]", one_key)})},
      {"only what is new is told", hits, 25, "KeyIdentifier=2",
       log({key_change(one_key, two_keys)})},
      {"to the application, joined by its registration", hits, 25, "Certificates and secrets",
       log({of_application("Add application", "au-1", then - minutes(9), app_guid(1)),
            of_application(secrets_activity, "au-2", then)})},
      {"the dash is spoilt", hits, 25, "added a credential",
       log({of_application("Update application ? Certificates and secrets management", "au", then,
                           app_guid(1))})},
      {"by roles", hits, 25, "added a credential",
       [](World& w) {
         w.all.grants.clear();
         w.all.app_roles = {app_role("r", "sp", "Mail.Read")};
         w.all.audits = {credential("au", then)};
       }},
      {"a borrowed name of Microsoft's rotation", hits, 25, "application Managed Service Identity",
       [](World& w) {
         w.all.audits = {credential("au", then)};
         w.all.audits[0].actor_user_principal_name.reset();
         w.all.audits[0].actor_user.reset();
         w.all.audits[0].actor_app_name = "Managed Service Identity";
       }},
      {"rotation of a managed identity", misses, 0, "only Managed Service Identity",
       [](World& w) {
         w.app.type = "ManagedIdentity";
         w.all.audits = {credential("au", then)};
         w.all.audits[0].actor_app_name = "Managed Service Identity";
       }},
      {"taken away", misses, 0, "no credential", log({key_change(one_key, "[]")})},
      {"another application", misses, 0, "no credential",
       log({of_application(secrets_activity, "au", then, app_guid(2))})},
      {"an application object nobody knows", misses, 0, "no credential",
       log({of_application(secrets_activity, "au", then)})},
      {"without mail", misses, 0, "but it holds no access to mail",
       [](World& w) {
         w.all.grants.clear();
         w.all.audits = {credential("au", then)};
       }},
      {"refused", misses, 0, "no credential",
       [](World& w) {
         w.all.audits = {credential("au", then)};
         w.all.audits[0].result = AuditResult::failure;
       }},
      {"before the window", misses, 0, "before the time", log({credential("au", days_ago(40))})},
      {"mail not known", unknown, 0, "whether it reaches mail is not known",
       [](World& w) {
         deny(w.all, source::grants);
         w.all.audits = {credential("au", then)};
       }},
      {"by a role that the log tells of", hits, 25, "added a credential",
       [=](World& w) { logged_role(w, "00000003-0000-0000-c000-000000000000"); }},
      {"a role of that name on something else", unknown, 0, "whether it reaches mail is not known",
       [=](World& w) { logged_role(w, app_guid(9)); }},
      {"part of the log, with one", hits, 25, "added a credential",
       [](World& w) {
         w.all.audits = {credential("au", then)};
         partly(w);
       }},
      {"part of the log, without", unknown, 0, "only read in part", partly},
      {"no log", unknown, 0, "was not read (denied)", no_log},
      {"hostile", hits, 25, "<U+202E>", log({key_change("[]", R"(["\u202e"])")})},
  };
  check_all("D21", cases);
}

TEST_CASE("D23: registered, given a secret and let in within minutes") {
  const auto own = [](World& w) { w.app.owner_tenant = own_tenant; };
  const auto with = [&](std::vector<domain::AuditEvent> events) {
    return [own, events = std::move(events)](World& w) {
      own(w);
      w.all.audits = events;
    };
  };
  const auto registered = of_application("Add application", "au-1", then, app_guid(1));
  const auto came = act("Add service principal", "au-2", then + seconds(2));
  const auto secret = credential("au-3", then + minutes(2));
  const auto late = credential("au-3", then + minutes(31));
  const auto consent = consent_to("au-4", then + minutes(5), "sp", "ada",
                                  consent_entry("sp", "sp-graph", "ada", "Mail.Read"));
  auto role = act("Add app role assignment to service principal", "au-4", then + minutes(29));
  role.targets[0].id = "sp-graph";
  set_property(role, "ServicePrincipal.ObjectID", "sp");
  set_property(role, "AppRole.Value", "Mail.Read");
  const Case cases[] = {
      {"all three", hits, 40,
       "within 5 min on 2026-11-20T09:00:00Z it was registered in this tenant "
       "by eve@contoso.example",
       with({registered, came, secret, consent})},
      {"the service principal is enough", hits, 40, "within 4 min", with({came, secret, consent})},
      {"an app role", hits, 40, "within 29 min", with({registered, secret, role})},
      {"two of three", misses, 0, "no credential was added", with({registered, came, consent})},
      {"no consent", misses, 0, "nothing was given to it", with({registered, came, secret})},
      {"not registered here in the log", misses, 0, "does not show that it was registered",
       with({secret, consent})},
      {"a minute too late", misses, 0, "but not within 30 min", with({registered, late, consent})},
      {"a third party", misses, 0, "not an application of this tenant",
       log({came, secret, consent})},
      {"owner not known", unknown, 0, "whose application it is, is not known",
       [&](World& w) {
         w.app.owner_tenant.reset();
         w.all.audits = {came, secret, consent};
       }},
      {"part of the log, all three", hits, 40, "within",
       [&](World& w) {
         own(w);
         w.all.audits = {registered, secret, consent};
         partly(w);
       }},
      {"part of the log, two", unknown, 0, "only read in part",
       [&](World& w) {
         own(w);
         w.all.audits = {registered, secret};
         partly(w);
       }},
      {"no log", unknown, 0, "was not read (denied)",
       [&](World& w) {
         own(w);
         no_log(w);
       }},
  };
  check_all("D23", cases);
}

TEST_CASE("D23: the log alone shows whose it is") {
  domain::Snapshot all;
  all.tenant = own_tenant;
  all.observed = now();
  set_source(all, source::audits, SourceState::read);
  auto registered = of_application("Add application", "au-1", then);
  set_property(registered, "AppId", R"(["11111111-0000-4000-8000-000000000001"])", "[]");
  auto came = act("Add service principal", "au-2", then + seconds(2));
  came.app_id = domain::AppId(app_guid(1));
  auto consent = consent_to("au-4", then + minutes(5), "sp", "ada",
                            consent_entry("sp", "sp-graph", "ada", "Mail.Read"));
  all.audits = {registered, came, of_application(secrets_activity, "au-3", then + minutes(1)),
                consent};
  const auto answer = ask(all, "D23");
  CAPTURE(answer.reason);
  CHECK(answer.state == hits);
  CHECK(answer.evidence == std::vector<std::string>{"au-1", "au-3", "au-4"});
  CHECK(ask(all, "D21").state == hits);
  const auto judgement = judged(all, shipped_policy());
  REQUIRE(judgement.findings.size() == 1);
  CHECK(judgement.findings[0].ownership == domain::Ownership::own_tenant);
  CHECK(judgement.findings[0].mode <= domain::Mode::report);
  CHECK(judgement.findings[0].verdict == domain::Verdict::alert);
}

TEST_CASE("signals of access: Microsoft's own are no case, common clients no alarm") {
  auto all = snapshot({resource("sp-ms", app_guid(7)),
                       service_principal("sp-tb", thunderbird_id, "Mozilla Thunderbird")},
                      {grant("g", "sp-ms", "ada", {"Mail.Read"}),
                       grant("h", "sp-tb", "ada", {"IMAP.AccessAsUser.All"}, "sp-exchange")});
  auto secret = credential("au-1", then);
  secret.targets[0].id = "sp-ms";
  all.audits = {secret, grant_change("au-2", then, "sp-ms", "ada", "User.Read", "Mail.Read"),
                consent_to("au-3", then, "sp-tb", "ada",
                           consent_entry("sp-tb", "sp-exchange", "ada", "IMAP.AccessAsUser.All"))};
  const auto judgement = judged(all, shipped_policy());
  CHECK(find_finding(judgement, "sp-ms") == nullptr);
  const auto* common = find_finding(judgement, "sp-tb");
  REQUIRE(common != nullptr);
  CHECK(common->verdict == domain::Verdict::info);
  for (const auto* id : {"D13", "D14", "D15", "D21", "D23"}) {
    REQUIRE(find_signal(*common, id) != nullptr);
    CHECK(find_signal(*common, id)->state == misses);
  }
}
