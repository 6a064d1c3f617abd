#include <doctest/doctest.h>

#include "report/case_row.hpp"
#include "report/html_parts.hpp"
#include "report/parse_findings.hpp"
#include "report/search_text.hpp"
#include "sample.hpp"

using namespace clawback;
using namespace clawback::tests;

namespace {

std::string kept(const domain::Finding& finding) {
  return canonical_json(report::finding_json(finding));
}

domain::Finding sample() { return sample_scan().findings[0]; }

}  // namespace

TEST_CASE("findings: what was written is read back, as far as anybody looks at it") {
  for (const report::Scan& scan : {sample_scan(), hostile_scan()}) {
    for (const domain::Finding& finding : scan.findings) {
      CAPTURE(finding.key);
      const auto read = report::parse_finding(kept(finding));
      REQUIRE_MESSAGE(read, read.error().message);
      CHECK(kept(*read) == kept(finding));
      CHECK(report::case_html(*read, 1).markup == report::case_html(finding, 1).markup);
      CHECK(report::case_row(*read, {}) == report::case_row(finding, {}));
      const auto row = report::parse_row(report::row_text(report::case_row(finding, {})));
      REQUIRE_MESSAGE(row, row.error().message);
      CHECK(*row == report::case_row(finding, {}));
      CHECK(report::search_text(*read) == report::search_text(finding));
    }
    const auto header = report::parse_scan(canonical_json(report::scan_json(scan)));
    REQUIRE_MESSAGE(header, header.error().message);
    CHECK(header->findings.empty());
    CHECK(canonical_json(report::scan_json(*header)) == canonical_json(report::scan_json(scan)));
    CHECK(header->coverage == scan.coverage);
    CHECK(header->observed == scan.observed);
  }
}

TEST_CASE("findings: members that a page tells apart are told apart") {
  domain::Finding finding = sample();
  finding.app.verified_publisher = std::nullopt;
  CHECK_FALSE(report::parse_finding(kept(finding))->app.verified_publisher);
  finding.app.verified_publisher = domain::VerifiedPublisher{};
  CHECK(report::parse_finding(kept(finding))->app.verified_publisher ==
        domain::VerifiedPublisher{});
  finding.app.verified_publisher = {.id = "7", .display_name = std::nullopt};
  CHECK(report::parse_finding(kept(finding))->app.verified_publisher->id == "7");
  finding.app.reply_urls = std::nullopt;
  CHECK_FALSE(report::parse_finding(kept(finding))->app.reply_urls);
  finding.app.reply_urls = std::vector<std::string>();
  CHECK(report::parse_finding(kept(finding))->app.reply_urls->empty());
  finding.app.disabled_by_microsoft = "DisabledDueToViolationOfServicesAgreement";
  finding.app.created = *parse_time("2025-01-02T03:04:05.678Z");
  finding.app.homepage = "https://home.example";
  finding.history[1].changed_after = *parse_time("2026-11-18T00:00:00Z");
  finding.mode_if_read = domain::Mode::approve;
  finding.needs = {"signIns was not read"};
  const auto read = report::parse_finding(kept(finding));
  REQUIRE(read);
  CHECK(read->app == finding.app);
  CHECK(read->grants == finding.grants);
  CHECK(read->history == finding.history);
  CHECK(read->blast == finding.blast);
  CHECK(read->signals == finding.signals);
  CHECK(read->timeline == finding.timeline);
  CHECK(read->mode_if_read == finding.mode_if_read);
  CHECK(read->needs == finding.needs);
}

TEST_CASE("findings: what is none is refused, with the member that is wrong") {
  CHECK(report::parse_finding("").error().code == Errc::invalid);
  CHECK(report::parse_finding("[]").error().code == Errc::invalid);
  CHECK(report::parse_finding("{}").error().message.find("key") != std::string::npos);
  const std::string good = kept(sample());
  struct Case {
    std::string_view from;
    std::string_view to;
    std::string_view names;
  };
  const Case cases[] = {
      {R"("verdict":"alert")", R"("verdict":"ALERT")", "verdict"},
      {R"("verdict":"alert")", R"("verdict":7)", "verdict"},
      {R"("score":95)", R"("score":"95")", "score"},
      {R"("score":95)", R"("score":99999999999)", "score"},
      {R"("items":120)", R"("items":-1)", "items"},
      {R"("consentType":"Principal")", R"("consentType":"principal")", "consentType"},
      {R"("state":"hit")", R"("state":"struck")", "state"},
      {R"("time":"2026-11-20T10:00:00Z")", R"("time":"yesterday")", "time"},
      {R"("firstRead":"2026-11-20T10:05:00Z")", R"("firstRead":12)", "firstRead"},
      {R"("evidence":["sp-em"])", R"("evidence":[1])", "evidence"},
      {R"("present":true)", R"("present":"yes")", "present"},
      {R"("ownership":"third-party")", R"("ownership":"mine")", "ownership"},
      {R"("app":{)", R"("app":[],"was":{)", "app"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.to);
    std::string bad = good;
    const auto at = bad.find(one.from);
    REQUIRE(at != std::string::npos);
    bad.replace(at, one.from.size(), one.to);
    const auto read = report::parse_finding(bad);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == Errc::invalid);
    CHECK(read.error().message.find(one.names) != std::string::npos);
  }
  CHECK_FALSE(report::parse_scan(good));
  CHECK_FALSE(report::parse_row(good));
}

TEST_CASE("findings: names are looked up without case and without what nobody sees") {
  CHECK(report::search_fold("eM\xe2\x80\x8b Client") == "em client");
  CHECK(report::search_fold("STRASSE") == report::search_fold("stra\xc3\x9f"
                                                              "e"));
  domain::Finding finding = sample();
  const std::string text = report::search_text(finding);
  for (const char* part :
       {"em client", "e9a7fea1-1cc0-4cd9-a31b-9137ca5deedd", "sp-em", "ada@contoso.example"}) {
    CAPTURE(part);
    CHECK(text.find(part) != std::string::npos);
  }
}

TEST_CASE("findings: a line of a list is short, however long the name is") {
  domain::Finding finding = sample();
  finding.app.display_name.assign(1u << 20u, 'x');
  finding.exception = std::string(1u << 20u, 'y');
  CHECK(report::row_text(report::case_row(finding, {})).size() < 2000);
}
