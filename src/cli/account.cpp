#include "cli/account.hpp"

#include <pwd.h>
#include <unistd.h>

#include <array>

namespace clawback::cli {

std::string local_account() {
  const uid_t user = ::getuid();
  std::array<char, 4096> room{};
  passwd entry{};
  passwd* found = nullptr;
  const int code = ::getpwuid_r(user, &entry, room.data(), room.size(), &found);
  if (code == 0 && found != nullptr) return std::string("local:") + found->pw_name;
  return "local:" + std::to_string(user);
}

}  // namespace clawback::cli
