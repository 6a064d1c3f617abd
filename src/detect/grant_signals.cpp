#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/safe_text.hpp"
#include "detect/client_facts.hpp"
#include "detect/signal.hpp"

namespace clawback::detect {
namespace {

namespace source = domain::source;
using domain::ConsentType;
using domain::MailReach;

// What one user gave (or, for the tenant-wide part, everybody), over all resources.
struct Share {
  MailReach reach;
  bool offline = false;
};

struct Shares {
  std::map<std::string_view, Share> users;
  Share everyone;
};

Shares unite(const AppFacts& facts) {
  Shares shares;
  for (const HeldGrant& held : facts.grants) {
    const bool tenant_wide = held.grant->consent == ConsentType::all_principals;
    if (!tenant_wide && !held.grant->principal) continue;
    Share& share = tenant_wide ? shares.everyone : shares.users[held.grant->principal->str()];
    share.reach = share.reach | held.reach;
    share.offline = share.offline || held.offline;
  }
  return shares;
}

struct MailUse {
  MailReach reach;
  bool offline = false;  // somebody gave mail together with offline_access
  bool everyone = false;
  std::size_t users = 0;
};

MailUse mail_use(const AppFacts& facts) {
  const Shares shares = unite(facts);
  MailUse use{.reach = shares.everyone.reach,
              .offline = shares.everyone.reach.any() && shares.everyone.offline,
              .everyone = shares.everyone.reach.any()};
  for (const auto& [user, share] : shares.users) {
    const MailReach both = share.reach | shares.everyone.reach;
    if (!both.any()) continue;
    use.offline = use.offline || share.offline || shares.everyone.offline;
    if (!share.reach.any()) continue;
    use.reach = use.reach | share.reach;
    ++use.users;
  }
  return use;
}

// "read, change and send"
std::string verbs(const MailReach& reach) {
  std::vector<std::string_view> words;
  if (reach.read) words.emplace_back("read");
  if (reach.write) words.emplace_back("change");
  if (reach.send) words.emplace_back("send");
  if (reach.exports) words.emplace_back("export");
  if (words.size() == 1) return std::string(words.front());
  const std::string_view last = words.back();
  words.pop_back();
  return fmt::format("{} and {}", fmt::join(words, ", "), last);
}

std::string for_whom(const MailUse& use) {
  if (use.everyone) return "everyone in the tenant";
  return use.users == 1 ? std::string("1 user") : fmt::format("{} users", use.users);
}

// Scopes with mail, each once, in order; at most eight are named.
std::string mail_scopes(const AppFacts& facts) {
  constexpr std::size_t named_max = 8;
  std::set<std::string_view> scopes;
  for (const HeldGrant& held : facts.grants) {
    if (!held.reach.any()) continue;
    for (const std::string& scope : held.grant->scopes) {
      if (domain::mail_reach_of_scope(scope).any()) scopes.insert(scope);
    }
  }
  std::vector<std::string> named;
  for (const std::string_view scope : scopes) {
    if (named.size() == named_max) break;
    named.push_back(printable(scope, 60));
  }
  const std::size_t more = scopes.size() - named.size();
  return fmt::format("{}{}", fmt::join(named, " "),
                     more > 0 ? fmt::format(" and {} more", more) : "");
}

std::vector<std::string> ids_of(const AppFacts& facts, bool tenant_wide_only) {
  std::vector<std::string> ids;
  for (const HeldGrant& held : facts.grants) {
    const bool wanted = !tenant_wide_only || held.grant->consent == ConsentType::all_principals;
    if (wanted && held.reach.any()) ids.push_back(held.grant->id.str());
  }
  return ids;
}

Answer nothing_found(const Case& subject, std::string reason) {
  if (was_read(subject, source::grants)) return miss(std::move(reason));
  return not_evaluable(why_not_read(subject, source::grants), to_read(source::grants));
}

// The log shows that mail was given to it.
bool was_given_mail(const AppFacts& facts) {
  return std::any_of(facts.events.begin(), facts.events.end(), [](const Happening* event) {
    return !event->refused &&
           std::any_of(event->changes.begin(), event->changes.end(), [](const auto& change) {
             return change.after && std::any_of(change.after->begin(), change.after->end(),
                                                [](const std::string& scope) {
                                                  return domain::mail_reach_of_scope(scope).any();
                                                });
           });
  });
}

}  // namespace

Answer delegated_mail(const Case& subject, int weight) {
  const MailUse use = mail_use(subject.facts);
  if (!use.reach.any()) {
    return nothing_found(subject, was_given_mail(subject.facts)
                                      ? "users let it reach mail, but it holds no such grant now"
                                      : "no user let it reach mail");
  }
  std::string reason = fmt::format("it can {} mail for {}: {}", verbs(use.reach), for_whom(use),
                                   mail_scopes(subject.facts));
  if (subject.entry != nullptr && is_common_client(*subject.entry)) {
    weight /= 2;
    reason += "; a known mail client is expected to, so this counts half";
  }
  if (use.offline) {
    reason +=
        fmt::format("; offline_access keeps that going while nobody is signed in: {} x 1.5 = {}",
                    weight, weight * 3 / 2);
    weight = weight * 3 / 2;
  }
  if (subject.facts.grants_from_log) reason += "; the log shows it, the inventory does not (yet)";
  return hit(weight, std::move(reason), ids_of(subject.facts, false));
}

Answer tenant_wide_mail(const Case& subject, int weight) {
  std::vector<std::string> ids = ids_of(subject.facts, true);
  if (ids.empty()) return nothing_found(subject, "no tenant-wide grant of it reaches mail");
  switch (subject.ownership) {
    case domain::Ownership::third_party:
      break;
    case domain::Ownership::own_tenant:
      return miss("the tenant-wide mail grant is held by an app of this tenant");
    case domain::Ownership::microsoft:
      return miss("the tenant-wide mail grant is held by Microsoft");
    case domain::Ownership::unknown:
      return not_evaluable(
          "it holds a tenant-wide mail grant, but whose application it is, is not known",
          "appOwnerOrganizationId of " + to_read(source::service_principals));
  }
  return hit(weight,
             "an application of another organisation may reach the mail of everyone in the tenant",
             std::move(ids));
}

}  // namespace clawback::detect
