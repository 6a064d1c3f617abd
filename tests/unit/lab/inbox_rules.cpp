#include <doctest/doctest.h>

#include "lab/ids.hpp"
#include "test_lab.hpp"

using namespace clawback;
using namespace clawback::lab;

namespace {

std::string encoded(std::string id) {
  for (std::size_t at = id.find('='); at != std::string::npos; at = id.find('=')) {
    id.replace(at, 1, "%3D");
  }
  return id;
}

std::string rules_path(const std::string& user) {
  return "/users/" + user + "/mailFolders/inbox/messageRules";
}

}  // namespace

TEST_CASE("inbox rules: listed with what they do, read by id, switched off and on") {
  TestLab lab;
  const std::string victim = lab.planted("perfectdata").user_ids.at(0);
  const Answer list = lab.get(rules_path(victim));
  CHECK(list.status == 200);
  REQUIRE(list.value().size() == 1);
  const std::string id = text_of(list.value().at(0), "id");
  CHECK(id.ends_with('='));
  const std::string path = rules_path(victim) + "/" + encoded(id);
  CHECK(lab.get(path).status == 200);
  const std::string before = state_digest(lab.service.tenant());
  const Answer off = lab.write("PATCH", path, R"({"isEnabled":false})");
  CHECK(off.status == 200);
  CHECK(bool_at(off.body, "isEnabled") == false);
  CHECK(state_digest(lab.service.tenant()) != before);
  CHECK(lab.write("PATCH", path, R"({"isEnabled":true})").status == 200);
  CHECK(state_digest(lab.service.tenant()) == before);
}

TEST_CASE("inbox rules: what is refused") {
  TestLab lab;
  const std::string victim = lab.planted("perfectdata").user_ids.at(0);
  const std::string rule = lab.service.tenant().users.at(victim).rules.at(0).id;
  const std::string path = rules_path(victim) + "/" + encoded(rule);
  CHECK(lab.write("PATCH", path, R"({"displayName":"x"})").status == 400);
  CHECK(lab.get(rules_path(victim) + "/nobody").code() == "ErrorItemNotFound");
  CHECK(lab.get(rules_path(random_guid())).code() == "ErrorInvalidUser");
  for (const auto& [id, user] : lab.service.tenant().users) {
    if (user.type == "Guest")
      CHECK(lab.get(rules_path(id)).code() == "MailboxNotEnabledForRESTAPI");
  }
  Options options = small_lab();
  options.read_denied = {"MailboxSettings.Read"};
  options.write_denied = {"MailboxSettings.ReadWrite"};
  TestLab denied(options);
  CHECK(denied.get(rules_path(victim)).status == 403);
  CHECK(denied.write("PATCH", path, R"({"isEnabled":false})").status == 403);
}

TEST_CASE("assignments: made again on the application, once, for users that are there") {
  TestLab lab;
  const Planted& planted = lab.planted("em-client");
  const std::string path =
      "/servicePrincipals/" + planted.service_principal_id + "/appRoleAssignedTo";
  const std::string before = state_digest(lab.service.tenant());
  const Answer list = lab.get(path);
  REQUIRE(list.value().size() == 2);
  const json::value& one = list.value().at(0);
  CHECK(lab.write("DELETE", path + "/" + text_of(one, "id")).status == 204);
  CHECK(lab.write("DELETE", path + "/" + text_of(one, "id")).message() ==
        "EntitlementGrant being updated or deleted is not found.");
  const auto body = [&](const std::string& who) {
    return compact_json(json::object{{"principalId", who},
                                     {"resourceId", planted.service_principal_id},
                                     {"appRoleId", zero_guid}});
  };
  CHECK(lab.write("POST", path, body(random_guid())).status == 400);
  CHECK(lab.write("POST", path, body(text_of(one, "principalId"))).status == 201);
  CHECK(lab.write("POST", path, body(text_of(one, "principalId"))).status == 400);
  CHECK(state_digest(lab.service.tenant()) == before);
}

TEST_CASE("applications: a create can ignore accountEnabled, and some can't be created") {
  const std::string app = "0f0f0f0f-1111-4222-8333-444455556666";
  const std::string body = R"({"appId":")" + app + R"(","accountEnabled":false})";
  Options options = small_lab();
  options.create_ignores_disabled = true;
  TestLab ignoring(options);
  const Answer made = ignoring.write("POST", "/servicePrincipals", body);
  CHECK(made.status == 201);
  CHECK(bool_at(made.body, "accountEnabled") == true);
  CHECK(
      ignoring
          .write("PATCH", "/servicePrincipals(appId='" + app + "')", R"({"accountEnabled":false})")
          .status == 204);
  options.uncreatable = {app};
  TestLab gone(options);
  CHECK(gone.write("POST", "/servicePrincipals", body).status == 400);
}
