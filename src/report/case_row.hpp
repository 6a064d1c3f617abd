#pragma once

#include <string>
#include <string_view>

#include "base/json.hpp"
#include "domain/finding.hpp"

namespace clawback::report {

// A case in a list of thousands: what one line of it says. A finding itself can be megabytes long.
struct CaseRow {
  std::string key;
  domain::Verdict verdict = domain::Verdict::info;
  int score = 0;
  std::string name;          // of the application
  std::string owner;         // "third party"
  std::string publisher;     // words on it, or its name if it is verified
  bool verified = false;     // then `publisher` is the name
  std::string affected;      // "3", "everyone", "not known"
  std::size_t holdings = 0;  // grants and application permissions
  std::string rule;          // words: the rule and its mode, or the exception
  std::string state;         // words: "new"; empty if nothing is remembered
  friend bool operator==(const CaseRow&, const CaseRow&) = default;
};

CaseRow case_row(const domain::Finding& finding, const domain::Coverage& coverage);

// For the state database, and back; Errc::invalid names the member that is wrong.
std::string row_text(const CaseRow& row);
Result<CaseRow> parse_row(std::string_view text);

}  // namespace clawback::report
