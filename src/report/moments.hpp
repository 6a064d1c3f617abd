#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/model.hpp"

// What happened in a case and when, and what is or was done about it: what the picture of a case
// and the table beside it are made from.
namespace clawback::report {

enum class Lane : std::uint8_t { consent, sign_in, mail_read, mail_rule, remediation };
inline constexpr std::array all_lanes = {Lane::consent, Lane::sign_in, Lane::mail_read,
                                         Lane::mail_rule, Lane::remediation};
std::string_view name_of(Lane lane);        // "Consent and directory"
std::string_view source_behind(Lane lane);  // "directoryAudits"; empty for remediation

enum class Mark : std::uint8_t {
  event,       // a record
  first_read,  // the first time that mail was read through the application
  planned,     // nothing was sent yet
  done,        // sent and read back
  failed,      // refused, or sent and not seen
};

struct Moment {
  Time time;
  std::optional<Time> until;  // it happened somewhere between
  Lane lane = Lane::consent;
  Mark mark = Mark::event;
  std::string words;
  std::string record;  // of the log; may be empty
};

// By time. What the timeline of the finding tells; grants, their changes, application permissions,
// the making of the application and the first read that it doesn't tell; and `remediation`.
std::vector<Moment> moments(const domain::Finding& finding, const std::vector<Moment>& remediation);

// What the plan holds for the case with this key, at the time when it was planned.
std::vector<Moment> planned_moments(const plan::Plan& plan, std::string_view finding);
// What the run did for it, at the time when that was read back or refused.
std::vector<Moment> sent_moments(const RunView& run, std::string_view finding);

}  // namespace clawback::report
