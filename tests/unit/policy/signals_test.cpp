#include <doctest/doctest.h>

#include <set>

#include "domain/snapshot.hpp"
#include "policy/policy.hpp"
#include "policy/sources.hpp"
#include "support/shipped_policy.hpp"

using namespace clawback;
using namespace clawback::policy;

namespace {

int weight(std::string_view id) {
  const SignalInfo* signal = find_signal(id);
  REQUIRE(signal != nullptr);
  return signal->weight;
}

}  // namespace

TEST_CASE("signals: each of the 25 says all that is printed of it") {
  REQUIRE(signals().size() == 25);
  int number = 0;
  for (const SignalInfo& signal : signals()) {
    CAPTURE(signal.id);
    ++number;
    CHECK(signal.id == (number < 10 ? "D0" : "D") + std::to_string(number));
    for (const auto text :
         {signal.name, signal.looks_at, signal.why, signal.false_positives, signal.technique}) {
      CHECK_FALSE(text.empty());
    }
    CHECK_FALSE(technique_name(signal.technique).empty());
    CHECK(signal.weight >= 0);
    // D25 looks at answers in the state database.
    CHECK(signal.needs.empty() == (signal.id == "D25"));
    for (const auto* list : {&signal.needs, &signal.helps}) {
      for (const std::string_view source : *list) CHECK(find_source(source) != nullptr);
    }
  }
  CHECK(technique_name("T0000").empty());
}

TEST_CASE("signals: every weight is in the shipped policy, with a reason beside it") {
  const auto files = clawback::test::shipped_policy_files();
  for (const SignalInfo& signal : signals()) {
    CAPTURE(signal.id);
    const auto at = files.policy.text.find("\n" + std::string(signal.id) + " = ");
    REQUIRE(at != std::string::npos);
    const auto end = files.policy.text.find('\n', at + 1);
    const auto line = files.policy.text.substr(at, end - at);
    CHECK(line.find(" # ") != std::string::npos);
  }
}

TEST_CASE("signals: the weights keep what they promise") {
  const int watch = 40;
  const int alert = 80;
  const int mail = weight("D04");
  const int mail_offline = mail * 3 / 2;
  const int loopback = weight("D09") / 2;
  const int unverified = weight("D07") / 4;

  CHECK(weight("D01") >= watch);
  CHECK(weight("D01") < alert);
  CHECK(weight("D01") + mail >= alert);
  CHECK(mail_offline < watch);
  CHECK(mail_offline / 2 + loopback + unverified < watch);

  const int stranger = mail_offline + loopback + weight("D07") + weight("D11");
  CHECK(stranger >= watch);
  CHECK(stranger < alert);
  CHECK(stranger + weight("D02") >= alert);
  CHECK(stranger - loopback + weight("D09") >= alert);

  CHECK(weight("D05") >= watch);
  CHECK(weight("D05") < alert);
  CHECK(weight("D05") + weight("D07") >= alert);
  CHECK(weight("D06") + mail_offline < alert);
  CHECK(weight("D06") + mail_offline + unverified >= alert);

  for (const std::string_view strong : {"D18", "D19", "D20", "D23", "D25"}) {
    CAPTURE(strong);
    CHECK(weight(strong) >= watch);
    CHECK(weight(strong) + mail >= watch);
    CHECK(weight(strong) + mail_offline < alert);
    CHECK(weight(strong) + mail_offline + unverified >= alert);
    CHECK(2 * weight(strong) >= alert);
  }
  CHECK(weight("D24") == 0);
}

TEST_CASE("signals: what stands beside others never makes a case by itself") {
  for (const SignalInfo& signal : signals()) {
    CAPTURE(signal.id);
    if (!signal.stands_alone) CHECK(signal.weight < 40);
  }
}

TEST_CASE("guards: G1 to G4 are told") {
  REQUIRE(guards().size() == 4);
  int number = 0;
  for (const GuardInfo& guard : guards()) {
    CHECK(guard.id == "G" + std::to_string(++number));
    CHECK_FALSE(guard.name.empty());
    CHECK_FALSE(guard.does.empty());
    CHECK_FALSE(guard.why.empty());
  }
}

TEST_CASE("sources: what it takes to read each is said in one place") {
  CHECK(to_read("directoryAudits") == "directoryAudits (permission AuditLog.Read.All)");
  CHECK(to_read("signIns") ==
        "signIns (permission AuditLog.Read.All and a Microsoft Entra ID P1 licence)");
  CHECK(to_read("servicePrincipalSignInActivities") ==
        "servicePrincipalSignInActivities (permission AuditLog.Read.All, beta, and a Microsoft "
        "Entra ID P1 licence)");
  CHECK(to_read("mailboxChanges") ==
        "mailboxChanges (an export of the Unified Audit Log with inbox rules: --evidence FILE)");
  CHECK(to_read("nobody's") == "nobody's");
  std::set<std::string_view> names;
  for (const SourceInfo& source : sources()) {
    CAPTURE(source.name);
    CHECK(names.insert(source.name).second);
    CHECK_FALSE(source.holds.empty());
    CHECK_FALSE(what_it_takes(source).empty());
  }
  CHECK(names.size() == 16);
}
