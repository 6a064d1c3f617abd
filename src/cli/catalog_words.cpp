#include "cli/catalog_words.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace clawback::cli {
namespace {

json::array texts(const std::vector<std::string>& list) {
  json::array out;
  for (const std::string& text : list) out.emplace_back(text);
  return out;
}

json::array overridden_json(const policy::CatalogEntry& entry) {
  json::array out;
  for (const policy::Overridden& old : entry.overridden) {
    out.push_back(json::object{{"name", old.name},
                               {"disposition", name_of(old.disposition)},
                               {"confidence", name_of(old.confidence)},
                               {"place", place_of(old.position)}});
  }
  return out;
}

}  // namespace

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

std::string place_of(const Position& position) {
  return fmt::format("{}:{}", position.file, position.line);
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
  out["notes"] = texts(entry.notes);
  out["userAgents"] = texts(entry.user_agents);
  out["clientInfos"] = texts(entry.client_infos);
  out["protocols"] = texts(entry.protocols);
  out["reviewed"] = entry.reviewed;
  out["weak"] = policy::is_weak(entry);
  out["overrides"] = entry.overrides.empty() ? json::value(nullptr) : json::value(entry.overrides);
  out["overridden"] = overridden_json(entry);
  out["place"] = place_of(entry.position);
  return out;
}

}  // namespace clawback::cli
