#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "report/html_tenant.hpp"
#include "sample.hpp"

using namespace clawback;
using namespace clawback::tests;

namespace {

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// What stands between each `before` and the next `after`.
std::vector<std::string> all_between(std::string_view text, std::string_view before,
                                     std::string_view after) {
  std::vector<std::string> out;
  for (auto i = text.find(before); i != std::string_view::npos; i = text.find(before, i + 1)) {
    const auto from = i + before.size();
    out.emplace_back(text.substr(from, text.find(after, from) - from));
  }
  return out;
}

report::Scan large_scan(std::size_t findings, domain::Verdict verdict) {
  report::Scan out = sample_scan();
  const domain::Finding one = out.findings[0];
  out.findings.clear();
  for (std::size_t i = 0; i < findings; ++i) {
    domain::Finding finding = one;
    finding.key = fmt::format("sha256:{}", i);
    finding.verdict = verdict;
    finding.score = static_cast<int>(i % 140);
    finding.app.display_name = fmt::format("Application {}", i);
    finding.users.clear();
    for (std::size_t user = 0; user < i % 30; ++user) {
      finding.users.push_back({.id = domain::UserId(fmt::format("u-{}", user)),
                               .user_principal_name = {},
                               .display_name = {},
                               .account_enabled = {},
                               .type = {},
                               .sessions_valid_from = {}});
    }
    out.findings.push_back(std::move(finding));
  }
  return out;
}

}  // namespace

TEST_CASE("html: links lead to what is there, ids are used once, headings go down by one") {
  const report::Scan scan = sample_scan();
  report::Scan part = scan;
  part.part = true;
  report::Scan nothing = scan;
  nothing.findings.clear();
  const std::string reports[] = {report::findings_html(scan),
                                 report::findings_html(nothing),
                                 report::findings_html(large_scan(300, domain::Verdict::alert)),
                                 report::plan_html(sample_plan(), &scan, "plan.json"),
                                 report::plan_html(sample_plan(), nullptr, "plan.json"),
                                 report::run_html(sample_run(), &part),
                                 report::run_html(sample_run(), nullptr)};
  for (const std::string& html : reports) {
    const auto ids = all_between(html, " id=\"", "\"");
    const std::set<std::string> known(ids.begin(), ids.end());
    CHECK(known.size() == ids.size());
    for (const std::string& target : all_between(html, " href=\"", "\"")) {
      REQUIRE(target.starts_with("#"));
      CAPTURE(target);
      CHECK(known.contains(target.substr(1)));
    }
    char last = '0';
    for (const std::string& rest : all_between(html, "<h", ">")) {
      if (rest.empty() || rest[0] < '1' || rest[0] > '4') continue;
      CHECK(rest[0] <= last + 1);
      last = rest[0];
    }
    for (const std::string_view never : {"<script", "<img", "<link", " style=", "url(", "http:"}) {
      CAPTURE(never);
      CHECK_FALSE(has(html, never));
    }
    CHECK(all_between(html, "<h1", "</h1>").size() == 1);
    CHECK(all_between(html, "<style>", "</style>").size() == 1);
  }
}

TEST_CASE("html: the first thing is how many, who, what would be done and what was not seen") {
  const std::string html = report::findings_html(sample_scan());
  const std::string first = html.substr(0, html.find("<nav"));
  for (const std::string_view part :
       {"1 alert, 0 watch, 1 info", "1 user by name", "1 application would be acted on",
        "not or not completely read: directoryAudits, signIns"}) {
    CAPTURE(part);
    CHECK(has(first, part));
  }
}

TEST_CASE("html: ten thousand findings stay small, and what is left out is said") {
  const std::string alerts = report::findings_html(large_scan(10000, domain::Verdict::alert));
  CHECK(all_between(alerts, "<article", ">").size() == 100);
  CHECK(has(alerts, "The 100 worst of 10000 that ask for attention have a section here."));
  CHECK(all_between(alerts, "<bdi>Application ", "<").size() >= 10000);
  CHECK(alerts.size() < 12'000'000);
  const std::string more = report::findings_html(large_scan(10001, domain::Verdict::info));
  CHECK(all_between(more, "<article", ">").empty());
  CHECK(has(more, "No application asks for attention."));
  CHECK(has(more, "1 more are not listed here. clawback scan --json has all."));
}

TEST_CASE("html: the picture of the tenant is bounded, and says the same in words") {
  const report::Scan scan = large_scan(10000, domain::Verdict::watch);
  std::vector<report::Spot> list = report::spots(scan);
  list[0] = {.name = std::string(hostile) + std::string(100000, 'x'),
             .verdict = domain::Verdict::alert,
             .score = 1'000'000,
             .everyone = true,
             .users = 0};
  list[1].users = 3'000'000'000;
  list[2].score = -50;
  const std::string html = report::tenant_html(list, "t").markup;
  CHECK(html.size() < 150'000);
  CHECK(all_between(html, "class=\"mark", ">").size() <= 600);
  CHECK(all_between(html, "class=\"name\"", ">").size() <= 6);
  CHECK_FALSE(has(html, "<script"));
  CHECK(has(html, "10000 applications. The worst is &lt;script&gt;"));
  CHECK(has(html, "alert, score 1000000, everyone."));
  CHECK(report::tenant_html({}, "t").markup.empty());
}

TEST_CASE("html: a verdict is told by its shape too, and the further right the more users") {
  std::vector<report::Spot> list;
  for (const std::size_t users : {0u, 1u, 2u, 9u, 10u, 900u, 1000u, 100000u}) {
    list.push_back({.name = "app",
                    .verdict = domain::Verdict::info,
                    .score = static_cast<int>(users % 7) * 10,
                    .everyone = false,
                    .users = users});
  }
  list.push_back({.name = "all", .verdict = domain::Verdict::alert, .score = 90, .everyone = true});
  const std::string html = report::tenant_html(list, "t").markup;
  CHECK(has(html,
            R"(class="mark alert"><title>all: alert, score 90, everyone</title><path d="M0-9)"));
  std::vector<double> places;
  for (const std::size_t users : {0u, 1u, 2u, 9u, 10u, 900u, 1000u, 100000u}) {
    const std::string one =
        report::tenant_html({list.back(),
                             {.name = "one", .verdict = domain::Verdict::info, .users = users},
                             {.name = "most", .score = 50, .users = 100000}},
                            "t")
            .markup;
    const auto title = one.find("<title>one:");
    REQUIRE(title != std::string::npos);
    const auto x = one.rfind("<svg x=\"", title) + 8;
    places.push_back(std::stod(one.substr(x, 6)));
  }
  CHECK(std::ranges::is_sorted(places));
  CHECK(std::ranges::adjacent_find(places) == places.end());
}

TEST_CASE("html: a closed plan has its reason where the command would be") {
  plan::Plan plan = sample_plan();
  CHECK(has(report::plan_html(plan, nullptr, "plan.json"), "clawback approve plan.json"));
  const std::string closed =
      report::plan_html(plan, nullptr, "plan.json", "the plan was rejected by Dana");
  CHECK_FALSE(has(closed, "clawback approve"));
  CHECK(has(closed, "Closed: the plan was rejected by Dana"));
  plan.breaches = {{.limit = "max_users", .allowed = 1, .planned = 7}};
  const std::string over = report::plan_html(plan, nullptr, "plan.json");
  CHECK_FALSE(has(over, "clawback approve"));
  CHECK(has(over, "Closed: A plan over a limit"));
  plan.breaches.clear();
  plan.inspect_only = {"signIns was not read"};
  CHECK_FALSE(has(report::plan_html(plan, nullptr, "plan.json"), "clawback approve"));
}

TEST_CASE("html: a plan of many actions keeps every request, and says where sections end") {
  plan::Plan plan = sample_plan();
  const plan::Action one = plan.actions[0];
  plan.actions.clear();
  for (int i = 0; i < 500; ++i) {
    plan.actions.push_back(one);
    plan.actions.back().id = fmt::format("a{}", i + 1);
    plan.actions.back().request.path = fmt::format("/v1.0/servicePrincipals/sp-{}", i);
  }
  const std::string html = report::plan_html(plan, nullptr, "plan.json");
  CHECK(all_between(html, "class=\"action\"", ">").size() == 300);
  CHECK(has(html, "200 more of this case stand in the list of all requests."));
  CHECK(has(html, "<code>PATCH /v1.0/servicePrincipals/sp-499 "));
}

TEST_CASE("html: a run says what was done, what failed, before and after, and how to undo it") {
  report::RunView run = sample_run();
  run.state.actions["a1"].observed = json::object{{"accountEnabled", true}};
  run.state.actions["a1"].after = json::object{{"accountEnabled", false}};
  const std::string html = report::run_html(run, nullptr);
  for (const std::string_view part :
       {"1 of 2 actions verified; 1 not done.", "User.RevokeSessions.All is missing (status 403",
        "<dt>Before</dt><dd><code class=\"exact\">{&quot;accountEnabled&quot;:true}",
        "<dt>After</dt><dd><code class=\"exact\">{&quot;accountEnabled&quot;:false}",
        "clawback undo 5e5e5e5e-1111-4222-8333-444455556666 -o undo.json", "clawback resume",
        "12:aaaa", "in the report of the scan"}) {
    CAPTURE(part);
    CHECK(has(html, part));
  }
  CHECK_FALSE(has(html, "clawback approve"));
  // Nothing was done: there is nothing to undo.
  run.state.actions["a1"].phase = journal::Phase::satisfied;
  CHECK(has(report::run_html(run, nullptr), "Nothing was done, so there is nothing to undo."));
  run.plan.undo_of = "another";
  CHECK(has(report::run_html(run, nullptr), "This run took back what run another had done."));
}

TEST_CASE("html: a name that misleads has its code points beside it") {
  report::Scan scan = sample_scan();
  scan.findings[0].app.display_name = "Micr\u043esoft";
  const std::string html = report::findings_html(scan);
  CHECK(has(html, "<span class=\"points\">(U+043E CYRILLIC SMALL LETTER O)</span>"));
  CHECK(has(html, "The name holds characters that mislead: U+043E"));
}

namespace {

// What a later pass kept of the case of sample_plan(): the victim's grant is gone.
report::Scan later_pass() {
  report::Scan out = sample_scan();
  out.observed = *parse_time("2026-11-23T09:00:00Z");
  out.part = true;
  out.findings.resize(1);
  out.findings[0].users.clear();
  out.findings[0].grants.clear();
  return out;
}

// The inside of the chapter with this id.
std::string chapter(const std::string& html, std::string_view id) {
  const auto from = html.find(fmt::format("<h2 id=\"{}\"", id));
  REQUIRE(from != std::string::npos);
  return html.substr(from, html.find("</section>", from) - from);
}

}  // namespace

TEST_CASE("html: whom a plan affects is what the plan says, whatever a pass saw since") {
  const plan::Plan plan = sample_plan();
  const report::Scan fresh = sample_scan();
  report::Scan later = later_pass();
  report::Scan excepted = later;
  excepted.findings[0].exception = "CHG-1";
  for (const report::Scan* scan : {&fresh, &std::as_const(later), &std::as_const(excepted)}) {
    const std::string who = chapter(report::plan_html(plan, scan), "affected");
    CHECK(all_between(who, "<tr>", "</tr>").size() == 3);
    CHECK(has(who, "ada@contoso.example (ada)"));
    CHECK(has(who, "eve@contoso.example (u-eve)"));
    CHECK(has(who, "eM Client"));  // beside ada: the plan's own action is about her
  }
  CHECK(has(chapter(report::plan_html(plan, nullptr), "affected"), "eve@contoso.example (u-eve)"));
  // The scan adds names beside whom the plan lists, of its own cases only.
  report::Scan adding = fresh;
  adding.findings[0].users[0].id = domain::UserId("u-eve");
  adding.findings[0].users.push_back({.id = domain::UserId("u-mallory"),
                                      .user_principal_name = "mallory@contoso.example",
                                      .display_name = {},
                                      .account_enabled = {},
                                      .type = {},
                                      .sessions_valid_from = {}});
  adding.findings[1].users = adding.findings[0].users;
  const std::string who = chapter(report::plan_html(plan, &adding), "affected");
  CHECK(all_between(who, "eM Client (", ")").size() == 2);
  CHECK_FALSE(has(who, "mallory"));
  CHECK_FALSE(has(who, "backup tool"));
  // Everybody by name, also of a large plan.
  plan::Plan large = plan;
  large.affected.clear();
  for (int i = 0; i < 300; ++i) large.affected.push_back(fmt::format("u-{}", i));
  CHECK(has(report::plan_html(large, nullptr), "u-299"));
  plan::Plan nobody = plan;
  nobody.affected.clear();
  CHECK(has(chapter(report::plan_html(nobody, nullptr), "affected"), "Nobody by name."));
}

TEST_CASE("html: facts of a case say from when they are, and whether the plan is older") {
  const plan::Plan plan = sample_plan();
  report::Scan scan = sample_scan();
  const auto seen = [&](const std::string& html) {
    return all_between(html, "<p>As seen on ", "</p>");
  };
  CHECK(seen(report::plan_html(plan, &scan)) ==
        std::vector<std::string>{
            "2026-11-23T03:04:09Z, when this plan was made (2026-11-23T03:04:09Z)."});
  scan.observed -= std::chrono::minutes(1);
  CHECK(seen(report::plan_html(plan, &scan)) ==
        std::vector<std::string>{
            "2026-11-23T03:03:09Z, before this plan was made (2026-11-23T03:04:09Z)."});
  const report::Scan later = later_pass();
  report::RunView run = sample_run();
  for (const std::string& html : {report::plan_html(plan, &later), report::run_html(run, &later)}) {
    CHECK(has(html,
              "<p class=\"note\">As seen on 2026-11-23T09:00:00Z, after this plan was made "
              "(2026-11-23T03:04:09Z): it need not be what the plan was made from."));
  }
  scan.observed = {};
  CHECK(has(report::plan_html(plan, &scan), "It is not known when this was seen"));
  CHECK_FALSE(has(report::findings_html(scan), "As seen on"));
}

TEST_CASE("html: what was not read is not known, and neither none nor gone") {
  report::Scan scan = later_pass();
  scan.part = false;
  const auto set = [&](std::string_view name, domain::SourceState state) {
    domain::record(scan.coverage,
                   {.name = std::string(name), .state = state, .records = 0, .reason = {}});
  };
  set(domain::source::grants, domain::SourceState::read);
  set(domain::source::app_roles, domain::SourceState::read);
  std::string html = report::findings_html(scan);
  CHECK(has(html, "<dd>0 users</dd>"));
  CHECK(has(html, "Nothing any more."));
  CHECK(has(html, "nobody by name"));
  CHECK(has(html, ", score 95, 0 users"));
  CHECK(has(html, "<p>Nobody.</p>"));
  set(domain::source::grants, domain::SourceState::denied);
  html = report::findings_html(scan);
  CHECK(has(html, "<dd>not known: oauth2PermissionGrants was not read</dd>"));
  CHECK(has(html, "Delegated grants: not known, oauth2PermissionGrants was not read."));
  CHECK(has(html, "<dd>not known by name (oauth2PermissionGrants was not read)"));
  CHECK(has(html, "Not known: oauth2PermissionGrants was not read."));
  CHECK(has(html, ", score 95, users not known"));
  CHECK(has(html, ">0/?</text>"));
  for (const std::string_view lie : {"0 users", "Nothing any more", "Nobody.", "nobody by name"}) {
    CAPTURE(lie);
    CHECK_FALSE(has(html, lie));
  }
  // Who was found all the same is told, and that there may be more.
  scan.findings = {sample_scan().findings[0]};
  html = report::findings_html(scan);
  CHECK(has(html, "<dd>1 user</dd>"));
  CHECK(has(html, "There may be more: oauth2PermissionGrants was not read."));
}
