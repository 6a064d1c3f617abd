#pragma once

#include <functional>

#include "cli/config.hpp"
#include "graph/client.hpp"

namespace clawback::cli {

namespace asio = boost::asio;

enum class Role { read, write };

// Secrets are read here and live as long as the identity. Errc::invalid names what is missing.
Result<auth::Identity> load_identity(const Config& config, Role role,
                                     const Environment& environment);

// Connect, run `use` on a private loop, and close. The error is one of setting up; what `use` finds
// out is kept by whoever wrote it.
Result<void> with_reader(const Config& config, const Environment& environment,
                         const std::function<asio::awaitable<void>(graph::Reader&)>& use);
Result<void> with_writer(const Config& config, const Environment& environment,
                         const std::function<asio::awaitable<void>(graph::Writer&)>& use);
// Without an identity: for what anybody may read, and for sign-ins.
Result<void> with_transport(const Config& config,
                            const std::function<asio::awaitable<void>(http::Transport&)>& use);
// For `doctor`, which looks at the token too.
Result<void> with_tokens(
    const Config& config, Role role, const Environment& environment,
    const std::function<asio::awaitable<void>(auth::TokenSource&, graph::Reader&)>& use);

}  // namespace clawback::cli
