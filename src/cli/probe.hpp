#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/token.hpp"
#include "domain/snapshot.hpp"
#include "graph/client.hpp"
#include "policy/policy.hpp"

// The smallest read of each source, to learn whether it can be read at all.
namespace clawback::cli {

namespace asio = boost::asio;

struct Probe {
  std::string source;
  std::string permission;      // the one to ask an administrator for
  std::optional<Error> error;  // why it can't be read
};

// Sign-in alone: an error here is all that there is to say.
asio::awaitable<Result<std::vector<std::string>>> roles_of(auth::TokenSource& tokens);
asio::awaitable<std::vector<Probe>> probe_sources(graph::Reader& reader);

domain::Coverage coverage_of(const std::vector<Probe>& probes);

// Operations of the actions that this policy asks for, and of their undo, whose permission `roles`
// does not give.
struct Lacking {
  std::string operation;
  std::string permission;
};
// The same of what `plan` reads besides a scan, for the identity that reads.
std::vector<Lacking> lacking_for_second_look(const std::vector<std::string>& roles,
                                             const policy::Policy& policy);
std::vector<Lacking> lacking_for_writes(const std::vector<std::string>& roles,
                                        const policy::Policy& policy);

}  // namespace clawback::cli
