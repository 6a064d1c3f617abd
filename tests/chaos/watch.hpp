#pragma once

#include <sys/types.h>
#include <atomic>
#include <mutex>
#include <string>
#include <vector>

#include "chaos/steps.hpp"
#include "chaos/story.hpp"
#include "lab/server.hpp"
#include "lab/store.hpp"

namespace chaos {

// What happened in the lab while a phase ran, in its order.
struct Happened {
  enum class Kind : std::uint8_t { look, write, somebody, other_request };
  Kind kind = Kind::look;
  clawback::Time at;
  int process = 0;  // the how-manieth child sent it
  int step = -1;    // index into the steps; of a write: the one that it is
  clawback::lab::Seen request;
  bool delivered = true;  // the answer left the lab whole
  bool refused = false;   // write: the answer says that nothing was done
  Value value;            // look: what reads showed; write, somebody: what is true afterwards
  Value value_before;     // write: what was true before
  std::string key;        // write, somebody: the fact
  std::string words;      // somebody: what was done
  [[nodiscard]] bool took_effect() const { return kind == Kind::write && value != value_before; }
};

// A child process that may be killed from another thread.
class Victim {
 public:
  void is(pid_t pid);
  void gone();
  void kill();

 private:
  std::mutex mutex_;
  pid_t pid_ = 0;
};

// Sits in the lab: writes down what happens, and lets somebody else act and kills strike at their
// moment. `log` belongs to the lab's thread while it is the lab's witness.
class Watcher {
 public:
  Watcher(const std::vector<Step>& steps, const Phase& phase) : steps_(steps), phase_(phase) {}
  void operator()(clawback::lab::Store& store, const clawback::lab::Seen& request,
                  const clawback::lab::Reply* answer);
  void next_process(const Kill& kill);

  std::vector<Happened> log;
  Victim victim;

 private:
  void before(clawback::lab::Store& store, const clawback::lab::Seen& request);
  void after(clawback::lab::Store& store, const clawback::lab::Seen& request,
             const clawback::lab::Reply& answer);
  void meddle(clawback::lab::Store& store);
  void act(clawback::lab::Store& store, Meddling& one, const std::string& key);
  void strike(Kill::When when);

  std::mutex mutex_;  // a request of a child that was killed may still be under way
  const std::vector<Step>& steps_;
  Phase phase_;
  int process_ = 0;
  int operations_ = 0;  // of the phase
  int of_process_ = 0;  // of the present process
  Kill kill_;
  bool killed_ = false;         // the present process was killed from here
  std::size_t batch_from_ = 0;  // where the present $batch begins in the log
  bool in_batch_ = false;
  struct Effect {
    std::string key;
    int at = 0;
  };
  std::vector<Effect> effects_;
  std::vector<Value> before_;  // truth of each step's fact before the present operation
};

// Whether a request changes the tenant.
bool is_write(const clawback::lab::Seen& request);

}  // namespace chaos
