#include <doctest/doctest.h>

#include "test_lab.hpp"

using namespace clawback;
using namespace clawback::lab;

namespace {

Options with_fault(Fault fault) {
  Options options = small_lab();
  options.faults = {std::move(fault)};
  return options;
}

}  // namespace

TEST_CASE("faults: a status, as often as asked, after as many as asked") {
  TestLab lab(with_fault({.operation = "user_list", .after = 1, .times = 2, .retry_after = "3"}));
  CHECK(lab.get("/users").status == 200);
  const Answer answer = lab.get("/users");
  CHECK(answer.status == 503);
  CHECK(answer.header("Retry-After") == "3");
  CHECK(lab.get("/organization").status == 200);
  CHECK(lab.get("/users").status == 503);
  CHECK(lab.get("/users").status == 200);
}

TEST_CASE("faults: what was reset before did not happen, what was reset after did") {
  struct Case {
    Fault::Kind kind;
    bool done;
  };
  for (const Case& c :
       {Case{Fault::Kind::reset_before, false}, Case{Fault::Kind::reset_after, true}}) {
    TestLab lab(with_fault({.kind = c.kind, .operation = "oauth2PermissionGrant_delete"}));
    const std::string id = lab.planted("em-client").grant_ids.at(0);
    lab.write("DELETE", "/oauth2PermissionGrants/" + id);
    CHECK(lab.last.reset);
    CHECK(lab.service.tenant().grants.contains(id) != c.done);
  }
}

TEST_CASE("faults: cut bodies, garbage, delays and expired tokens") {
  TestLab cut(with_fault({.kind = Fault::Kind::truncate, .operation = "user_list"}));
  cut.get("/users");
  CHECK(cut.last.cut_after == cut.last.body.size() / 2);
  TestLab garbage(with_fault({.kind = Fault::Kind::garbage, .operation = "user_list"}));
  CHECK_FALSE(parse_json(garbage.get("/users").text));
  TestLab slow(with_fault({.kind = Fault::Kind::delay,
                           .operation = "*",
                           .times = -1,
                           .delay = std::chrono::milliseconds(70)}));
  slow.get("/users");
  CHECK(slow.last.delay == std::chrono::milliseconds(70));
  TestLab expired(with_fault({.kind = Fault::Kind::expired_token, .operation = "user_list"}));
  CHECK(expired.get("/users").code() == "InvalidAuthenticationToken");
  CHECK(expired.get("/users").status == 200);
}

TEST_CASE("faults: the token endpoint can fail too") {
  TestLab lab(with_fault({.operation = "sts_token", .status = 500}));
  CHECK(lab.read_token().empty());
  CHECK_FALSE(lab.read_token().empty());
}

TEST_CASE(
    "trap 15: reports allow five requests in ten seconds, and say how long to wait in decimals") {
  Options options = small_lab();
  options.throttle = true;
  TestLab lab(options);
  for (int i = 0; i < 5; ++i) CHECK(lab.get("/auditLogs/directoryAudits?$top=1").status == 200);
  const Answer refused = lab.get("/auditLogs/signIns?$top=1");
  CHECK(refused.status == 429);
  CHECK(refused.code() == "TooManyRequests");
  CHECK(refused.header("Retry-After").contains('.'));
  CHECK(lab.get("/users?$top=1").status == 200);
  lab.clock += std::chrono::seconds(20);
  CHECK(lab.get("/auditLogs/signIns?$top=1").status == 200);
}

TEST_CASE("throttling: reads and writes have limits of their own") {
  Options options = small_lab();
  options.throttle = true;
  TestLab lab(options);
  const std::string path = "/servicePrincipals/" + lab.planted("em-client").service_principal_id;
  int status = 0;
  for (int i = 0; i <= 3500; ++i) {
    if (i % 500 == 0) lab.clock += std::chrono::milliseconds(1200);
    status = lab.write("PATCH", path, R"({"accountEnabled":true})").status;
    if (status != 204) break;
  }
  CHECK(status == 429);
  CHECK(lab.last.headers.size() > 3);
  CHECK(lab.write("GET", path).status == 200);
}

TEST_CASE("throttling: resource units follow the published table") {
  Options options = small_lab();
  TestLab lab(options);
  CHECK(lab.get("/oauth2PermissionGrants").header("x-ms-resource-unit") == "2");
  CHECK(lab.get("/oauth2PermissionGrants?$select=id").header("x-ms-resource-unit") == "1");
  CHECK(lab.get("/oauth2PermissionGrants?$top=5&$select=id").header("x-ms-resource-unit") == "1");
}
