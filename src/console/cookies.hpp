#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "http/message.hpp"

// The console's two cookies. `__Host-`: of this host alone, over a channel that nobody else reads
// (browsers count http://localhost among those).
namespace clawback::console {

// Who is signed in. SameSite=Strict: no request that another site makes carries it.
inline constexpr std::string_view session_cookie = "__Host-clawback";
// Which browser began a sign-in. It gives access to nothing. SameSite=Lax: the way back from Entra
// is a navigation from another site, and has to carry it.
inline constexpr std::string_view visitor_cookie = "__Host-clawback-visitor";

// Pure. The value; nullopt if it is not there, there twice, or nothing that we could have set.
std::optional<std::string> cookie(const http::Headers& headers, std::string_view name);

enum class SameSite : bool { strict, lax };
// Pure. The header Set-Cookie.
http::Header set_cookie(std::string_view name, std::string_view value, SameSite same_site,
                        Duration life);
http::Header drop_cookie(std::string_view name, SameSite same_site);

// 256 random bits, base64url.
std::string new_id();

}  // namespace clawback::console
