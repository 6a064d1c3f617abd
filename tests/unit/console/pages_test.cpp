#include "console/pages.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <map>

#include "base/safe_text.hpp"
#include "unit/report/sample.hpp"

using namespace clawback;
using namespace clawback::console;
using namespace clawback::tests;

namespace {

const Time now = *parse_time("2026-11-23T10:00:00Z");
// Each letter of it is a look-alike from another script.
constexpr std::string_view cyrillic_client = "\xd0\xb5\xd0\x9c Client";

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t out = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++out;
  return out;
}

Shell shell(bool approver, std::string text = "contoso") {
  return {.person = Person{.name = "Dana " + text, .account = {}, .approver = approver},
          .csrf = "csrf-" + text,
          .tenant = text,
          .notice = text,
          .now = now};
}

Findings findings(const report::Scan& scan) {
  Findings out{.scan = scan, .rows = {}, .matching = 250, .all = 300, .alerts = 10, .watches = 20};
  for (const domain::Finding& one : scan.findings)
    out.rows.push_back(report::case_row(one, scan.coverage));
  return out;
}

PlanView view(const plan::Plan& plan, const std::string& text = "I looked") {
  return {.plan = plan,
          .file = "/plans/" + text,
          .quorum = 2,
          .signed_by = {{.plan_digest = plan.digest,
                         .approver = "Eve " + text,
                         .reason = text,
                         .issued = now,
                         .expires = now + std::chrono::hours(4)}},
          .unusable = {text}};
}

approval::Statement statement(const std::string& text = "I looked") {
  return {.plan_digest = sample_plan().digest,
          .tenant = text,
          .approver = "Dana " + text,
          .reason = text,
          .issued = now,
          .expires = now + std::chrono::hours(4),
          .nonce = "n-" + text};
}

policy::Policy a_policy(const std::string& text) {
  policy::Policy out;
  out.id = text;
  out.description = text;
  out.digest = text;
  policy::Rule rule;
  rule.id = text;
  rule.why = text;
  rule.gaps = text;
  rule.actions = {domain::ActionKind::disable_app};
  rule.match.signals_any = {text};
  rule.match.scopes_any = {text};
  out.rules = {rule};
  out.weights = {{"D01", 61}};
  out.exceptions = {{.app_id = domain::AppId(text),
                     .users = {},
                     .scopes = {text},
                     .app_roles = {},
                     .reason = text,
                     .owner = text,
                     .expires = now,
                     .position = {}}};
  policy::CatalogEntry entry;
  entry.names = {text};
  entry.app_id = domain::AppId(text);
  entry.why = text;
  entry.sources = {"javascript:" + text};
  entry.conflicts = {text};
  entry.notes = {text};
  entry.reviewed = text;
  entry.overrides = text;
  out.catalog.entries = {entry};
  out.catalog.digest = text;
  return out;
}

Health health(const std::string& text) {
  Health out;
  out.last_pass = now;
  out.coverage = hostile_scan().coverage;
  out.head = journal::Head{.seq = 1, .hash = text};
  out.halted = journal::Halt{.who = text, .reason = text, .since = now};
  out.problem = text;
  out.unreadable = {text};
  out.policy_problem = text;
  return out;
}

// Every page, with this text wherever somebody else decides what is written.
std::map<std::string, std::string> pages(bool approver) {
  const std::string text(hostile);
  const Shell who = shell(approver, text);
  const Filter filter{.text = text, .verdict = text, .rule = text, .state = text, .from = 100};
  const report::Scan scan = hostile_scan();
  PlanView plan = view(hostile_plan(), text);
  plan.policy_problem = text;
  plan.alone = text;
  PlanView used = plan;
  used.closed = text;
  used.run = text;
  const RunRow row{.id = text, .plan = text, .undo_of = text, .started = now, .actions = 2};
  report::RunView running = hostile_run();
  running.state.ended = false;
  const policy::Policy rules = a_policy(text);
  report::Scan one = scan;
  one.findings.resize(1);
  return {{"sign-in", sign_in_page(who)},
          {"error", error_page(who, 404, text, text)},
          {"findings", findings_page(who, findings(scan), filter)},
          {"case", case_page(who, {.scan = one, .plans = {text}, .runs = {text}})},
          {"plans",
           plans_page(who, {.views = {plan, used}, .unreadable = {text}, .policy_problem = text})},
          {"plan", plan_page(who, plan)},
          {"used plan", plan_page(who, used)},
          {"sign", sign_page(who, plan, statement(text))},
          {"runs", runs_page(who, {.rows = {row}, .all = 2})},
          {"run", run_page(who, hostile_run())},
          {"running", run_page(who, running)},
          {"rules", rules_page(who, {.policy = rules, .problem = text})},
          {"catalog", catalog_page(who, {.policy = rules, .problem = text})},
          {"health", health_page(who, health(text))}};
}

// What stands between < and > of each tag, with every quoted value taken out.
std::vector<std::string> tags_of(std::string_view html) {
  std::vector<std::string> out;
  std::string tag;
  bool inside = false;
  bool quoted = false;
  for (const char c : html) {
    if (!inside) {
      inside = c == '<';
      tag.clear();
      continue;
    }
    if (c == '"') quoted = !quoted;
    if (quoted || c == '"') continue;
    if (c != '>') {
      tag += c;
      continue;
    }
    inside = false;
    out.push_back(tag);
  }
  CHECK_FALSE(inside);
  CHECK_FALSE(quoted);
  return out;
}

void check_tag(const std::string& tag) {
  CAPTURE(tag);
  for (const char* attribute : {" on", " style", " srcdoc", " formaction", "\ton", "\non"}) {
    CHECK_FALSE(has(tag, attribute));
  }
  if (tag.starts_with("script")) CHECK(tag == "script src= defer");
  for (const char* never :
       {"style", "iframe", "img", "object", "embed", "base", "meta http-equiv"}) {
    CHECK_FALSE(tag.starts_with(never));
  }
}

}  // namespace

TEST_CASE("pages: hostile text never reaches a browser as it is") {
  for (const auto& [name, html] : pages(true)) {
    CAPTURE(name);
    CHECK_FALSE(has(html, "<script>"));
    CHECK_FALSE(has(html, "alert(1)</script>"));
    CHECK_FALSE(has(html, "\" onload"));
    CHECK_FALSE(has(html, "\x1b"));
    CHECK_FALSE(has(html, "\xe2\x80\xae"));
    CHECK_FALSE(has(html, "\xe2\x80\x8b"));
    CHECK_FALSE(has(html, "href=\"javascript:"));
    CHECK(count(html, "<script src=\"/static/console.js\" defer></script>") == 1);
    for (const std::string& tag : tags_of(html)) check_tag(tag);
    // Addresses are of this console alone, and what stands in them is encoded.
    for (auto at = html.find("href=\""); at != std::string::npos;
         at = html.find("href=\"", at + 1)) {
      const char first = html[at + 6];
      CHECK((first == '/' || first == '#' || html.compare(at + 6, 7, "data:,\"") == 0));
    }
  }
}

TEST_CASE("pages: each is a whole document with landmarks, one heading and headings in order") {
  for (const auto& [name, html] : pages(true)) {
    CAPTURE(name);
    CHECK(html.starts_with("<!doctype html>\n<html lang=\"en\">"));
    CHECK(count(html, "<main id=\"main\"") == 1);
    CHECK(count(html, "href=\"#main\"") == 1);
    CHECK(count(html, "<h1>") == 1);
    CHECK(count(html, "<nav aria-label=\"Console\">") == 1);
    char last = '1';
    for (auto at = html.find("<h"); at != std::string::npos; at = html.find("<h", at + 1)) {
      const char level = html[at + 2];
      if (level < '1' || level > '6') continue;
      CHECK(level - last <= 1);
      last = level;
    }
    CHECK(count(html, "<table") == count(html, "<caption"));
    CHECK(count(html, "<label ") == count(html, "<input id=") + count(html, "<select ") +
                                        count(html, "<textarea ") + count(html, "<progress "));
  }
}

TEST_CASE("pages: every form that changes something carries the session's token") {
  for (const bool approver : {true, false}) {
    for (const auto& [name, html] : pages(approver)) {
      CAPTURE(name);
      const std::string token = "<input type=\"hidden\" name=\"csrf\" value=\"" +
                                html_escape("csrf-" + std::string(hostile));
      CHECK(count(html, "method=\"post\"") == count(html, token));
      CHECK(count(html, "<form ") ==
            count(html, "method=\"post\"") + count(html, "method=\"get\""));
    }
  }
}

TEST_CASE("pages: a viewer is shown no form that decides") {
  const auto viewer = pages(false);
  for (const char* name : {"plan", "used plan", "run"}) {
    CAPTURE(name);
    CHECK(count(viewer.at(name), "method=\"post\"") == 1);  // to sign out
  }
  const plan::Plan plan = sample_plan();
  const std::string page = plan_page(shell(true), view(plan));
  CHECK(has(page, "action=\"/plans/0f0f0f0f-1111-4222-8333-444455556666/sign\""));
  CHECK(has(page, "name=\"decision\" value=\"approve\""));
  CHECK(has(page, "name=\"decision\" value=\"reject\""));
  CHECK(count(page, "required></textarea>") == 2);
  CHECK(has(plan_page(shell(false), view(plan)), "for registered approvers"));
  // Whoever asked for it can only reject it.
  plan::Plan mine = plan;
  mine.requested_by = "Dana contoso";
  const std::string own = plan_page(shell(true), view(mine));
  CHECK_FALSE(has(own, "value=\"approve\""));
  CHECK(has(own, "value=\"reject\""));
  PlanView closed = view(plan);
  closed.closed = "it was rejected";
  CHECK(has(plan_page(shell(true), closed), "it was rejected"));
  CHECK(count(plan_page(shell(true), closed), "method=\"post\"") == 1);
}

TEST_CASE("pages: a plan shows exactly what would be sent, and what is missing") {
  const std::string page = plan_page(shell(true), view(sample_plan()));
  CHECK(has(page, "PATCH /v1.0/servicePrincipals/sp-em"));
  CHECK(has(page, "&quot;accountEnabled&quot;: false"));
  CHECK(has(page, "&quot;accountEnabled&quot;: true"));
  CHECK(has(page, sample_plan().digest));
  CHECK(has(page, "One more approval is missing."));
  CHECK(has(page, "Tokens that were issued hold for up to an hour."));
  CHECK(has(page, "Left alone"));
  CHECK_FALSE(has(page, "U+000A"));
}

TEST_CASE("pages: one yes that breaks the glass is enough, and is said to be") {
  PlanView broken = view(sample_plan());
  broken.signed_by.front().break_glass = true;
  broken.alone = "Eve I looked";
  const std::string both = plan_page(shell(true), broken);
  CHECK(has(both, "1 of 2 people approved. The yes of Eve I looked alone is enough"));
  CHECK_FALSE(has(both, "missing."));
  CHECK(has(plans_page(shell(true), {.views = {broken}}), "one yes is enough"));
  broken.uncounted = {"Eve I looked"};
  CHECK(has(plan_page(shell(true), broken), "0 of 2 people approved. The yes of Eve I looked"));
}

TEST_CASE("pages: what is not known is not said to be so") {
  Health dark;
  dark.problem = "the database can't be read";
  const std::string page = health_page(shell(true), dark);
  CHECK(count(page, "not known") == 5);
  CHECK_FALSE(has(page, "not set"));
  CHECK_FALSE(has(page, "none yet"));
  dark.stop_file = true;
  CHECK(has(health_page(shell(true), dark), "nothing is sent"));
  Health light;
  light.halted.emplace();
  light.waiting_plans = 0;
  light.open_runs = 0;
  light.head.emplace();
  const std::string known = health_page(shell(true), light);
  CHECK_FALSE(has(known, "not known"));
  CHECK(has(known, "not set"));
  CHECK(has(known, "none yet"));
}

TEST_CASE("pages: a list that is not all says so") {
  const RunRow row{.id = "r1", .plan = "p1", .undo_of = {}, .started = now, .actions = 2};
  CHECK(has(runs_page(shell(true), {.rows = {row}, .all = 501}), "The newest 1 of 501 runs"));
  CHECK_FALSE(has(runs_page(shell(true), {.rows = {row}, .all = 1}), "newest 1 of"));
  const std::string plans = plans_page(shell(true), {.views = {}, .unreadable = {"aaa.json: bad"}});
  CHECK(has(plans, "aaa.json: bad"));
  CHECK_FALSE(has(plans, "No plan waits"));
  const policy::Policy rules = a_policy("x");
  CHECK(has(rules_page(shell(true), {.policy = rules, .problem = "line 3"}), "line 3"));
  CHECK_FALSE(has(rules_page(shell(true), {.policy = rules, .problem = {}}), "can&#39;t be used"));
}

TEST_CASE("pages: what is signed is shown whole, before the sign-in") {
  const std::string page = sign_page(shell(true), view(sample_plan()), statement());
  CHECK(has(page, "name=\"nonce\" value=\"n-I looked\""));
  CHECK(has(page, "/plans/0f0f0f0f-1111-4222-8333-444455556666/confirm"));
  CHECK(has(page, approval::sign_in_nonce(statement())));
  CHECK(has(page, "&quot;reason&quot;: &quot;I looked&quot;"));
  CHECK(count(page, sample_plan().digest) == 2);
  approval::Statement no = statement();
  no.decision = approval::Decision::reject;
  CHECK(has(sign_page(shell(true), view(sample_plan()), no), "for good"));
  // Laid out, a member to a line.
  CHECK(has(page, "{\n  &quot;approver&quot;"));
  CHECK_FALSE(has(page, "U+000A"));
}

TEST_CASE("pages: the list says which part of what it shows, and keeps the filter in its links") {
  const Filter filter{.text = "a&b", .verdict = "alert", .from = 100, .count = 2};
  const std::string page = findings_page(shell(false), findings(sample_scan()), filter);
  CHECK(has(page, "101 to 102 of 250 findings."));
  CHECK(has(page, "text=a%26b&amp;verdict=alert&amp;from=102"));
  CHECK(has(page, "text=a%26b&amp;verdict=alert&amp;from=98"));
  CHECK(has(page, "<option value=\"alert\" selected>"));
  CHECK(has(page, "href=\"/cases/sha256%3A1111\""));
  CHECK(has(page, "value=\"a&amp;b\""));
  Findings none = findings(sample_scan());
  none.rows.clear();
  none.left_out = 3;
  CHECK(has(findings_page(shell(false), none, {}), "No finding matches."));
  CHECK(has(findings_page(shell(false), none, {}), "3 findings of the pass"));
}

TEST_CASE("pages: letters that deceive are named beside the name") {
  report::Scan scan = sample_scan();
  scan.findings[0].app.display_name = std::string(cyrillic_client);
  const std::string list = findings_page(shell(false), findings(scan), {});
  CHECK(has(list, "U+0435"));
  plan::Plan plan = sample_plan();
  plan.actions[0].target.display_name = std::string(cyrillic_client);
  CHECK(has(plan_page(shell(true), view(plan)), "U+0435"));
  report::RunView run = sample_run();
  run.plan = plan;
  CHECK(has(run_page(shell(true), run), "U+0435"));
  CHECK_FALSE(has(findings_page(shell(false), findings(sample_scan()), {}), "U+04"));
}

TEST_CASE("pages: a run tells its progress on the page and as events, in the same words") {
  const report::RunView run = sample_run();
  const std::string page = run_page(shell(true), run);
  CHECK(has(page, "max=\"2\" value=\"1\""));
  CHECK(has(page, "1 of 2 actions done"));
  CHECK(has(page, "data-action=\"a2\" class=\"phase-failed\""));
  CHECK(has(page, "/runs/5e5e5e5e-1111-4222-8333-444455556666/undo"));
  const std::string event = progress_event(run, 7);
  CHECK(event.starts_with("id: 7\nevent: progress\ndata: {"));
  CHECK(event.ends_with("}\n\n"));
  CHECK(count(event, "\n") == 4);
  const auto data =
      parse_json(event.substr(event.find('{'), event.rfind('}') - event.find('{') + 1));
  REQUIRE(data);
  CHECK(int_at(*data, "done") == 1);
  CHECK(int_at(*data, "all") == 2);
  CHECK(bool_at(*data, "ended") == true);
  CHECK(has(page, html_escape(*string_at(*data, "state"))));
  CHECK(count(progress_event(hostile_run(), 1), "\n") == 4);
  report::RunView open = run;
  open.state.ended = false;
  CHECK_FALSE(has(run_page(shell(true), open), "/undo"));
}

TEST_CASE("pages: scripts and styles are served by name, and nothing else") {
  REQUIRE(asset("console.css"));
  REQUIRE(asset("console.js"));
  CHECK(asset("console.css")->type == "text/css; charset=utf-8");
  CHECK(has(asset("console.css")->bytes, ".digest"));
  CHECK_FALSE(has(asset("console.css")->bytes, "url("));
  CHECK_FALSE(has(asset("console.css")->bytes, "@import"));
  CHECK_FALSE(has(asset("console.js")->bytes, "innerHTML"));
  CHECK_FALSE(has(asset("console.js")->bytes, "eval"));
  CHECK_FALSE(asset("console.html"));
  CHECK_FALSE(asset("../console.css"));
  CHECK_FALSE(asset(""));
}

TEST_CASE("pages: a case says of each lane and number whether it was read") {
  report::Scan scan = sample_scan();
  scan.findings.resize(1);
  const auto page = [&] { return case_page(shell(false, "Dana"), {.scan = scan}); };
  CHECK(page().find("Rules and forwarding: 1") != std::string::npos);
  scan.findings[0].timeline.resize(1);
  scan.findings[0].blast = {};
  CHECK(page().find("Mail read: not asked for.") != std::string::npos);
  scan.findings[0].users.clear();
  CHECK(page().find("<dd>0 users</dd>") != std::string::npos);
  scan.coverage.sources.clear();
  CHECK(page().find("<dd>not known: oauth2PermissionGrants was not read</dd>") !=
        std::string::npos);
}
