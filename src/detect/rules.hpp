#pragma once

#include <optional>
#include <string>
#include <vector>

#include "detect/case.hpp"
#include "domain/finding.hpp"

namespace clawback::detect {

struct Choice {
  const policy::Rule* rule = nullptr;
  domain::Mode mode = domain::Mode::report;
  std::string reason;  // why the mode is lower than the rule's, or empty
  domain::Mode mode_if_read = domain::Mode::report;  // had all been read that the rule rests on
  // What could not be read, if that alone keeps it below approve.
  std::vector<std::string> needs = {};
};

// Of the enabled rules that match: the one that can do most here, then the one with the highest
// mode of its own, then by id. nullopt: no rule is about it.
std::optional<Choice> choose_rule(const Case& subject, const domain::Finding& finding,
                                  domain::Mode ceiling);

}  // namespace clawback::detect
