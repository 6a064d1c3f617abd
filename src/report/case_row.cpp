#include "report/case_row.hpp"

#include <boost/json/object.hpp>

#include "detect/unicode.hpp"
#include "report/parse_reader.hpp"
#include "report/words.hpp"

namespace clawback::report {
namespace {

constexpr std::size_t row_bytes_max = 1u << 20u;

// The first detect::name_points_max characters: nobody reads more of it in a list.
std::string shortened(std::string_view text) {
  const detect::Text points = detect::decode(text);
  std::string out;
  for (const char32_t point : points) detect::append_utf8(out, point);
  return points.size() < detect::name_points_max ? out : out + "…";
}

}  // namespace

CaseRow case_row(const domain::Finding& finding, const domain::Coverage& coverage) {
  const auto& publisher = finding.app.verified_publisher;
  const bool verified = publisher && publisher->id && publisher->display_name;
  return {.key = finding.key,
          .verdict = finding.verdict,
          .score = finding.score,
          .name = shortened(finding.app.display_name),
          .owner = owner_words(finding),
          .publisher = shortened(verified ? *publisher->display_name : publisher_words(finding)),
          .verified = verified,
          .affected = words(affected(finding, coverage)),
          .holdings = finding.grants.size() + finding.app_roles.size(),
          .rule = shortened(finding.exception ? "excepted: " + *finding.exception
                                              : rule_words(finding)),
          .state = case_words(finding)};
}

std::string row_text(const CaseRow& row) {
  return canonical_json(json::object{{"key", row.key},
                                     {"verdict", domain::name_of(row.verdict)},
                                     {"score", row.score},
                                     {"name", row.name},
                                     {"owner", row.owner},
                                     {"publisher", row.publisher},
                                     {"verified", row.verified},
                                     {"affected", row.affected},
                                     {"holdings", static_cast<std::int64_t>(row.holdings)},
                                     {"rule", row.rule},
                                     {"state", row.state}});
}

Result<CaseRow> parse_row(std::string_view text) {
  const auto value = parse_json(text, {.bytes = row_bytes_max});
  if (!value) return value.error();
  Reading read;
  CaseRow out{.key = read.text(*value, "key"),
              .verdict = read.one_of(*value, "verdict", domain::verdict_from),
              .score = read.small(*value, "score"),
              .name = read.text(*value, "name"),
              .owner = read.text(*value, "owner"),
              .publisher = read.text(*value, "publisher"),
              .verified = read.flag(*value, "verified"),
              .affected = read.text(*value, "affected"),
              .holdings = read.size(*value, "holdings"),
              .rule = read.text(*value, "rule"),
              .state = read.text(*value, "state")};
  if (read.failed()) return *read.failed();
  return out;
}

}  // namespace clawback::report
