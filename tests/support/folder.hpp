#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/file.hpp"

namespace clawback::test {

// A new folder of this test alone; it and what is in it are gone afterwards.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "clawback-test-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  // Writes a file into it; the file.
  std::string put(std::string_view name, std::string_view bytes) const {
    REQUIRE(write_file(path / name, bytes));
    return (path / name).string();
  }
  // Where a journal of this test is, if it has one.
  [[nodiscard]] std::filesystem::path database() const { return path / "clawback.db"; }

  std::filesystem::path path;
};

}  // namespace clawback::test
