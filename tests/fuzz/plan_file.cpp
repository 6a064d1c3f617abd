#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "plan/plan.hpp"

// A plan that is accepted prints the bytes that it was read from, up to white space and order.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace clawback;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto plan = plan::parse(text);
  if (!plan) return 0;
  const auto again = plan::parse(plan::to_text(*plan));
  if (!again || !(*again == *plan)) std::abort();
  return 0;
}
