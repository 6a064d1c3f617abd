#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/policy_files.hpp"
#include "report/text_layout.hpp"

namespace clawback::cli {
namespace {

std::string_view name_of(policy::Disposition disposition) {
  switch (disposition) {
    case policy::Disposition::alert:
      return "alert";
    case policy::Disposition::review:
      return "review";
    case policy::Disposition::baseline:
      return "baseline";
    case policy::Disposition::baseline_with_mismatch_check:
      return "baseline-with-mismatch-check";
    case policy::Disposition::learn_at_runtime:
      return "learn-at-runtime";
    case policy::Disposition::do_not_use:
      return "do-not-use";
  }
  return "review";
}

std::string_view name_of(policy::Confidence confidence) {
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
  return "none";
}

json::array texts(const std::vector<std::string>& list) {
  json::array out;
  for (const std::string& text : list) out.emplace_back(text);
  return out;
}

json::object entry_json(const policy::CatalogEntry& entry) {
  json::object out;
  out["names"] = texts(entry.names);
  out["appId"] = entry.app_id ? json::value(entry.app_id->str()) : json::value(nullptr);
  out["kind"] = entry.kind;
  out["disposition"] = name_of(entry.disposition);
  out["confidence"] = name_of(entry.confidence);
  out["ownerTenantId"] =
      entry.owner_tenant ? json::value(entry.owner_tenant->str()) : json::value(nullptr);
  out["why"] = entry.why;
  out["sources"] = texts(entry.sources);
  out["conflicts"] = texts(entry.conflicts);
  out["reviewed"] = entry.reviewed;
  return out;
}

std::string details(const policy::Catalog& catalog, const report::TextOptions& options) {
  std::string out;
  for (const policy::CatalogEntry& entry : catalog.entries) {
    out += "\n" + report::paragraph(entry.names.empty() ? "?" : entry.names.front(), options,
                                    report::Tone::strong);
    out += report::labelled("    why", entry.why, 12, options);
    for (const std::string& source : entry.sources) {
      out += report::labelled("    source", source, 12, options);
    }
    for (const std::string& conflict : entry.conflicts) {
      out += report::labelled("    but", conflict, 12, options);
    }
  }
  return out;
}

}  // namespace

Result<int> execute(const CatalogListArguments& arguments, const Context& context) {
  const auto config = find_config(context);
  if (!config) return config.error();
  const auto policy = load_policy(arguments.policy, *config ? &**config : nullptr);
  if (!policy) return policy.error();
  const policy::Catalog& catalog = policy->catalog;
  json::array list;
  report::Table table({{.title = "NAME"},
                       {.title = "APP ID", .flexible = false},
                       {.title = "KIND"},
                       {.title = "DISPOSITION"},
                       {.title = "CONFIDENCE", .flexible = false}});
  for (const policy::CatalogEntry& entry : catalog.entries) {
    list.push_back(entry_json(entry));
    table.add({entry.names.empty() ? std::string() : entry.names.front(),
               entry.app_id ? entry.app_id->str() : std::string("not verified"), entry.kind,
               std::string(name_of(entry.disposition)), std::string(name_of(entry.confidence))});
  }
  std::string text = table.text(context.console.text_options());
  if (context.console.style().verbose) text += details(catalog, context.console.text_options());
  context.console.result(json::object{{"schema", "clawback.catalog/1"},
                                      {"catalog", catalog.digest},
                                      {"entries", std::move(list)}},
                         text);
  return exit_code::done;
}

}  // namespace clawback::cli
