#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/json.hpp"
#include "base/safe_text.hpp"

// What is printable is valid UTF-8 without controls, and stays as it is when it is made printable
// again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace clawback;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string shown = printable(text, size);
  if (valid_utf8(shown) != shown || printable(shown, shown.size()) != shown) std::abort();
  for (const char c : shown) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) std::abort();
  }
  const std::string html = html_escape(text);
  if (html.find_first_of("<>\"'") != std::string::npos) std::abort();
  const auto value = parse_json(text);
  if (value && !parse_json(compact_json(*value))) std::abort();
  return 0;
}
