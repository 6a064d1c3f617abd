#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace clawback::notify {

// One payload for one target, as it will be sent.
struct Parcel {
  std::filesystem::path file;  // set by `list` and `put`
  std::string id;              // of the message
  std::string target;          // name
  std::string kind;            // of the target, when it was made
  Time created;
  std::vector<std::string> payload;  // one body, or syslog's lines
  friend bool operator==(const Parcel&, const Parcel&) = default;
};

// What could not be sent yet: a folder of files of mode 0600, each whole or not there.
class Outbox {
 public:
  explicit Outbox(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // Oldest first. A file that is none of ours is left alone; one of ours that can't be read is
  // reported in `broken` and left too. At most `parcels_max`.
  struct Listing {
    std::vector<Parcel> parcels;
    std::vector<std::string> broken;
  };
  [[nodiscard]] Result<Listing> list() const;
  // On disk when it returns, with `file` set. Makes the folder (mode 0700).
  Result<Parcel> put(Parcel parcel) const;
  Result<void> remove(const Parcel& parcel) const;

 private:
  std::filesystem::path folder_;
};

inline constexpr std::size_t parcels_max = 500;
inline constexpr Duration parcel_age_max = std::chrono::days(7);

}  // namespace clawback::notify
