#include "cli/requester.hpp"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/safe_text.hpp"

namespace clawback::cli {
namespace {

constexpr std::size_t name_max = 80;

std::string account_of(uid_t uid) {
  std::array<char, 16384> space{};
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(uid, &entry, space.data(), space.size(), &found) == 0 && found != nullptr) {
    return printable(found->pw_name, name_max);
  }
  return std::to_string(uid);
}

}  // namespace

std::string local_account(const Context& context) {
  // Only sudo sets it for root; anybody else could have set it for himself.
  const auto before_sudo = ::getuid() == 0 ? context.environment("SUDO_USER") : std::nullopt;
  return "local:" + (before_sudo && !before_sudo->empty() ? printable(*before_sudo, name_max)
                                                          : account_of(::getuid()));
}

Result<Requester> requester(const std::string& as, const std::optional<Config>& config,
                            const Context& context) {
  if (as.empty()) return Requester{.by = local_account(context)};
  const bool known = config && std::any_of(config->approvers.begin(), config->approvers.end(),
                                           [&](const auto& one) { return one.name == as; });
  if (known) return Requester{.by = as, .from = local_account(context)};
  return Error{.code = Errc::approval,
               .message = fmt::format("--as: \"{}\" is not a registered person", printable(as, 80)),
               .hint = "an [[approver]] of the configuration; without --as it is this account"};
}

}  // namespace clawback::cli
