#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "approval/id_token.hpp"

// A token, a line end, and the JWKS document it is checked with. Whoever does not hold the private
// half of a published key makes no ID token that counts, whatever the bytes: the only keys that the
// fuzzer can publish are its own, and it can't sign.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace clawback;
  const std::string tenant = "aaaabbbb-0000-cccc-1111-dddd2222eeee";
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view token = text.substr(0, end);
  const std::string jwks(text.substr(std::min(end + 1, text.size())));
  const approval::Registry registry(
      {{.name = "Dana",
        .entra = {.tenant = tenant, .object = "11111111-0000-4000-8000-000000000001"}}},
      {.login = "https://login.example",
       .client_id = "22222222-0000-4000-8000-000000000001",
       .keys = {{tenant, {jwks}}}});
  if (approval::check_id_token(token, registry, "nonce")) std::abort();
  const std::string claimed = approval::claimed_tenant(token);
  if (!claimed.empty() && claimed.size() != 36) std::abort();
  return 0;
}
