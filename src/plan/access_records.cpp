#include "plan/access_records.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/digest.hpp"
#include "base/safe_text.hpp"

// Source of the names: clientAppUsed of Microsoft Graph's signIn. Everything but a browser is one
// of the client types mobileAppsAndDesktopClients, exchangeActiveSync and other.
namespace clawback::plan {
namespace {

constexpr std::string_view exchange_online = "00000002-0000-0ff1-ce00-000000000000";
constexpr std::size_t apps_shown = 10;

struct Use {
  std::string name;
  std::size_t sign_ins = 0;
  std::set<domain::UserId> users;
};

std::string counted(std::size_t number, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", number, number == 1 ? one : many);
}

std::string since_words(const domain::Snapshot& snapshot) {
  const auto& since = snapshot.coverage.logs_since;
  return since ? " since " + format_time(*since) : std::string();
}

void add_app_lines(std::vector<std::string>& lines, const std::map<domain::AppId, Use>& uses) {
  std::vector<const std::pair<const domain::AppId, Use>*> order;
  for (const auto& use : uses) order.push_back(&use);
  std::sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
    return a->second.sign_ins != b->second.sign_ins ? a->second.sign_ins > b->second.sign_ins
                                                    : a->first < b->first;
  });
  for (std::size_t i = 0; i < order.size() && i < apps_shown; ++i) {
    const auto& [id, use] = *order[i];
    lines.push_back(fmt::format(
        "{} ({}): {} by {}", use.name.empty() ? "an application without a name" : use.name,
        printable(id.str(), 60), counted(use.sign_ins, "sign-in", "sign-ins"),
        counted(use.users.size(), "user", "users")));
  }
  if (order.size() > apps_shown) {
    lines.push_back(fmt::format("and {} more applications", order.size() - apps_shown));
  }
}

}  // namespace

std::vector<std::string> would_have_stopped(const domain::Snapshot& snapshot) {
  const domain::Source* source = domain::find(snapshot.coverage, domain::source::sign_ins);
  const bool some = source != nullptr && (source->state == domain::SourceState::read ||
                                          source->state == domain::SourceState::partial);
  if (!some) {
    return {"The sign-ins were not read: whom it would have looked at is unknown."};
  }
  std::map<domain::AppId, Use> uses;
  std::set<domain::UserId> users;
  std::size_t sign_ins = 0;
  std::size_t unclear = 0;
  for (const domain::SignIn& one : snapshot.sign_ins) {
    if (one.error_code != 0) continue;
    if (!one.resource || !one.client_app_used) {
      ++unclear;
      continue;
    }
    if (one.resource->str() != exchange_online || to_lower(*one.client_app_used) == "browser") {
      continue;
    }
    Use& use = uses[one.app_id];
    if (use.name.empty()) use.name = printable(one.app_name.value_or(""), 60);
    ++use.sign_ins;
    use.users.insert(one.user);
    users.insert(one.user);
    ++sign_ins;
  }
  std::vector<std::string> lines;
  lines.push_back(fmt::format(
      "The sign-ins that were read{} show {} to Exchange Online with such clients, by {}.",
      since_words(snapshot), counted(sign_ins, "successful one", "successful ones"),
      counted(users.size(), "user", "users")));
  add_app_lines(lines, uses);
  if (unclear > 0) {
    lines.push_back(
        fmt::format("Of {} more the log does not say to which service or with which client.",
                    counted(unclear, "sign-in", "sign-ins")));
  }
  if (source->state == domain::SourceState::partial) {
    lines.emplace_back("The sign-ins were read in part only: there may be more.");
  }
  lines.emplace_back(
      "The log does not say which devices were managed: how many of these it would have stopped is "
      "unknown. Of Microsoft's own applications not all sign-ins are read.");
  return lines;
}

}  // namespace clawback::plan
