#include "one_app.hpp"

using namespace clawback;
using namespace clawback::test;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

namespace source = domain::source;
using domain::SourceState;

constexpr auto hits = domain::SignalState::hit;
constexpr auto misses = domain::SignalState::miss;
constexpr auto unknown = domain::SignalState::not_evaluable;

domain::SignIn& add_sign_in(OneApp& world, const std::string& id, Time time,
                            const std::string& who = "ada") {
  world.all.sign_ins.push_back(sign_in(id, time, em_client_id, who));
  return world.all.sign_ins.back();
}

void stayed(OneApp& world, const std::string& country, Time first, Time last) {
  world.all.user_countries.push_back(
      {.user = domain::UserId("ada"), .country = country, .first = first, .last = last});
}

// One sign-in a minute before the consent, in a country where Ada has been for weeks.
void one_sign_in(OneApp& world) {
  auto& behind = add_sign_in(world, "si", consented() - minutes(1));
  behind.country = "NL";
  behind.risk_level = "none";
  stayed(world, "NL", days_ago(20), days_ago(0));
  stayed(world, "DE", days_ago(15), days_ago(10));
}

std::function<void(OneApp&)> behind(std::function<void(domain::SignIn&)> change) {
  return [change](OneApp& world) { change(world.all.sign_ins.at(0)); };
}

// Ada was in these places before; the sign-in behind the consent is from Nigeria.
std::function<void(OneApp&)> abroad(std::function<void(OneApp&)> known) {
  return [known](OneApp& world) {
    world.all.sign_ins.at(0).country = "NG";
    world.all.user_countries.clear();
    known(world);
  };
}

void state(OneApp& world, std::string_view name, SourceState now_is) {
  set_source(world.all, name, now_is);
}

// Ada's other sign-ins of the week, from one address.
void from_home(OneApp& world, const std::string& address, int count, Time last) {
  for (int i = 0; i < count; ++i) {
    add_sign_in(world, "home-" + std::to_string(i), last - hours(i)).ip_address = address;
  }
}

}  // namespace

TEST_CASE("D16: risk and protocol of the sign-in behind the consent") {
  const SignalCase cases[] = {
      {"nothing unusual", misses, 0, "nothing unusual in country, risk; not known for all: address",
       [](OneApp&) {}},
      {"medium", hits, 25, "risk medium", behind([](auto& si) { si.risk_level = "medium"; })},
      {"high, other case", hits, 25, "(record si): risk High",
       behind([](auto& si) { si.risk_level = "High"; })},
      {"low", misses, 0, "nothing unusual", behind([](auto& si) { si.risk_level = "low"; })},
      {"low leaves a state", misses, 0, "nothing unusual", behind([](auto& si) {
         si.risk_level = "low";
         si.risk_state = "atRisk";
       })},
      {"a state and no level", hits, 25, "risk state atRisk", behind([](auto& si) {
         si.risk_level = "hidden";
         si.risk_state = "atRisk";
       })},
      {"state", hits, 25, "risk state confirmedCompromised",
       behind([](auto& si) { si.risk_state = "confirmedCompromised"; })},
      {"remediated", misses, 0, "", behind([](auto& si) { si.risk_state = "remediated"; })},
      {"hidden is not none", misses, 0,
       "unusual in country; not known for all: address, protocol, risk",
       behind([](auto& si) { si.risk_level = "hidden"; })},
      {"nothing at all is known", unknown, 0, "do not show address, country, protocol, risk",
       behind([](auto& si) {
         si.risk_level.reset();
         si.country.reset();
       })},
      {"device code", hits, 25, "by device code",
       behind([](auto& si) { si.protocol = "deviceCode"; })},
      {"password alone", hits, 25, "(ROPC)", behind([](auto& si) { si.protocol = "ropc"; })},
      {"the usual protocol", misses, 0, "country, protocol, risk",
       behind([](auto& si) { si.protocol = "oAuth2"; })},
      {"hostile", hits, 25, "risk state atRisk", behind([](auto& si) {
         si.risk_state = "atRisk";
         si.risk_level = "\x1b[2J" + std::string(1 << 20, 'x');
         si.id = domain::RecordId("\x1b]0;" + std::string(1 << 20, 'r'));
       })},
  };
  check_signal("D16", cases, one_sign_in);
}

TEST_CASE("D16: only the user's own sign-in near the consent counts, never the record's address") {
  const SignalCase cases[] = {
      {"another user's", unknown, 0, "no sign-in of that user to this application is near",
       behind([](auto& si) {
         si.user = domain::UserId("bob");
         si.risk_level = "high";
       })},
      {"long before", unknown, 0, "for 1 of 1 consent", behind([](auto& si) {
         si.time = consented() - minutes(16);
         si.risk_level = "high";
       })},
      {"failed", unknown, 0, "own applications are not kept from exports", behind([](auto& si) {
         si.error_code = 50126;
         si.risk_level = "high";
       })},
      {"to something else", hits, 25, "risk high", behind([](auto& si) {
         si.app_id = domain::AppId(app_guid(9));
         si.risk_level = "high";
       })},
      {"known by name alone", hits, 25, "risk high",
       [](OneApp& world) {
         world.all.audits[0].actor_user.reset();
         world.all.sign_ins[0].risk_level = "high";
       }},
      {"one of two consents has none", unknown, 0, "for 1 of 2 consents",
       [](OneApp& world) {
         world.all.audits.push_back(
             consent_to("au-2", days_ago(2), "sp", "bob",
                        consent_entry("sp", "sp-graph", "bob", "Mail.Read")));
       }},
      {"a refused consent is none", unknown, 0,
       "no consent to it is in directoryAudits, which begin",
       [](OneApp& world) { world.all.audits[0].result = domain::AuditResult::failure; }},
      {"no consent and nothing held", misses, 0, "holds no grant with mail",
       [](OneApp& world) {
         world.all.audits.clear();
         world.all.grants.clear();
         world.all.app_roles = {app_role("r", "sp", "User.Read.All")};
       }},
      {"sign-ins not read", unknown, 0, "signIns was not read (denied)",
       [](OneApp& world) { deny(world.all, source::sign_ins); }},
      {"audits not read", unknown, 0, "directoryAudits was not read (denied)",
       [](OneApp& world) { deny(world.all, source::audits); }},
      {"in part: no miss", unknown, 0, "only read in part",
       [](OneApp& world) { state(world, source::sign_ins, SourceState::partial); }},
      {"in part: but a hit", hits, 25, "risk high",
       [](OneApp& world) {
         state(world, source::sign_ins, SourceState::partial);
         world.all.sign_ins[0].risk_level = "high";
       }},
  };
  check_signal("D16", cases, one_sign_in);
  OneApp world;
  deny(world.all, source::sign_ins);
  CHECK(result_of(world, "D16").missing->find("AuditLog.Read.All") != std::string::npos);
  CHECK(result_of(world, "D16").missing->find("Microsoft Entra ID P2") != std::string::npos);
}

TEST_CASE("D16: a country is new when enough is known of where the user was") {
  const SignalCase cases[] = {
      {"three days elsewhere before", hits, 25, "from NG, where this user was never seen before",
       abroad([](OneApp& world) { stayed(world, "NL", days_ago(6), days_ago(4)); })},
      {"less is too little", misses, 0, "not known for all: address, country",
       abroad([](OneApp& world) { stayed(world, "NL", days_ago(5), days_ago(4)); })},
      {"a long time around it, and never again from there", hits, 25, "in 1 other country",
       abroad([](OneApp& world) {
         stayed(world, "NL", days_ago(4), days_ago(0));
         stayed(world, "NG", consented() - minutes(1), consented() + minutes(30));
       })},
      {"but later again: who knows", misses, 0, "not known for all: address, country",
       abroad([](OneApp& world) {
         stayed(world, "NL", days_ago(4), days_ago(0));
         stayed(world, "NG", consented() - minutes(1), days_ago(1));
       })},
      {"was there before", misses, 0, "unusual in country, risk", abroad([](OneApp& world) {
         stayed(world, "NL", days_ago(20), days_ago(4));
         stayed(world, "ng", consented() - hours(2), consented());
       })},
      {"nothing else is known", misses, 0, "not known for all: address, country",
       abroad([](OneApp&) {})},
      {"other sign-ins tell it as well", hits, 25, "never seen before",
       abroad([](OneApp& world) { add_sign_in(world, "old", days_ago(9)).country = "NL"; })},
      {"failed ones do not", misses, 0, "not known for all: address, country",
       abroad([](OneApp& world) {
         auto& old = add_sign_in(world, "old", days_ago(9));
         old.country = "NL";
         old.error_code = 50126;
       })},
  };
  check_signal("D16", cases, one_sign_in);
}

TEST_CASE("D16: a new address alone counts a quarter") {
  const SignalCase cases[] = {
      {"new", hits, 6,
       "none of the networks of his 3 other sign-ins of the week before, which alone",
       [](OneApp& world) { from_home(world, "198.51.100.4", 3, days_ago(4)); }},
      {"too little is known", misses, 0, "not known for all: address",
       [](OneApp& world) { from_home(world, "198.51.100.4", 2, days_ago(4)); }},
      {"the same network", misses, 0, "unusual in address, country",
       [](OneApp& world) { from_home(world, "203.0.113.200", 3, days_ago(4)); }},
      {"IPv6 of the same provider", misses, 0, "unusual in address",
       [](OneApp& world) {
         world.all.sign_ins[0].ip_address = "2001:db8:1:2:aa::1";
         from_home(world, "2001:db8:1:2:bb::1", 3, days_ago(4));
       }},
      {"another week", misses, 0, "not known for all: address",
       [](OneApp& world) { from_home(world, "198.51.100.4", 5, days_ago(12)); }},
      {"the hour of the consent tells nothing", misses, 0, "not known for all: address",
       [](OneApp& world) {
         for (int i = 0; i < 4; ++i) {
           add_sign_in(world, "now-" + std::to_string(i), consented() - minutes(20 + i))
               .ip_address = "198.51.100.4";
         }
       }},
  };
  check_signal("D16", cases, one_sign_in);
}

TEST_CASE("D17: catalogued clients that sign in from a hosting network") {
  const auto from = [](std::int64_t number, int error = 0) {
    return [number, error](OneApp& world) {
      auto& si = add_sign_in(world, "si", days_ago(2));
      si.as_number = number;
      si.error_code = error;
    };
  };
  const SignalCase cases[] = {
      {"hosting", hits, 25, "1 of 1 successful sign-ins of 1 user came from DigitalOcean (AS14061)",
       from(14061)},
      {"at home", misses, 0, "none of 1 sign-ins came from a hosting network", from(1136)},
      {"failed", unknown, 0, "v1.0 sign-ins show none of it",
       [](OneApp& world) { add_sign_in(world, "si", days_ago(2)).error_code = 50126; }},
      {"whether it succeeded is not said", unknown, 0,
       "1 sign-in does not say whether it succeeded",
       [](OneApp& world) {
         auto& si = add_sign_in(world, "si", days_ago(2));
         si.as_number = 14061;
         si.error_code.reset();
       }},
      {"failed for a reason that is not known", misses, 0, "nobody signed in", from(14061, -1)},
      {"failed, though the evidence is of beta", misses, 0, "nobody signed in with it",
       from(14061, 50126)},
      {"no number", unknown, 0, "the network of 1 of 1 sign-ins",
       [](OneApp& world) { add_sign_in(world, "si", days_ago(2)); }},
      {"some without number", unknown, 0, "the network of 1 of 2",
       [from](OneApp& world) {
         from(1136)(world);
         add_sign_in(world, "si-2", days_ago(2));
       }},
      {"several", hits, 25,
       "2 of 3 successful sign-ins of 2 users came from M247 (AS9009), Digital",
       [](OneApp& world) {
         add_sign_in(world, "a", days_ago(2)).as_number = 14061;
         add_sign_in(world, "b", days_ago(2), "bob").as_number = 9009;
         add_sign_in(world, "c", days_ago(2)).as_number = 1136;
       }},
      {"a maker's own servers", hits, 12, "counts half",
       [from](OneApp& world) {
         from(14061)(world);
         world.entry().kind = "cloud_relay_mail_client";
       }},
      {"no catalogued client", misses, 0, "it is no catalogued client",
       [](OneApp& world) {
         world.app().app_id = domain::AppId(app_guid(1));
         auto& si = add_sign_in(world, "si", days_ago(2));
         si.app_id = domain::AppId(app_guid(1));
         si.as_number = 14061;
       }},
      {"not read", unknown, 0, "signIns was not read",
       [](OneApp& world) { deny(world.all, source::sign_ins); }},
      {"in part: no miss", unknown, 0, "only read in part",
       [from](OneApp& world) {
         from(1136)(world);
         state(world, source::sign_ins, SourceState::partial);
       }},
      {"in part: but a hit", hits, 25, "DigitalOcean",
       [from](OneApp& world) {
         from(14061)(world);
         state(world, source::sign_ins, SourceState::partial);
       }},
      {"no networks known", unknown, 0, "the catalog names no hosting network",
       [from](OneApp& world) {
         from(14061)(world);
         world.policy.catalog.hosting.clear();
       }},
      {"hostile record", hits, 25, "first in record <U+001B>",
       [from](OneApp& world) {
         from(14061)(world);
         world.all.sign_ins[0].id = domain::RecordId("\x1b" + std::string(1 << 20, 'r'));
       }},
  };
  check_signal("D17", cases);
}
