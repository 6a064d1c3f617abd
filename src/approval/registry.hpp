#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <utility>
#include <vector>

// Whose signature counts, and what it is held to.
namespace clawback::approval {

// An account in Entra: ids decide, in lower case; both empty: none. Never a mail address or a name:
// those are reused and can be chosen.
struct Account {
  std::string tenant = {};
  std::string object = {};
  friend bool operator==(const Account&, const Account&) = default;
};

// One entry of a person who may approve. Several keys and accounts may belong to one person: `name`
// is what quorum counts.
struct Approver {
  std::string name = {};
  std::string ed25519 = {};  // 32 raw bytes; empty: none
  Account entra = {};
  std::string account = {};  // the person's login on this machine, for plan.requested_by and
                             // plan.requested_from; may be empty
};

// JWKS documents (RFC 7517) by tenant id: the keys that the tenant's issuer signs with. Several:
// the ones of today and those that were recorded when an approval was used.
using KeySets = std::map<std::string, std::vector<std::string>>;

// What Entra's ID tokens are held to.
struct Entra {
  std::string login = {};      // origin, "https://login.microsoftonline.com"
  std::string client_id = {};  // of the approvals app, lower case; empty: no sign-in here
  KeySets keys = {};
};

struct Registry {
  // A list of people is a registry in which nobody signs in with Entra.
  Registry(std::vector<Approver> list) : people(std::move(list)) {}
  Registry(std::initializer_list<Approver> list) : people(list) {}
  Registry(std::vector<Approver> list, Entra trusted)
      : people(std::move(list)), entra(std::move(trusted)) {}

  std::vector<Approver> people;
  Entra entra;
};

}  // namespace clawback::approval
