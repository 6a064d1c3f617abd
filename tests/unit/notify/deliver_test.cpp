#include "notify/deliver.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <fstream>

#include "base/file.hpp"
#include "messages.hpp"
#include "notify/outbox.hpp"
#include "notify/render.hpp"
#include "receivers.hpp"

using namespace clawback;
using namespace clawback::notify;
using namespace clawback::notify::test;
using State = Delivery::State;

namespace {

Settings settings(std::optional<std::filesystem::path> outbox = std::nullopt) {
  return {.means = means({{"KEY", "s3cret"}}), .host = "h", .outbox = std::move(outbox)};
}

std::size_t files_in(const std::filesystem::path& folder) {
  std::size_t count = 0;
  std::error_code missing;
  for (const auto& entry : std::filesystem::directory_iterator(folder, missing)) {
    struct stat info{};
    REQUIRE(::stat(entry.path().c_str(), &info) == 0);
    CHECK((info.st_mode & 07777u) == 0600u);
    ++count;
  }
  return count;
}

}  // namespace

TEST_CASE("webhook: the body comes as rendered, signed, with the message's id") {
  on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
    Receiver receiver(executor);
    const auto web = client(executor);
    const auto told = co_await deliver(*web, {webhook(receiver.url("/a?b=c"))}, full(), settings());
    REQUIRE(told.size() == 1);
    CHECK(told[0] == Delivery{.state = State::sent, .target = "soc", .message = full().id});
    REQUIRE(receiver.requests.size() == 1);
    const http::Request& got = receiver.requests[0];
    CHECK(got.method == "POST");
    CHECK(got.target == "/a?b=c");
    CHECK(got.body == to_json(full()));
    CHECK(*http::find(got.headers, "Content-Type") == "application/json");
    CHECK(*http::find(got.headers, "X-Clawback-Id") == full().id);
    CHECK(*http::find(got.headers, "X-Clawback-Signature") ==
          "t=1795424400,v1=" + independent_hmac("s3cret", "1795424400." + got.body));
  });
}

TEST_CASE("webhook: 429 and 5xx are tried again, anything else is not") {
  struct Row {
    std::string_view name;
    std::vector<int> answers;
    State state;
    std::size_t requests;
  };
  const Row rows[] = {{"accepted", {202}, State::sent, 1},
                      {"throttled once", {429, 200}, State::sent, 2},
                      {"broken twice", {500, 503, 200}, State::sent, 3},
                      {"broken for good", {500, 500, 500, 200}, State::failed, 3},
                      {"refused", {403, 200}, State::failed, 1},
                      {"moved: not followed", {302, 200}, State::failed, 1}};
  for (const Row& row : rows) {
    CAPTURE(row.name);
    on_loop([&row](asio::any_io_executor executor) -> asio::awaitable<void> {
      Receiver receiver(executor);
      for (const int status : row.answers) {
        receiver.answer(status, {{"Location", "https://evil.example/"}});
      }
      const auto web = client(executor);
      const auto told = co_await deliver(*web, {webhook(receiver.url())}, full(), settings());
      REQUIRE(told.size() == 1);
      CHECK(told[0].state == row.state);
      CHECK(receiver.requests.size() == row.requests);
    });
  }
}

TEST_CASE("webhook: no error holds the address, the key or what was answered") {
  on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
    Receiver receiver(executor);
    receiver.answer(400);
    receiver.answers.front().body = "leaked-answer";
    http::Reply gone;
    gone.reset = true;
    receiver.answers.insert(receiver.answers.end(), 3, gone);
    const auto web = client(executor);
    Target teams{.name = "t", .kind = Target::Kind::teams, .url_from = {.env = "URL", .file = {}}};
    Target nowhere = teams;
    nowhere.url_from.env = "NOWHERE";
    Target unreachable = teams;
    unreachable.url_from.env = "CLOSED";
    Settings told_how = settings();
    told_how.means = means({{"URL", receiver.url("/secret-path?sig=secret-sig")},
                            {"NOWHERE", "ftp://secret-host/secret-path"},
                            {"CLOSED", "https://127.0.0.1:1/secret-path?sig=secret-sig"}});
    const std::vector<Target> targets = {teams, teams, nowhere, unreachable};
    const auto told = co_await deliver(*web, targets, full(), told_how);
    REQUIRE(told.size() == 4);
    CHECK(told[0].detail == "127.0.0.1: it answered with status 400");
    for (const Delivery& delivery : told) {
      CAPTURE(delivery.detail);
      CHECK(delivery.state == State::failed);
      CHECK(delivery.detail.find("secret") == std::string::npos);
      CHECK(delivery.detail.find("leaked") == std::string::npos);
      CHECK_FALSE(delivery.detail.empty());
    }
  });
}

TEST_CASE("webhook: a receiver whose certificate is not trusted gets nothing") {
  on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
    Receiver receiver(executor);
    const auto web = http::TlsClient::make(executor, {});
    const auto told = co_await deliver(**web, {webhook(receiver.url())}, full(), settings());
    CHECK(told[0].state == State::failed);
    CHECK(told[0].detail.find("certificate") != std::string::npos);
    CHECK(receiver.requests.empty());
  });
}

TEST_CASE("deliver: a target that fails stops no other; who did not ask is not told") {
  on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
    Receiver receiver(executor);
    Target uninterested = webhook(receiver.url("/no"), "no");
    uninterested.on = {Event::followup};
    Target keyless = webhook(receiver.url("/keyless"), "keyless");
    keyless.secret = {.env = "UNSET", .file = {}};
    const Target bad = webhook("https://127.0.0.1:1/", "bad");
    Message message = full();
    message.followup.clear();
    message.escalations.clear();
    const auto web = client(executor);
    const std::vector<Target> targets = {bad, uninterested, keyless, webhook(receiver.url("/yes"))};
    const auto told = co_await deliver(*web, targets, message, settings());
    REQUIRE(told.size() == 3);
    CHECK(told[0].state == State::failed);
    CHECK(told[1].detail == "the variable UNSET is not set");
    CHECK(told[2].state == State::sent);
    REQUIRE(receiver.requests.size() == 1);
    CHECK(receiver.requests[0].target == "/yes");
  });
}

TEST_CASE("outbox: what was not accepted is kept and sent by a later flush, once") {
  const Folder folder;
  on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
    const Settings kept = settings(folder.path / "outbox");
    Receiver receiver(executor);
    for (int i = 0; i < 3; ++i) receiver.answer(500);
    const std::vector<Target> targets = {webhook(receiver.url())};
    const auto web = client(executor);
    auto told = co_await deliver(*web, targets, full(), kept);
    CHECK(told[0].state == State::kept);
    CHECK(files_in(*kept.outbox) == 1);
    receiver.requests.clear();
    told = co_await flush(*web, targets, kept);
    REQUIRE(told.size() == 1);
    CHECK(told[0].state == State::sent);
    CHECK(told[0].message == full().id);
    REQUIRE(receiver.requests.size() == 1);
    CHECK(receiver.requests[0].body == to_json(full()));
    CHECK(files_in(*kept.outbox) == 0);
    told = co_await flush(*web, targets, kept);
    CHECK(told.empty());
  });
}

TEST_CASE("outbox: a payload is on disk before it is sent") {
  const Folder folder;
  on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
    const Settings kept = settings(folder.path / "outbox");
    struct Looking final : http::Transport {
      std::filesystem::path at;
      std::size_t seen = 0;
      asio::awaitable<Result<http::Response>> send(const http::Request&) override {
        seen = files_in(at);
        co_return http::Response{.status = 200};
      }
    } looking;
    looking.at = *kept.outbox;
    co_await deliver(looking, {webhook("https://h.example/")}, full(), kept);
    CHECK(looking.seen == 1);
    CHECK(files_in(*kept.outbox) == 0);
  });
}

TEST_CASE("outbox: too old or no target any more: given up, and said") {
  const Folder folder;
  on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
    const Settings kept = settings(folder.path);
    const Outbox outbox(folder.path);
    const Time now = kept.means.now();
    Parcel parcel{
        .id = "old", .target = "soc", .kind = "webhook", .created = now, .payload = {"x"}};
    parcel.created = now - parcel_age_max - std::chrono::seconds(1);
    REQUIRE(outbox.put(parcel));
    parcel = {.id = "other", .target = "gone", .kind = "webhook", .created = now, .payload = {"x"}};
    REQUIRE(outbox.put(parcel));
    parcel = {.id = "kind", .target = "soc", .kind = "teams", .created = now, .payload = {"x"}};
    REQUIRE(outbox.put(parcel));
    std::ofstream(folder.path / "parcel-broken.json") << "{";
    std::ofstream(folder.path / "someone-elses.json") << "{";
    const auto web = client(executor);
    const auto told = co_await flush(*web, {webhook("https://127.0.0.1:1/")}, kept);
    REQUIRE(told.size() == 4);
    CHECK(told[0].state == State::failed);
    CHECK(told[0].detail.find("parcel-broken.json") != std::string::npos);
    for (std::size_t i = 1; i < told.size(); ++i) CHECK(told[i].state == State::dropped);
    CHECK(told[1].detail == "older than 7d");
    CHECK(outbox.list()->parcels.empty());
    CHECK(std::filesystem::exists(folder.path / "someone-elses.json"));
  });
}

TEST_CASE("outbox: a target that fails is asked once in a flush") {
  const Folder folder;
  on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
    const Settings kept = settings(folder.path);
    Receiver receiver(executor);
    for (int i = 0; i < 6; ++i) receiver.answer(403);
    const std::vector<Target> targets = {webhook(receiver.url())};
    const auto web = client(executor);
    for (int i = 0; i < 3; ++i) co_await deliver(*web, targets, full(), kept);
    receiver.requests.clear();
    const auto told = co_await flush(*web, targets, kept);
    CHECK(told.size() == 1);
    CHECK(receiver.requests.size() == 1);
    CHECK(files_in(folder.path) == 3);
  });
}

TEST_CASE("outbox: of very many the oldest are given up") {
  const Folder folder;
  on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
    const Settings kept = settings(folder.path);
    const Outbox outbox(folder.path);
    Parcel parcel{.target = "soc", .kind = "webhook", .payload = {"x"}};
    for (std::size_t i = 0; i < parcels_max / 2 + 2; ++i) {
      parcel.id = std::to_string(i);
      parcel.created = kept.means.now() - std::chrono::seconds(1000 - i);
      REQUIRE(outbox.put(parcel));
    }
    const auto web = client(executor);
    const auto told = co_await flush(*web, {webhook("https://127.0.0.1:1/")}, kept);
    REQUIRE(told.size() == 3);
    CHECK(told[0].state == State::dropped);
    CHECK(told[0].message == "0");
    CHECK(told[1].message == "1");
    CHECK(told[2].state == State::kept);
    CHECK(files_in(folder.path) == parcels_max / 2);
  });
}
