#include "evidence/relevance.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/digest.hpp"
#include "domain/permissions.hpp"

namespace clawback::evidence {
namespace {

constexpr std::array<std::string_view, 22> activities = {
    "Consent to application",
    "Add delegated permission grant",
    "Remove delegated permission grant",
    "Add OAuth2PermissionGrant",
    "Remove OAuth2PermissionGrant",
    "Add app role assignment to service principal",
    "Remove app role assignment from service principal",
    "Add app role assignment grant to user",
    "Add service principal",
    "Update service principal",
    "Remove service principal",
    "Add service principal credentials",
    "Remove service principal credentials",
    "Add application",
    "Update application",
    "Delete application",
    "Update application - Certificates and secrets management",
    "Update application \u2013 Certificates and secrets management",
    "Update application - Certificates and secrets management ",
    "Update application \u2013 Certificates and secrets management ",
    "Update authorization policy",
    "Set Company Information",
};

constexpr std::size_t activity_size_max = 80;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '.')) text.remove_suffix(1);
  return text;
}

std::size_t hash(std::string_view guid) {
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  std::memcpy(&a, guid.data(), sizeof a);
  std::memcpy(&b, guid.data() + guid.size() - sizeof b, sizeof b);
  return static_cast<std::size_t>(((a * 0x9E3779B97F4A7C15) ^ b) * 0xD6E8FEB86659FD93 >> 32);
}

}  // namespace

std::span<const std::string_view> relevant_activities() { return activities; }

bool is_relevant_activity(std::string_view activity) {
  activity = trimmed(activity);
  if (activity.size() > activity_size_max) return false;
  return std::any_of(activities.begin(), activities.end(), [&](std::string_view one) {
    const std::string_view name = trimmed(one);
    return name.size() == activity.size() &&
           std::equal(name.begin(), name.end(), activity.begin(),
                      [](char a, char b) { return lower(a) == lower(b); });
  });
}

MicrosoftApps::MicrosoftApps(std::span<const domain::AppId> known) {
  std::set<std::string> ids;
  for (const domain::AppId& app : domain::mail_resources()) ids.insert(app.str());
  for (const domain::AppId& app : known) {
    if (is_guid(app.str())) ids.insert(to_lower(app.str()));
  }
  places_.assign(std::bit_ceil(ids.size() * 2 + 2), Guid{});
  for (const std::string& id : ids) {
    std::size_t place = hash(id) & (places_.size() - 1);
    while (places_[place][0] != 0) place = (place + 1) & (places_.size() - 1);
    std::copy(id.begin(), id.end(), places_[place].begin());
  }
}

bool MicrosoftApps::contains(std::string_view guid) const {
  if (guid.size() != guid_size) return false;
  std::size_t place = hash(guid) & (places_.size() - 1);
  while (places_[place][0] != 0) {
    if (is_same_guid(places_[place].data(), guid.begin())) return true;
    place = (place + 1) & (places_.size() - 1);
  }
  return false;
}

}  // namespace clawback::evidence
