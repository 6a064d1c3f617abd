#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/html_page.hpp"
#include "report/model.hpp"

namespace clawback::report {

// One application in the picture of the tenant.
struct Spot {
  std::string name;
  domain::Verdict verdict = domain::Verdict::info;
  int score = 0;
  bool everyone = false;  // it reaches all of the tenant
  std::size_t users = 0;  // who granted it something
  bool known = true;      // false: nobody was found, and not all was read
};
std::vector<Spot> spots(const Scan& scan);

// The applications by reach (to the right, on a log scale) and risk (upwards): the verdict is told
// by shape and colour, what stands too close is one mark with a number, the worst are named. With
// the same in a table of counts. Bounded whatever their number; nothing for none. The same rules as
// for timeline_html: no styles of its own.
Html tenant_html(const std::vector<Spot>& list, std::string_view id);

}  // namespace clawback::report
