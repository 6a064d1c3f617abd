#include "evidence/files.hpp"

#include <algorithm>
#include <system_error>

#include "base/file.hpp"
#include "base/safe_text.hpp"
#include "evidence/import.hpp"
#include "evidence/manifest.hpp"
#include "evidence/text.hpp"

namespace clawback::evidence {
namespace {

namespace fs = std::filesystem;

Error unreadable(const fs::path& path, Errc code, std::string_view why) {
  return Error{.code = code,
               .message = printable(path.string()) + ": " + std::string(why),
               .hint = {},
               .position = std::nullopt,
               .details = {}};
}

Result<std::vector<fs::path>> files_in(const fs::path& folder) {
  std::error_code ec;
  std::vector<fs::path> out;
  for (fs::directory_iterator entry(folder, ec), end; !ec && entry != end; entry.increment(ec)) {
    if (entry->is_regular_file(ec)) out.push_back(entry->path());
  }
  if (ec) return unreadable(folder, Errc::io, ec.message());
  if (out.empty()) return unreadable(folder, Errc::invalid, "no file in this folder");
  std::sort(out.begin(), out.end());
  return out;
}

Result<std::vector<fs::path>> expand(const std::vector<fs::path>& paths) {
  std::vector<fs::path> out;
  for (const fs::path& path : paths) {
    std::error_code ec;
    if (!fs::is_directory(path, ec)) {
      out.push_back(path);
      continue;
    }
    const auto checked = check_manifest(path);
    if (!checked) return checked.error();
    const auto files = files_in(path);
    if (!files) return files.error();
    out.insert(out.end(), files->begin(), files->end());
  }
  return out;
}

}  // namespace

Result<FromFiles> read_files(const std::vector<fs::path>& paths, const FileOptions& options) {
  const auto files = expand(paths);
  if (!files) return files.error();
  Import import(options);
  for (const fs::path& file : *files) {
    const auto bytes = read_file(file, text_bytes_max);
    if (!bytes) return bytes.error();
    const auto added = import.add(file.string(), *bytes);
    if (!added) return added.error();
  }
  return import.finish();
}

Result<FromFiles> read_bytes(std::string_view name, std::string_view bytes,
                             const FileOptions& options) {
  Import import(options);
  const auto added = import.add(name, bytes);
  if (!added) return added.error();
  return import.finish();
}

}  // namespace clawback::evidence
