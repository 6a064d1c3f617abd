#include <doctest/doctest.h>

#include "base/safe_text.hpp"
#include "report/text_layout.hpp"
#include "report/words.hpp"
#include "sample.hpp"
#include "support/golden.hpp"

using namespace clawback;
using namespace clawback::tests;

namespace {

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> out(1);
  for (const char c : text) {
    if (c == '\n') {
      out.emplace_back();
    } else {
      out.back() += c;
    }
  }
  return out;
}

}  // namespace

TEST_CASE("report: whole texts are as they were reviewed") {
  report::TextOptions options{.width = 100, .color = false, .details = false, .file = "plan.json"};
  const plan::Plan plan = sample_plan();
  const report::Scan scan = sample_scan();
  check_golden("report/findings.txt", report::findings_text(scan, options));
  check_golden("report/findings.json", report::json_text(report::findings_json(scan)));
  check_golden("report/findings.html", report::findings_html(scan));
  check_golden("report/plan.txt", report::plan_text(plan, options));
  check_golden("report/plan.html", report::plan_html(plan, &scan, "plan.json"));
  check_golden("report/run.html", report::run_html(sample_run(), &scan));
  check_golden("report/run.txt", report::run_text(sample_run(), options));
  check_golden("report/run.json", report::json_text(report::run_json(sample_run())));
}

TEST_CASE("report: hostile text never reaches a reader as it is") {
  const report::TextOptions text{.width = 90, .color = false, .details = true, .file = {}};
  const report::Scan scan = hostile_scan();
  const plan::Plan plan = hostile_plan();
  Error error{.code = Errc::invalid, .message = std::string(hostile)};
  error.details = {{std::string(hostile), std::string(hostile)}};
  struct Case {
    std::string_view name;
    std::string text;
    bool html;
  };
  const Case cases[] = {
      {"findings text", report::findings_text(scan, text), false},
      {"plan text", report::plan_text(plan, text), false},
      {"run text", report::run_text(hostile_run(), text), false},
      {"findings json", report::json_text(report::findings_json(scan)), false},
      {"run json", report::json_text(report::run_json(hostile_run())), false},
      {"error json", report::json_text(report::error_json(error)), false},
      {"findings html", report::findings_html(scan), true},
      {"plan html", report::plan_html(plan, &scan), true},
      {"plan html without a scan", report::plan_html(plan, nullptr, hostile, hostile), true},
      {"run html", report::run_html(hostile_run(), &scan), true},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    CHECK_FALSE(has(c.text, "\x1b"));
    CHECK_FALSE(has(c.text, "\xe2\x80\xae"));
    CHECK_FALSE(has(c.text, "\xe2\x80\x8b"));
    if (!c.html) continue;
    CHECK_FALSE(has(c.text, "<script"));
    CHECK_FALSE(has(c.text, "href=\"j"));
    CHECK_FALSE(has(c.text, "src="));
    CHECK_FALSE(has(c.text, "\"' onload"));
  }
}

TEST_CASE("report: JSON with escapes means the same value") {
  const json::value value = report::findings_json(hostile_scan());
  const auto read = parse_json(report::json_text(value));
  REQUIRE(read);
  CHECK(*read == value);
}

TEST_CASE("report: no line is wider than the terminal") {
  for (const std::size_t width : {60u, 80u, 100u, 160u}) {
    const report::TextOptions options{.width = width, .color = false, .details = true, .file = {}};
    for (const std::string& text :
         {report::findings_text(hostile_scan(), options), report::plan_text(sample_plan(), options),
          report::run_text(sample_run(), options)}) {
      for (const std::string& line : lines_of(text)) {
        CAPTURE(line);
        CHECK(display_width(line) <= width);
      }
    }
  }
}

TEST_CASE("report: colours add nothing to the words") {
  report::TextOptions options{.width = 100, .color = true, .details = false, .file = {}};
  const std::string colored = report::findings_text(sample_scan(), options);
  options.color = false;
  std::string plain;
  for (std::size_t i = 0; i < colored.size(); ++i) {
    if (colored[i] == '\x1b') {
      i = colored.find('m', i);
      continue;
    }
    plain += colored[i];
  }
  CHECK(has(colored, "\x1b[1;31m"));
  CHECK(plain == report::findings_text(sample_scan(), options));
}

TEST_CASE("report: nothing found says what could not be seen") {
  report::Scan scan = sample_scan();
  scan.findings.clear();
  const std::string text = report::findings_text(scan, {});
  CHECK(text.find("INCOMPLETE") < text.find("Nothing found"));
  CHECK(has(text, "signIns could not be read: the tenant has no Entra ID P1 licence"));
  scan.coverage.complete = true;
  CHECK_FALSE(has(report::findings_text(scan, {}), "INCOMPLETE"));
}

TEST_CASE("report: when a grant was given is said as far as it is known") {
  struct Case {
    std::optional<std::string_view> given;
    std::optional<std::string_view> after;
    std::optional<std::string_view> before;
    std::string_view words;
  };
  const std::string_view one = "2026-11-20T10:00:00Z";
  const std::string_view two = "2026-11-21T10:00:00Z";
  const Case cases[] = {{one, two, two, "2026-11-20T10:00:00Z"},
                        {{}, one, two, "between 2026-11-20T10:00:00Z and 2026-11-21T10:00:00Z"},
                        {{}, one, {}, "after 2026-11-20T10:00:00Z"},
                        {{}, {}, two, "before 2026-11-21T10:00:00Z"},
                        {{}, {}, {}, "at a time that is not known"}};
  const auto time = [](const std::optional<std::string_view>& text) {
    return text ? std::optional(*parse_time(*text)) : std::nullopt;
  };
  for (const Case& c : cases) {
    CAPTURE(c.words);
    domain::GrantHistory history;
    history.first_seen = time(c.given);
    history.not_before = time(c.after);
    history.not_after = time(c.before);
    CHECK(report::history_when(history) == c.words);
  }
}

TEST_CASE("report: a blast radius that is not known is never none") {
  domain::BlastRadius blast;
  blast.unknown = "mailItemsAccessed is not in the evidence";
  CHECK(report::blast_words(blast) == "not known: mailItemsAccessed is not in the evidence");
  blast.known = true;
  CHECK(report::blast_words(blast) == "no mailbox was read, as far as the log goes");
}

TEST_CASE("report: what Graph can't give is one line that names the export") {
  const auto gaps = report::unseen(sample_scan().coverage);
  REQUIRE(gaps.size() == 3);
  CHECK(gaps[2] ==
        "Only exports have mailItemsAccessed (add the Unified Audit Log), mailboxChanges (add the "
        "Unified Audit Log), organizationConfig (add Get-OrganizationConfig)");
}

TEST_CASE("report: a plan over a limit offers no approval") {
  plan::Plan plan = sample_plan();
  plan.breaches = {{.limit = "max_users", .allowed = 1, .planned = 7}};
  const std::string text = report::plan_text(plan, {});
  CHECK(has(text, "REFUSED BY LIMIT max_users: 7 planned, 1 allowed"));
  CHECK_FALSE(has(text, "clawback approve"));
}

TEST_CASE("report: what is left alone is named as far as the plan knows it") {
  const plan::Plan plan = sample_plan();
  const auto words = [&](const char* finding, const char* target) {
    return report::left_alone_words(plan, {.finding = finding, .target = target, .reason = "why"});
  };
  CHECK(words("sha256:1111", "sp-em") == "sp-em (eM Client)");
  CHECK(words("sha256:1111", "bob") == "bob (case of eM Client)");
  CHECK(words("sha256:1111", "ada") == "ada (ada@contoso.example)");
  CHECK(words("sha256:3333", "sp-graph") == "sp-graph");
}

TEST_CASE("report: every way to come back has a line, also those that nothing is done about") {
  plan::Plan plan = sample_plan();
  plan.affected = {"u-1", "u-2"};
  plan.actions[1].target.id = "u-1";
  const auto said = [&](std::string_view part) {
    std::string all;
    for (const std::string& line : report::ways_back(plan)) all += line + "\n";
    return has(all, part);
  };
  CHECK(report::ways_back(plan).size() == 6);
  CHECK(said("The applications: 1 application shut by this plan.\n"));
  CHECK(said("Permissions: 0 taken or narrowed. They work again"));
  CHECK(said("Sessions: ended for 1 user; not for 1 of those affected: u-2.\n"));
  plan.names = {{"u-2", "eve@contoso.example"}};
  CHECK(said("not for 1 of those affected: eve@contoso.example (u-2).\n"));
  CHECK(said("clawback changes none. Reset the password of 2 affected users"));
  CHECK(said("Inbox rules, forwarding and delegates: left as they are"));
  CHECK(said("Other applications: who may consent to them stays as it is"));
  plan.actions.push_back(plan.actions[0]);
  plan.actions[0].kind = domain::ActionKind::revoke_grant;
  plan.actions[0].target.app_id = "another";
  plan.actions[1].kind = domain::ActionKind::disable_inbox_rule;
  CHECK(said("1 application shut by this plan; 1 application not"));
  CHECK(said("Permissions: 1 taken or narrowed.\n"));
  CHECK(said("Inbox rules: 1 is switched off. Forwarding"));
  CHECK(said("Sessions: ended for 0 users; not for 2 of"));
  plan.undo_of = "a run";
  CHECK(report::ways_back(plan).empty());
}

TEST_CASE("report: a plan names whom it affects, and the application of each of its cases") {
  plan::Plan plan = sample_plan();
  plan.affected = {"ada", "eve"};
  plan.names = {{"eve", "eve@contoso.example"}};
  plan::CaseReasons one{.finding = plan.actions[0].because.finding, .rule = "a-rule"};
  plan::CaseReasons other{.finding = "sha256:9999", .rule = "a-rule"};
  plan.cases = {one, other};
  plan.actions[0].target.app_id = "app-em";
  plan::Action action = plan.actions[0];
  action.because.finding = "sha256:9999";
  action.target.app_id = "app-other";
  action.target.display_name = "Other <b>";
  plan.actions.push_back(action);
  const std::string text = report::plan_text(plan, {});
  CHECK(has(text, "2 users are affected:\n  - ada\n  - eve@contoso.example (eve)\n"));
  CHECK(has(text, "Why a-rule: eM Client (app-em)\n"));
  CHECK(has(text, "Why a-rule: Other <b> (app-other)\n"));
  const std::string html = report::plan_html(plan, nullptr);
  CHECK(has(html, "<bdi>eve@contoso.example (eve)</bdi>"));
  CHECK(has(html, "<dd><bdi>Other &lt;b&gt; (app-other)</bdi></dd>"));
  plan.affected.clear();
  for (int i = 100; i < 123; ++i) plan.affected.push_back("u-" + std::to_string(i));
  CHECK(report::affected_words(plan).size() == 21);
  CHECK(report::affected_words(plan).back() == "and 3 more");
  plan.actions.back().target.kind = "messageRule";
  plan.actions.back().target.id = "eve/AQAA=";
  CHECK(report::whom_words(plan, plan.actions.back()) == "eve@contoso.example (eve)");
}

TEST_CASE("report: a run says what was sent, and offers resume only where it can do something") {
  report::RunView run = sample_run();
  journal::ActionState& block = run.state.actions["a1"];
  journal::ActionState& other = run.state.actions["a2"];
  other = {.phase = journal::Phase::satisfied};
  CHECK(has(report::run_text(run, {}),
            "All done: 1 action verified; nothing had to be sent for 1.\n"));
  run.plan.actions[0].kind = domain::ActionKind::block_app;
  block.phase = journal::Phase::failed;
  block.status = 400;
  CHECK(has(report::run_text(run, {}),
            "0 of 2 actions verified; nothing had to be sent for 1; 1 not done.\n"));
  CHECK_FALSE(has(report::run_text(run, {}), "clawback resume"));
  block.status = 403;
  CHECK(has(report::run_text(run, {}), "clawback resume"));
  block.status = 400;
  other = {.phase = journal::Phase::skipped, .unread = true};
  CHECK(has(report::run_text(run, {}), "clawback resume"));
}

TEST_CASE("report: the approve command survives any file name") {
  struct Case {
    std::string_view file;
    std::string_view shown;
  };
  const Case cases[] = {{"plan.json", "approve plan.json "},
                        {"", "approve PLAN.json "},
                        {"-", "approve PLAN.json "},
                        {"my plan.json", "approve 'my plan.json' "},
                        {"a';rm -rf b", "approve 'a'\\'';rm -rf b' "}};
  for (const Case& c : cases) {
    CAPTURE(c.file);
    CHECK(has(report::approve_command(sample_plan(), c.file), c.shown));
  }
}

TEST_CASE("report: wrapped lines keep every word") {
  struct Case {
    std::string_view text;
    std::vector<std::string> lines;
  };
  const Case cases[] = {{"one two three", {"one two", "three"}},
                        {"abcdefghijklm", {"abcdefgh", "ijklm"}},
                        {"日本語日本語", {"日本語日", "本語"}},
                        {"", {}}};
  for (const Case& c : cases) {
    CAPTURE(c.text);
    CHECK(report::wrap(c.text, 8) == c.lines);
  }
}

TEST_CASE("report: the exact request is in the page as it is sent, on two lines") {
  const std::string html = report::plan_html(sample_plan(), nullptr);
  CHECK(has(html,
            "<pre>PATCH /v1.0/servicePrincipals/sp-em\n{&quot;accountEnabled&quot;:false}</pre>"));
}
