#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/digest.hpp"
#include "base/safe_text.hpp"
#include "cli/catalog_words.hpp"
#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/policy_files.hpp"
#include "policy/nearest.hpp"
#include "report/text_layout.hpp"

namespace clawback::cli {
namespace {

using policy::CatalogEntry;
using report::labelled;

bool is_called(const CatalogEntry& entry, const std::string& folded) {
  for (const std::string& name : entry.names) {
    if (to_lower(name) == folded) return true;
  }
  return entry.app_id && entry.app_id->str() == folded;
}

std::string owner_text(const CatalogEntry& entry) {
  return entry.owner_tenant ? entry.owner_tenant->str() : std::string("not known");
}

std::string entry_text(const CatalogEntry& entry, const report::TextOptions& options) {
  constexpr std::size_t indent = 16;
  const auto line = [&](std::string_view label, std::string_view text) {
    return labelled(label, text, indent, options);
  };
  const auto lines = [&](std::string_view label, const std::vector<std::string>& texts) {
    std::string out;
    for (const std::string& text : texts) out += line(label, text);
    return out;
  };
  std::string out = report::paragraph(entry.names.empty() ? "?" : entry.names.front(), options,
                                      report::Tone::strong);
  for (std::size_t i = 1; i < entry.names.size(); ++i) out += line("  also", entry.names[i]);
  out += line("  app id", entry.app_id ? entry.app_id->str() : std::string("not verified"));
  out += line("  kind", entry.kind);
  out += line("  disposition", name_of(entry.disposition));
  out += line("  confidence", policy::is_weak(entry)
                                  ? fmt::format("{}: weak, watch at most, and never acted on "
                                                "without a person",
                                                name_of(entry.confidence))
                                  : std::string(name_of(entry.confidence)));
  out += line("  owner tenant", owner_text(entry));
  out += line("  why", entry.why);
  out += lines("  source", entry.sources);
  out += lines("  contradicted", entry.conflicts);
  out += lines("  note", entry.notes);
  out += lines("  user agent", entry.user_agents);
  out += lines("  client info", entry.client_infos);
  out += lines("  protocol", entry.protocols);
  out += line("  reviewed", entry.reviewed);
  out += line("  written in", place_of(entry.position));
  if (!entry.overrides.empty()) out += line("  overrides", entry.overrides);
  for (const policy::Overridden& old : entry.overridden) {
    out += line("  instead of",
                fmt::format("{}: {}, confidence {} ({})", old.name, name_of(old.disposition),
                            name_of(old.confidence), place_of(old.position)));
  }
  return out;
}

Error not_there(const policy::Catalog& catalog, const std::string& what) {
  const bool microsoft =
      is_guid(what) && policy::is_microsoft_app(catalog, domain::AppId(to_lower(what)));
  if (microsoft) {
    return {.code = Errc::not_found,
            .message = fmt::format("{} is Microsoft's own application: it is never touched",
                                   printable(what, 60))};
  }
  std::vector<std::string> known;
  for (const CatalogEntry& entry : catalog.entries) {
    known.insert(known.end(), entry.names.begin(), entry.names.end());
  }
  std::string hint = policy::suggestion(what, known);
  if (hint.empty() || hint.size() > 200) hint = "clawback catalog list shows what there is";
  return {.code = Errc::not_found,
          .message = fmt::format("the catalog has no \"{}\"", printable(what, 60)),
          .hint = std::move(hint)};
}

}  // namespace

Result<int> execute(const CatalogShowArguments& arguments, const Context& context) {
  const auto config = find_config(context);
  if (!config) return config.error();
  const auto policy = load_policy(arguments.policy, *config ? &**config : nullptr);
  if (!policy) return policy.error();
  const std::string folded = to_lower(arguments.what);
  json::array list;
  std::string text;
  for (const CatalogEntry& entry : policy->catalog.entries) {
    if (!is_called(entry, folded)) continue;
    list.push_back(entry_json(entry));
    text += (text.empty() ? "" : "\n") + entry_text(entry, context.console.text_options());
  }
  if (list.empty()) return not_there(policy->catalog, arguments.what);
  context.console.result(json::object{{"schema", "clawback.catalog/1"},
                                      {"catalog", policy->catalog.digest},
                                      {"entries", std::move(list)}},
                         text);
  return exit_code::done;
}

}  // namespace clawback::cli
