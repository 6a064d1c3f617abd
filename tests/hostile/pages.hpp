#pragma once

#include <string>
#include <utility>
#include <vector>

// Every page of the console about one text: name and markup. A new page is added here.
namespace clawback::tests {

std::vector<std::pair<std::string, std::string>> hostile_pages_of(const std::string& text);

}  // namespace clawback::tests
