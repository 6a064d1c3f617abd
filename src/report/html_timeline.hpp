#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/html_page.hpp"
#include "report/moments.hpp"

namespace clawback::report {

struct TimelineOptions {
  // Tells an empty lane that was read from one that was not; nullptr: nobody knows.
  const domain::Coverage* coverage = nullptr;
  std::vector<Moment> remediation = {};  // planned_moments, sent_moments
  std::string_view if_not_remediated = "not part of this report";
  std::string_view requests_at = "the plan's file";  // where all of `remediation` stands
};

// When what happened in one case: a picture (SVG without styles of its own: classes of
// report_style() and attributes, so that it may stand under a strict Content-Security-Policy) and
// the same facts as a table. Both are bounded whatever the case holds. `id` makes ids of the page
// and is ours. Nothing if no time is known at all.
Html timeline_html(const domain::Finding& finding, const TimelineOptions& options,
                   std::string_view id);

}  // namespace clawback::report
