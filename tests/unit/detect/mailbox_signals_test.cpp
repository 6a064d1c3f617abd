#include <algorithm>
#include <random>

#include "one_app.hpp"

using namespace clawback;
using namespace clawback::test;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

namespace source = domain::source;
using domain::SourceState;

constexpr auto hits = domain::SignalState::hit;
constexpr auto misses = domain::SignalState::miss;
constexpr auto unknown = domain::SignalState::not_evaluable;

using Change = std::function<void(OneApp&)>;

domain::MailAccess& read_at(OneApp& world, Time time, const std::string& who = "ada") {
  const std::string id = "ma-" + std::to_string(world.all.mail_accesses.size());
  return world.all.mail_accesses.emplace_back(mail_access(id, time, who));
}

Change reads(Duration after) {
  return [after](OneApp& world) { read_at(world, consented() + after); };
}

domain::MailboxChange& rule_at(OneApp& world, Time time, const std::string& who = "ada") {
  const std::string id = "mc-" + std::to_string(world.all.mailbox_changes.size());
  return world.all.mailbox_changes.emplace_back(mailbox_change(id, time, who));
}

Change rule(std::function<void(domain::MailboxChange&)> change, Duration after = hours(1)) {
  return [change, after](OneApp& world) { change(rule_at(world, consented() + after)); };
}

Change forwards(std::vector<std::string> to) {
  return rule([to](auto& one) {
    one.forwards = true;
    one.recipients = to;
  });
}

void baseline(OneApp& world) {
  world.entry().disposition = policy::Disposition::baseline;
  world.entry().kind = "benign_mail_client";
}

}  // namespace

TEST_CASE("D19: mail that was read right after the consent") {
  const SignalCase cases[] = {
      {"22 seconds", hits, 40,
       "mailbox ada@contoso.example was read 22 s after the consent of ada@", reads(seconds(22))},
      {"the last moment", hits, 40, "15 min after", reads(minutes(15))},
      {"later", misses, 0, "not within 15 min of a consent: the soonest 16 min after it",
       reads(minutes(16))},
      {"before", misses, 0, "1 mailbox was read, not within", reads(-seconds(22))},
      {"nothing", misses, 0, "it read no mail", [](OneApp&) {}},
      {"a common client, half", hits, 20, "first synchronisation of a common mail client",
       [](OneApp& world) {
         baseline(world);
         reads(seconds(22))(world);
       }},
      {"a script with a common client's id", hits, 40, "22 s after",
       [](OneApp& world) {
         baseline(world);
         read_at(world, consented() + seconds(22)).client_info = "Client=REST;python-requests/2";
       }},
      {"through Graph", hits, 40, "22 s after",
       [](OneApp& world) {
         read_at(world, consented() + seconds(22)).app =
             domain::AppId("00000003-0000-0000-c000-000000000000");
       }},
      {"another application", misses, 0, "it read no mail",
       [](OneApp& world) {
         read_at(world, consented() + seconds(22)).client_app = domain::AppId(app_guid(9));
       }},
      {"another user's own consent is later", misses, 0, "2 mailboxes were read",
       [](OneApp& world) {
         world.all.audits.push_back(
             consent_to("au-2", days_ago(1), "sp", "bob",
                        consent_entry("sp", "sp-graph", "bob", "Mail.Read")));
         read_at(world, consented() + seconds(22), "bob");
         read_at(world, consented() + hours(2));
       }},
      {"a shared mailbox", hits, 40, "mailbox info@contoso.example was read 30 s after",
       [](OneApp& world) {
         read_at(world, consented() + seconds(30), "info").user = domain::UserId("ada");
       }},
      {"a consent to something else", misses, 0, "1 mailbox was read",
       [](OneApp& world) {
         world.all.audits = {consent_to("au", consented(), "sp", "ada",
                                        consent_entry("sp", "sp-graph", "ada", "User.Read"))};
         read_at(world, consented() + seconds(22));
       }},
      {"a grant that was taken back is no consent", misses, 0, "1 mailbox was read",
       [](OneApp& world) {
         world.all.audits = {grant_change("au", consented(), "sp", "ada", "Mail.Read", "")};
         read_at(world, consented() + seconds(22));
       }},
      {"a grant without any consent", hits, 40, "22 s after",
       [](OneApp& world) {
         world.all.audits = {grant_change("au", consented(), "sp", "ada", "", "Mail.Read")};
         read_at(world, consented() + seconds(22));
       }},
      {"hostile", hits, 40, "<U+001B>[2J",
       [](OneApp& world) {
         auto& one = read_at(world, consented() + seconds(22));
         one.mailbox = "\x1b[2J" + std::string(1 << 20, 'x');
         one.user = domain::UserId("ada");
       }},
  };
  check_signal("D19", cases);
}

TEST_CASE("D19: what cannot be known") {
  const auto through_ews = [](OneApp& world) {
    auto& row = read_at(world, consented() + seconds(22));
    row.client_app = row.app = domain::AppId("47629505-c2b6-4a80-adb1-9b3a3d233b7b");
  };
  const SignalCase cases[] = {
      {"reads not read", unknown, 0, "mailItemsAccessed was not read",
       [](OneApp& world) { deny(world.all, source::mail_accesses); }},
      {"audits not read", unknown, 0, "directoryAudits was not read",
       [](OneApp& world) {
         deny(world.all, source::audits);
         reads(seconds(22))(world);
       }},
      {"in part: no miss", unknown, 0, "only read in part",
       [](OneApp& world) {
         set_source(world.all, source::mail_accesses, SourceState::partial);
         reads(hours(2))(world);
       }},
      {"in part: but a hit", hits, 40, "22 s after",
       [](OneApp& world) {
         set_source(world.all, source::mail_accesses, SourceState::partial);
         reads(seconds(22))(world);
       }},
      {"EWS hides the application", unknown, 0, "1 rows of reads through EWS",
       [&](OneApp& world) {
         world.all.grants[0].scopes = {"EWS.AccessAsUser.All"};
         through_ews(world);
       }},
      {"but not one that may not use EWS", misses, 0, "it read no mail", through_ews},
      {"at the edge of the log", unknown, 0, "the consent before it may be older",
       [](OneApp& world) {
         world.all.audits.clear();
         read_at(world, days_ago(30) + minutes(3));
       }},
  };
  check_signal("D19", cases);
}

TEST_CASE("D19: how much was read") {
  const auto add_role = [](OneApp& world, Time created) {
    world.all.app_roles = {app_role("r", "sp", "Mail.Read")};
    world.all.app_roles[0].created = created;
  };
  const auto role_given = [&](OneApp& world, Time time) {
    add_role(world, time);
    auto event = consent_event("au-r", time, "sp-graph", "ada");
    event.activity = "Add app role assignment to service principal";
    set_property(event, "ServicePrincipal.ObjectID", "sp");
    set_property(event, "AppRole.Value", "Mail.Read");
    world.all.audits = {event};
  };
  const auto crowd = [](int count, Time time) {
    return [count, time](OneApp& world) {
      for (int i = 0; i < count; ++i) {
        const std::string who = "user" + std::to_string(i);
        world.all.users.push_back(user(who));
        read_at(world, time + minutes(i), who);
      }
    };
  };
  const SignalCase cases[] = {
      {"five of others", hits, 40, "5 mailboxes of people who did not let it in themselves",
       crowd(5, days_ago(1))},
      {"four", misses, 0, "", crowd(4, days_ago(1))},
      {"on two days", misses, 0, "",
       [&](OneApp& world) {
         crowd(4, days_ago(1))(world);
         read_at(world, days_ago(2), "bob");
       }},
      {"a common client", hits, 20, "counts half",
       [&](OneApp& world) {
         baseline(world);
         crowd(5, days_ago(1))(world);
       }},
      {"people who let it in", misses, 0, "",
       [&](OneApp& world) {
         crowd(5, days_ago(1))(world);
         for (int i = 0; i < 5; ++i) {
           const std::string who = "user" + std::to_string(i);
           world.all.grants.push_back(grant("g-" + who, "sp", who, {"Mail.Read"}));
         }
       }},
      {"who they are is not known", misses, 0, "",
       [&](OneApp& world) {
         crowd(5, days_ago(1))(world);
         deny(world.all, source::users);
       }},
      {"what a role of long ago is for", misses, 0, "says nothing",
       [&](OneApp& world) {
         crowd(6, days_ago(1))(world);
         world.all.mail_accesses[0].throttled = true;
         add_role(world, days_ago(400));
       }},
      {"the role was given lately", hits, 20, "the whole tenant lately: counts half",
       [&](OneApp& world) {
         crowd(6, days_ago(1))(world);
         add_role(world, days_ago(5));
       }},
      {"what a grant for everyone is for", misses, 0, "says nothing",
       [&](OneApp& world) {
         crowd(6, days_ago(1))(world);
         world.all.grants.push_back(grant("g-all", "sp", "", {"Mail.Read"}));
       }},
      {"a role without mail is for nothing of that", hits, 40, "6 mailboxes",
       [&](OneApp& world) {
         crowd(6, days_ago(1))(world);
         world.all.app_roles = {app_role("r", "sp", "User.Read.All")};
       }},
      {"roles were not read", hits, 20, "is not known: counts half",
       [&](OneApp& world) {
         crowd(6, days_ago(1))(world);
         deny(world.all, source::app_roles);
       }},
      {"read right after a role of before the window", misses, 0, "not within",
       [&](OneApp& world) {
         role_given(world, days_ago(31));
         read_at(world, days_ago(31) + seconds(22), "bob");
       }},
      {"read right after a role that is new", hits, 40, "22 s after",
       [&](OneApp& world) {
         role_given(world, days_ago(4));
         read_at(world, days_ago(4) + seconds(22), "bob");
       }},
      {"throttled", hits, 40, "the log does not hold all of it (throttled)",
       [](OneApp& world) { read_at(world, days_ago(1)).throttled = true; }},
  };
  check_signal("D19", cases);
}

TEST_CASE("D20: inbox rules and forwarding after the consent") {
  const SignalCase cases[] = {
      {"forwards outside", hits, 40,
       "New-InboxRule in mailbox ada@contoso.example (record mc-0), 60 min after the consent at "
       "2026-11-20T09:00:00Z: it forwards mail to evil.example, outside of the domains known",
       forwards({"bob@contoso.example", "SMTP:Drop@Evil.example"})},
      {"to a name in brackets", hits, 40, "to evil.example",
       forwards({"\"Drop\" [SMTP:drop@evil.example]"})},
      {"inside", hits, 10, "forwards mail inside of the tenant: counts a quarter",
       forwards({"bob@contoso.example"})},
      {"to nobody knows whom", hits, 20, "to whom is not known: counts half", forwards({})},
      {"to a directory object", hits, 20, "counts half", forwards({"Drop Box"})},
      {"hides", hits, 40, "it hides mail", rule([](auto& one) { one.hides = true; })},
      {"plain", misses, 0, "none that forwards or hides mail", rule([](auto&) {})},
      {"the last moment", hits, 40, "48 h after",
       rule([](auto& one) { one.hides = true; }, hours(48))},
      {"too late", misses, 0, "none that forwards or hides mail within 48 h after a consent",
       rule([](auto& one) { one.hides = true; }, hours(49))},
      {"before the consent", misses, 0, "none that forwards",
       rule([](auto& one) { one.hides = true; }, -hours(1))},
      {"another user's", misses, 0, "no user of it",
       [](OneApp& world) { rule_at(world, consented() + hours(1), "bob").hides = true; }},
      {"in a mailbox that is nobody's", unknown, 0,
       "1 rule belongs to a mailbox that could not be matched to a user",
       [](OneApp& world) { rule_at(world, consented() + hours(1), "a.lovelace").hides = true; }},
      {"nobody's, but it neither forwards nor hides", misses, 0, "no user of it",
       [](OneApp& world) { rule_at(world, consented() + hours(1), "a.lovelace"); }},
      {"nobody's, but before any consent", misses, 0, "no user of it",
       [](OneApp& world) { rule_at(world, consented() - hours(1), "a.lovelace").hides = true; }},
      {"of another user by his id", misses, 0, "no user of it",
       [](OneApp& world) {
         auto& one = rule_at(world, consented() + hours(1), "b");
         one.user = domain::UserId("bob");
         one.hides = true;
       }},
      {"a user who consented later", misses, 0, "none that forwards",
       [](OneApp& world) {
         world.all.audits.push_back(
             consent_to("au-2", days_ago(1), "sp", "bob",
                        consent_entry("sp", "sp-graph", "bob", "Mail.Read")));
         rule_at(world, consented() + hours(1), "bob").hides = true;
       }},
      {"by object id", hits, 40, "hides",
       [](OneApp& world) {
         auto& one = rule_at(world, consented() + hours(1));
         one.mailbox = "ada.old@contoso.example";
         one.user = domain::UserId("ada");
         one.hides = true;
       }},
      {"the grant is gone, the rule is not", hits, 40, "hides",
       [](OneApp& world) {
         world.all.grants.clear();
         world.all.app_roles = {app_role("r", "sp", "User.Read.All")};
         rule_at(world, consented() + hours(1)).hides = true;
       }},
      {"the worst is told", hits, 40, "it hides mail; and 1 more",
       [](OneApp& world) {
         auto& inside = rule_at(world, consented() + hours(1));
         inside.forwards = true;
         inside.recipients = {"bob@contoso.example"};
         rule_at(world, consented() + hours(2)).hides = true;
       }},
      {"through the application", hits, 40, "made through this application", rule([](auto& one) {
         one.client_app = domain::AppId(em_client_id);
         one.hides = true;
       })},
      {"without users the name in the consent is enough", hits, 40, "hides",
       [](OneApp& world) {
         deny(world.all, source::users);
         rule_at(world, consented() + hours(1)).hides = true;
       }},
      {"hostile", hits, 40, "rule \"<U+001B>]0;", rule([](auto& one) {
         one.rule_name = "\x1b]0;" + std::string(1 << 20, 'x');
         one.operation = std::string(1 << 20, '\x9b');
         one.recipients = {std::string(1 << 20, '@'), "a@" + std::string(1 << 20, '\x1b')};
         one.forwards = one.hides = true;
       })},
      {"not read", unknown, 0, "mailboxChanges was not read",
       [](OneApp& world) { deny(world.all, source::mailbox_changes); }},
      {"audits not read", unknown, 0, "directoryAudits was not read",
       [](OneApp& world) {
         deny(world.all, source::audits);
         rule_at(world, consented() + hours(1)).hides = true;
       }},
      {"in part: no miss", unknown, 0, "only read in part",
       [](OneApp& world) { set_source(world.all, source::mailbox_changes, SourceState::partial); }},
      {"in part: but a hit", hits, 40, "hides",
       [](OneApp& world) {
         set_source(world.all, source::mailbox_changes, SourceState::partial);
         rule_at(world, consented() + hours(1)).hides = true;
       }},
      {"at the edge of the log", unknown, 0, "from the first 48 h of the log",
       [](OneApp& world) {
         world.all.audits.clear();
         rule_at(world, days_ago(29)).hides = true;
       }},
      {"users without a name", unknown, 0, "the names of 1 users of it are not known",
       [](OneApp& world) {
         deny(world.all, source::users);
         world.all.audits.clear();
         rule_at(world, days_ago(1), "bob");
       }},
  };
  check_signal("D20", cases);
}

TEST_CASE("blast radius: what was read, after whose consent, and which rules") {
  OneApp world;
  world.all.audits.push_back(consent_to("au-2", consented() + hours(1), "sp", "bob",
                                        consent_entry("sp", "sp-graph", "bob", "Mail.Read")));
  read_at(world, consented() + hours(2));  // Ada's, long after Bob's consent
  rule_at(world, consented() + minutes(30), "bob");
  rule_at(world, consented() + hours(2), "bob");
  rule_at(world, consented() + hours(2), "cy");
  const auto judgement = judged(world.all, world.policy);
  const auto& blast = judgement.findings.at(0).blast;
  CHECK(blast.known);
  CHECK(blast.mailboxes == std::vector<std::string>{"ada@contoso.example"});
  CHECK(blast.items == 120);
  CHECK(blast.first_read == consented() + hours(2));
  CHECK(blast.seconds_after_consent == 7200);  // after her own
  CHECK(blast.rules == std::vector<std::string>{"mc-1"});
}

TEST_CASE("blast radius: a removal is no consent, and what EWS or throttling hide is not known") {
  OneApp world;
  world.all.audits.push_back(
      grant_change("au-2", consented() + hours(1), "sp", "ada", "User.Read", ""));
  read_at(world, consented() + hours(2));
  CHECK(judged(world.all, world.policy).findings.at(0).blast.seconds_after_consent == 7200);

  world.all.mail_accesses[0].throttled = true;
  const auto throttled = judged(world.all, world.policy);
  CHECK(!throttled.findings.at(0).blast.known);
  CHECK(throttled.findings.at(0).blast.unknown == "more was read than the log holds (throttled)");

  world.all.mail_accesses[0].throttled = false;
  world.all.grants[0].scopes = {"EWS.AccessAsUser.All"};
  auto& row = world.all.mail_accesses[0];
  row.client_app = row.app = domain::AppId("47629505-c2b6-4a80-adb1-9b3a3d233b7b");
  const auto hidden = judged(world.all, world.policy);
  CHECK(!hidden.findings.at(0).blast.known);
  CHECK(hidden.findings.at(0).blast.mailboxes.empty());
  CHECK(hidden.findings.at(0).blast.unknown.find("do not name the application") !=
        std::string::npos);
}

TEST_CASE("timeline: the sign-in behind the consent, reads and rules stand there by name") {
  OneApp world;
  auto behind = sign_in("si", consented() - minutes(1), app_guid(9), "ada");
  behind.app_name = "My Apps";
  behind.country = "NG";
  behind.protocol = "deviceCode";
  behind.risk_level = "high";
  world.all.sign_ins = {behind, sign_in("si-2", consented() + hours(3), em_client_id, "ada")};
  read_at(world, consented() + seconds(22), "info").user = domain::UserId("ada");
  rule_at(world, consented() + hours(1)).hides = true;
  const auto judgement = judged(world.all, world.policy);
  const auto& timeline = judgement.findings.at(0).timeline;
  REQUIRE(timeline.size() == 5);
  CHECK(timeline[0].event ==
        "Sign-in behind the consent (record au) of ada@contoso.example from 203.0.113.7 (NG), to "
        "My Apps, by device code, risk high");
  CHECK(timeline[0].record == "si");
  CHECK(timeline[2].event ==
        "Mailbox info@contoso.example read by ada@contoso.example, 120 messages");
  CHECK(timeline[3].event == "New-InboxRule in mailbox ada@contoso.example, hides mail");
  CHECK(timeline[4].event == "Sign-in of ada@contoso.example from 203.0.113.7");
}

TEST_CASE("timeline: a busy application does not push its rules and sign-ins behind consents out") {
  OneApp world;
  world.all.sign_ins = {sign_in("behind", consented() - minutes(1), em_client_id, "ada")};
  for (int i = 0; i < 300; ++i) {
    world.all.sign_ins.push_back(sign_in("si-" + std::to_string(1000 + i),
                                         days_ago(20) + hours(i + 1), em_client_id, "bob"));
    world.all.sign_ins.push_back(sign_in("si-" + std::to_string(2000 + i),
                                         consented() + hours(1) + minutes(i), em_client_id, "bob"));
  }
  rule_at(world, consented() + hours(1));
  const auto judgement = judged(world.all, world.policy);
  const auto& timeline = judgement.findings.at(0).timeline;
  CHECK(timeline.size() == 50);
  for (const std::string_view id : {"au", "behind", "mc-0"}) {
    CAPTURE(id);
    CHECK(std::any_of(timeline.begin(), timeline.end(),
                      [&](const auto& one) { return one.record == id; }));
  }
}

TEST_CASE("uses: the order of records changes nothing") {
  OneApp world;
  for (const std::string who : {"bob", "cy"}) {
    world.all.audits.push_back(consent_to("au-" + who, consented() + minutes(2), "sp", who,
                                          consent_entry("sp", "sp-graph", who, "Mail.Read")));
    auto behind = sign_in("si-" + who, consented() + minutes(1), em_client_id, who);
    behind.risk_level = "high";
    behind.user_agent = "python-requests/2";
    behind.as_number = 14061;
    world.all.sign_ins.push_back(behind);
    behind.id = domain::RecordId("sj-" + who);  // as near, and at the same moment
    behind.ip_address = "198.51.100.9";
    world.all.sign_ins.push_back(behind);
    for (int i = 0; i < 3; ++i) {
      // One id in two files' words, which the readers keep apart.
      auto& read = read_at(world, consented() + minutes(3), who);
      read.id = domain::RecordId("ma-" + who);
      read.client_info = "Client=REST;" + std::to_string(i);
      rule_at(world, consented() + minutes(4 + i), who).hides = i > 0;
    }
    world.all.user_countries.push_back(
        {.user = domain::UserId(who), .country = "NL", .first = days_ago(9), .last = days_ago(4)});
  }
  const auto first = judged(world.all, world.policy);
  REQUIRE(first.findings.size() == 1);
  for (const std::string_view id : {"D16", "D17", "D18", "D19", "D20"}) {
    CAPTURE(id);
    CHECK(find_signal(first.findings[0], id)->state == hits);
  }
  std::mt19937 random(7);
  for (int i = 0; i < 20; ++i) {
    std::shuffle(world.all.audits.begin(), world.all.audits.end(), random);
    std::shuffle(world.all.sign_ins.begin(), world.all.sign_ins.end(), random);
    std::shuffle(world.all.mail_accesses.begin(), world.all.mail_accesses.end(), random);
    std::shuffle(world.all.mailbox_changes.begin(), world.all.mailbox_changes.end(), random);
    std::shuffle(world.all.user_countries.begin(), world.all.user_countries.end(), random);
    std::shuffle(world.all.users.begin(), world.all.users.end(), random);
    CHECK(judged(world.all, world.policy).findings == first.findings);
  }
}
