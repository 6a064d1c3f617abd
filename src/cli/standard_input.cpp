#include "cli/standard_input.hpp"

#include <iostream>

namespace clawback::cli {

Result<std::string> read_standard_input(std::size_t bytes_max) {
  std::string out;
  char buffer[65536];
  while (std::cin.read(buffer, sizeof buffer) || std::cin.gcount() > 0) {
    out.append(buffer, static_cast<std::size_t>(std::cin.gcount()));
    if (out.size() > bytes_max) {
      return Error{.code = Errc::invalid, .message = "standard input: more than can be read"};
    }
  }
  return out;
}

Result<std::size_t> read_some_standard_input(char* to, std::size_t size) {
  std::cin.read(to, static_cast<std::streamsize>(size));
  return static_cast<std::size_t>(std::cin.gcount());
}

}  // namespace clawback::cli
