#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "cli/catalog_words.hpp"
#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/policy_files.hpp"
#include "report/text_layout.hpp"

namespace clawback::cli {
namespace {

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
