#pragma once

#include <string_view>

namespace clawback::console {

std::string_view style();   // the reports' stylesheet, and what the console adds
std::string_view script();  // helps; every page works without it

}  // namespace clawback::console
