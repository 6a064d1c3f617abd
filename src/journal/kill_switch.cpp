#include "journal/kill_switch.hpp"

#include <fmt/format.h>

#include "base/safe_text.hpp"

namespace clawback::journal {

std::filesystem::path stop_file_of(const std::filesystem::path& database) {
  return database.string() + ".stop";
}

std::optional<std::string> stop_file_present(const std::filesystem::path& database) {
  const std::filesystem::path file = stop_file_of(database);
  std::error_code ec;
  // Not the link's target: a link to nowhere is a file that somebody put there.
  const std::filesystem::file_status status = std::filesystem::symlink_status(file, ec);
  if (status.type() == std::filesystem::file_type::not_found) return std::nullopt;
  return file.string();
}

Result<void> check_kill_switch(Store& store, const std::filesystem::path& database) {
  if (const auto file = stop_file_present(database)) {
    return Error{.code = Errc::guard,
                 .message = fmt::format("the kill switch is on: the file {} is there; nothing is "
                                        "sent",
                                        printable(*file)),
                 .hint = "whoever made it removes it when sending may go on"};
  }
  const auto halt = store.halted();
  if (!halt) return halt.error();
  if (!*halt) return {};
  return Error{.code = Errc::guard,
               .message = fmt::format("the kill switch is on since {}, set by {}: {}; nothing is "
                                      "sent",
                                      format_time((*halt)->since), printable((*halt)->who, 60),
                                      printable((*halt)->reason)),
               .hint = "`clawback kill-switch off --reason TEXT` lets it go on"};
}

}  // namespace clawback::journal
