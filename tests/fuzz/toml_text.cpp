#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "policy/policy.hpp"
#include "policy/toml.hpp"

// Any text is a policy, a catalog, or an error with a place; and a catalog is refused exactly when
// its check lists a problem.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace clawback;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const policy::File file{.path = "catalog.toml", .text = text};
  const policy::File later{.path = "later.toml", .text = text};
  const auto check = policy::check_catalog({file, later}, Time());
  if (check.problems.empty() != static_cast<bool>(policy::parse_catalog({file, later}))) {
    std::abort();
  }
  for (const Error& problem : check.problems) {
    if (!problem.position) std::abort();
  }
  policy::Files files;
  files.policy = {.path = "policy.toml", .text = text};
  files.rules = {{.path = "rules/one.toml", .text = text}};
  files.exceptions = policy::File{.path = "exceptions.toml", .text = text};
  (void)policy::parse(files);
  return 0;
}
