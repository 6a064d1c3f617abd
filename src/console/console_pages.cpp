#include <charconv>

#include "base/secret.hpp"
#include "console/console.hpp"

// What is looked at.
namespace clawback::console {
namespace {

constexpr std::size_t text_max = 200;
constexpr std::size_t page_rows = 100;
constexpr std::size_t from_max = 1'000'000;
constexpr std::chrono::seconds health_for{1};

std::string short_field(const http::Form& form, const std::string& name) {
  return http::field(form, name).substr(0, text_max);
}

Filter filter_of(const std::string& query) {
  const http::Form form = http::read_form(query).value_or(http::Form());
  Filter filter{.text = short_field(form, "text"),
                .verdict = short_field(form, "verdict"),
                .rule = short_field(form, "rule"),
                .state = short_field(form, "state"),
                .count = page_rows};
  const std::string from = short_field(form, "from");
  std::size_t number = 0;
  const auto [end, failed] = std::from_chars(from.data(), from.data() + from.size(), number);
  if (failed == std::errc() && end == from.data() + from.size() && number <= from_max) {
    filter.from = number;
  }
  return filter;
}

std::string_view bearer(const http::Headers& headers) {
  constexpr std::string_view scheme = "Bearer ";
  const std::string* given = http::find(headers, "Authorization");
  if (given == nullptr || !given->starts_with(scheme)) return {};
  return std::string_view(*given).substr(scheme.size());
}

http::Reply plain_text(std::string text, int status) {
  http::Reply reply;
  reply.status = status;
  reply.headers = {{"Content-Type", "text/plain; charset=utf-8"}};
  reply.body = std::move(text);
  return reply;
}

}  // namespace

asio::awaitable<http::Reply> Console::findings(Visit& visit) {
  const Filter filter = filter_of(visit.route.query);
  auto found =
      co_await ask<Result<Findings>>([filter](House& house) { return house.findings(filter); });
  if (!found && found.error().code != Errc::not_found) co_return error(visit, found.error());
  // Before the first pass there is a page too: it has the way to everything else.
  const Shell around = shell(visit);
  if (!found) co_return page(error_page(around, 404, found.error().message, found.error().hint));
  co_return page(findings_page(around, *found, filter));
}

asio::awaitable<http::Reply> Console::one_case(Visit& visit) {
  auto found = co_await ask<Result<OneCase>>(
      [key = visit.route.id](House& house) { return house.one_case(key); });
  if (!found) co_return error(visit, found.error());
  co_return page(case_page(shell(visit), *found));
}

asio::awaitable<http::Reply> Console::plans(Visit& visit) {
  auto found =
      co_await ask<Result<std::vector<PlanView>>>([](House& house) { return house.plans(); });
  if (!found) co_return error(visit, found.error());
  co_return page(plans_page(shell(visit), *found));
}

asio::awaitable<http::Reply> Console::plan(Visit& visit) {
  auto found = co_await ask<Result<PlanView>>(
      [id = visit.route.id](House& house) { return house.plan(id); });
  if (!found) co_return error(visit, found.error());
  co_return page(plan_page(shell(visit), *found));
}

asio::awaitable<http::Reply> Console::runs(Visit& visit) {
  auto found = co_await ask<Result<std::vector<RunRow>>>([](House& house) { return house.runs(); });
  if (!found) co_return error(visit, found.error());
  co_return page(runs_page(shell(visit), *found));
}

asio::awaitable<http::Reply> Console::run(Visit& visit) {
  auto found = co_await ask<Result<report::RunView>>(
      [id = visit.route.id](House& house) { return house.run(id); });
  if (!found) co_return error(visit, found.error());
  co_return page(run_page(shell(visit), *found));
}

asio::awaitable<http::Reply> Console::policy(Visit& visit) {
  const Shell around = shell(visit);
  const bool rules = visit.route.place == Place::rules;
  // Written where the policy is: it belongs to that thread.
  auto text = co_await ask<std::string>([around, rules](House& house) {
    return rules ? rules_page(around, house.policy()) : catalog_page(around, house.policy());
  });
  co_return page(std::move(text));
}

asio::awaitable<http::Reply> Console::health(Visit& visit) {
  const auto now = co_await ask<Health>([](House& house) { return house.health(); });
  co_return page(health_page(shell(visit), now));
}

// For machines that ask often.
asio::awaitable<Health> Console::looked_at() {
  const Time now = tools_.clock();
  if (!health_ || now - health_of_ >= health_for) {
    auto fresh = co_await ask<Health>([](House& house) { return house.health(); });
    health_ = std::move(fresh);
    health_of_ = now;
  }
  co_return *health_;
}

asio::awaitable<http::Reply> Console::readyz() {
  const Health now = co_await looked_at();
  const bool ready = now.problem.empty();
  co_return plain_text(ready ? "ready\n" : "not ready\n", ready ? 200 : 503);
}

asio::awaitable<http::Reply> Console::metrics(Visit& visit) {
  const std::string_view shown = bearer(visit.request.headers);
  const bool with_token =
      !settings_.metrics_token.empty() && same_bytes(shown, settings_.metrics_token.reveal());
  if (!settings_.open_metrics && !with_token && !visit.session) {
    metrics_.refused(Refused::session);
    visit.why = name_of(Refused::session);
    http::Reply reply = plain_text("Metrics are for who shows the token.\n", 401);
    reply.headers.push_back({"WWW-Authenticate", "Bearer"});
    co_return reply;
  }
  Gauges gauges;
  gauges.health = co_await looked_at();
  gauges.sessions = sessions_.count(visit.now);
  gauges.streams = streams_;
  if (tools_.server) gauges.server = tools_.server();
  http::Reply reply = plain_text(metrics_.text(gauges), 200);
  reply.headers.front().value = "text/plain; version=0.0.4; charset=utf-8";
  co_return reply;
}

}  // namespace clawback::console
