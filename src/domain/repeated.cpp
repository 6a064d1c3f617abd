#include "domain/repeated.hpp"

#include <algorithm>
#include <tuple>
#include <vector>

#include "domain/permissions.hpp"

namespace clawback::domain {
namespace {

// The filled one, of two the smaller.
template <class Text>
void take_smaller(Text& into, const Text& other) {
  if (into.empty() || (!other.empty() && other < into)) into = other;
}

template <class Value, class Before>
void take_filled(std::optional<Value>& into, const std::optional<Value>& other, Before before) {
  if (other && (!into || before(*other, *into))) into = other;
}

constexpr auto smaller = [](const auto& a, const auto& b) { return a < b; };
constexpr auto larger = [](const auto& a, const auto& b) { return b < a; };

void take_text(std::optional<std::string>& into, const std::optional<std::string>& other) {
  take_filled(into, other, [](const std::string& a, const std::string& b) {
    return std::tuple(a.empty(), std::string_view(a)) < std::tuple(b.empty(), std::string_view(b));
  });
}

template <class Value, class Less>
void take_all(std::vector<Value>& into, const std::vector<Value>& other, Less less) {
  into.insert(into.end(), other.begin(), other.end());
  std::sort(into.begin(), into.end(), less);
  into.erase(std::unique(into.begin(), into.end()), into.end());
}

int benign_owner(const TenantId& owner, const TenantId& own) {
  if (is_microsoft_tenant(owner)) return 2;
  return owner == own ? 1 : 0;
}

bool is_verified(const VerifiedPublisher& publisher) {
  return publisher.id && !publisher.id->empty();
}

bool before(const VerifiedPublisher& a, const VerifiedPublisher& b) {
  return std::tuple(is_verified(a), std::tie(a.id, a.display_name)) <
         std::tuple(is_verified(b), std::tie(b.id, b.display_name));
}

bool before(const AppRoleAssignment& a, const AppRoleAssignment& b) {
  const auto rank = [](const AppRoleAssignment& one) {
    const bool none = one.role_id.find_first_not_of("0-") == std::string::npos;
    const bool reaches = one.value && mail_reach_of_app_role(*one.value).any();
    return std::tuple(!reaches, none, !one.value, std::tie(one.role_id, one.value));
  };
  return rank(a) < rank(b);
}

}  // namespace

void unite(Grant& into, const Grant& other) {
  take_smaller(into.client, other.client);
  take_smaller(into.resource, other.resource);
  if (into.consent == other.consent) {
    take_filled(into.principal, other.principal, smaller);
  } else if (other.consent == ConsentType::all_principals) {
    into.consent = other.consent;
    into.principal = other.principal;
  }
  take_all(into.scopes, other.scopes, smaller);
}

void unite(ServicePrincipal& into, const ServicePrincipal& other, const TenantId& own) {
  if (into == other) return;
  take_smaller(into.app_id, other.app_id);
  take_smaller(into.display_name, other.display_name);
  take_filled(into.owner_tenant, other.owner_tenant, [&](const TenantId& a, const TenantId& b) {
    return std::tuple(benign_owner(a, own), std::string_view(a.str())) <
           std::tuple(benign_owner(b, own), std::string_view(b.str()));
  });
  take_text(into.type, other.type);
  take_filled(into.account_enabled, other.account_enabled, larger);
  take_text(into.disabled_by_microsoft, other.disabled_by_microsoft);
  take_filled(into.verified_publisher, other.verified_publisher,
              [](const auto& a, const auto& b) { return before(a, b); });
  take_filled(into.created, other.created, larger);
  if (!into.reply_urls) {
    into.reply_urls = other.reply_urls;
  } else if (other.reply_urls) {
    take_all(*into.reply_urls, *other.reply_urls, smaller);
  }
  take_text(into.homepage, other.homepage);
  take_all(into.app_roles, other.app_roles, [](const AppRole& a, const AppRole& b) {
    return std::tie(a.id, a.value) < std::tie(b.id, b.value);
  });
}

void unite(AppRoleAssignment& into, const AppRoleAssignment& other) {
  take_smaller(into.principal, other.principal);
  take_smaller(into.resource, other.resource);
  if (before(other, into)) {
    into.role_id = other.role_id;
    into.value = other.value;
  }
  take_filled(into.created, other.created, larger);
}

void unite(User& into, const User& other) {
  take_text(into.user_principal_name, other.user_principal_name);
  take_text(into.display_name, other.display_name);
  take_filled(into.account_enabled, other.account_enabled, larger);
  take_text(into.type, other.type);
  take_filled(into.sessions_valid_from, other.sessions_valid_from, smaller);
}

void unite(PermissionGrantPolicy& into, const PermissionGrantPolicy& other) {
  take_text(into.display_name, other.display_name);
  // Two accounts that differ: what one includes is included, what only one excludes is not.
  const auto widest = [](auto& sets, const auto& others, bool all) {
    if (!sets || !others) {
      if (!sets) sets = others;
      return;
    }
    for (const ConditionSet& set : *others) {
      const bool known = std::find(sets->begin(), sets->end(), set) != sets->end();
      if (all && !known) sets->push_back(set);
    }
    if (!all) {
      std::erase_if(*sets, [&](const ConditionSet& set) {
        return std::find(others->begin(), others->end(), set) == others->end();
      });
    }
    std::sort(sets->begin(), sets->end(), [](const ConditionSet& a, const ConditionSet& b) {
      const auto key = [](const ConditionSet& one) {
        return std::tie(one.client_app_ids, one.client_tenant_ids, one.client_publisher_ids,
                        one.permissions, one.resource, one.classification, one.type,
                        one.verified_publisher_only, one.others);
      };
      return key(a) < key(b);
    });
  };
  if (into.includes == other.includes && into.excludes == other.excludes) return;
  widest(into.includes, other.includes, true);
  widest(into.excludes, other.excludes, false);
}

}  // namespace clawback::domain
