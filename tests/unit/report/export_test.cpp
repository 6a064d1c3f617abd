#include "report/export.hpp"

#include <doctest/doctest.h>

#include "report/case_row.hpp"
#include "report/markdown_parts.hpp"
#include "report/stix_parts.hpp"
#include "sample.hpp"

using namespace clawback;

TEST_CASE("exports: the same model gives the same bytes") {
  const report::Scan scan = tests::sample_scan();
  CHECK(report::findings_csv(scan) == report::findings_csv(scan));
  CHECK(report::findings_sarif(scan) == report::findings_sarif(scan));
  CHECK(report::findings_ocsf(scan) == report::findings_ocsf(scan));
  CHECK(report::findings_stix(scan) == report::findings_stix(scan));
}

TEST_CASE("exports: nothing found is a valid nothing") {
  report::Scan scan = tests::sample_scan();
  scan.findings.clear();
  CHECK(report::findings_ocsf(scan).empty());
  CHECK(report::findings_stix(scan).find("objects") == std::string::npos);
  CHECK(report::findings_csv(scan).ends_with("\"answers\"\r\n"));
  CHECK(report::findings_sarif(scan).find("\"results\": []") != std::string::npos);
}

TEST_CASE("STIX: a later export updates the same objects") {
  report::Scan scan = tests::sample_scan();
  const std::string first = report::findings_stix(scan);
  scan.observed += std::chrono::hours(1);
  const std::string second = report::findings_stix(scan);
  CHECK(first != second);
  const auto at = first.find("\"indicator--");
  REQUIRE(at != std::string::npos);
  CHECK(second.find(first.substr(at, 49)) != std::string::npos);
}

TEST_CASE("STIX: what is watched, excepted or only listed is not told to others") {
  report::Scan scan = tests::sample_scan();
  scan.findings[0].exception = "CHG-1";
  CHECK(report::findings_stix(scan).find("objects") == std::string::npos);
  scan.findings[0].exception.reset();
  scan.findings[0].verdict = domain::Verdict::watch;
  CHECK(report::findings_stix(scan).find("objects") == std::string::npos);
}

TEST_CASE("STIX: hosts of reply URLs that a pattern may name") {
  struct Case {
    std::string_view url;
    std::string_view host;
  };
  const Case cases[] = {
      {"https://Evil.Example/cb?x=y", "evil.example"},
      {"http://evil.example:8080/", "evil.example"},
      {"https://user:pw@evil.example", "evil.example"},
      {"https://evil.example.", "evil.example"},
      {"https://login.microsoftonline.com/common/oauth2/nativeclient", ""},
      {"https://evil-microsoft.com/x", "evil-microsoft.com"},
      {"https://mine.azurewebsites.net/cb", "mine.azurewebsites.net"},
      {"https://azurewebsites.net/cb", ""},
      {"http://localhost:3000", ""},
      {"https://127.0.0.1/cb", ""},
      {"https://[::1]/cb", ""},
      {"https://printer.local/", ""},
      {"https://nodots/", ""},
      {"https://xn--80ak6aa92e.com/", "xn--80ak6aa92e.com"},
      {"https://\xd0\xb5vil.example/", ""},
      {"https://a'b.example/", ""},
      {"urn:ietf:wg:oauth:2.0:oob", ""},
      {"ms-app://evil.example", ""},
      {"https://", ""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.url);
    const auto hosts = report::hosts_of({std::string(c.url)}, 5);
    CHECK((hosts.empty() ? std::string() : hosts.front()) == c.host);
  }
  CHECK(report::hosts_of({"https://b.example", "https://a.example", "https://b.example"}, 1) ==
        std::vector<std::string>{"a.example"});
}

TEST_CASE("STIX: only global addresses are told") {
  struct Case {
    std::string_view from;
    bool told;
  };
  const Case cases[] = {{"203.0.113.7 (NL)", true}, {"203.0.113.7", true},
                        {"10.1.2.3 (NL)", false},   {"192.168.0.1", false},
                        {"172.31.255.1", false},    {"172.32.0.1", true},
                        {"100.64.0.1", false},      {"127.0.0.1", false},
                        {"0.0.0.0", false},         {"224.0.0.1", false},
                        {"1.2.3", false},           {"1.2.3.256", false},
                        {"1.2.3.4.5", false},       {"01.2.3.4", false},
                        {"2001:db8::1 (SE)", true}, {"2001:DB8:0:0:0:0:0:1", true},
                        {"fe80::1", false},         {"::1", false},
                        {"2001::1::2", false},      {"2001:db8", false},
                        {"not known", false},       {"", false}};
  for (const Case& c : cases) {
    CAPTURE(c.from);
    domain::GrantHistory history;
    history.from = std::string(c.from);
    CHECK(report::addresses_of({history}, 5).size() == (c.told ? 1 : 0));
  }
}

TEST_CASE("Markdown: only words stand outside of code") {
  CHECK(report::prose("3 applications: 1 alert, 2 watch.") == "3 applications: 1 alert, 2 watch.");
  for (const std::string_view text :
       {"# head", "- item", "1. list", "a@b", "https://x", "evil.example", "a_b", "[x](y)", "<b>",
        ":+1:", "#1", "caf\xc3\xa9", "a\nb", "`", "$x$", "a|b", "+ item", "2) list", "a\\b"}) {
    CAPTURE(text);
    const std::string shown = report::prose(text);
    CHECK(shown.front() == '`');
    CHECK(shown.back() == '`');
    CHECK(shown.find('`', 1) == shown.size() - 1);
  }
  CHECK(report::prose("").empty());
  CHECK(report::code_span("a``b") == "`a<U+0060><U+0060>b`");
  CHECK(report::code_span("  ") == "`(blank)`");
}

TEST_CASE("exports: whom an application reaches is left open where it was not read") {
  report::Scan scan = tests::sample_scan();
  scan.findings.resize(1);
  scan.findings[0].users.clear();
  scan.findings[0].grants.clear();
  const auto set = [&](std::string_view name, domain::SourceState state) {
    domain::record(scan.coverage,
                   {.name = std::string(name), .state = state, .records = 0, .reason = {}});
  };
  const auto has = [](std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
  };
  set(domain::source::grants, domain::SourceState::read);
  set(domain::source::app_roles, domain::SourceState::read);
  CHECK(has(report::findings_csv(scan), ",\"no\",0,"));
  CHECK(has(report::findings_ocsf(scan), "\"everyone\":false"));
  CHECK(has(report::findings_ocsf(scan), "\"users\":0"));
  CHECK(has(report::findings_sarif(scan), "reaches 0 users"));
  CHECK(report::case_row(scan.findings[0], scan.coverage).affected == "0");
  for (const std::string_view source : {domain::source::grants, domain::source::app_roles}) {
    for (const auto state :
         {domain::SourceState::denied, domain::SourceState::partial, domain::SourceState::absent}) {
      CAPTURE(source);
      set(domain::source::grants, domain::SourceState::read);
      set(domain::source::app_roles, domain::SourceState::read);
      set(source, state);
      CHECK(has(report::findings_csv(scan), ",\"\",,"));
      CHECK_FALSE(has(report::findings_csv(scan), ",\"no\",0,"));
      const std::string ocsf = report::findings_ocsf(scan);
      CHECK_FALSE(has(ocsf, "\"everyone\""));
      CHECK_FALSE(has(ocsf, "\"users\""));
      CHECK(has(ocsf, "reaches an unknown number of users"));
      CHECK(has(report::findings_sarif(scan), "reaches an unknown number of users"));
      CHECK(has(report::findings_markdown(scan), "not known"));
      CHECK_FALSE(has(report::findings_markdown(scan), "0 users"));
      CHECK(has(report::findings_text(scan, {.width = 200}), "  not known       0  "));
      CHECK(report::case_row(scan.findings[0], scan.coverage).affected == "not known");
    }
  }
  // Somebody was found: how many is told, that it is not everyone is not.
  scan.findings = {tests::sample_scan().findings[0]};
  CHECK(has(report::findings_csv(scan), ",\"\",1,"));
  CHECK(has(report::findings_ocsf(scan), "\"users\":1"));
}
