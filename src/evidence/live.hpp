#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "domain/snapshot.hpp"
#include "graph/client.hpp"

namespace clawback::evidence {

namespace asio = boost::asio;

struct LiveOptions {
  domain::TenantId tenant;
  std::string tenant_name;
  Time now;
  Duration since;  // how far back directoryAudits and signIns go
  // Called now and then with a source's name and the records read so far.
  std::function<void(std::string_view source, std::size_t records)> progress;
};

// Reads the tenant, independent collections in parallel. A source that can't be read (403, no
// licence) is recorded in coverage and the rest goes on. An Error only when nothing useful can be
// read: sign-in failed, or the service is not there.
asio::awaitable<Result<domain::Snapshot>> collect(graph::Reader& reader, LiveOptions options);

}  // namespace clawback::evidence
