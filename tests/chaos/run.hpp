#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "lab/server.hpp"

namespace chaos {

struct Verdict {
  std::uint64_t seed = 0;
  std::vector<std::string> broken;  // empty: every promise was kept
  int actions = 0, requests = 0, kills = 0, faults = 0, meddlings = 0, processes = 0;
  std::set<std::string> kinds;  // of the actions that were sent
  std::string trace;            // what happened, line by line
};

// Plays seeds one after the other, on a lab of its own.
class Stage {
 public:
  static std::unique_ptr<Stage> make(std::string& problem);
  ~Stage();
  Verdict play(std::uint64_t seed, bool keep_trace);

 private:
  Stage() = default;
  std::unique_ptr<clawback::lab::Server> server_;
  std::filesystem::path folder_;
  std::string public_key_;
};

// The command line of both front ends: --seeds N, --first N, --lanes N, --failures N, --seed N,
// --binary FILE.
// Returns the exit code: 1 if a seed failed, or if of a hundred seeds none planned some kind of
// action.
int play(int argc, char** argv, std::uint64_t seeds, const std::string& how_to_replay);

}  // namespace chaos
