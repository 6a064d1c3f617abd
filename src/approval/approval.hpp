#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "approval/registry.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "base/time.hpp"
#include "domain/finding.hpp"
#include "plan/plan.hpp"
#include "policy/policy.hpp"

// Who said yes or no to exactly which plan. An approval is a DSSE envelope (payload type
// application/vnd.clawback.approval.v1+json) over canonical JSON. Each of its signatures is one of
// two kinds: Ed25519 over the pre-authentication encoding (PAE), or an Entra ID token whose nonce
// is base64url(SHA-256(PAE)), so that Entra itself signs it. Source of the envelope:
// github.com/secure-systems-lab/dsse, protocol.md.
namespace clawback::approval {

enum class Decision : std::uint8_t { approve, reject, ratify };

struct Statement {
  std::string plan_digest = {};
  std::string tenant = {};
  Decision decision = Decision::approve;
  std::string approver = {};  // the person's name in the registry
  std::string reason = {};
  Time issued = {};
  Time expires = {};
  std::string nonce = {};    // 1 to 128 characters; used once
  bool break_glass = false;  // of approve only
  friend bool operator==(const Statement&, const Statement&) = default;
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

// The nonce that somebody has to sign in with, so that Entra signs this statement.
std::string sign_in_nonce(const Statement& statement);
// The envelope over what Entra signed. Errc::approval unless `verify` would take it at `now`.
Result<std::string> seal_token(const Statement& statement, const Secret& id_token,
                               const Registry& registry, Time now);
// Tenants of registered approvers whose keys `verify` needs for these envelopes. Unchecked: what is
// no envelope is left out.
std::set<std::string> tenants_of(const std::vector<std::string>& envelopes,
                                 const Registry& registry);

// One envelope of the file, verified: every signature is by a key or an account of the person whom
// the statement names. Nothing of the payload is looked at before a signature holds. Errc::approval
// names what is wrong.
Result<Statement> verify(std::string_view envelope, const Registry& registry);

// A plan that may be sent. Only `approve` and `approve_by_policy` make one; it holds what it was
// judged on.
class ApprovedPlan {
 public:
  [[nodiscard]] const plan::Plan& plan() const { return plan_; }
  // One per person who counts. Of a policy: one, in the name of "policy", without a nonce.
  [[nodiscard]] const std::vector<Statement>& statements() const { return statements_; }
  // First moment at which the approvals no longer reach the quorum: asked again before every
  // action.
  [[nodiscard]] Time expires() const { return expires_; }
  // One person's yes in an emergency: it has to be ratified.
  [[nodiscard]] bool break_glass() const { return break_glass_; }

 private:
  friend Result<ApprovedPlan> approve(plan::Plan plan, const std::vector<std::string>& envelopes,
                                      const Registry& registry, std::int64_t quorum, Time now);
  friend Result<ApprovedPlan> approve_by_policy(plan::Plan plan, const policy::Policy& policy,
                                                domain::Mode ceiling, Time now);
  ApprovedPlan(plan::Plan plan, std::vector<Statement> statements, Time expires, bool break_glass);
  plan::Plan plan_;
  std::vector<Statement> statements_;
  Time expires_;
  bool break_glass_ = false;
};

// Pure. Errc::approval when one envelope is forged or unreadable (the position's line is then its
// number), anybody in the registry rejects
// this plan, or fewer than `quorum` different persons approve this digest and tenant with an
// approval that holds at `now`. Whoever asked for the plan or is affected by it does not count (see
// count.hpp). Statements on other plans are ignored. `quorum` is at least 1. Where the quorum is
// missed and somebody broke the glass, that one yes is enough for a plan of reversible containment;
// Errc::guard for any other. Errc::guard for a plan over its limits or for inspection only.
Result<ApprovedPlan> approve(plan::Plan plan, const std::vector<std::string>& envelopes,
                             const Registry& registry, std::int64_t quorum, Time now);

// Pure. For unattended runs: the policy is the approver. Errc::approval unless every action's rule,
// under the ceiling, is of mode auto, or of mode contain and the action is reversible containment
// (disable-app, block-app). Errc::guard for undo plans, plans for inspection only and plans over
// their limits; Errc::stale for an expired one.
Result<ApprovedPlan> approve_by_policy(plan::Plan plan, const policy::Policy& policy,
                                       domain::Mode ceiling, Time now);

}  // namespace clawback::approval
