#include "evidence/manifest.hpp"

#include <system_error>

#include "base/digest.hpp"
#include "base/file.hpp"
#include "base/safe_text.hpp"
#include "evidence/document.hpp"
#include "evidence/text.hpp"

namespace clawback::evidence {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view evidence_name = "evidence.json";
constexpr std::string_view manifest_name = "manifest.json";

Error refused(const fs::path& path, Errc code, std::string_view why, std::string_view hint = {}) {
  return Error{.code = code,
               .message = printable(path.string()) + ": " + std::string(why),
               .hint = std::string(hint),
               .position = std::nullopt,
               .details = {}};
}

}  // namespace

Result<void> make_empty_folder(const fs::path& folder) {
  std::error_code ec;
  if (fs::exists(folder, ec)) {
    if (!fs::is_directory(folder, ec)) return refused(folder, Errc::invalid, "it is not a folder");
    if (!fs::is_empty(folder, ec)) {
      return refused(folder, Errc::invalid, "the folder is not empty", "name a new folder");
    }
  } else if (fs::create_directories(folder, ec)) {
    fs::permissions(folder, fs::perms::owner_all, ec);
  }
  if (ec) {
    return refused(folder, Errc::invalid, "can't make the folder: " + ec.message(),
                   "name another place, or a user who may write there");
  }
  return {};
}

namespace {

json::value manifest_json(const domain::Snapshot& snapshot, std::string_view evidence) {
  json::array files{json::object{
      {"name", evidence_name}, {"bytes", evidence.size()}, {"sha256", hex(sha256(evidence))}}};
  return json::object{
      {"schema", manifest_schema},
      {"tool", "clawback " CLAWBACK_VERSION},
      {"tenant", json::object{{"id", snapshot.tenant.str()}, {"name", snapshot.tenant_name}}},
      {"observed", format_time(snapshot.observed)},
      {"coverage", coverage_json(snapshot.coverage)},
      {"files", std::move(files)}};
}

}  // namespace

std::string document_text(const domain::Snapshot& snapshot) {
  return canonical_json(evidence_json(snapshot)) + "\n";
}

Result<std::string> save(const domain::Snapshot& snapshot, const fs::path& folder) {
  const auto made = make_empty_folder(folder);
  if (!made) return made.error();
  const std::string evidence = document_text(snapshot);
  const auto written = write_file(folder / evidence_name, evidence);
  if (!written) return written.error();
  const std::string manifest = pretty_json(manifest_json(snapshot, evidence));
  const auto sealed = write_file(folder / manifest_name, manifest);
  if (!sealed) return sealed.error();
  return sha256_text(manifest);
}

Result<void> check_manifest(const fs::path& folder) {
  const auto bytes = read_file(folder / manifest_name);
  if (!bytes) {
    if (bytes.error().code == Errc::not_found) return {};
    return bytes.error();
  }
  const auto manifest = parse_json(*bytes);
  if (!manifest || string_at(*manifest, "schema") != manifest_schema) return {};
  const json::array* files = array_at(*manifest, "files");
  if (files == nullptr) return refused(folder / manifest_name, Errc::invalid, "it lists no files");
  for (const json::value& file : *files) {
    const auto name = string_at(file, "name");
    // Only files of this folder: a manifest from elsewhere must not make us read other places.
    if (!name || fs::path(*name).filename() != *name) {
      return refused(folder / manifest_name, Errc::invalid,
                     "it lists a file outside of its folder");
    }
    const auto content = read_file(folder / *name, text_bytes_max);
    if (!content) return content.error();
    if (string_at(file, "sha256") != hex(sha256(*content))) {
      return refused(folder / *name, Errc::invalid,
                     "not the file that the manifest lists (its sha256 differs)",
                     "collect again, or read the file alone if you trust it");
    }
  }
  return {};
}

}  // namespace clawback::evidence
