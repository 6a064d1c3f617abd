#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/finding.hpp"
#include "domain/memory.hpp"
#include "policy/policy.hpp"

// The label of a case in tests/corpus/cases: what a responder wants clawback to say of it. Written
// by tests/corpus/make.py from the stories, never from what the program says.
namespace clawback::corpus {

struct Expected {
  // alert, watch, info; none: no finding; quiet: info or none; excepted: shown and left alone
  std::string verdict;
  std::map<std::string, domain::SignalState> signals;  // all that may hit, and others that matter
  std::map<std::string, int> weights;
  std::vector<std::string> open;  // signals that are not held to anything
};

struct Label {
  std::string id;
  std::string rule;   // "D13", several with blanks between, a guard, or "case" for a whole story
  std::string kind;   // hit, miss, not-evaluable; attack or benign for a whole story
  std::string truth;  // attack, benign, or empty where one rule is the case
  std::string why;
  std::string app;                // app id, or the service principal's id where no record names it
  std::vector<std::string> also;  // other applications that may be findings
  std::string tenant;
  std::string tenant_name;
  Time now;
  bool same = false;  // every format must give the same finding
  std::optional<domain::Memory> memory;
  std::vector<policy::Exception> exceptions;
  std::map<std::string, Expected> expect;  // by format, which is the name of a folder
  std::filesystem::path folder;
};

// Errc::invalid names the file and what is wrong in it.
Result<Label> read_label(const std::filesystem::path& folder);
// Every case, by id.
Result<std::vector<Label>> read_labels(const std::filesystem::path& cases);

}  // namespace clawback::corpus
