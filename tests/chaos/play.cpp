#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include "chaos/child.hpp"
#include "chaos/run.hpp"
#include "chaos/story.hpp"

namespace chaos {
namespace {

// So many seeds have done every kind of action.
constexpr std::uint64_t enough_for_all = 100;

struct Arguments {
  std::uint64_t first = 1;
  std::uint64_t seeds = 100;
  std::size_t lanes = 24;
  std::uint64_t failures = 20;  // after so many, no more seeds are begun
  bool one = false;             // --seed N: tell everything
};

std::optional<Arguments> read_arguments(int argc, char** argv, std::uint64_t seeds) {
  Arguments out{.seeds = seeds};
  for (int i = 1; i < argc; i += 2) {
    const std::string_view name = argv[i];
    if (i + 1 == argc) return std::nullopt;
    const std::string value = argv[i + 1];
    const std::uint64_t number = std::strtoull(value.c_str(), nullptr, 10);
    if (name == "--seeds") {
      out.seeds = number;
    } else if (name == "--first") {
      out.first = number;
    } else if (name == "--lanes") {
      out.lanes = std::clamp<std::size_t>(number, 1, 64);
    } else if (name == "--failures") {
      out.failures = number;
    } else if (name == "--seed") {
      out = {.first = number, .seeds = 1, .lanes = 1, .one = true};
    } else if (name == "--binary") {
      set_binary(value);
    } else {
      return std::nullopt;
    }
  }
  return out;
}

struct Tally {
  std::mutex mutex;
  std::uint64_t played = 0, failed = 0, actions = 0, requests = 0, kills = 0, faults = 0,
                meddlings = 0, processes = 0;
  std::set<std::string> kinds;
  std::string problem;
};

void add(Tally& tally, const Verdict& verdict, const std::string& how_to_replay) {
  const std::lock_guard lock(tally.mutex);
  ++tally.played;
  tally.actions += static_cast<std::uint64_t>(verdict.actions);
  tally.requests += static_cast<std::uint64_t>(verdict.requests);
  tally.kills += static_cast<std::uint64_t>(verdict.kills);
  tally.faults += static_cast<std::uint64_t>(verdict.faults);
  tally.meddlings += static_cast<std::uint64_t>(verdict.meddlings);
  tally.processes += static_cast<std::uint64_t>(verdict.processes);
  tally.kinds.insert(verdict.kinds.begin(), verdict.kinds.end());
  if (verdict.broken.empty()) return;
  ++tally.failed;
  fmt::print("seed {} FAILED; replay: {} --seed {}\n", verdict.seed, how_to_replay, verdict.seed);
  for (const std::string& line : verdict.broken) fmt::print("  {}\n", line);
  std::fflush(stdout);
}

void lane(const Arguments& arguments, std::atomic<std::uint64_t>& next, Tally& tally,
          const std::string& how_to_replay) {
  std::string problem;
  const auto stage = Stage::make(problem);
  if (!stage) {
    const std::lock_guard lock(tally.mutex);
    tally.problem = problem;
    return;
  }
  for (std::uint64_t i = next++; i < arguments.seeds; i = next++) {
    const Verdict verdict = stage->play(arguments.first + i, arguments.one);
    if (arguments.one) fmt::print("{}", verdict.trace);
    add(tally, verdict, how_to_replay);
    const std::lock_guard lock(tally.mutex);
    if (tally.failed >= arguments.failures) return;
  }
}

}  // namespace

int play(int argc, char** argv, std::uint64_t seeds, const std::string& how_to_replay) {
  const auto arguments = read_arguments(argc, argv, seeds);
  if (!arguments) {
    fmt::print(stderr,
               "usage: [--seeds N] [--first N] [--lanes N] [--failures N] [--seed N] "
               "[--binary FILE]\n");
    return 2;
  }
  const auto started = std::chrono::steady_clock::now();
  std::atomic<std::uint64_t> next = 0;
  Tally tally;
  std::vector<std::thread> lanes;
  const std::size_t wanted = std::min<std::size_t>(arguments->lanes, arguments->seeds);
  for (std::size_t i = 0; i < wanted; ++i) {
    lanes.emplace_back([&] { lane(*arguments, next, tally, how_to_replay); });
  }
  for (std::thread& one : lanes) one.join();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
  std::string never;
  for (const std::string& kind : planned_kinds()) {
    if (tally.played >= enough_for_all && !tally.kinds.contains(kind)) never += " " + kind;
  }
  if (!never.empty()) fmt::print("chaos: no seed ever did{}\n", never);
  if (!tally.problem.empty()) fmt::print("chaos: {}\n", tally.problem);
  fmt::print(
      "chaos: {} seeds from {}, {} failed; {} actions, {} requests, {} fault rules, {} changes by "
      "others, {} processes of which {} killed; {:.0f} s\n",
      tally.played, arguments->first, tally.failed, tally.actions, tally.requests, tally.faults,
      tally.meddlings, tally.processes, tally.kills, took.count());
  return tally.failed == 0 && never.empty() && tally.played == arguments->seeds ? 0 : 1;
}

}  // namespace chaos
