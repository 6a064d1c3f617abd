#include "detect/remember.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <numeric>
#include <tuple>

#include "base/digest.hpp"
#include "base/share_out.hpp"
#include "detect/history.hpp"
#include "detect/uses.hpp"

namespace clawback::detect {
namespace {

namespace source = domain::source;

constexpr std::size_t cases_max = 20'000;

std::string fingerprint(const domain::Finding& finding) {
  std::string text(domain::name_of(finding.verdict));
  for (const auto& signal : finding.signals) {
    if (signal.state == domain::SignalState::hit) text += "\nsignal " + signal.id;
  }
  for (const auto& grant : finding.grants) {
    text += "\ngrant " + grant.id.str();
    for (const auto& scope : grant.scopes) text += " " + scope;
  }
  for (const auto& role : finding.app_roles) text += "\nrole " + role.id.str();
  return sha256_text(text);
}

const domain::RememberedCase* find_case(const domain::Memory& memory, const std::string& key) {
  const auto found = std::lower_bound(memory.cases.begin(), memory.cases.end(), key,
                                      [](const auto& one, const auto& k) { return one.key < k; });
  return found != memory.cases.end() && found->key == key ? &*found : nullptr;
}

// The id of a grant is made of client, resource and principal: one that was revoked and given again
// looks the same.
bool came_back(const Case& subject, const domain::Finding& finding) {
  const auto& remembered = subject.facts.remembered;
  return std::any_of(remembered.begin(), remembered.end(), [&](const domain::GrantHistory* before) {
    if (before->present) return false;
    return std::any_of(finding.history.begin(), finding.history.end(), [&](const auto& now) {
      return now.present && now.resource == before->resource && now.principal == before->principal;
    });
  });
}

bool keeps_inventory(const Context& context) {
  const auto& coverage = context.snapshot.coverage;
  return domain::was_read(coverage, source::grants) &&
         domain::was_read(coverage, source::service_principals);
}

// In the order of ids, without moving what is large more than once.
std::vector<domain::RememberedGrant> by_id(std::vector<domain::RememberedGrant> grants) {
  std::vector<std::size_t> order(grants.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::tie(grants[a].id, grants[a].client, grants[a].resource, grants[a].principal) <
           std::tie(grants[b].id, grants[b].client, grants[b].resource, grants[b].principal);
  });
  std::vector<domain::RememberedGrant> out;
  out.reserve(grants.size());
  for (const std::size_t place : order) out.push_back(std::move(grants[place]));
  return out;
}

std::vector<domain::RememberedGrant> ledger_of(const Context& context, const AppFacts& facts) {
  const bool microsofts =
      facts.app != nullptr &&
      domain::ownership_of(*facts.app, context.snapshot.tenant) == domain::Ownership::microsoft;
  if (microsofts) return {};
  return histories({.context = context,
                    .facts = facts,
                    .ownership = domain::Ownership::unknown,
                    .entry = nullptr},
                   Words::no);
}

std::vector<domain::RememberedGrant> remember_grants(const Context& context) {
  std::vector<domain::RememberedGrant> all;
  all.reserve(context.snapshot.grants.size() + context.memory->grants.size());
  const auto& apps = context.index.apps();
  std::vector<std::vector<domain::RememberedGrant>> by_app(apps.size());
  share_out(apps.size(), [&](std::size_t i) { by_app[i] = ledger_of(context, apps[i]); });
  for (auto& ledger : by_app) {
    all.insert(all.end(), std::make_move_iterator(ledger.begin()),
               std::make_move_iterator(ledger.end()));
  }
  // Applications of which this pass saw nothing at all.
  const bool gone = keeps_inventory(context);
  for (const auto& one : context.memory->grants) {
    if (context.index.knows(one.client.str())) continue;
    all.push_back(one);
    all.back().present = one.present && !gone;
  }
  return by_id(std::move(all));
}

void keep_later(std::optional<Time>& latest, std::optional<Time> other) {
  if (other && (!latest || *other > *latest)) latest = other;
}

std::vector<domain::RememberedApp> remember_apps(const Context& context) {
  std::map<domain::AppId, domain::RememberedApp> all;
  for (const auto& one : context.memory->apps) all.emplace(one.app_id, one);
  for (const AppFacts& facts : context.index.apps()) {
    if (!facts.in_inventory || facts.app->app_id.empty()) continue;
    const Time seen = facts.app->created.value_or(context.snapshot.observed);
    const auto [found, is_new] =
        all.try_emplace(facts.app->app_id, domain::RememberedApp{.app_id = facts.app->app_id,
                                                                 .first_seen = seen,
                                                                 .last_used = std::nullopt});
    auto& app = found->second;
    app.first_seen = std::min(app.first_seen, seen);
    if (facts.activity != nullptr) keep_later(app.last_used, facts.activity->last_used);
    // A sign-in that failed is no use of it.
    for (const auto* sign_in : facts.sign_ins) {
      if (succeeded(*sign_in)) keep_later(app.last_used, sign_in->time);
    }
    for (const auto* access : facts.accesses) keep_later(app.last_used, access->last);
  }
  std::vector<domain::RememberedApp> out;
  out.reserve(all.size());
  for (auto& [id, one] : all) out.push_back(std::move(one));
  return out;
}

std::vector<domain::RememberedCase> remember_cases(const Context& context,
                                                   const std::vector<domain::Finding>& findings) {
  std::map<std::string, domain::RememberedCase> all;
  for (const auto& one : context.memory->cases) all.emplace(one.key, one);
  // What is no case any more in a pass that saw everything is closed: it would be news again.
  if (keeps_inventory(context)) {
    for (auto& [key, one] : all) one.fingerprint.clear();
  }
  for (const auto& finding : findings) {
    const auto [found, is_new] =
        all.try_emplace(finding.key, domain::RememberedCase{.key = finding.key,
                                                            .first_reported = context.now,
                                                            .last_reported = context.now,
                                                            .verdict = finding.verdict,
                                                            .fingerprint = {}});
    if (is_new && all.size() > cases_max) {
      all.erase(found);
      continue;
    }
    found->second.last_reported = std::max(found->second.last_reported, context.now);
    found->second.verdict = finding.verdict;
    found->second.fingerprint = fingerprint(finding);
  }
  std::vector<domain::RememberedCase> out;
  out.reserve(all.size());
  for (auto& [key, one] : all) out.push_back(std::move(one));
  return out;
}

}  // namespace

void compare_with_memory(const Case& subject, domain::Finding& finding) {
  const auto* known = find_case(*subject.context.memory, finding.key);
  if (known == nullptr) {
    finding.state = domain::CaseState::fresh;
    return;
  }
  finding.case_since = known->first_reported;
  const bool same = known->fingerprint == fingerprint(finding) && !came_back(subject, finding);
  finding.state = same ? domain::CaseState::unchanged : domain::CaseState::changed;
}

domain::Memory remember(const Context& context, const std::vector<domain::Finding>& findings) {
  domain::Memory out;
  out.last_snapshot = context.memory->last_snapshot;
  if (keeps_inventory(context)) keep_later(out.last_snapshot, context.snapshot.observed);
  out.grants = remember_grants(context);
  out.apps = remember_apps(context);
  out.cases = remember_cases(context, findings);
  out.sightings = context.memory->sightings;
  return out;
}

}  // namespace clawback::detect
