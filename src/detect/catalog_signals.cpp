#include <fmt/format.h>

#include <algorithm>

#include "base/safe_text.hpp"
#include "detect/names.hpp"
#include "detect/signal.hpp"

namespace clawback::detect {
namespace {

namespace source = domain::source;
using policy::CatalogEntry;
using policy::Disposition;

std::string name_of(const CatalogEntry& entry) {
  return entry.names.empty() ? std::string("an application without a name")
                             : printable(entry.names.front(), 60);
}

Answer app_is_unknown(const Case& subject) {
  return not_evaluable(fmt::format("its app id and name are not known: {}",
                                   why_not_read(subject, source::service_principals)),
                       to_read(source::service_principals));
}

// An id of a weak entry is worth half: other sources contradict it, or nobody else confirms it.
Answer catalogued(const Case& subject, int weight, std::string_view what) {
  const CatalogEntry& entry = *subject.entry;
  std::string reason = fmt::format("app id {} is {}, {}: {}", subject.facts.app->app_id.str(),
                                   name_of(entry), what, printable(entry.why, 300));
  if (policy::is_weak(entry)) {
    weight /= 2;
    reason += entry.conflicts.empty() ? " (low confidence: counts half, and watch at most)"
                                      : " (sources disagree: counts half, and watch at most)";
  }
  const auto& owner = subject.facts.app->owner_tenant;
  if (entry.owner_tenant && owner && *owner != *entry.owner_tenant) {
    reason += fmt::format("; the catalog knows it with owner tenant {}, here it is {}",
                          entry.owner_tenant->str(), printable(owner->str(), 60));
  }
  return hit(weight, std::move(reason), {subject.facts.app->id.str()});
}

// A known and common client under its own name. The name of an abused one speaks for nothing.
bool bears_own_name(const Case& subject) {
  const CatalogEntry* entry = subject.entry;
  if (entry == nullptr || policy::is_weak(*entry) || entry->disposition != Disposition::baseline)
    return false;
  const std::string folded = fold_name(subject.facts.app->display_name);
  return std::any_of(entry->names.begin(), entry->names.end(),
                     [&](const std::string& name) { return fold_name(name) == folded; });
}

}  // namespace

Answer known_application(const Case& subject, int weight) {
  if (subject.facts.app == nullptr || subject.facts.app->app_id.empty())
    return app_is_unknown(subject);
  if (subject.entry == nullptr) {
    return miss(fmt::format("app id {} is not in the catalog",
                            printable(subject.facts.app->app_id.str(), 60)));
  }
  const CatalogEntry& entry = *subject.entry;
  switch (entry.disposition) {
    case Disposition::alert:
      return catalogued(subject, weight, "which is used in attacks");
    case Disposition::review:
      return catalogued(subject, weight / 2, "which needs a second look");
    case Disposition::baseline: {
      std::string reason =
          fmt::format("app id is {}, a known and common mail client", name_of(entry));
      return policy::is_weak(entry) ? miss(std::move(reason)) : against(std::move(reason));
    }
    case Disposition::baseline_with_mismatch_check:
      return miss(
          fmt::format("app id is {}, a known and common mail client; scripts borrow this id, so "
                      "compare protocol and user agent of its sign-ins with the genuine client",
                      name_of(entry)));
    case Disposition::learn_at_runtime:
    case Disposition::do_not_use:
      break;
  }
  return miss(
      fmt::format("the catalog entry {} is not reliable enough to say anything", name_of(entry)));
}

Answer borrowed_name(const Case& subject, int weight) {
  const auto* app = subject.facts.app;
  if (app == nullptr || app->display_name.empty()) return app_is_unknown(subject);
  const auto found = subject.context.names.find(fold_name(app->display_name));
  if (found == subject.context.names.end()) {
    return bears_own_name(subject)
               ? against("it bears the name under which the catalog knows its app id")
               : miss("its name is not one of the catalog's abused applications");
  }
  for (const CatalogEntry* entry : found->second) {
    if (entry->app_id == app->app_id) return miss("it bears its own catalogued name");
  }
  const CatalogEntry& entry = *found->second.front();
  return hit(weight,
             fmt::format("it is called \"{}\" like {} ({}), but has app id {}",
                         printable(app->display_name, 60), name_of(entry), entry.app_id->str(),
                         printable(app->app_id.str(), 60)),
             {app->id.str()});
}

}  // namespace clawback::detect
