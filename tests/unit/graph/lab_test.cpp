#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "lab_rig.hpp"

using namespace clawback;
using namespace clawback::tests;
using Kind = lab::Fault::Kind;

namespace {

struct Listing {
  Result<void> result;
  std::set<std::string> ids;
  std::size_t records = 0;
};

Listing list_grants(LabRig& rig, std::string_view query) {
  Listing out;
  rig.run(LabRig::As::read,
          [&](graph::Writer& writer, auth::TokenSource&) -> asio::awaitable<void> {
            const graph::Call call = graph::make_call("oauth2PermissionGrant_list", {}, query);
            const auto on_page = [&](const json::array& page) -> Result<void> {
              for (const json::value& grant : page)
                out.ids.insert(string_at(grant, "id").value_or(""));
              out.records += page.size();
              return {};
            };
            out.result = co_await writer.reader().pages(call, on_page);
          });
  return out;
}

lab::Options many_grants() {
  lab::Options options;
  options.tenant.grants = 500;
  return options;
}

std::size_t grants_in(LabRig& rig) {
  std::size_t count = 0;
  rig.server->with_tenant([&](lab::Tenant& tenant) { count = tenant.grants.size(); });
  return count;
}

std::size_t requests_of(const LabRig& rig, std::string_view operation) {
  const auto seen = rig.server->seen();
  return static_cast<std::size_t>(std::count_if(
      seen.begin(), seen.end(), [&](const lab::Seen& one) { return one.operation == operation; }));
}

}  // namespace

TEST_CASE("lab: small pages and large ones hold the same grants, each once") {
  LabRig rig(many_grants());
  for (const std::string_view query : {"$top=999", "", "$top=7"}) {
    CAPTURE(query);
    const Listing list = list_grants(rig, query);
    if (!list.result) FAIL(list.result.error().message);
    CHECK(list.records == grants_in(rig));
    CHECK(list.ids.size() == list.records);
  }
}

TEST_CASE("lab: empty pages with a link are not the end") {
  lab::Options options = many_grants();
  options.empty_page_every = 2;
  LabRig rig(options);
  const Listing list = list_grants(rig, "$top=50");
  if (!list.result) FAIL(list.result.error().message);
  CHECK(list.records == grants_in(rig));
  CHECK(requests_of(rig, "oauth2PermissionGrant_list") > (list.records + 49) / 50);
}

TEST_CASE("lab: what goes wrong on the way is survived, and nothing is lost or doubled") {
  struct Case {
    std::string_view name;
    lab::Fault fault;
  };
  const std::string operation = "oauth2PermissionGrant_list";
  const Case cases[] = {
      {"503", {.kind = Kind::status, .operation = operation, .after = 2, .status = 503}},
      {"429 with Retry-After",
       {.kind = Kind::status,
        .operation = operation,
        .after = 2,
        .times = 3,
        .status = 429,
        .retry_after = "2.128"}},
      {"token runs out", {.kind = Kind::expired_token, .operation = operation, .after = 2}},
      {"reset before", {.kind = Kind::reset_before, .operation = operation, .after = 2}},
      {"reset after", {.kind = Kind::reset_after, .operation = operation, .after = 2}},
      {"cut", {.kind = Kind::truncate, .operation = operation, .after = 2, .times = 2}},
  };
  LabRig rig(many_grants());
  for (const Case& c : cases) {
    CAPTURE(c.name);
    rig.server->set_faults({c.fault});
    const Listing list = list_grants(rig, "$top=50");
    if (!list.result) FAIL(list.result.error().message);
    CHECK(list.records == grants_in(rig));
    CHECK(list.ids.size() == list.records);
  }
}

TEST_CASE("lab: what stays wrong is an error, whatever was read before") {
  struct Case {
    std::string_view name;
    lab::Fault fault;
    Errc code;
  };
  const std::string operation = "oauth2PermissionGrant_list";
  const Case cases[] = {
      {"garbage", {.kind = Kind::garbage, .operation = operation, .after = 2}, Errc::protocol},
      {"always cut",
       {.kind = Kind::truncate, .operation = operation, .after = 2, .times = -1},
       Errc::outcome_unknown},
      {"always 503",
       {.kind = Kind::status, .operation = operation, .after = 2, .times = -1},
       Errc::unavailable},
      {"token refused again and again",
       {.kind = Kind::expired_token, .operation = operation, .after = 2, .times = -1},
       Errc::unauthenticated},
      {"denied",
       {.kind = Kind::status, .operation = operation, .after = 2, .status = 403},
       Errc::denied},
  };
  LabRig rig(many_grants());
  for (const Case& c : cases) {
    CAPTURE(c.name);
    rig.server->set_faults({c.fault});
    const Listing list = list_grants(rig, "$top=50");
    REQUIRE(!list.result);
    CAPTURE(list.result.error().message);
    CHECK(list.result.error().code == c.code);
  }
}

TEST_CASE("lab: a batch gives every user, also when items are throttled") {
  LabRig rig;
  std::vector<std::string> ids;
  rig.server->with_tenant([&](lab::Tenant& tenant) {
    for (const auto& [id, user] : tenant.users) ids.push_back(id);
  });
  rig.server->set_faults({{.kind = Kind::status,
                           .operation = "user_get",
                           .after = 3,
                           .times = 5,
                           .status = 429,
                           .retry_after = "1"}});
  rig.run(LabRig::As::read,
          [&](graph::Writer& writer, auth::TokenSource&) -> asio::awaitable<void> {
            std::vector<graph::Call> calls;
            for (const std::string& id : ids)
              calls.push_back(graph::make_call("user_get", {id}, "$select=id"));
            const auto answers = co_await writer.reader().batch(calls);
            if (!answers) FAIL(answers.error().message);
            REQUIRE(answers->size() == ids.size());
            for (std::size_t i = 0; i < ids.size(); ++i) {
              CHECK((*answers)[i].status == 200);
              CHECK(string_at((*answers)[i].body, "id") == ids[i]);
            }
          });
  CHECK(requests_of(rig, "user_get") == ids.size() + 5);
}

TEST_CASE("lab: a write whose answer was lost is unknown, was done, and was sent once") {
  LabRig rig;
  std::string id;
  rig.server->with_tenant([&](lab::Tenant& tenant) { id = tenant.grants.begin()->first; });
  rig.server->set_faults(
      {{.kind = Kind::reset_after, .operation = "oauth2PermissionGrant_delete"}});
  rig.run(LabRig::As::write,
          [&](graph::Writer& writer, auth::TokenSource&) -> asio::awaitable<void> {
            const graph::Call call = graph::make_call("oauth2PermissionGrant_delete", {id});
            co_await writer.ready(call.path, 1);
            const auto answer = co_await writer.send(call, "id-1");
            REQUIRE(!answer);
            CHECK(answer.error().code == Errc::outcome_unknown);
            const auto back =
                co_await writer.reader().get(graph::make_call("oauth2PermissionGrant_get", {id}));
            REQUIRE(back);
            CHECK(back->status == 404);
          });
  CHECK(requests_of(rig, "oauth2PermissionGrant_delete") == 1);
}

TEST_CASE("lab: an error of Graph keeps its request-id") {
  LabRig rig;
  rig.run(LabRig::As::read,
          [&](graph::Writer& writer, auth::TokenSource&) -> asio::awaitable<void> {
            const graph::Call call = graph::make_call("oauth2PermissionGrant_get", {"AAAA"});
            const auto answer = co_await writer.reader().get(call);
            REQUIRE(answer);
            const Error error = graph::to_error(call, *answer);
            CHECK(error.code != Errc::internal);
            CHECK(!answer->request_id.empty());
            CHECK(answer->request_id != answer->client_request_id);
          });
}
