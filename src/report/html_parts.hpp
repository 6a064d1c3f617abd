#pragma once

#include "report/html_page.hpp"
#include "report/model.hpp"

namespace clawback::report {

// One case: what it is, why it is suspected, what it holds, what happened when. `number` makes ids.
Html case_html(const domain::Finding& finding, std::size_t number);
// What could not be read, and what that means.
Html coverage_html(const domain::Coverage& coverage, const std::vector<std::string>& missing);
// Everyone whom the findings reach.
Html affected_html(const Scan& scan);
// The findings as one table.
Html overview_html(const Scan& scan);

}  // namespace clawback::report
