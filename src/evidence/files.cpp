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

// Tells how far the reading of one source is.
Read counted(std::string name, Read source, const FileOptions& options) {
  if (!options.progress) return source;
  return [name = std::move(name), source = std::move(source), &tell = options.progress,
          bytes = std::uint64_t{0}](char* to, std::size_t size) mutable {
    auto got = source(to, size);
    if (got) tell(name, bytes += *got);
    return got;
  };
}

}  // namespace

Result<FromFiles> read_files(const std::vector<fs::path>& paths, const FileOptions& options) {
  const auto files = expand(paths);
  if (!files) return files.error();
  Import import(options);
  for (const fs::path& path : *files) {
    auto file = InputFile::open(path);
    if (!file) return file.error();
    const Read read = [&file](char* to, std::size_t size) { return file->read(to, size); };
    const auto added = import.add(path.string(), counted(path.filename().string(), read, options));
    if (!added) return added.error();
  }
  return import.finish();
}

Result<FromFiles> read_stream(std::string_view name, const Read& source,
                              const FileOptions& options) {
  Import import(options);
  const auto added = import.add(name, counted(std::string(name), source, options));
  if (!added) return added.error();
  return import.finish();
}

Result<FromFiles> read_bytes(std::string_view name, std::string_view bytes,
                             const FileOptions& options) {
  const Read read = [&bytes](char* to, std::size_t size) {
    const std::size_t count = bytes.copy(to, size);
    bytes.remove_prefix(count);
    return count;
  };
  return read_stream(name, read, options);
}

}  // namespace clawback::evidence
