#pragma once

#include <string>
#include <vector>

#include "base/json.hpp"
#include "chaos/state.hpp"

// A plan file as the model reads it: what each action is about, and what it is meant to do.
namespace chaos {

struct Step {
  std::string id;  // "a1"
  std::string kind;
  std::string method, path, body;  // of the request; the body as canonical JSON, or empty
  std::string look_path;           // of the precondition's read
  std::string key;                 // the fact that it changes, see state.hpp
  Value before;                    // the fact when the plan was made
  Value after;                     // what it shall be; not for revoke-sessions
  std::vector<std::string> depends;
  bool reversible = false;
  std::vector<std::string> ids;  // of whatever a read about it names
};

// Whether the object is the planned one, so that sending is right; and whether it is as wanted.
bool as_planned(const Step& step, const Value& now);
bool as_wanted(const Step& step, const Value& now);
bool is_removal(const Step& step);  // of an assignment, which comes back under another id
// Sent twice it does what it does once, so that a read which shows that nothing happened is reason
// enough to send it again. A removal or a creation is not of that sort: it can hit what somebody
// else made meanwhile.
bool may_repeat(const Step& step);
// A read that shows the step's object.
bool looks_at(const Step& step, const std::string& method, const std::string& path);

// `tenant` as it was when the plan was made. Empty: not understood; `problem` says why.
std::vector<Step> read_steps(const std::string& plan_text, const clawback::lab::Tenant& tenant,
                             std::string& problem);

}  // namespace chaos
