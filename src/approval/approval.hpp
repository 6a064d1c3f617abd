#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "base/time.hpp"
#include "plan/plan.hpp"

// Who said yes or no to exactly which plan. An approval is a DSSE envelope (payload type
// application/vnd.clawback.approval.v1+json) over canonical JSON, signed with Ed25519.
// Source of the envelope: github.com/secure-systems-lab/dsse, protocol.md.
namespace clawback::approval {

enum class Decision : std::uint8_t { approve, reject };

struct Statement {
  std::string plan_digest;
  std::string tenant;
  Decision decision = Decision::approve;
  std::string approver;  // the person's name in the registry
  std::string reason;
  Time issued;
  Time expires;
  std::string nonce;
  friend bool operator==(const Statement&, const Statement&) = default;
};

// A person who may approve. Several keys may belong to one person: `name` is what quorum counts.
struct Approver {
  std::string name;
  std::string ed25519;  // 32 raw bytes
};

struct KeyPair {
  Secret private_pem;      // PKCS#8; encrypted with the passphrase if there is one
  std::string public_key;  // 32 raw bytes
};

// A new Ed25519 key. An empty passphrase leaves the file unprotected.
Result<KeyPair> make_key(const Secret& passphrase);

// Signs with the key in `private_pem`. Errc::approval if the passphrase does not open it. Returns
// one line of JSON: the envelope.
Result<std::string> sign(const Statement& statement, const Secret& private_pem,
                         const Secret& passphrase);
// The public half, to find out whose key it is before signing.
Result<std::string> public_key_of(const Secret& private_pem, const Secret& passphrase);

// One envelope of the file, verified: signature by a registered key, type, members. Nothing of the
// payload is looked at before the signature holds. Errc::approval names what is wrong.
Result<Statement> verify(std::string_view envelope, const std::vector<Approver>& registry);

// A plan that may be sent. Only `approve` makes one; it holds what it was judged on.
class ApprovedPlan {
 public:
  [[nodiscard]] const plan::Plan& plan() const { return plan_; }
  [[nodiscard]] const std::vector<Statement>& statements() const { return statements_; }
  // First moment at which the approvals no longer reach the quorum: asked again before every
  // action.
  [[nodiscard]] Time expires() const { return expires_; }

 private:
  friend Result<ApprovedPlan> approve(plan::Plan plan, const std::vector<std::string>& envelopes,
                                      const std::vector<Approver>& registry, std::int64_t quorum,
                                      Time now);
  ApprovedPlan(plan::Plan plan, std::vector<Statement> statements, Time expires);
  plan::Plan plan_;
  std::vector<Statement> statements_;
  Time expires_;
};

// Pure. Errc::approval when one envelope is forged or unreadable, one valid statement on this plan
// rejects, or fewer than `quorum` different persons approve this digest and tenant with an approval
// that holds at `now`. Statements on other plans are ignored. `quorum` is at least 1.
Result<ApprovedPlan> approve(plan::Plan plan, const std::vector<std::string>& envelopes,
                             const std::vector<Approver>& registry, std::int64_t quorum, Time now);

}  // namespace clawback::approval
