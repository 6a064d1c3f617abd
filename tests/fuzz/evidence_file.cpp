#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "evidence/files.hpp"

// Any bytes are read or refused; what is read can be written and read again without loss.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace clawback;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const evidence::FileOptions options{
      .tenant = domain::TenantId("t"), .tenant_name = "t", .now = Time{}};
  const auto read = evidence::read_bytes("input", bytes, options);
  if (!read) return 0;
  const json::value document = evidence::evidence_json(read->snapshot);
  if (pretty_json(document).empty()) std::abort();
  const auto again = evidence::parse_evidence(document, options);
  if (!again || !(evidence::evidence_json(*again) == document)) std::abort();
  return 0;
}
