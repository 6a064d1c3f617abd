#pragma once

#include <string>
#include <string_view>

#include "base/secret.hpp"
#include "base/time.hpp"

namespace clawback::notify {

// HMAC-SHA256 in lower-case hex.
std::string hmac_sha256(const Secret& key, std::string_view bytes);

// "t=<unix seconds>,v1=<hex>": the HMAC of "<t>.<body>". A receiver computes it anew, compares in
// constant time, and refuses a `t` that is more than a few minutes away.
std::string signature_header(const Secret& key, Time time, std::string_view body);

}  // namespace clawback::notify
