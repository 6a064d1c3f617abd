#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "journal/head.hpp"
#include "remediate/follow_up.hpp"
#include "report/model.hpp"

// What one unattended pass did and found. Pure.
namespace clawback::cli {

struct PassRun {
  std::string id;
  std::size_t done = 0;
  std::size_t actions = 0;
  bool resumed = false;
  int code = 0;  // as `apply` would have ended
};

struct PassWaiting {
  std::string file;
  std::string digest;
  std::size_t actions = 0;
  Time expires;
  bool kept = false;      // of an earlier pass, with its signatures
  bool rejected = false;  // somebody said no: it is not asked for again until it expires
  std::string refused;    // why it can't be applied: a limit, or inspection only
};

struct PassLook {
  std::string run;
  std::string look;  // "24h"
  std::vector<remediate::Change> changes;
  std::vector<std::string> unread;  // actions whose object could not be read this time
};

struct PassEscalation {
  std::string run;
  std::string approver;
  Time until;
  std::int64_t missing = 0;  // further persons
};

struct Pass {
  Time time;
  std::string tenant;
  bool scanned = false;   // false: the tenant could not be read; `errors` says why
  bool complete = false;  // coverage
  std::size_t alert = 0;  // findings that no exception covers
  std::size_t watch = 0;
  std::vector<PassRun> runs;
  std::optional<PassWaiting> waiting;
  std::vector<std::string> stopped;  // guards that kept something from being sent
  std::vector<Error> errors;         // what else went wrong; the pass went on
  std::vector<PassLook> looks;
  std::vector<PassEscalation> escalations;
  journal::Head head;  // of the audit chain at the pass's end
};

// The one code of a pass. Of several, the first of: 12, 5, 7, 9, 1, 2, 4, 6, 3, 8, 0.
int code_of(const Pass& pass);

json::value pass_json(const Pass& pass);  // clawback.pass/1
std::string pass_text(const Pass& pass, const report::TextOptions& options);

}  // namespace clawback::cli
