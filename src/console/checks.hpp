#pragma once

#include <string>
#include <string_view>

#include "console/settings.hpp"
#include "http/tls_server.hpp"

// What every request is held to before its place sees it, and every answer. Pure.
namespace clawback::console {

// There is one Host header, and it is ours. Another site may point a name of its own at this
// address (DNS rebinding); the header gives it away.
bool is_to_us(const http::Headers& headers, const Settings& settings);
// The Host header is one that is ours, but not the one that sign-ins come back to.
bool is_other_name(const http::Headers& headers, const Settings& settings);

// A POST comes from a page of ours, as the browser says: Sec-Fetch-Site is same-origin where it is
// sent, Origin is ours where it is sent ("null", which a strict Referrer-Policy makes of it, only
// beside a Sec-Fetch-Site), and one of them is sent.
bool is_from_us(const http::Headers& headers, const Settings& settings);

// A page of another site has the browser ask, in the background or in a frame (Fetch Metadata,
// W3C): neither a page of ours nor a person who follows a link.
bool is_of_another_site(const http::Headers& headers);

// A form's token for who is not signed in: of the visitor cookie, with a key that only this process
// has.
std::string visitor_csrf(std::string_view key, std::string_view visitor);

// Adds what a browser is told with every answer; `caches`: it may keep this one.
void harden(http::Reply& reply, const Settings& settings, bool caches);

}  // namespace clawback::console
