#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "chaos/steps.hpp"
#include "chaos/watch.hpp"
#include "journal/event.hpp"

// What a phase must have come to, in the words. It knows nothing of how clawback decides.
namespace chaos {

struct Record {
  std::vector<Step> steps;
  State before;                                  // the lab when the phase began
  State after;                                   // and when it ended
  std::vector<Happened> log;                     // what the lab saw
  std::vector<clawback::journal::Event> events;  // what the journal says, in its order
  std::chrono::milliseconds visibility{0};
  std::chrono::milliseconds verify_gap{0};  // between two reads that agree
  int exit_code = 0;                        // of the last process
};

// Each line is one promise that was not kept. Empty: all were.
std::vector<std::string> broken_promises(const Record& record);

// After an undo: `first` is the phase that was undone, `undo` the phase that undid it.
std::vector<std::string> broken_undo(const Record& first, const Record& undo);

}  // namespace chaos
