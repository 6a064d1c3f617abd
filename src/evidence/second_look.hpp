#pragma once

#include <boost/asio/awaitable.hpp>
#include <set>

#include "base/json.hpp"
#include "domain/snapshot.hpp"
#include "evidence/outcome.hpp"
#include "graph/client.hpp"

// What a plan needs and a scan does not: read after judging, only for whom it concerns.
namespace clawback::evidence {

namespace asio = boost::asio;

struct Wanted {
  std::set<domain::ServicePrincipalId> apps;  // who is assigned to them
  std::set<domain::UserId> mailboxes;         // their inbox rules
  std::set<domain::UserId> users;             // whether their account is enabled
  bool admin_consent_requests = false;        // the workflow for them
  bool conditional_access = false;            // the policies: one request a second
  [[nodiscard]] bool empty() const {
    return apps.empty() && mailboxes.empty() && users.empty() && !admin_consent_requests &&
           !conditional_access;
  }
  friend bool operator==(const Wanted&, const Wanted&) = default;
};

// Beyond these the rest is not asked for, and the source is partial.
struct LookLimits {
  std::size_t apps = 200;
  std::size_t users = 5000;
};

// Adds it to the snapshot, and to its coverage the sources that were asked for. What can't be read
// is left out there and its source says why; an Error only when signing in fails.
asio::awaitable<Result<void>> look_closer(graph::Reader& reader, domain::Snapshot& snapshot,
                                          Wanted wanted, LookLimits limits);

// Part of it: the tenant's own policies.
asio::awaitable<Outcome> look_at_admin_consent_requests(graph::Reader& reader,
                                                        domain::Snapshot& snapshot);
asio::awaitable<Outcome> look_at_conditional_access(graph::Reader& reader,
                                                    domain::Snapshot& snapshot);

// Its members of the evidence document: "appRoleAssignedTo" and "inboxRules" (files.hpp). Left out
// when nothing was asked for.
void print_second_look(json::object& document, const domain::Snapshot& snapshot);
Result<void> read_second_look(domain::Snapshot& to, const json::value& document);

}  // namespace clawback::evidence
