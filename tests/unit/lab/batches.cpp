#include <doctest/doctest.h>

#include <map>

#include "test_lab.hpp"

using namespace clawback;
using namespace clawback::lab;

namespace {

std::string batch_of(const std::vector<std::string>& urls) {
  json::array requests;
  for (std::size_t i = 0; i < urls.size(); ++i) {
    requests.push_back(
        json::object{{"id", std::to_string(i + 1)}, {"method", "GET"}, {"url", urls[i]}});
  }
  return compact_json(json::object{{"requests", std::move(requests)}});
}

Answer post(TestLab& lab, const std::string& body) {
  return lab.call(lab.read_token(), "POST", "/v1.0/$batch", body);
}

std::map<std::string, json::value> by_id(const Answer& answer) {
  std::map<std::string, json::value> out;
  for (const json::value& response : answer.body.at("responses").as_array()) {
    out[text_of(response, "id")] = response;
  }
  return out;
}

}  // namespace

TEST_CASE("batch: each item has its own status, and the order is not the requests'") {
  TestLab lab;
  const std::string user = lab.planted("em-client").user_ids.at(0);
  const Answer answer = post(lab, batch_of({"/users/" + user + "?$select=id", "/users/nobody",
                                            "/servicePrincipals?$top=1000", "users?$top=1"}));
  CHECK(answer.status == 200);
  const auto items = by_id(answer);
  REQUIRE(items.size() == 4);
  CHECK(int_at(items.at("1"), "status") == 200);
  CHECK(text_of(items.at("1").at("body"), "id") == user);
  CHECK(int_at(items.at("2"), "status") == 404);
  CHECK(int_at(items.at("3"), "status") == 400);
  CHECK(int_at(items.at("4"), "status") == 200);
  CHECK(text_of(answer.body.at("responses").at(0), "id") != "1");
}

TEST_CASE("batch: what is no batch is refused as a whole") {
  TestLab lab;
  const std::vector<std::string> many(21, "/users");
  struct Case {
    std::string_view name;
    std::string body;
  };
  const Case cases[] = {
      {"too many", batch_of(many)},
      {"none", R"({"requests":[]})"},
      {"no list", R"({"items":[]})"},
      {"no id", R"({"requests":[{"method":"GET","url":"/users"}]})"},
      {"same id in another case",
       R"({"requests":[{"id":"a","method":"GET","url":"/users"},{"id":"A","method":"GET","url":"/users"}]})"},
      {"body without its type",
       R"({"requests":[{"id":"1","method":"PATCH","url":"/users/x","body":{"accountEnabled":false}}]})"},
      {"depends on nothing",
       R"({"requests":[{"id":"1","method":"GET","url":"/users","dependsOn":["7"]}]})"},
      {"a batch in a batch", R"({"requests":[{"id":"1","method":"POST","url":"/$batch"}]})"}};
  for (const Case& c : cases) {
    CAPTURE(c.name);
    CHECK(post(lab, c.body).status == 400);
  }
  CHECK(post(lab, batch_of(std::vector<std::string>(20, "/users?$top=1"))).status == 200);
}

TEST_CASE("batch: an item that depends on a failed one is 424") {
  TestLab lab;
  const Answer answer = post(
      lab,
      R"({"requests":[{"id":"1","method":"GET","url":"/users/nobody"},{"id":"2","method":"GET","url":"/users","dependsOn":["1"]}]})");
  CHECK(int_at(by_id(answer).at("2"), "status") == 424);
}

TEST_CASE("trap 15: inside a batch items are throttled one by one") {
  Options options = small_lab();
  options.faults = {{.kind = Fault::Kind::status,
                     .operation = "user_get",
                     .after = 1,
                     .status = 429,
                     .retry_after = "2.128"}};
  TestLab lab(options);
  const std::string path = "/users/" + lab.planted("em-client").user_ids.at(0);
  const Answer answer = post(lab, batch_of({path, path, path}));
  CHECK(answer.status == 200);
  const auto items = by_id(answer);
  CHECK(int_at(items.at("1"), "status") == 200);
  CHECK(int_at(items.at("2"), "status") == 429);
  CHECK(text_of(items.at("2").at("headers"), "Retry-After") == "2.128");
  CHECK(int_at(items.at("3"), "status") == 200);
}

TEST_CASE("batch: writes inside are done, without a body in the answer") {
  TestLab lab;
  const std::string id = lab.planted("em-client").grant_ids.at(0);
  const Answer answer =
      lab.write("POST", "/$batch",
                R"({"requests":[{"id":"1","method":"DELETE","url":"/oauth2PermissionGrants/)" + id +
                    R"("}]})");
  const auto items = by_id(answer);
  CHECK(int_at(items.at("1"), "status") == 204);
  CHECK_FALSE(items.at("1").as_object().contains("body"));
  CHECK_FALSE(lab.service.tenant().grants.contains(id));
}

TEST_CASE("seen: every request is remembered, inside a batch each item") {
  TestLab lab;
  lab.read_token();
  lab.service.clear_seen();
  post(lab, batch_of({"/users/nobody", "/organization"}));
  std::vector<std::string> operations;
  for (const Seen& one : lab.service.seen()) operations.push_back(one.operation);
  CHECK(operations ==
        std::vector<std::string>{"sts_token", "user_get", "organization_list", "batch_post"});
}
