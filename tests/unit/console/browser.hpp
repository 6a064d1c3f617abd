#pragma once

#include <doctest/doctest.h>

#include <boost/asio/this_coro.hpp>
#include <filesystem>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "base/safe_text.hpp"
#include "console/console.hpp"
#include "http/run.hpp"
#include "http/tls_client.hpp"
#include "lab/server.hpp"
#include "support/makers.hpp"

// The console with a house of the test's own, people of the lab, and the lab as their issuer.
namespace clawback::console::test {

struct Cottage final : House {
  policy::Policy rules;
  report::RunView going;
  Health state;
  std::vector<approval::Statement> kept;
  std::string undone;
  bool broken = false;  // runs() throws

  Cottage() {
    going.id = "r1";
    going.plan.id = "p1";
  }
  Result<Findings> findings(const Filter&) override {
    return Error{.code = Errc::not_found, .message = "no pass was kept yet"};
  }
  Result<OneCase> one_case(const std::string&) override { return nothing(); }
  Result<Plans> plans() override { return Plans{}; }
  Result<PlanView> plan(const std::string& id) override {
    if (id != "p1") return nothing();
    PlanView view;
    view.plan.id = id;
    view.plan.digest = "sha256:plan";
    return view;
  }
  Result<Runs> runs() override {
    if (broken) throw std::runtime_error("a secret of the house");
    return Runs{};
  }
  Result<report::RunView> run(const std::string& id) override {
    if (id != going.id) return nothing();
    return going;
  }
  Health health() override { return state; }
  PolicyNow policy() override { return {.policy = rules, .problem = {}}; }
  std::string tenant_name() override { return "contoso"; }
  Result<approval::Statement> statement(const std::string&, approval::Decision decision,
                                        const Person& person, const std::string& reason,
                                        Time now) override {
    if (reason.empty()) return Error{.code = Errc::invalid, .message = "say why"};
    return approval::Statement{.plan_digest = "sha256:plan",
                               .tenant = "t",
                               .decision = decision,
                               .approver = person.name,
                               .reason = reason,
                               .issued = now,
                               .expires = now + std::chrono::hours(1),
                               .nonce = random_guid()};
  }
  Result<void> keep(const approval::Statement& statement, const Secret& id_token,
                    const std::string&, Time) override {
    const std::string token(id_token.reveal());
    const std::size_t first = token.find('.');
    const auto claims =
        from_base64url(token.substr(first + 1, token.rfind('.') - first - 1)).operator*();
    // Entra signed exactly this statement.
    CHECK(claims.find(approval::sign_in_nonce(statement)) != std::string::npos);
    kept.push_back(statement);
    return {};
  }
  Result<std::string> undo(const std::string& run, const Person&, Time) override {
    undone = run;
    return std::string("p 2");
  }

 private:
  static Error nothing() { return {.code = Errc::not_found, .message = "there is no such thing"}; }
};

// A browser: keeps cookies, and says where its requests come from.
class Browser {
 public:
  Browser(Console& console, http::Transport& web) : console_(console), web_(web) {}

  asio::awaitable<http::Reply> get(std::string target, http::Headers more = {}) {
    http::Request request;
    request.target = std::move(target);
    auto reply = co_await send(std::move(request), std::move(more));
    co_return reply;
  }
  // As a form of a page of ours; `more` replaces headers.
  asio::awaitable<http::Reply> post(std::string target, std::string form, http::Headers more = {}) {
    http::Request request;
    request.method = "POST";
    request.target = std::move(target);
    request.body = std::move(form);
    const auto set = [&](const std::string& name, const std::string& value) {
      if (http::find(more, name) == nullptr) more.push_back({name, value});
    };
    set("Origin", "http://localhost:8750");
    set("Content-Type", "application/x-www-form-urlencoded");
    auto reply = co_await send(std::move(request), std::move(more));
    co_return reply;
  }
  // Follows what a page leads on to: to Entra and back again.
  asio::awaitable<http::Reply> through_entra(http::Reply page, std::string who) {
    const std::string back = co_await entra(std::move(page), std::move(who));
    auto reply = co_await get(back);
    co_return reply;
  }
  // The path that Entra sends the browser back to.
  asio::awaitable<std::string> entra(http::Reply page, std::string who) {
    const auto url = http::parse_url(link_of(page) + "&" + who);
    REQUIRE(url);
    http::Request request;
    request.origin = url->origin;
    request.target = url->target;
    const auto answer = co_await web_.send(request);
    REQUIRE(answer);
    REQUIRE(http::find(answer->headers, "Location") != nullptr);
    const std::string where = *http::find(answer->headers, "Location");
    const std::string base = "http://localhost:8750";
    REQUIRE(where.starts_with(base + "/"));
    co_return where.substr(base.size());
  }
  asio::awaitable<void> sign_in(std::string object) {
    auto page = co_await get("/");
    auto begun = co_await post("/sign-in", "csrf=" + csrf_of(page));
    auto done = co_await through_entra(std::move(begun), "login_hint=" + object);
    REQUIRE(done.status == 200);
    REQUIRE(cookies.contains(std::string(session_cookie)));
  }

  static std::string between(const std::string& text, const std::string& before,
                             const std::string& after) {
    const std::size_t begin = text.find(before);
    if (begin == std::string::npos) return {};
    const std::size_t from = begin + before.size();
    return text.substr(from, text.find(after, from) - from);
  }
  static std::string csrf_of(const http::Reply& page) {
    return between(page.body, "name=\"csrf\" value=\"", "\"");
  }
  static std::string link_of(const http::Reply& page) {
    std::string link = between(page.body, "content=\"0;url=", "\"");
    for (std::size_t at = link.find("&amp;"); at != std::string::npos; at = link.find("&amp;")) {
      link.replace(at, 5, "&");
    }
    return link;
  }

  std::map<std::string, std::string> cookies;
  std::string address = "127.0.0.1";

 private:
  asio::awaitable<http::Reply> send(http::Request request, http::Headers headers) {
    request.peer = address;
    request.headers = std::move(headers);
    if (http::find(request.headers, "Host") == nullptr) {
      request.headers.push_back({"Host", "localhost:8750"});
    }
    std::string all;
    for (const auto& [name, value] : cookies) all += (all.empty() ? "" : "; ") + name + "=" + value;
    if (!all.empty()) request.headers.push_back({"Cookie", all});
    auto reply = co_await console_.answer(std::move(request));
    for (const http::Header& header : reply.headers) {
      if (header.name != "Set-Cookie") continue;
      const std::size_t equals = header.value.find('=');
      const std::size_t end = header.value.find(';');
      cookies[header.value.substr(0, equals)] = header.value.substr(equals + 1, end - equals - 1);
      if (header.value.find("Max-Age=0") != std::string::npos) {
        cookies.erase(header.value.substr(0, equals));
      }
    }
    co_return reply;
  }
  Console& console_;
  http::Transport& web_;
};

struct Bench {
  explicit Bench(std::vector<lab::Fault> faults = {}) {
    lab::Options options;
    options.tenant.users = 20;
    options.faults = std::move(faults);
    server = *lab::Server::start(options);
    folder = std::filesystem::temp_directory_path() / ("clawback-console-" + random_guid());
    REQUIRE(server->write_config(folder, folder));
    server->with_tenant([&](lab::Tenant& tenant) {
      client_id = tenant.approve_client_id;
      dana = tenant.approvers.at(0);
      sam = tenant.approvers.at(1);
      for (const auto& [id, user] : tenant.users) {
        if (id != dana && id != sam && user.account_enabled) stranger = id;
      }
    });
  }
  ~Bench() {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  [[nodiscard]] Settings settings() const {
    Settings out;
    out.base_url = "http://localhost:8750";
    out.hosts = {"localhost:8750", "127.0.0.1:8750"};
    out.login = *http::parse_origin(server->url());
    out.tenant = server->tenant_id();
    out.client_id = client_id;
    out.tenant_name = "contoso";
    const auto add = [&](const std::string& name, const std::string& object, bool approver) {
      const approval::Account account{.tenant = server->tenant_id(), .object = object};
      out.people.push_back({.name = name, .account = account, .approver = approver});
      out.registry.people.push_back({.name = name, .ed25519 = {}, .entra = account, .account = {}});
    };
    add("Dana", dana, true);
    add("Sam", sam, false);
    out.registry.entra = {.login = server->url(), .client_id = client_id, .keys = {}};
    out.limits = limits;
    return out;
  }

  void with(const std::function<asio::awaitable<void>(Console&, Browser&)>& use) {
    http::run([&]() -> asio::awaitable<void> {
      const auto executor = co_await asio::this_coro::executor;
      auto client = http::TlsClient::make(executor, {.ca_file = (folder / "ca.pem").string()});
      REQUIRE(client);
      Console console(settings(), {.house = house,
                                   .transport = **client,
                                   .clock = [this] { return system_now() + later; },
                                   .log = [this](const Answered& one) { log.push_back(one); },
                                   .server = {}});
      Browser browser(console, **client);
      co_await use(console, browser);
    });
  }

  std::unique_ptr<lab::Server> server;
  std::filesystem::path folder;
  std::string client_id;
  std::string dana;
  std::string sam;
  std::string stranger;
  Cottage house;
  Limits limits;
  Duration later{0};
  std::vector<Answered> log;
};

}  // namespace clawback::console::test
