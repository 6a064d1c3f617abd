#include <fmt/format.h>
#include <unistd.h>

#include <array>

#include "base/file.hpp"
#include "base/safe_text.hpp"
#include "journal/schema.hpp"
#include "journal/store.hpp"

// Source: the SQLite file format: a magic string, and the user version at byte 60, big-endian.
namespace clawback::journal {
namespace {

constexpr std::string_view magic("SQLite format 3\0", 16);
constexpr std::size_t version_at = 60;
constexpr std::size_t header_size = 100;

Error unusable(const std::filesystem::path& file, std::string_view why) {
  return {.code = Errc::io,
          .message = fmt::format("state database {}: {}", printable(file.string()), why),
          .hint = "[state] database in clawback.toml names it"};
}

// Up to its size: an empty file is an empty database.
Result<std::string> header_of(const std::filesystem::path& file) {
  auto opened = InputFile::open(file);
  if (!opened) return opened.error();
  std::array<char, header_size> bytes{};
  std::size_t size = 0;
  while (size < bytes.size()) {
    const auto more = opened->read(bytes.data() + size, bytes.size() - size);
    if (!more) return more.error();
    if (*more == 0) break;
    size += *more;
  }
  return std::string(bytes.data(), size);
}

}  // namespace

Result<bool> probe_sqlite(const std::filesystem::path& file) {
  std::error_code ec;
  const auto status = std::filesystem::status(file, ec);
  if (status.type() == std::filesystem::file_type::not_found) return false;
  if (ec) return unusable(file, ec.message());
  if (!std::filesystem::is_regular_file(status)) return unusable(file, "it is not a file");
  if (::access(file.c_str(), R_OK | W_OK) != 0) {
    return unusable(file, "this account can't read and write it");
  }
  const auto header = header_of(file);
  if (!header) return header.error();
  if (header->empty()) return true;
  if (header->size() < header_size || !header->starts_with(magic)) {
    return unusable(file, "it is not a SQLite database");
  }
  std::uint32_t version = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    version = version << 8U | static_cast<unsigned char>((*header)[version_at + i]);
  }
  const auto known = known_version(file.string(), static_cast<int>(version));
  if (!known) return known.error();
  return true;
}

}  // namespace clawback::journal
