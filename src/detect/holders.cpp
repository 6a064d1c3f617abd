#include "detect/holders.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/digest.hpp"
#include "base/safe_text.hpp"
#include "detect/answers.hpp"
#include "detect/history.hpp"
#include "detect/names.hpp"
#include "detect/uses.hpp"

namespace clawback::detect {
namespace {

constexpr std::string_view key_prefix = "sha256:";
constexpr std::size_t start_min = 4;
constexpr std::size_t told_max = 5;

}  // namespace

bool is_microsofts(const domain::ServicePrincipal* app, domain::Ownership ownership,
                   const policy::Catalog& catalog) {
  if (ownership == domain::Ownership::microsoft) return true;
  return app != nullptr &&
         (domain::is_resource_api(app->app_id) || policy::is_microsoft_app(catalog, app->app_id));
}

Holders::Holders(const domain::Snapshot& snapshot, const policy::Policy& policy,
                 const domain::Memory* memory)
    : index_(snapshot, memory) {
  for (const AppFacts& facts : index_.apps()) add(facts, snapshot, policy, memory);
  std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
    return std::tie(a.order, a.app.name, a.app.app_id, a.app.case_key) <
           std::tie(b.order, b.app.name, b.app.app_id, b.app.case_key);
  });
}

void Holders::add(const AppFacts& facts, const domain::Snapshot& snapshot,
                  const policy::Policy& policy, const domain::Memory* memory) {
  // Without its service principal there is nothing to call it by.
  if (facts.app == nullptr) return;
  const auto ownership = domain::ownership_of(*facts.app, snapshot.tenant);
  if (is_microsofts(facts.app, ownership, policy.catalog)) return;
  const Context context{.snapshot = snapshot,
                        .policy = policy,
                        .now = snapshot.observed,
                        .index = index_,
                        .names = {},
                        .memory = memory,
                        .window_start = snapshot.coverage.logs_since};
  const Case subject{.context = context, .facts = facts, .ownership = ownership, .entry = nullptr};
  Entry entry{.app = {.case_key = case_key(subject),
                      .app_id = facts.app->app_id,
                      .name = facts.app->display_name},
              .order = fold_name(facts.app->display_name),
              .users = {}};
  for (const domain::GrantHistory& grant : histories(subject, Words::no)) {
    if (grant.consent == domain::ConsentType::all_principals) entry.everyone = true;
    if (grant.principal) entry.users.insert(grant.principal->str());
  }
  for (const domain::SignIn* sign_in : facts.sign_ins) {
    if (!succeeded(*sign_in) || sign_in->user.empty()) continue;
    entry.users.insert(sign_in->user.str());
    name(sign_in->user, sign_in->user_principal_name);
  }
  entries_.push_back(std::move(entry));
}

void Holders::name(const domain::UserId& user, const std::optional<std::string>& name) {
  if (name && index_.user(user.str()) == nullptr) names_.emplace(user.str(), *name);
}

const Holders::Entry* Holders::entry(const HeldApp& app) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& one) {
    return one.app.case_key == app.case_key;
  });
  return found != entries_.end() ? &*found : nullptr;
}

Result<HeldApp> Holders::find(std::string_view wanted) const {
  const std::string text = to_lower(wanted);
  const std::string start = text.starts_with(key_prefix) ? text : std::string(key_prefix) + text;
  std::vector<const Entry*> found;
  for (const Entry& one : entries_) {
    if (one.app.app_id.str() == text) return one.app;
    if (start.size() >= key_prefix.size() + start_min && one.app.case_key.starts_with(start)) {
      found.push_back(&one);
    }
  }
  if (found.size() == 1) return found.front()->app;
  if (found.empty()) {
    return Error{.code = Errc::not_found,
                 .message = fmt::format("no application here is \"{}\"", printable(wanted, 80)),
                 .hint =
                     "CASE is an app id, or the key of a case (`clawback scan --json`: "
                     "findings[].key) or its start, of four digits at least"};
  }
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < std::min(found.size(), told_max); ++i) {
    keys.push_back(
        fmt::format("{} ({})", found[i]->app.case_key, printable(found[i]->app.name, 40)));
  }
  return Error{.code = Errc::invalid,
               .message = fmt::format("{} cases begin with {}: {}", found.size(),
                                      printable(wanted, 80), fmt::join(keys, ", ")),
               .hint = "give more of it"};
}

std::vector<domain::User> Holders::holders_of(const HeldApp& app) const {
  std::vector<domain::User> out;
  const Entry* const held = entry(app);
  if (held == nullptr) return out;
  for (const std::string& id : held->users) {
    if (auto known = user(id)) out.push_back(std::move(*known));
  }
  return out;
}

bool Holders::is_for_everyone(const HeldApp& app) const {
  const Entry* const held = entry(app);
  return held != nullptr && held->everyone;
}

Result<domain::User> Holders::user(std::string_view wanted) const {
  const std::string text = to_lower(wanted);
  if (const auto* known = index_.user(text)) return *known;
  if (const auto* known = index_.user_named(text)) return *known;
  for (const auto& [id, name] : names_) {
    if (to_lower(name) == text || to_lower(id) == text) {
      return domain::User{.id = domain::UserId(id), .user_principal_name = name};
    }
  }
  for (const Entry& one : entries_) {
    for (const std::string& id : one.users) {
      if (to_lower(id) == text) return domain::User{.id = domain::UserId(id)};
    }
  }
  return Error{.code = Errc::not_found,
               .message = fmt::format("nobody here is \"{}\"", printable(wanted, 80)),
               .hint = "--user takes an object id or a user principal name"};
}

std::vector<HeldApp> Holders::apps_of(const domain::UserId& user) const {
  std::vector<HeldApp> out;
  for (const Entry& one : entries_) {
    if (one.everyone || one.users.contains(user.str())) out.push_back(one.app);
  }
  return out;
}

}  // namespace clawback::detect
