#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include "approval/approval.hpp"
#include "base/time.hpp"
#include "console/settings.hpp"

namespace clawback::console {

// A statement that was shown: exactly this is signed, or nothing.
struct Shown {
  approval::Statement statement;
  std::string plan;  // its id
};

struct Session {
  Person person;
  std::string csrf;
  Time begun;
  Time used;
  bool ended = false;
  std::string notice;                  // to be said on the next page
  std::map<std::string, Shown> shown;  // by the statement's nonce; each is taken out once
  std::size_t streams = 0;
};

// Who is signed in. Ids are kept as digests only. A session ends when it is not used for
// `session_idle`, after `session_max` in any case, at sign-out, and when its person signs in once
// too often: then the one that was used least recently goes.
class Sessions {
 public:
  explicit Sessions(const Limits& limits) : limits_(limits) {}

  // Its id, which only the browser keeps.
  std::string begin(const Person& person, Time now);
  // nullptr: there is none. `touch`: it was used.
  std::shared_ptr<Session> find(const std::string& id, Time now, bool touch = true);
  void end(const std::string& id);
  // Whether it goes on.
  [[nodiscard]] bool holds(const Session& session, Time now) const;
  std::size_t count(Time now);

 private:
  void sweep(Time now);
  void end_least_used(const std::string* name);
  const Limits limits_;
  std::map<std::string, std::shared_ptr<Session>> sessions_;  // by SHA-256 of the id
};

// Keeps a statement that is about to be shown: few at once, the oldest goes.
void show(Session& session, Shown shown);

}  // namespace clawback::console
