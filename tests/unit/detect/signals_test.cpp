#include <doctest/doctest.h>

#include <functional>

#include "detect/case.hpp"
#include "detect/names.hpp"
#include "detect/signal.hpp"
#include "domain/permissions.hpp"
#include "judging.hpp"

using namespace clawback;
using namespace clawback::test;
using domain::SignalState;

namespace {

constexpr auto hits = SignalState::hit;
constexpr auto misses = SignalState::miss;
constexpr auto unknown = SignalState::not_evaluable;

// One application with one mail grant, before a test changes it.
struct World {
  domain::ServicePrincipal app = service_principal("sp", app_guid(1));
  domain::Snapshot all = snapshot({}, {grant("g", "sp", "ada", {"Mail.Read"})});
  bool app_is_read = true;
};

domain::SignalResult result(World world, std::string_view id) {
  if (world.app_is_read) world.all.service_principals.push_back(world.app);
  const detect::Index index(world.all);
  detect::Context context{
      .snapshot = world.all, .policy = shipped_policy(), .now = now(), .index = index, .names = {}};
  for (const auto& entry : shipped_policy().catalog.entries) {
    if (entry.names.front() == "eM Client")
      context.names[detect::fold_name("em client")] = {&entry};
  }
  for (const auto& facts : index.apps()) {
    if (facts.id != "sp") continue;
    detect::Case subject{.context = context, .facts = facts, .ownership = {}, .entry = nullptr};
    if (facts.app != nullptr) {
      subject.ownership = domain::ownership_of(*facts.app, own_tenant);
      subject.entry = policy::find(shipped_policy().catalog, facts.app->app_id);
    }
    for (const auto& signal : detect::signal_table()) {
      if (signal.id == id) return detect::evaluate(signal, subject);
    }
  }
  FAIL("no such application or signal");
  return {};
}

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
    const auto answer = result(world, id);
    CAPTURE(answer.reason);
    CHECK(answer.id == id);
    CHECK(answer.state == c.state);
    CHECK(answer.weight == c.weight);
    CHECK(answer.reason.find(c.reason) != std::string::npos);
    CHECK(answer.evidence.empty() == (c.state != hits));
    CHECK(answer.missing.has_value() == (c.state == unknown));
  }
}

void held(World& world, std::vector<domain::Grant> grants) { world.all.grants = std::move(grants); }
void state(World& world, std::string_view source, domain::SourceState now_is) {
  set_source(world.all, source, now_is);
}

namespace source = domain::source;
using domain::SourceState;

}  // namespace

TEST_CASE("signals: the table has one row for each signal of the policy") {
  const auto& table = detect::signal_table();
  const auto& known = policy::signals();
  REQUIRE(table.size() == known.size());
  for (std::size_t i = 0; i < table.size(); ++i) CHECK(table[i].id == known[i].id);
}

TEST_CASE("D01: the app id is in the catalog") {
  const auto id = [](const std::string& app_id) {
    return [app_id](World& world) { world.app.app_id = domain::AppId(app_id); };
  };
  const Case cases[] = {
      {"alert", hits, 60, "is eM Client, which is used in attacks", id(em_client_id)},
      {"review counts half", hits, 30, "needs a second look",
       id("facd6cff-a294-4415-b59f-c5b01937d7bd")},
      {"low confidence counts half", hits, 30, "low confidence",
       id("fc45d3d0-d870-4c83-b3f7-08ebca61d3a0")},
      {"a campaign report counts a quarter", hits, 15, "low confidence",
       id("fc5d3843-d0e8-4c3f-b0ee-6d407f667751")},
      {"sources that disagree", hits, 15, "sources disagree",
       id("4761b959-9780-4c2d-87a3-512b4638f767")},
      {"another owner is told", hits, 60, "the catalog knows it with owner tenant 146ecd75",
       id(em_client_id)},
      {"common client", misses, 0, "a known and common mail client",
       id("2cee05de-2b8f-45a2-8289-2a06ca32c4c8")},
      {"common client whose id is borrowed", misses, 0, "scripts borrow this id",
       id(thunderbird_id)},
      {"not reliable", misses, 0, "not reliable enough",
       id("626ce0a3-4620-483d-953d-53b106b9ffad")},
      {"not in it", misses, 0, "is not in the catalog", [](World&) {}},
      {"the name alone is nothing", misses, 0, "is not in the catalog",
       [](World& world) { world.app.display_name = "eM Client"; }},
      {"not read", unknown, 0, "not known", [](World& world) { world.app_is_read = false; }},
  };
  check_all("D01", cases);
}

TEST_CASE("D02: a catalogued name on another app id") {
  const auto name = [](const std::string& text) {
    return [text](World& world) { world.app.display_name = text; };
  };
  const Case cases[] = {
      {"same", hits, 15, "called \"eM Client\" like eM Client (e9a7fea1", name("eM Client")},
      {"case and blanks", hits, 15, "but has app id", name(" EM  client\t")},
      {"longer", misses, 0, "not one of the catalog", name("eM Client Pro")},
      {"its own name", misses, 0, "its own catalogued name",
       [](World& world) { world.app = service_principal("sp", em_client_id, "eM Client"); }},
      {"hostile names are shown safely", hits, 15, "<U+0009>", name("eM Client\t")},
      {"no name", unknown, 0, "not known", name("")},
      {"not read", unknown, 0, "not known", [](World& world) { world.app_is_read = false; }},
  };
  check_all("D02", cases);
}

TEST_CASE("D04: users gave it their mail") {
  const Case cases[] = {
      {"read", hits, 25, "it can read mail for 1 user: Mail.Read", [](World&) {}},
      {"send", hits, 25, "it can send mail for 1 user: SMTP.Send",
       [](World& w) { held(w, {grant("g", "sp", "ada", {"SMTP.Send"})}); }},
      {"export", hits, 25, "read and export",
       [](World& w) { held(w, {grant("g", "sp", "ada", {"MailboxItem.Export"})}); }},
      {"everything", hits, 25, "read, change and send",
       [](World& w) {
         held(w, {grant("g", "sp", "ada", {"EWS.AccessAsUser.All"}, "sp-exchange")});
       }},
      {"offline in the same grant", hits, 37, "25 x 1.5 = 37",
       [](World& w) { held(w, {grant("g", "sp", "ada", {"Mail.Read", "offline_access"})}); }},
      {"offline over another resource", hits, 37, "25 x 1.5 = 37",
       [](World& w) {
         held(w, {grant("g", "sp", "ada", {"offline_access"}),
                  grant("h", "sp", "ada", {"IMAP.AccessAsUser.All"}, "sp-exchange")});
       }},
      {"offline of another user", hits, 25, "1 user",
       [](World& w) {
         held(w, {grant("g", "sp", "ada", {"offline_access"}),
                  grant("h", "sp", "bob", {"Mail.Read"})});
       }},
      {"offline for everyone, mail of one", hits, 37, "1 user",
       [](World& w) {
         held(w,
              {grant("g", "sp", "", {"offline_access"}), grant("h", "sp", "bob", {"Mail.Read"})});
       }},
      {"united over users and resources", hits, 25,
       "it can read, change and send mail for 2 users: IMAP.AccessAsUser.All Mail.Send",
       [](World& w) {
         held(w, {grant("g", "sp", "ada", {"Mail.Send"}),
                  grant("h", "sp", "bob", {"IMAP.AccessAsUser.All"}, "sp-exchange")});
       }},
      {"everyone", hits, 25, "for everyone in the tenant",
       [](World& w) { held(w, {grant("g", "sp", "", {"Mail.Read"})}); }},
      {"resource that was not read", hits, 25, "Mail.Read",
       [](World& w) { held(w, {grant("g", "sp", "ada", {"Mail.Read"}, "sp-gone")}); }},
      {"letters in another case", hits, 25, "mail.read",
       [](World& w) { held(w, {grant("g", "sp", "ada", {"mail.read"})}); }},
      {"known mail client", hits, 12, "counts half",
       [](World& w) { w.app.app_id = domain::AppId(thunderbird_id); }},
      {"known mail client, offline", hits, 18, "12 x 1.5 = 18",
       [](World& w) {
         w.app.app_id = domain::AppId(thunderbird_id);
         held(w, {grant("g", "sp", "ada", {"Mail.Read", "offline_access"})});
       }},
      {"a resource without mail", misses, 0, "no user let it reach mail",
       [](World& w) {
         w.all.service_principals.push_back(service_principal("sp-api", app_guid(9)));
         held(w, {grant("g", "sp", "ada", {"Mail.Read"}, "sp-api")});
       }},
      {"calendar", misses, 0, "no user let it reach mail",
       [](World& w) { held(w, {grant("g", "sp", "ada", {"Calendars.ReadWrite"})}); }},
      {"part of the grants, with mail", hits, 25, "Mail.Read",
       [](World& w) { state(w, source::grants, SourceState::partial); }},
      {"part of the grants, without", unknown, 0, "only read in part",
       [](World& w) {
         held(w, {grant("g", "sp", "ada", {"User.Read"})});
         state(w, source::grants, SourceState::partial);
       }},
      {"no grants", unknown, 0, "was not read (denied)",
       [](World& w) { deny(w.all, source::grants); }},
  };
  check_all("D04", cases);
}

TEST_CASE("D05: where the roles were not read, the log may show one") {
  const auto logged = [](std::vector<std::string_view> words,
                         const std::string& resource = "00000003-0000-0000-c000-000000000000") {
    return [=](World& w) {
      deny(w.all, source::app_roles);
      for (std::size_t i = 0; i < words.size(); ++i) {
        domain::AuditEvent event;
        event.id = domain::RecordId("au-" + std::to_string(i));
        event.time = days_ago(5) + std::chrono::minutes(i);
        event.activity = std::string(words[i]) + " service principal";
        event.result = domain::AuditResult::success;
        event.app_id = domain::AppId(resource);
        event.targets = {{.id = "sp-graph",
                          .type = "ServicePrincipal",
                          .display_name = {},
                          .properties = {{"ServicePrincipal.ObjectID", "", "sp"},
                                         {"AppRole.Value", "", "Mail.Read"}}}};
        w.all.audits.push_back(std::move(event));
      }
    };
  };
  constexpr std::string_view add = "Add app role assignment to";
  constexpr std::string_view remove = "Remove app role assignment from";
  const Case cases[] = {
      {"given", hits, 70, "the log shows that it was let reach mailboxes", logged({add})},
      {"given and taken back", unknown, 0, "was not read", logged({add, remove})},
      {"given again", hits, 70, "Mail.Read", logged({add, remove, add})},
      {"on a resource without mail", unknown, 0, "was not read", logged({add}, app_guid(9))},
      {"the inventory knows better", misses, 0, "no application permission for mail",
       [&](World& w) {
         logged({add})(w);
         state(w, source::app_roles, SourceState::read);
       }},
  };
  check_all("D05", cases);
}

TEST_CASE("D05: it reaches mailboxes by itself") {
  const auto role = [](const std::optional<std::string>& value,
                       const std::string& on = "sp-graph") {
    return [value, on](World& world) { world.all.app_roles = {app_role("r", "sp", value, on)}; };
  };
  const Case cases[] = {
      {"Mail.Read", hits, 70, "with no user signed in: Mail.Read", role("Mail.Read")},
      {"Exchange", hits, 70, "full_access_as_app", role("full_access_as_app", "sp-exchange")},
      {"directory", misses, 0, "no application permission for mail", role("Directory.Read.All")},
      {"none", misses, 0, "no application permission for mail", [](World&) {}},
      {"default access", misses, 0, "no application permission",
       [](World& w) {
         w.all.app_roles = {app_role("r", "sp", std::nullopt)};
         w.all.app_roles[0].role_id = "00000000-0000-0000-0000-000000000000";
       }},
      {"on a resource without mail", misses, 0, "no application permission",
       [](World& w) {
         w.all.service_principals.push_back(service_principal("sp-api", app_guid(9)));
         w.all.app_roles = {app_role("r", "sp", "Mail.Read", "sp-api")};
       }},
      {"names not known", unknown, 0, "names are not known", role(std::nullopt)},
      {"roles not read", unknown, 0, "was not read",
       [](World& w) { deny(w.all, source::app_roles); }},
      {"part of the roles", unknown, 0, "only read in part",
       [](World& w) { state(w, source::app_roles, SourceState::partial); }},
  };
  check_all("D05", cases);
}

TEST_CASE("D06: a tenant-wide mail grant of a third party") {
  const auto everyone = [](World& w) { held(w, {grant("g", "sp", "", {"Mail.Send"})}); };
  const Case cases[] = {
      {"third party", hits, 40, "everyone in the tenant", everyone},
      {"one user", misses, 0, "no tenant-wide grant", [](World&) {}},
      {"everyone, but no mail", misses, 0, "no tenant-wide grant",
       [](World& w) {
         held(w, {grant("g", "sp", "", {"User.Read"}), grant("h", "sp", "ada", {"Mail.Read"})});
       }},
      {"own application", misses, 0, "app of this tenant",
       [&](World& w) {
         everyone(w);
         w.app.owner_tenant = own_tenant;
       }},
      {"owner not known", unknown, 0, "whose application it is",
       [&](World& w) {
         everyone(w);
         w.app.owner_tenant.reset();
       }},
      {"grants not read", unknown, 0, "was not read",
       [](World& w) { deny(w.all, source::grants); }},
  };
  check_all("D06", cases);
}

TEST_CASE("D07: a third party's application, unverified or young") {
  const Case cases[] = {
      {"both", hits, 20, "not verified, and it came into this tenant 5 days ago",
       [](World& w) {
         w.app.verified_publisher = unverified();
         w.app.created = days_ago(5);
       }},
      {"unverified", hits, 5, "counts a quarter",
       [](World& w) { w.app.verified_publisher = unverified(); }},
      {"young", hits, 5, "30 days ago", [](World& w) { w.app.created = days_ago(30); }},
      {"a day too old", misses, 0, "verified", [](World& w) { w.app.created = days_ago(31); }},
      {"neither", misses, 0, "verified", [](World&) {}},
      {"own application", misses, 0, "not an application of a third party",
       [](World& w) {
         w.app.owner_tenant = own_tenant;
         w.app.verified_publisher = unverified();
       }},
      {"unverified, age not known", hits, 5, "createdDateTime is not known",
       [](World& w) {
         w.app.verified_publisher = unverified();
         w.app.created.reset();
       }},
      {"verified, age not known", unknown, 0, "createdDateTime",
       [](World& w) { w.app.created.reset(); }},
      {"neither known", unknown, 0, "verifiedPublisher and createdDateTime",
       [](World& w) {
         w.app.verified_publisher.reset();
         w.app.created.reset();
       }},
      {"owner not known", unknown, 0, "whose application it is",
       [](World& w) { w.app.owner_tenant.reset(); }},
  };
  check_all("D07", cases);
}

TEST_CASE("D09: reply URLs that hand the code to whoever is there") {
  const auto urls = [](const std::vector<std::string>& list) {
    return [list](World& world) { world.app.reply_urls = list; };
  };
  const Case cases[] = {
      {"phishing tool", hits, 20, "phishing tools", urls({"http://localhost:5000/access"})},
      {"another one", hits, 20, "phishing tools", urls({"https://127.0.0.1/gettoken/"})},
      {"letters in another case", hits, 20, "phishing tools",
       urls({"HTTP://LOCALHOST:8080/GetAToken?x=1"})},
      {"native client", hits, 10, "honest desktop clients", urls({"http://localhost"})},
      {"with a port", hits, 10, "counts half", urls({"http://127.8.9.1:53682/"})},
      {"IPv6", hits, 10, "counts half", urls({"http://[::1]:8400/callback"})},
      {"encrypted loopback", hits, 10, "counts half", urls({"https://localhost"})},
      {"with a user part", hits, 10, "counts half", urls({"http://harborly.example@localhost/"})},
      {"not encrypted", hits, 10, "not encrypted", urls({"http://app.example/cb"})},
      {"the worst counts", hits, 20, "http://localhost/access",
       urls({"https://a.example", "http://localhost/access", "http://localhost"})},
      {"web", misses, 0, "none", urls({"https://app.example/access"})},
      {"looks like loopback", misses, 0, "none",
       urls({"https://localhost.example/", "https://127.0.0.1.example/"})},
      {"own scheme", misses, 0, "none",
       urls({"com.emclient.MailClient://oauth", "urn:ietf:wg:oauth:2.0:oob"})},
      {"none", misses, 0, "none", urls({})},
      {"not read", unknown, 0, "not in the evidence", [](World& w) { w.app.reply_urls.reset(); }},
  };
  check_all("D09", cases);
}

TEST_CASE("D11: few users, and new") {
  const auto young_app = [](World& w) { w.app.created = days_ago(3); };
  const auto users = [](World& w, int count) {
    w.all.grants.clear();
    for (int i = 0; i < count; ++i) {
      w.all.grants.push_back(
          grant("g" + std::to_string(i), "sp", "u" + std::to_string(i), {"Mail.Read"}));
    }
  };
  const Case cases[] = {
      {"one user", hits, 10, "only 1 user holds it, and it is in this tenant since 2026-11-20",
       young_app},
      {"three users", hits, 10, "only 3 users",
       [&](World& w) {
         young_app(w);
         users(w, 3);
       }},
      {"four users", misses, 0, "4 users hold it",
       [&](World& w) {
         young_app(w);
         users(w, 4);
       }},
      {"old", misses, 0, "since 2024", [](World&) {}},
      {"everyone", misses, 0, "whole tenant",
       [&](World& w) {
         young_app(w);
         held(w, {grant("g", "sp", "", {"Mail.Read"})});
       }},
      {"nobody", misses, 0, "no user granted",
       [&](World& w) {
         young_app(w);
         held(w, {});
       }},
      {"age from the log", hits, 10, "the first that the log shows",
       [](World& w) {
         w.app.created.reset();
         w.all.audits = {consent_event("au", days_ago(2), "sp", "ada")};
       }},
      {"old by the log", misses, 0, "was given something",
       [](World& w) {
         w.app.created.reset();
         w.all.audits = {consent_event("au", days_ago(31), "sp", "ada")};
       }},
      {"a refused consent shows nothing", unknown, 0, "not known",
       [](World& w) {
         w.app.created.reset();
         w.all.audits = {consent_event("au", days_ago(2), "sp", "ada")};
         w.all.audits[0].result = domain::AuditResult::failure;
       }},
      {"age not known", unknown, 0, "since when", [](World& w) { w.app.created.reset(); }},
      {"part of the grants, and new", hits, 5, "only read in part: counts half",
       [&](World& w) {
         young_app(w);
         state(w, source::grants, SourceState::partial);
       }},
      {"part of the grants, and nobody in it", unknown, 0, "how many users",
       [&](World& w) {
         young_app(w);
         w.all.grants.clear();
         state(w, source::grants, SourceState::partial);
       }},
      {"part of the grants", unknown, 0, "how many users",
       [&](World& w) { state(w, source::grants, SourceState::partial); }},
  };
  check_all("D11", cases);
}
