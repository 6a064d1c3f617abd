#pragma once

#include <string>

#include "lab/random.hpp"

namespace clawback::lab {

struct PersonName {
  std::string given{};
  std::string family{};
};
PersonName make_person(Random& random);

std::string make_app_name(Random& random);      // e.g. "Bluepine Scheduler"
std::string make_company_name(Random& random);  // e.g. "Bluepine Software"

}  // namespace clawback::lab
