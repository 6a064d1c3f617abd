#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

namespace clawback::tests {

// Compares `text` with tests/golden/<name>. CLAWBACK_UPDATE_GOLDEN=1 writes it instead; the diff is
// then reviewed like code.
inline void check_golden(std::string_view name, std::string_view text) {
  const std::filesystem::path path =
      std::filesystem::path(CLAWBACK_SOURCE_DIR) / "tests" / "golden" / name;
  if (std::getenv("CLAWBACK_UPDATE_GOLDEN") != nullptr) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  std::ostringstream wanted;
  wanted << file.rdbuf();
  INFO("golden file: ", path.string());
  CHECK(wanted.str() == text);
}

}  // namespace clawback::tests
