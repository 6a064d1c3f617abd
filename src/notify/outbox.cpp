#include "notify/outbox.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <system_error>

#include "base/digest.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "base/safe_text.hpp"

namespace clawback::notify {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view schema = "clawback.outbox/1";
constexpr std::size_t file_max = 4u << 20u;

Error unusable(const fs::path& path, std::string_view act, const std::error_code& why) {
  return Error{
      .code = Errc::io,
      .message = fmt::format("{}: can't {} it: {}", printable(path.string()), act, why.message())};
}

std::string text_of(const Parcel& parcel) {
  json::array payload;
  for (const std::string& part : parcel.payload) payload.emplace_back(part);
  return canonical_json(json::object{{"schema", schema},
                                     {"id", parcel.id},
                                     {"target", parcel.target},
                                     {"kind", parcel.kind},
                                     {"created", format_time(parcel.created)},
                                     {"payload", std::move(payload)}});
}

Result<Parcel> parcel_from(const fs::path& file) {
  const auto text = read_file(file, file_max);
  if (!text) return text.error();
  const auto value = parse_json(*text);
  if (!value) return value.error();
  const Error strange{.code = Errc::invalid, .message = "not a parcel of this version"};
  const auto id = string_at(*value, "id");
  const auto target = string_at(*value, "target");
  const auto kind = string_at(*value, "kind");
  const auto created = parse_time(string_at(*value, "created").value_or(""));
  const json::array* payload = array_at(*value, "payload");
  if (string_at(*value, "schema") != schema || !id || !target || !kind || !created) return strange;
  if (payload == nullptr || payload->empty()) return strange;
  Parcel out{.file = file, .id = *id, .target = *target, .kind = *kind, .created = *created};
  for (const json::value& part : *payload) {
    if (!part.is_string()) return strange;
    out.payload.emplace_back(part.get_string());
  }
  return out;
}

bool is_ours(const fs::path& file) {
  const std::string name = file.filename().string();
  return name.starts_with("parcel-") && name.ends_with(".json");
}

}  // namespace

Result<Outbox::Listing> Outbox::list() const {
  Listing out;
  std::error_code failed;
  std::vector<fs::path> files;
  for (fs::directory_iterator at(folder_, failed), end; !failed && at != end;
       at.increment(failed)) {
    if (is_ours(at->path())) files.push_back(at->path());
  }
  if (failed == std::errc::no_such_file_or_directory) return out;
  if (failed) return unusable(folder_, "list", failed);
  // Names begin with the time.
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    if (out.parcels.size() == parcels_max) break;
    auto parcel = parcel_from(file);
    if (parcel) {
      out.parcels.push_back(std::move(*parcel));
    } else {
      out.broken.push_back(fmt::format("{}: {}", printable(file.string()), parcel.error().message));
    }
  }
  return out;
}

Result<Parcel> Outbox::put(Parcel parcel) const {
  std::error_code failed;
  fs::create_directories(folder_, failed);
  if (failed) return unusable(folder_, "make", failed);
  ::chmod(folder_.c_str(), 0700);
  parcel.file = folder_ / fmt::format("parcel-{:015}-{}.json",
                                      parcel.created.time_since_epoch().count(), random_guid());
  const auto written = write_file(parcel.file, text_of(parcel));
  if (!written) return written.error();
  return parcel;
}

Result<void> Outbox::remove(const Parcel& parcel) const {
  std::error_code failed;
  fs::remove(parcel.file, failed);
  if (failed) return unusable(parcel.file, "remove", failed);
  return {};
}

}  // namespace clawback::notify
