#include "detect/consent_action.hpp"

#include <doctest/doctest.h>

#include "domain/grant_id.hpp"

using namespace clawback;
using detect::parse_consent_action;

namespace {

using Scopes = std::vector<std::string>;

const std::string client = "21ad62af-992e-4a9f-b6c1-67aa6c8a6eb4";
const std::string graph = "ce7199b4-8f52-46f3-b54b-4fd81de961e2";
const std::string user = "57e4bd36-9722-4a4a-9729-7203d8e00b72";

}  // namespace

TEST_CASE("consent action: both layouts, and an entry for each resource") {
  const auto recent = parse_consent_action(
      "[] => [[Id: x1, ClientId: " + client + ", PrincipalId: " + user + ", ResourceId: " + graph +
      ", ConsentType: Principal, Scope:  User.Read  Mail.Read, CreatedDateTime: , "
      "LastModifiedDateTime ], [Id: x2, ClientId: " +
      client + ", PrincipalId: " + user +
      ", ResourceId: 911e3bbe-33bf-4a5c-89ff-f2a09363baaa, ConsentType: Principal, Scope:  "
      "IMAP.AccessAsUser.All, CreatedDateTime: , LastModifiedDateTime ]]; ");
  REQUIRE(recent);
  CHECK(recent->before.empty());
  REQUIRE(recent->after.size() == 2);
  CHECK(recent->after[0].scopes == Scopes{"Mail.Read", "User.Read"});
  CHECK(recent->after[0].principal->str() == user);
  CHECK(recent->after[1].id.str() == "x2");
  CHECK(recent->after[1].scopes == Scopes{"IMAP.AccessAsUser.All"});

  const auto old = parse_consent_action(
      "\"[[Id: x1, ClientId: " + client + ", PrincipalId: , ResourceId: " + graph +
      ", ConsentType: AllPrincipals, Scope:  User.Read]] => [[Id: "
      "x1, ClientId: " +
      client + ", PrincipalId: , ResourceId: " + graph +
      ", ConsentType: AllPrincipals, Scope:  User.Read "
      "Mail.ReadWrite]]; \"");
  REQUIRE(old);
  REQUIRE(old->before.size() == 1);
  CHECK(old->before[0].scopes == Scopes{"User.Read"});
  CHECK(old->after[0].consent == domain::ConsentType::all_principals);
  CHECK(!old->after[0].principal);
  CHECK(old->after[0].scopes == Scopes{"Mail.ReadWrite", "User.Read"});
}

TEST_CASE(
    "consent action: members are found by name in any order, and the id fills what is left out") {
  const auto encoded = domain::encode_grant_id({.client = domain::ServicePrincipalId(client),
                                                .resource = domain::ServicePrincipalId(graph),
                                                .principal = domain::UserId(user)});
  REQUIRE(encoded);
  const std::string id = encoded->str();
  const auto shuffled =
      parse_consent_action("[] => [[Scope:  Mail.Send, ConsentType: Principal, Id: " + id + "]]; ");
  REQUIRE(shuffled);
  REQUIRE(shuffled->after.size() == 1);
  CHECK(shuffled->after[0].client.str() == client);
  CHECK(shuffled->after[0].resource.str() == graph);
  CHECK(shuffled->after[0].principal->str() == user);
  CHECK(shuffled->after[0].scopes == Scopes{"Mail.Send"});
}

TEST_CASE("consent action: what it says beats what its id says") {
  const auto one = parse_consent_action(
      "[] => [[Id: AAAAAAAAAAAAAAAAAAAAALSZcc5Sj_NGtUtP2B3pYeI2veRXIpdKSpcpcgPY4Aty, ClientId: " +
      client + ", PrincipalId: " + user + ", ResourceId: " + graph +
      ", ConsentType: Principal, Scope: Mail.Read]]; ");
  REQUIRE(one);
  CHECK(one->after[0].client.str() == client);
}

TEST_CASE("consent action: a scope that looks like a member does not replace one") {
  const auto one = parse_consent_action(
      "[] => [[Id: x, ClientId: " + client + ", PrincipalId: " + user + ", ResourceId: " + graph +
      ", ConsentType: Principal, Scope:  a, ClientId: 00000000-0000-0000-0000-00000000bad0]]; ");
  REQUIRE(one);
  CHECK(one->after[0].client.str() == client);
}

TEST_CASE("consent action: anything else is refused without harm") {
  for (const char* text : {"", "[]", "[] => ", "[[ => ]]", "[[Id: x => [[Id: y]]", "=> []",
                           "] => [", "[[], []] => [[]]"}) {
    CAPTURE(std::string_view(text));
    const auto result = parse_consent_action(text);
    CHECK((!result || (result->before.empty() && result->after.empty())));
  }
  CHECK(!parse_consent_action(std::string((1u << 20u) + 1, '[')));
}
