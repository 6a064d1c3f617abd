#include <cstdint>
#include <string_view>

#include "policy/policy.hpp"
#include "policy/toml.hpp"

// Any text is a policy, a catalog, or an error with a place.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace clawback;
  const std::string text(reinterpret_cast<const char*>(data), size);
  (void)policy::parse_catalog({{.path = "catalog.toml", .text = text}});
  policy::Files files;
  files.policy = {.path = "policy.toml", .text = text};
  files.rules = {{.path = "rules/one.toml", .text = text}};
  files.exceptions = policy::File{.path = "exceptions.toml", .text = text};
  (void)policy::parse(files);
  return 0;
}
