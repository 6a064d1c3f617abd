#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

#include "report/html_parts.hpp"
#include "report/html_timeline.hpp"
#include "report/time_axis.hpp"
#include "report/words.hpp"
#include "sample.hpp"

using namespace clawback;
using namespace clawback::tests;
using report::Lane;
using report::Mark;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

Time at(std::string_view text) { return *parse_time(text); }

std::size_t times_in(std::string_view text, std::string_view part) {
  std::size_t out = 0;
  for (auto i = text.find(part); i != std::string_view::npos; i = text.find(part, i + 1)) ++out;
  return out;
}

std::string ticks_text(const report::TimeAxis& axis) {
  std::string out;
  for (const report::Tick& tick : axis.ticks()) {
    out += (out.empty() ? "" : "; ") + tick.upper + (tick.lower.empty() ? "" : ", ") + tick.lower;
  }
  return out;
}

}  // namespace

TEST_CASE("time axis: ticks are at whole steps of the calendar, and few") {
  struct Case {
    std::string_view from;
    std::string_view to;
    std::string_view ticks;
  };
  const Case cases[] = {
      {"2026-11-20T10:00:03Z", "2026-11-20T10:00:41Z", "10:00:15, 20 Nov; 10:00:30"},
      {"2026-11-20T09:58:00Z", "2026-11-20T10:31:00Z", "10:00, 20 Nov; 10:15; 10:30"},
      {"2026-11-19T22:10:00Z", "2026-11-20T07:00:00Z", "00:00, 20 Nov; 02:00; 04:00; 06:00"},
      {"2026-11-20T10:00:00Z", "2026-11-23T09:00:00Z", "21 Nov, 2026; 22 Nov; 23 Nov"},
      {"2025-12-01T00:00:00Z", "2026-11-23T00:00:00Z", "Jan, 2026; Apr; Jul; Oct"},
      {"0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", ""},
      {"2026-11-20T10:00:00Z", "2026-11-20T10:00:00Z", "10:00, 20 Nov"}};
  for (const Case& c : cases) {
    CAPTURE(c.from);
    const report::TimeAxis axis({at(c.to), at(c.from)});
    const auto ticks = axis.ticks();
    CHECK(ticks.size() <= 4);
    CHECK_FALSE(ticks.empty());
    if (!c.ticks.empty()) CHECK(ticks_text(axis) == c.ticks);
    CHECK(axis.at(at(c.from)) >= 0);
    CHECK(axis.at(at(c.to)) <= 1000);
    CHECK(axis.gaps().empty());
  }
}

TEST_CASE("time axis: what is far away does not hide the minutes of the attack") {
  const Time consent = at("2026-11-20T10:00:00Z");
  const report::TimeAxis axis({consent, consent + minutes(5), consent + days(3)});
  REQUIRE(axis.gaps().size() == 1);
  CHECK(axis.gaps()[0].length == days(3) - minutes(5));
  CHECK(axis.at(consent + minutes(5)) - axis.at(consent) > 500);
  CHECK(axis.at(consent + days(3)) > axis.gaps()[0].at);
  CHECK(axis.at(consent + minutes(5)) < axis.gaps()[0].at);
  // Before and after all of it is at its ends.
  CHECK(axis.at(consent - days(9)) == axis.at(consent));
  CHECK(axis.at(consent + days(9)) == axis.at(consent + days(3)));
  // Two gaps that are each much longer than what is left.
  const report::TimeAxis twice(
      {consent, consent + minutes(5), consent + days(5), consent + days(8)});
  CHECK(twice.gaps().size() == 2);
  // Moments at regular distances have no gap.
  CHECK(report::TimeAxis({consent, consent + days(5), consent + days(10)}).gaps().empty());
  CHECK(report::TimeAxis({consent, consent + seconds(1), consent + minutes(50)}).gaps().empty());
}

TEST_CASE("moments: the first read, remembered grants and what two snapshots enclose are told") {
  const domain::Finding finding = sample_scan().findings[0];
  const auto list = report::moments(finding, report::planned_moments(sample_plan(), finding.key));
  const auto first = std::ranges::find(list, Mark::first_read, &report::Moment::mark);
  REQUIRE(first != list.end());
  CHECK(first->words == "First read: Mailbox ada@contoso.example read, 120 messages");
  const auto between = std::ranges::find_if(list, [](const auto& one) { return !!one.until; });
  REQUIRE(between != list.end());
  CHECK(between->words == "Grant for bob, at a time between the two");
  CHECK(std::ranges::count(list, Lane::remediation, &report::Moment::lane) == 2);
  // The consent that the timeline tells is not told again.
  CHECK(std::ranges::count(list, at("2026-11-20T10:00:00Z"), &report::Moment::time) == 1);
  domain::Finding bare;
  bare.blast.first_read = at("2026-11-20T10:05:00Z");
  bare.blast.seconds_after_consent = 300;
  const auto only = report::moments(bare, {});
  REQUIRE(only.size() == 1);
  CHECK(only[0].words == "First mail read through the application, 5 min after the consent");
}

TEST_CASE(
    "moments: a change that only two passes enclose is between them, although the consent is "
    "told") {
  domain::Finding finding;
  finding.timeline = {{.time = at("2026-11-20T10:00:00Z"), .event = "Consent", .record = "a"}};
  domain::GrantHistory history;
  history.principal = domain::UserId("ada");
  history.first_seen = at("2026-11-20T10:00:00Z");
  history.changed_after = at("2026-11-22T00:00:00Z");
  history.last_changed = at("2026-11-23T00:00:00Z");
  history.added_scopes = {"Mail.ReadWrite"};
  finding.history = {history};
  auto list = report::moments(finding, {});
  REQUIRE(list.size() == 2);
  CHECK(list[1].words == "Change of the grant for ada, at a time between the two");
  CHECK(list[1].time == at("2026-11-22T00:00:00Z"));
  CHECK(list[1].until == at("2026-11-23T00:00:00Z"));
  const std::string words =
      "changed between 2026-11-22T00:00:00Z and 2026-11-23T00:00:00Z, which added Mail.ReadWrite";
  CHECK(times_in(report::history_words(history), words) == 1);
  const std::string html = report::case_html(finding, 1).markup;
  CHECK(times_in(html, "between 2026-11-22T00:00:00Z and 2026-11-23T00:00:00Z added") == 1);
  CHECK(times_in(html, "1 grant, given or changed at a time") == 1);
  // A record that the timeline tells is no second moment; one that it doesn't tell is exact.
  finding.history[0].changed_after.reset();
  list = report::moments(finding, {});
  REQUIRE(list.size() == 2);
  CHECK_FALSE(list[1].until);
  CHECK(list[1].words == "Change of the grant for ada");
  finding.history[0].last_changed = finding.history[0].first_seen;
  CHECK(report::moments(finding, {}).size() == 1);
}

TEST_CASE("moments: application permissions and the application itself have their times") {
  domain::Finding finding;
  finding.app_roles = {{.id = {},
                        .principal = {},
                        .resource = {},
                        .role_id = "810c84a8-4a9e-49e6-bf7d-12d183f40d01",
                        .value = "Mail.Read",
                        .created = at("2026-11-20T10:01:00Z")},
                       {.id = {},
                        .principal = {},
                        .resource = {},
                        .role_id = "some-role",
                        .value = {},
                        .created = at("2026-11-20T10:02:00Z")}};
  finding.app.created = at("2026-11-20T10:00:00Z");
  const auto list = report::moments(finding, {});
  REQUIRE(list.size() == 3);
  CHECK(list[0].words == "The application came into the tenant");
  CHECK(list[1].words == "Application permission Mail.Read given");
  CHECK(list[2].words == "Application permission some-role given");
  CHECK(std::ranges::count(list, Lane::consent, &report::Moment::lane) == 3);
  CHECK(times_in(report::case_html(finding, 1).markup, "No time is known") == 0);
  // A record of the same time tells it already.
  finding.timeline = {{.time = at("2026-11-20T10:01:00Z"), .event = "Role", .record = "a"},
                      {.time = at("2026-11-20T10:00:00Z"), .event = "Made", .record = "b"}};
  CHECK(report::moments(finding, {}).size() == 3);
  CHECK(times_in(report::case_html({}, 1).markup, "No time is known") == 1);
}

TEST_CASE("moments: a run tells what was done, what failed and what did not begin") {
  report::RunView run = sample_run();
  run.state.actions["a1"].at = at("2026-11-23T04:00:01Z");
  run.state.actions["a2"].at = at("2026-11-23T04:00:02Z");
  const std::string key = run.plan.actions[0].because.finding;
  auto list = report::sent_moments(run, key);
  REQUIRE(list.size() == 2);
  CHECK(list[0].mark == Mark::done);
  CHECK(list[0].time == at("2026-11-23T04:00:01Z"));
  CHECK(list[0].words == "a1 disable-app: servicePrincipal eM Client: done and read back");
  CHECK(list[1].mark == Mark::failed);
  run.state.actions.erase("a2");
  list = report::sent_moments(run, key);
  CHECK(list[1].mark == Mark::planned);
  CHECK(list[1].words == "a2 revoke-sessions: user ada@contoso.example: not begun");
  CHECK(report::sent_moments(run, "sha256:other").empty());
}

TEST_CASE("timeline picture: a lane that was not read is not shown as empty") {
  domain::Finding finding;
  finding.app.display_name = "eM Client";
  finding.timeline = {{.time = at("2026-11-20T10:00:00Z"), .event = "Consent", .record = "a"}};
  const report::Scan scan = sample_scan();
  const std::string html = report::timeline_html(finding, {.coverage = &scan.coverage}, "t").markup;
  CHECK(times_in(html, "Sign-ins</tspan> could not be read</text>") == 1);
  CHECK(times_in(html, "Mail read</tspan> not asked for</text>") == 1);
  CHECK(times_in(html, "Remediation</tspan> not part of this report</text>") == 1);
  CHECK(times_in(html, "Sign-ins: could not be read.") == 1);
  finding.timeline.clear();
  CHECK(report::timeline_html(finding, {}, "t").markup.empty());
}

TEST_CASE("timeline picture: ten thousand grants make a few marks") {
  domain::Finding finding;
  finding.app.display_name = std::string(hostile) + std::string(100000, 'x');
  for (int i = 0; i < 10000; ++i) {
    const Time time = at("2026-10-20T10:00:00Z") + minutes(i);
    finding.timeline.push_back(
        {.time = time, .event = std::string(hostile), .record = std::string(1000, 'r')});
    domain::GrantHistory history;
    history.not_before = time;
    history.not_after = time + hours(3);
    finding.history.push_back(history);
  }
  const std::string html = report::timeline_html(finding, {}, "t").markup;
  CHECK(html.size() < 100000);
  CHECK(times_in(html, "class=\"mark") <= 40);
  CHECK(times_in(html, "class=\"between\"") <= 20);
  CHECK(times_in(html, "<tr>") == 61);
  CHECK(times_in(html, "19940 more are in the JSON") == 1);
  CHECK(times_in(html, "<script") == 0);
  CHECK(times_in(html, " style=") == 0);
}

TEST_CASE("timeline picture: what failed is always in the table, and requests are not in a scan") {
  domain::Finding finding;
  std::vector<report::Moment> sent;
  for (int i = 0; i < 200; ++i) {
    sent.push_back({.time = at("2026-11-23T04:00:00Z") + minutes(i),
                    .until = {},
                    .lane = Lane::remediation,
                    .mark = i == 100 ? Mark::failed : Mark::done,
                    .words = fmt::format("a{} revoke-grant", i),
                    .record = {}});
  }
  report::TimelineOptions options{.remediation = sent, .requests_at = "clawback show RUN --json"};
  std::string html = report::timeline_html(finding, options, "t").markup;
  CHECK(times_in(html, "<td>a100 revoke-grant</td>") == 1);
  CHECK(times_in(html, "<td>a99 revoke-grant</td>") == 0);
  CHECK(times_in(html, "139 more that were planned or sent are in clawback show RUN --json.") == 1);
  CHECK(times_in(html, "scan --json") == 0);
  for (int i = 0; i < 10; ++i) {
    finding.timeline.push_back(
        {.time = at("2026-11-23T05:30:00Z"), .event = "Consent", .record = "a"});
  }
  html = report::timeline_html(finding, options, "t").markup;
  CHECK(times_in(html, "10 more are in the JSON: clawback scan --json; 139 more that were") == 1);
  // Whatever failed, the page stays one that a browser can show.
  for (report::Moment& moment : options.remediation) moment.mark = Mark::failed;
  for (int i = 0; i < 5; ++i) {
    options.remediation.insert(options.remediation.end(), sent.size(), options.remediation[0]);
  }
  html = report::timeline_html({}, options, "t").markup;
  CHECK(times_in(html, "<tr>") <= 1061);
  CHECK(times_in(html, "more that were planned or sent") == 1);
}
