// The labelled corpus of tests/corpus, judged with the shipped policy: precision and recall per
// rule, of all signals, of the verdicts and per format, and each case that differs from its label.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/policy_files.hpp"
#include "corpus/quality.hpp"

namespace {

using namespace clawback;

void print_rules(const corpus::Quality& quality) {
  fmt::print("  {:<5}{:<52}{:>6}{:>6}{:>11}{:>8}{:>13}\n", "rule", "", "cases", "hits", "precision",
             "recall", "unknown");
  for (const policy::SignalInfo& signal : policy::signals()) {
    const auto found = quality.rules.find(std::string(signal.id));
    if (found == quality.rules.end()) continue;
    const corpus::Tally& tally = found->second;
    fmt::print("  {:<5}{:<52.50}{:>6}{:>6}{:>11.3f}{:>8.3f}{:>13}\n", signal.id, signal.name,
               tally.cases, tally.right_hits + tally.missed, corpus::precision(tally),
               corpus::recall(tally), fmt::format("{} of {}", tally.right_unknown, tally.unknown));
  }
}

void print_verdicts(std::string_view of, const corpus::Tally& tally) {
  fmt::print("  {:<48} precision {:.3f} ({} of {}), recall {:.3f} ({} of {})\n", of,
             corpus::precision(tally), tally.right_hits, tally.right_hits + tally.false_hits,
             corpus::recall(tally), tally.right_hits, tally.right_hits + tally.missed);
}

}  // namespace

int main() {
  const auto policy = cli::load_policy("policies/default", nullptr);
  const auto labels = corpus::read_labels("tests/corpus/cases");
  if (!policy || !labels) {
    fmt::print(stderr, "bench: {}\n", !policy ? policy.error().message : labels.error().message);
    return 1;
  }
  const corpus::Quality quality = corpus::measure(*labels, *policy);
  fmt::print("{} cases in {} exports, our own labels; hits are labelled ones\n", quality.cases,
             quality.runs);
  print_rules(quality);
  fmt::print("\n");
  print_verdicts("all signals", quality.signals);
  print_verdicts("watch or alert, by label", quality.verdicts);
  print_verdicts("watch or alert, whole stories of attack or life", quality.stories);
  print_verdicts("alert, whole stories of attack or life", quality.alerts);
  fmt::print("    of daily life: {}\n", fmt::join(quality.lives, ", "));
  for (const auto& [format, tally] : quality.formats) {
    print_verdicts("  watch or alert in " + format, tally);
  }
  for (const Error& error : quality.unreadable) fmt::print("  unreadable: {}\n", error.message);
  for (const corpus::Difference& one : quality.differences) {
    fmt::print("  differs: {} {} in {}: expected {}, got {}. {}\n", one.id, one.rule, one.format,
               one.expected, one.got, one.reason);
  }
  fmt::print("  {} differ from their label\n", quality.differences.size());
  return quality.differences.empty() && quality.unreadable.empty() ? 0 : 1;
}
