#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "lab/call.hpp"

namespace clawback::lab {

class Faults {
 public:
  explicit Faults(std::vector<Fault> rules) : rules_(std::move(rules)) {}
  // The rule that applies to this request, used up by one.
  std::optional<Fault> next(std::string_view operation);

 private:
  std::vector<Fault> rules_;
};

// Whether the fault answers in place of the operation, which then does not happen.
bool instead_of_operation(const Fault& fault);
Reply fault_answer(const Call& call, const Fault& fault);
// What is done to the answer of an operation that did happen.
void spoil(Reply& reply, const Fault& fault);

}  // namespace clawback::lab
