#include <doctest/doctest.h>
#include <fmt/format.h>

#include "cli/policy_files.hpp"
#include "corpus/quality.hpp"
#include "report/parse_findings.hpp"

using namespace clawback;

namespace {

const std::filesystem::path source_dir = CLAWBACK_SOURCE_DIR;

const std::vector<corpus::Label>& labels() {
  static const auto all = corpus::read_labels(source_dir / "tests/corpus/cases");
  if (!all) FAIL(all.error().message);
  return *all;
}

const policy::Policy& shipped() {
  static const auto policy = cli::load_policy((source_dir / "policies/default").string(), nullptr);
  if (!policy) FAIL(policy.error().message);
  return *policy;
}

}  // namespace

TEST_CASE("corpus: every case is judged as it is labelled") {
  const corpus::Quality quality = corpus::measure(labels(), shipped());
  CHECK(quality.cases > 100);
  for (const Error& error : quality.unreadable) FAIL_CHECK(error.message);
  for (const corpus::Difference& one : quality.differences) {
    FAIL_CHECK(fmt::format("{} {} in {}: expected {}, got {}. {}", one.id, one.rule, one.format,
                           one.expected, one.got, one.reason));
  }
}

TEST_CASE("corpus: the same story exported in all four formats gives the same finding") {
  std::size_t stories = 0;
  for (const corpus::Label& label : labels()) {
    if (!label.same) continue;
    CAPTURE(label.id);
    REQUIRE(label.expect.size() == 4);
    ++stories;
    const auto graph = corpus::observe(label, "graph", shipped());
    REQUIRE(graph);
    for (const auto& [format, expected] : label.expect) {
      CAPTURE(format);
      const auto other = corpus::observe(label, format, shipped());
      REQUIRE(other);
      CHECK(corpus::essence(*other) == corpus::essence(*graph));
    }
    // What the state database keeps of it is what is shown later.
    if (!graph->finding) continue;
    const auto kept = canonical_json(report::finding_json(*graph->finding));
    const auto read = report::parse_finding(kept);
    REQUIRE_MESSAGE(read, read.error().message);
    CHECK(canonical_json(report::finding_json(*read)) == kept);
  }
  CHECK(stories >= 20);
}

TEST_CASE("corpus: a label that does not hold is seen") {
  corpus::Label label = labels().front();
  const std::string format = label.expect.begin()->first;
  const auto observed = corpus::observe(label, format, shipped());
  REQUIRE(observed);
  REQUIRE(corpus::compare(label, format, *observed).empty());
  corpus::Expected& expected = label.expect.begin()->second;
  expected.verdict = expected.verdict == "none" ? "alert" : "none";
  CHECK(corpus::compare(label, format, *observed).size() == 1);
  expected.signals["D24"] = domain::SignalState::hit;
  CHECK(corpus::compare(label, format, *observed).size() == 2);
}
