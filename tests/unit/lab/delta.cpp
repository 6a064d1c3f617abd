#include <doctest/doctest.h>

#include "test_lab.hpp"

using namespace clawback;
using namespace clawback::lab;

namespace {

struct Round {
  std::vector<json::value> items;
  std::string link;
};

Round round_of(TestLab& lab, Answer page) {
  Round round;
  for (int pages = 0; pages < 100; ++pages) {
    REQUIRE(page.status == 200);
    for (const json::value& item : page.value()) round.items.push_back(item);
    round.link = string_at(page.body, "@odata.deltaLink").value_or("");
    if (page.next().empty()) break;
    page = lab.follow(page.next());
  }
  return round;
}

}  // namespace

TEST_CASE("delta: first everything, then only what changed") {
  TestLab lab;
  const Round first = round_of(lab, lab.get("/oauth2PermissionGrants/delta"));
  CHECK(first.items.size() == lab.service.tenant().grants.size());
  REQUIRE_FALSE(first.link.empty());
  const std::string gone = lab.planted("em-client").grant_ids.at(0);
  const std::string narrowed = lab.planted("tenant-wide").grant_ids.at(0);
  CHECK(lab.write("DELETE", "/oauth2PermissionGrants/" + gone).status == 204);
  CHECK(lab.write("PATCH", "/oauth2PermissionGrants/" + narrowed, R"({"scope":"User.Read"})")
            .status == 204);
  const Round second = round_of(lab, lab.follow(first.link));
  REQUIRE(second.items.size() == 2);
  CHECK(text_of(second.items[0], "id") == gone);
  CHECK(text_of(second.items[0].at("@removed"), "reason") == "deleted");
  CHECK(text_of(second.items[1], "scope") == "User.Read");
  CHECK(round_of(lab, lab.follow(second.link)).items.empty());
}

TEST_CASE("delta: service principals go to the recycle bin, and a test's own changes count") {
  TestLab lab;
  const Round first = round_of(lab, lab.get("/servicePrincipals/delta?$select=id,accountEnabled"));
  CHECK(first.items.at(0).as_object().size() == 2);
  const std::string id = lab.planted("em-client").service_principal_id;
  lab.service.with_tenant([&](Tenant& tenant) { tenant.service_principals.erase(id); });
  const Round second = round_of(lab, lab.follow(first.link));
  REQUIRE(second.items.size() == 1);
  CHECK(text_of(second.items[0].at("@removed"), "reason") == "changed");
}

TEST_CASE("delta: latest starts from now, and a token ends after seven days") {
  TestLab lab;
  const Round now = round_of(lab, lab.get("/oauth2PermissionGrants/delta?$deltatoken=latest"));
  CHECK(now.items.empty());
  lab.clock += std::chrono::days(8);
  const std::string token = lab.read_token();
  const Answer old =
      lab.call(token, "GET", now.link.substr(std::string_view("https://localhost:4443").size()));
  CHECK(old.status == 410);
  CHECK(old.header("Location") == "https://localhost:4443/v1.0/oauth2PermissionGrants/delta");
  CHECK(lab.call(token, "GET", "/v1.0/oauth2PermissionGrants/delta?$deltatoken=x").status == 400);
}
