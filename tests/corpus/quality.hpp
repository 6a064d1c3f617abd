#pragma once

#include <map>
#include <string>
#include <vector>

#include "corpus/label.hpp"
#include "policy/policy.hpp"

// Reads the files of a case as `clawback scan --evidence` does, judges them with the shipped policy
// and compares with the label.
namespace clawback::corpus {

// What was said of the application that the label is about.
struct Observed {
  std::string verdict = "none";
  std::optional<domain::Finding> finding;
  std::vector<std::string> strangers;  // findings of applications that the label does not know
};

Result<Observed> observe(const Label& label, const std::string& format,
                         const policy::Policy& policy);

struct Difference {
  std::string rule;  // "D13", or "verdict"
  std::string id;    // of the case
  std::string format;
  std::string expected;
  std::string got;
  std::string reason;  // the signal's own
};

// Nothing else may hit than what the label names or leaves open.
std::vector<Difference> compare(const Label& label, const std::string& format,
                                const Observed& observed);
bool verdict_fits(const std::string& expected, const std::string& got);

// How often what was said is right.
struct Tally {
  int cases = 0;  // cases whose label says something of it
  int right_hits = 0;
  int false_hits = 0;
  int missed = 0;
  int unknown = 0;        // labelled not evaluable…
  int right_unknown = 0;  // …and said so
  int right_miss = 0;
  int misses = 0;
};
double precision(const Tally& tally);  // 1 where nothing was said
double recall(const Tally& tally);     // 1 where nothing was to be said

struct Quality {
  std::map<std::string, Tally> rules;
  Tally signals;   // of all rules together
  Tally verdicts;  // watch or alert against neither, by the verdict of the label
  // Whole stories, each once: an attack is found where every format raises it, and daily life is
  // left alone where none does.
  Tally stories;
  Tally alerts;  // the same of verdict alert alone
  std::vector<std::string>
      lives;  // ids of daily life that is watched or alarmed, as labelled or not
  std::map<std::string, Tally> formats;  // verdicts
  std::vector<Difference> differences;
  std::vector<Error> unreadable;
  std::size_t cases = 0;
  std::size_t runs = 0;  // cases times formats
};

Quality measure(const std::vector<Label>& labels, const policy::Policy& policy);

// All that two exports of one story must agree on, in words; record ids and logs' own names left
// out.
std::string essence(const Observed& observed);

}  // namespace clawback::corpus
