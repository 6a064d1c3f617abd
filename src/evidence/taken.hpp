#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "evidence/kind.hpp"

namespace clawback::evidence {

enum class Fate : std::uint8_t {
  added,        // an entity was appended to the snapshot
  passed_over,  // a record that clawback knows and has no use for
  refused,      // a record that is unusable: its source is partial now
};

// What became of one record.
struct Taken {
  Fate fate = Fate::refused;
  std::optional<Kind> kind;  // whose source it shows to have been exported, or is missing from
  std::optional<Time> time;  // when it happened, if it is of a log
  std::string why;           // of a refused one
};

inline Taken passed_over(std::optional<Kind> kind, std::optional<Time> time) {
  return {.fate = Fate::passed_over, .kind = kind, .time = time, .why = {}};
}

inline Taken refused(std::optional<Kind> kind, std::string why) {
  return {.fate = Fate::refused, .kind = kind, .time = std::nullopt, .why = std::move(why)};
}

}  // namespace clawback::evidence
