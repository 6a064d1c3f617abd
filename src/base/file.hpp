#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace clawback {

// The whole file; Errc::not_found or Errc::io name it. Larger than `bytes_max` is an error.
Result<std::string> read_file(const std::filesystem::path& path,
                              std::size_t bytes_max = 256u << 20u);

// A file that is read piece by piece.
class InputFile {
 public:
  // Errc::not_found or Errc::io name it.
  static Result<InputFile> open(const std::filesystem::path& path);
  InputFile(InputFile&& other) noexcept
      : path_(std::move(other.path_)), fd_(std::exchange(other.fd_, -1)) {}
  InputFile& operator=(InputFile&&) = delete;
  ~InputFile();

  // Up to `size` bytes; 0 at the end.
  Result<std::size_t> read(char* to, std::size_t size);

 private:
  InputFile(std::filesystem::path path, int fd) : path_(std::move(path)), fd_(fd) {}

  std::filesystem::path path_;
  int fd_;
};

// Refuses (Errc::invalid) a file that group or others can read; a list that names only this
// process's user is none of others. One trailing line end is dropped.
Result<Secret> read_secret_file(const std::filesystem::path& path);

// Before long work: whether write_file could put a file there, as far as can be seen without
// making one. Errc::invalid names the place and what is wrong with it.
Result<void> can_write_file(const std::filesystem::path& path);

// And those above it; one that is there is fine.
Result<void> make_folder(const std::filesystem::path& path);

// All or nothing: a temporary file beside it, mode 0600 or as given, fsync, rename. A device or a
// pipe (/dev/null, /dev/stdout) is written to and stays what it is.
Result<void> write_file(const std::filesystem::path& path, std::string_view bytes,
                        unsigned mode = 0600);

}  // namespace clawback
