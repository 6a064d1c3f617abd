#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace clawback::graph {

// What the beginning of a page says of the next page.
struct EarlyLink {
  enum class State : std::uint8_t {
    more,    // not decided yet: more bytes are needed
    found,   // `link` is the page's "@odata.nextLink"
    hidden,  // not before "value", or not what we can read here: the parsed page will tell
  };
  State state = State::more;
  std::string link;
};

// Looks only at members of the outermost object that come before "value", and at no more than the
// first 64 KiB. It never judges a page: whatever is odd is `hidden`.
EarlyLink find_next_link(std::string_view body_so_far);

// The path and query of a link, if it leads to this Graph (scheme, host, port) and stays below the
// version of the page before. Errc::protocol otherwise: a token must not be sent there.
Result<std::string> own_target(const http::Origin& graph, std::string_view link,
                               std::string_view version = "/v1.0/");

}  // namespace clawback::graph
