#include <algorithm>
#include <array>
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
constexpr std::array<std::string_view, 4> case_states = {"new", "changed", "unchanged",
                                                         "untracked"};

std::string short_field(const http::Form& form, const std::string& name) {
  return http::field(form, name).substr(0, text_max);
}

Error no_filter(std::string_view what, std::string_view hint) {
  return Error{.code = Errc::invalid, .message = std::string(what), .hint = std::string(hint)};
}

// What is not understood is not read as "all": a list that shows too much looks like an answer.
Result<Filter> filter_of(const std::string& query) {
  const auto form = http::read_form(query);
  if (!form) return no_filter("This filter can't be read.", "Start at the list, without a filter.");
  Filter filter{.text = short_field(*form, "text"),
                .verdict = short_field(*form, "verdict"),
                .rule = short_field(*form, "rule"),
                .state = short_field(*form, "state"),
                .count = page_rows};
  if (!filter.verdict.empty() && !domain::verdict_from(filter.verdict)) {
    return no_filter("There is no such verdict.", "The verdicts are alert, watch and info.");
  }
  const auto known = [&](std::string_view state) { return filter.state == state; };
  if (!filter.state.empty() && std::none_of(case_states.begin(), case_states.end(), known)) {
    return no_filter("There is no such state.",
                     "The states are new, changed, unchanged and untracked.");
  }
  const std::string from = short_field(*form, "from");
  if (from.empty()) return filter;
  const auto [end, failed] = std::from_chars(from.data(), from.data() + from.size(), filter.from);
  if (failed != std::errc() || end != from.data() + from.size() || filter.from > from_max) {
    return no_filter("There is no such part of the list.", "Start at the beginning of the list.");
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
  const auto wanted = filter_of(visit.route.query);
  if (!wanted) co_return error(visit, wanted.error());
  const Filter& filter = *wanted;
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
  auto found = co_await ask<Result<Plans>>([](House& house) { return house.plans(); });
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
  auto found = co_await ask<Result<Runs>>([](House& house) { return house.runs(); });
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
    // Whoever asks meanwhile gets what was seen before.
    health_of_ = now;
    auto fresh = co_await ask<Health>([](House& house) { return house.health(); });
    health_ = std::move(fresh);
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
