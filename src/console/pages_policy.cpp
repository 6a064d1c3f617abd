#include <fmt/format.h>

#include "console/page_parts.hpp"
#include "report/words.hpp"

namespace clawback::console {
namespace {

using report::code;
using report::escaped;

std::string_view words(policy::Disposition disposition) {
  switch (disposition) {
    case policy::Disposition::alert:
      return "alert";
    case policy::Disposition::review:
      return "review";
    case policy::Disposition::baseline:
      return "known good";
    case policy::Disposition::baseline_with_mismatch_check:
      return "known good, if it behaves like itself";
    case policy::Disposition::learn_at_runtime:
      return "learnt from the tenant";
    case policy::Disposition::do_not_use:
      return "not used";
  }
  return "";
}

std::string_view words(policy::Confidence confidence) {
  switch (confidence) {
    case policy::Confidence::none:
      return "none";
    case policy::Confidence::low:
      return "low";
    case policy::Confidence::medium:
      return "medium";
    case policy::Confidence::high:
      return "high";
  }
  return "";
}

}  // namespace

std::string rules_page(const Shell& shell, const policy::Policy& policy) {
  Html main = report::facts({{.term = "Policy", .value = escaped(policy.id)},
                             {.term = "About", .value = escaped(policy.description)},
                             {.term = "Digest", .value = code(policy.digest)}});
  for (const policy::Rule& rule : policy.rules) {
    std::string actions;
    for (const domain::ActionKind kind : rule.actions) {
      actions += (actions.empty() ? "" : ", ") + std::string(domain::name_of(kind));
    }
    main += report::section(
        "rule-" + rule.id, rule.id,
        report::facts({{.term = "Why", .value = escaped(rule.why)},
                       {.term = "Does not see", .value = escaped(rule.gaps)},
                       {.term = "Mode", .value = escaped(domain::name_of(rule.mode))},
                       {.term = "Actions", .value = escaped(actions)}}));
  }
  return document(shell, "Rules", "/rules", main);
}

std::string catalog_page(const Shell& shell, const policy::Policy& policy) {
  std::vector<std::vector<Html>> rows;
  for (const policy::CatalogEntry& entry : policy.catalog.entries) {
    rows.push_back({escaped(entry.names.empty() ? std::string() : entry.names.front()),
                    entry.app_id ? code(entry.app_id->str()) : escaped("not known"),
                    escaped(words(entry.disposition)), escaped(words(entry.confidence)),
                    escaped(entry.why)});
  }
  const Html main = report::table("Known applications",
                                  {"Name", "App id", "Treated as", "Confidence", "Why"}, rows);
  return document(shell, "Catalog", "/catalog", main);
}

}  // namespace clawback::console
