#pragma once

#include <string>
#include <string_view>

namespace clawback {

// Bytes that must not reach a log, an error, a core dump or the journal. Not copyable, not
// printable, wiped at the end. `reveal` is the word that reviewers look for.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string bytes);  // takes the bytes and wipes the source's small buffer
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();
  [[nodiscard]] std::string_view reveal() const { return bytes_; }
  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  [[nodiscard]] Secret clone() const { return Secret(std::string(bytes_)); }

 private:
  void wipe() noexcept;
  std::string bytes_;
};

// Overwrites the bytes in a way that the optimiser keeps.
void wipe(std::string& bytes) noexcept;

// Takes as long wherever they differ: how far somebody guessed right does not show.
bool same_bytes(std::string_view one, std::string_view other) noexcept;

}  // namespace clawback
