#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "chaos/watch.hpp"

namespace chaos {

struct Ended {
  int code = -1;        // exit code; 128 + signal when it was killed; -1: it did not end in time
  bool killed = false;  // by SIGKILL, on purpose
  std::string errors;   // what it said on standard error
};

// Runs the real binary. `kill`: by time or by journal record from here, by request from the lab.
Ended run_child(const std::vector<std::string>& arguments, Watcher* watcher, const Kill& kill);

// The binary under test.
const std::string& binary();
void set_binary(std::string path);

}  // namespace chaos
