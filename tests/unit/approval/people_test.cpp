#include <doctest/doctest.h>

#include <string_view>

#include "approval/approval.hpp"
#include "approval/break_glass.hpp"
#include "approval/count.hpp"
#include "entra.hpp"

using namespace clawback;
using namespace clawback::approval;
using namespace clawback::approval::test;
using domain::ActionKind;
using domain::Mode;
using std::chrono::hours;

namespace {

const Time now = *parse_time("2026-11-23T10:00:00Z");

struct Keys {
  KeyPair dana = *make_key(Secret());
  KeyPair eli = *make_key(Secret());
  KeyPair fay = *make_key(Secret());
};
const Keys& keys() {
  static const Keys made;
  return made;
}

Registry registry() {
  return {{{.name = "Dana", .ed25519 = keys().dana.public_key, .account = "dana"},
           {.name = "Dana", .entra = {.tenant = tenant, .object = dana}},
           {.name = "Eli",
            .ed25519 = keys().eli.public_key,
            .entra = {.tenant = tenant, .object = eli}},
           {.name = "Fay", .ed25519 = keys().fay.public_key}},
          trusted()};
}

plan::Action action(ActionKind kind, const std::string& rule = "r1") {
  return {.id = "a1",
          .kind = kind,
          .target = {.kind = "servicePrincipal", .id = "sp1", .app_id = "app1"},
          .because = {.finding = "f", .rule = rule, .signals = {}}};
}

plan::Plan plan_of(std::vector<plan::Action> actions = {action(ActionKind::disable_app)}) {
  plan::Plan plan;
  plan.id = "p1";
  plan.tenant = tenant;
  plan.expires = now + hours(24);
  plan.policy = "sha256:policy";
  plan.actions = std::move(actions);
  plan.digest = "sha256:plan";
  return plan;
}

Statement statement(const plan::Plan& plan, const std::string& who,
                    Decision decision = Decision::approve) {
  return {.plan_digest = plan.digest,
          .tenant = plan.tenant,
          .decision = decision,
          .approver = who,
          .reason = "case 7",
          .issued = now,
          .expires = now + hours(4),
          .nonce = "nonce-of-" + who};
}

const Secret& key_of(const std::string& who) {
  if (who == "Dana") return keys().dana.private_pem;
  return who == "Eli" ? keys().eli.private_pem : keys().fay.private_pem;
}

std::string by_key(const Statement& said) { return *sign(said, key_of(said.approver), Secret()); }

std::string yes(const plan::Plan& plan, const std::string& who) {
  return by_key(statement(plan, who));
}
std::string alone(const plan::Plan& plan, const std::string& who) {
  Statement said = statement(plan, who);
  said.break_glass = true;
  return by_key(said);
}

Result<std::string> by_entra(const Statement& said, const std::string& object, Time signed_in) {
  const Secret token(issuer().token(Issuer::claims(sign_in_nonce(said), signed_in, object)));
  return seal_token(said, token, registry(), signed_in);
}

std::string message_of(const Result<ApprovedPlan>& result) {
  return result ? "approved" : result.error().message;
}

bool says(const std::string& message, std::string_view words) {
  return message.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("entra: a sign-in that carries the statement's digest approves like a key") {
  const plan::Plan plan = plan_of();
  const auto dana_says = by_entra(statement(plan, "Dana"), dana, now + std::chrono::minutes(2));
  REQUIRE_MESSAGE(dana_says, dana_says.error().message);
  CHECK(verify(*dana_says, registry())->approver == "Dana");
  CHECK(tenants_of({*dana_says, "{}", yes(plan, "Eli")}, registry()) ==
        std::set<std::string>{tenant});
  const auto both = approve(plan, {*dana_says, yes(plan, "Eli")}, registry(), 2, now);
  REQUIRE_MESSAGE(both, both.error().message);
  CHECK_FALSE(both->break_glass());
  CHECK(both->statements().size() == 2);
}

TEST_CASE("entra: what is not this person's sign-in for this statement is refused") {
  const plan::Plan plan = plan_of();
  const Statement said = statement(plan, "Dana");
  CHECK(says(by_entra(said, eli, now).error().message, "signed by Eli in the name of Dana"));
  CHECK(says(by_entra(said, "99999999-0000-4000-8000-000000000009", now).error().message,
             "not a registered approver's"));
  CHECK(says(by_entra(said, dana, now + std::chrono::minutes(11)).error().message,
             "not when the approval was signed"));
  // The token of one approval, put under another.
  Statement other = said;
  other.reason = "another";
  const Secret token(issuer().token(Issuer::claims(sign_in_nonce(said), now)));
  CHECK(says(seal_token(other, token, registry(), now).error().message, "nonce"));
  // Long after the token has ended, the approval it made is still the one that was signed.
  const auto sealed = by_entra(said, dana, now);
  REQUIRE(sealed);
  CHECK(approve(plan, {*sealed}, registry(), 1, now + hours(3)));
  // Without the tenant's keys it is never taken on trust.
  Registry without = registry();
  without.entra.keys.clear();
  CHECK(says(message_of(approve(plan, {*sealed}, without, 1, now)), "not at hand"));
}

TEST_CASE("entra: the token was made when the statement was, for whoever checks it") {
  const plan::Plan plan = plan_of();
  const Statement said = statement(plan, "Dana");
  const auto token = [&](Duration late) {
    return issuer().token(Issuer::claims(sign_in_nonce(said), now + late));
  };
  const auto sealed = [&](Duration late) {
    json::value out = *parse_json(*by_entra(said, dana, now));
    out.at("signatures").as_array().front().as_object()["sig"] = base64(token(late));
    return canonical_json(out);
  };
  CHECK(verify(sealed(std::chrono::minutes(9)), registry()));
  for (const Duration late : {Duration(std::chrono::minutes(11)), Duration(-hours(1))}) {
    const auto refused = verify(sealed(late), registry());
    REQUIRE_FALSE(refused);
    CHECK(says(refused.error().message, "not when the approval was signed"));
  }
  // Nor does clawback seal one that this machine's clock does not bear out.
  const Secret good(token({}));
  CHECK(seal_token(said, good, registry(), now + std::chrono::minutes(9)));
  CHECK_FALSE(seal_token(said, good, registry(), now + std::chrono::minutes(11)));
}

TEST_CASE("entra: an object id is of its tenant") {
  const plan::Plan plan = plan_of();
  const std::string elsewhere = "99999999-0000-4000-8000-000000000009";
  Registry two = registry();
  two.people.insert(two.people.begin(),
                    {.name = "Mallory", .entra = {.tenant = elsewhere, .object = dana}});
  const auto sealed = by_entra(statement(plan, "Dana"), dana, now);
  REQUIRE(sealed);
  const auto signer = verify(*sealed, two);
  REQUIRE_MESSAGE(signer, signer.error().message);
  CHECK(signer->approver == "Dana");
}

TEST_CASE("envelope: every signature of it must hold and be the same person's") {
  const plan::Plan plan = plan_of();
  const Statement said = statement(plan, "Dana");
  const auto first = parse_json(by_key(said));
  const auto sealed = by_entra(said, dana, now);
  REQUIRE(sealed);
  const auto second = parse_json(*sealed);
  const auto joined = [](json::value envelope, const json::value& more) {
    envelope.at("signatures").as_array().push_back(more.at("signatures").as_array().front());
    return canonical_json(envelope);
  };
  const std::string both = joined(*first, *second);
  CHECK(verify(both, registry()));
  // Two signatures of one person are one person.
  CHECK(says(message_of(approve(plan, {both, *sealed}, registry(), 2, now)), "and 1 holds"));
  const auto foreign = parse_json(*sign(said, keys().eli.private_pem, Secret()));
  CHECK(says(verify(joined(*first, *foreign), registry()).error().message, "in the name of"));
  json::value odd = *first;
  odd.at("signatures").as_array().front().as_object()["kind"] = "webauthn";
  CHECK(says(verify(canonical_json(odd), registry()).error().message, "unknown kind"));
  odd.at("signatures").as_array().clear();
  CHECK_FALSE(verify(canonical_json(odd), registry()));
}

TEST_CASE("quorum: who asked for the plan and whom it affects do not count, and it says so") {
  plan::Plan plan = plan_of();
  const std::vector<std::string> both = {yes(plan, "Dana"), yes(plan, "Eli")};
  const auto refused = [&](const plan::Plan& changed) {
    return message_of(approve(changed, both, registry(), 2, now));
  };
  CHECK(refused(plan) == "approved");

  plan::Plan asked = plan;
  asked.requested_by = "Eli";
  CHECK(says(refused(asked), "Eli is not counted: Eli asked for this plan"));
  asked.requested_by = "local:dana";
  CHECK(says(refused(asked), "Dana is not counted"));
  const auto by_others = [&] {
    return approve(asked, {yes(asked, "Eli"), yes(asked, "Fay")}, registry(), 2, now);
  };
  CHECK(message_of(by_others()) == "approved");
  asked.requested_by = "local:root";
  CHECK(refused(asked) == "approved");
  // An empty login matches nobody who has none.
  asked.requested_by = "local:";
  CHECK(refused(asked) == "approved");
  // Who lets somebody else ask has asked too.
  asked.requested_by = "Eli";
  asked.requested_from = "local:dana";
  CHECK(says(refused(asked), "Dana is not counted: Dana asked for this plan"));
  CHECK(says(refused(asked), "Eli is not counted: Eli asked for this plan"));

  plan::Plan hit = plan;
  hit.affected = {"11111111-0000-4000-8000-000000000002"};
  CHECK(says(refused(hit), "Eli is not counted: Eli is affected by this plan"));
  hit.affected = {"AAAAAAAA-0000-4000-8000-000000000002"};
  CHECK(refused(hit) == "approved");
  // Dana's account is in her second entry, and ids are the same in any case of letters.
  hit.affected = {"22222222-ABCD-4000-8000-00000000000D"};
  Registry mixed = registry();
  mixed.people[1].entra.object = "22222222-abcd-4000-8000-00000000000d";
  CHECK(says(message_of(approve(hit, both, mixed, 2, now)), "Dana is affected"));

  plan::Plan users = plan;
  users.actions.push_back(action(ActionKind::revoke_sessions));
  users.actions.back().target = {.kind = "user", .id = dana};
  CHECK(says(refused(users), "Dana is affected"));
  // The same object id in another tenant is somebody else.
  Registry elsewhere = registry();
  for (Approver& one : elsewhere.people) one.entra.tenant = "99999999-0000-4000-8000-000000000009";
  CHECK(message_of(approve(users, both, elsewhere, 2, now)) == "approved");
}

TEST_CASE("quorum: anybody's no is final, also of who does not count") {
  plan::Plan plan = plan_of();
  plan.requested_by = "Eli";
  const std::vector<std::string> envelopes = {yes(plan, "Dana"), yes(plan, "Fay"),
                                              by_key(statement(plan, "Eli", Decision::reject))};
  CHECK(says(message_of(approve(plan, envelopes, registry(), 2, now)), "rejected by Eli"));
  // A ratification approves no plan.
  CHECK_FALSE(
      approve(plan, {by_key(statement(plan, "Dana", Decision::ratify))}, registry(), 1, now));
}

TEST_CASE("quorum: nobody approves a plan over its limits or for inspection only") {
  plan::Plan over = plan_of();
  over.breaches = {{.limit = "max_apps", .allowed = 0, .planned = 1}};
  CHECK(approve(over, {yes(over, "Dana")}, registry(), 1, now).error().code == Errc::guard);
  plan::Plan inspect = plan_of();
  inspect.inspect_only = {"signIns could not be read"};
  const auto refused = approve(inspect, {yes(inspect, "Dana")}, registry(), 1, now);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::guard);
  CHECK(says(refused.error().message, "inspection only"));
}

TEST_CASE("statement: a nonce is needed, and only a yes breaks the glass") {
  const plan::Plan plan = plan_of();
  Statement said = statement(plan, "Dana");
  said.nonce.clear();
  CHECK(says(verify(by_key(said), registry()).error().message, "nonce"));
  said.nonce = std::string(129, 'x');
  CHECK_FALSE(verify(by_key(said), registry()));
  said.nonce = "a b";
  CHECK_FALSE(verify(by_key(said), registry()));
  said = statement(plan, "Dana", Decision::reject);
  said.break_glass = true;
  CHECK(says(verify(by_key(said), registry()).error().message, "break the glass"));
}

TEST_CASE("break-glass: one person is enough for reversible containment and nothing else") {
  const plan::Plan contain =
      plan_of({action(ActionKind::disable_app), action(ActionKind::block_app),
               action(ActionKind::disable_user)});
  const auto broken = approve(contain, {alone(contain, "Dana")}, registry(), 2, now);
  REQUIRE_MESSAGE(broken, broken.error().message);
  CHECK(broken->break_glass());
  CHECK(broken->statements().front().approver == "Dana");
  // With the quorum it is an ordinary approval.
  CHECK_FALSE(approve(contain, {alone(contain, "Dana"), yes(contain, "Eli")}, registry(), 2, now)
                  ->break_glass());
  for (const ActionKind kind : {ActionKind::revoke_grant, ActionKind::revoke_sessions,
                                ActionKind::enable_app, ActionKind::restrict_consent}) {
    const plan::Plan more = plan_of({action(ActionKind::disable_app), action(kind)});
    const auto refused = approve(more, {alone(more, "Dana")}, registry(), 2, now);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Errc::guard);
    CHECK(says(refused.error().message, "reversible containment only"));
  }
  plan::Plan undo = plan_of();
  undo.undo_of = "run";
  CHECK(approve(undo, {alone(undo, "Dana")}, registry(), 2, now).error().code == Errc::guard);
  // Whoever asked for the plan may break the glass; whom it affects may not; a no still ends it.
  plan::Plan asked = contain;
  asked.requested_by = "Dana";
  CHECK(approve(asked, {alone(asked, "Dana")}, registry(), 2, now));
  plan::Plan hit = contain;
  hit.affected = {dana};
  CHECK(approve(hit, {alone(hit, "Dana")}, registry(), 2, now).error().code == Errc::approval);
  CHECK_FALSE(approve(contain,
                      {alone(contain, "Dana"), by_key(statement(contain, "Eli", Decision::reject))},
                      registry(), 2, now));
  CHECK_FALSE(approve(contain, {alone(contain, "Dana")}, registry(), 2, now + hours(5)));
}

TEST_CASE("break-glass: for a block as the planner plans it") {
  policy::Policy policy;
  policy.block = {domain::AppId("ff8d92dc-3d82-41d6-bcbd-b9174d163620")};
  policy.max_apps = policy.max_users = policy.max_actions = 10;
  domain::Snapshot seen;
  seen.tenant = domain::TenantId(std::string(tenant));
  domain::record(seen.coverage, {.name = std::string(domain::source::service_principals),
                                 .state = domain::SourceState::read});
  detect::Judgement judgement;
  judgement.coverage = seen.coverage;
  const plan::Plan block =
      plan::build(seen, judgement, policy, {.now = now, .id = "p", .tool = "t"});
  REQUIRE(block.actions.size() == 2);
  const auto broken = approve(block, {alone(block, "Dana")}, registry(), 2, now);
  CHECK(message_of(broken) == "approved");
}

TEST_CASE("break-glass: so many in 24 hours") {
  CHECK(check_break_glass_limit(0, 1));
  CHECK(check_break_glass_limit(1, 1).error().code == Errc::guard);
  CHECK(says(check_break_glass_limit(0, 0).error().message, "does not allow"));
}

TEST_CASE("ratification: by the quorum's other persons, within 24 hours") {
  using State = RatificationState;
  const plan::Plan plan = plan_of();
  const std::string broken = alone(plan, "Dana");
  const BrokenGlass glass{.by = "Dana", .at = now};
  const auto ratify = [&](const std::string& who) {
    return by_key(statement(plan, who, Decision::ratify));
  };
  const auto stands = [&](const plan::Plan& of, const std::vector<std::string>& ratifications,
                          std::int64_t quorum = 2, Time when = now + hours(1)) {
    return ratification_of(of, glass, {broken}, ratifications, registry(), quorum, when);
  };
  CHECK(stands(plan, {}).state == State::waiting);
  CHECK(stands(plan, {}).until == now + hours(24));
  CHECK(stands(plan, {}).missing == 1);
  CHECK(stands(plan, {}, 2, now + hours(24)).state == State::overdue);
  CHECK(stands(plan, {}, 1).missing == 1);
  CHECK(stands(plan, {ratify("Eli")}).state == State::ratified);
  CHECK(stands(plan, {ratify("Eli")}).by == std::vector<std::string>{"Eli"});
  CHECK(stands(plan, {ratify("Eli")}, 3).missing == 1);
  CHECK(stands(plan, {ratify("Eli"), ratify("Fay")}, 3).state == State::ratified);
  // Who broke the glass, an approval instead of a ratification, and a forged one do not count.
  CHECK(stands(plan, {ratify("Dana")}).state == State::waiting);
  CHECK(stands(plan, {ratify("Dana")}, 1).state == State::waiting);
  CHECK(stands(plan, {yes(plan, "Eli")}).state == State::waiting);
  CHECK(stands(plan, {"{}"}).state == State::waiting);
  plan::Plan other = plan_of();
  other.digest = "sha256:other";
  CHECK(stands(plan, {by_key(statement(other, "Eli", Decision::ratify))}).state == State::waiting);
  other = plan_of();
  other.tenant = "99999999-0000-4000-8000-000000000009";
  CHECK(stands(plan, {by_key(statement(other, "Eli", Decision::ratify))}).state == State::waiting);
  // Whom the plan affects ratifies nothing.
  plan::Plan hit = plan;
  hit.affected = {eli};
  CHECK(stands(hit, {ratify("Eli")}).state == State::waiting);
  CHECK(stands(hit, {ratify("Fay")}).state == State::ratified);
  // Who asked for the plan is not part of the quorum: then two others are needed.
  plan::Plan asked = plan;
  asked.requested_by = "Dana";
  CHECK(stands(asked, {ratify("Eli")}).missing == 1);
  CHECK(stands(asked, {ratify("Eli"), ratify("Fay")}).state == State::ratified);
}

TEST_CASE("ratification: what the journal says about the run is what counts") {
  const plan::Plan plan = plan_of();
  const auto stands = [&](const BrokenGlass& broken, const std::vector<std::string>& approvals,
                          const Registry& people, std::int64_t quorum = 2) {
    return ratification_of(plan, broken, approvals, {}, people, quorum, now + hours(30));
  };
  // Resumed by break-glass: the envelope came later and is not among the run's.
  CHECK(stands({.by = "Dana", .at = now}, {}, registry()).state == RatificationState::overdue);
  CHECK(stands({.by = "Dana", .at = now}, {}, registry()).broken_by == "Dana");
  // Two others had said yes, which was enough when it was signed and had ended when it was used.
  const std::vector<std::string> all = {alone(plan, "Dana"), yes(plan, "Eli")};
  const BrokenGlass later{.by = "Dana", .at = now + hours(4)};
  CHECK(stands(later, all, registry()).missing == 1);
  CHECK(stands(later, all, registry()).until == now + hours(28));
  CHECK(stands(later, all, registry(), 3).missing == 2);
  CHECK(stands({.by = "Dana", .at = now}, all, registry(), 3).missing == 1);
  // However long a yes says that it holds: it holds as long as the plan lets it.
  Statement forever = statement(plan, "Eli");
  forever.expires = now + hours(20);
  CHECK(stands(later, {by_key(forever)}, registry(), 3).missing == 2);
  // Whoever broke the glass was removed since.
  Registry without = registry();
  std::erase_if(without.people, [](const Approver& one) { return one.name == "Dana"; });
  CHECK(stands({.by = "Dana", .at = now}, all, without).state == RatificationState::overdue);
}

TEST_CASE("policy: approves what its rules may do without a person, and nothing else") {
  policy::Policy policy;
  policy.id = "p";
  policy.digest = "sha256:policy";
  const auto with = [&](Mode mode) {
    policy.rules = {{.id = "r1", .mode = mode}};
    return policy;
  };
  struct Case {
    std::string_view name;
    Mode mode;
    Mode ceiling;
    ActionKind kind;
    bool approved;
  };
  const Case cases[] = {
      {"auto sends all", Mode::automatic, Mode::automatic, ActionKind::revoke_grant, true},
      {"the ceiling holds it back", Mode::automatic, Mode::contain, ActionKind::revoke_grant,
       false},
      {"contain contains", Mode::contain, Mode::automatic, ActionKind::disable_app, true},
      {"contain blocks", Mode::contain, Mode::contain, ActionKind::block_app, true},
      {"contain disables no user", Mode::contain, Mode::contain, ActionKind::disable_user, false},
      {"contain revokes nothing", Mode::contain, Mode::contain, ActionKind::revoke_sessions, false},
      {"approve waits", Mode::approve, Mode::automatic, ActionKind::disable_app, false},
      {"the ceiling waits", Mode::automatic, Mode::approve, ActionKind::disable_app, false},
      {"an inverse", Mode::automatic, Mode::automatic, ActionKind::enable_app, false},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    const auto result = approve_by_policy(plan_of({action(c.kind)}), with(c.mode), c.ceiling, now);
    CHECK(static_cast<bool>(result) == c.approved);
    if (result) {
      CHECK(result->statements().front().approver == "policy");
      CHECK(result->statements().front().nonce.empty());
      CHECK(result->expires() == now + hours(24));
    } else {
      CHECK(result.error().code == Errc::approval);
    }
  }
  const policy::Policy full = with(Mode::automatic);
  const auto code = [&](const plan::Plan& plan) {
    const auto result = approve_by_policy(plan, full, Mode::automatic, now);
    return result ? Errc::internal : result.error().code;
  };
  CHECK(code(plan_of({action(ActionKind::disable_app, "unknown")})) == Errc::approval);
  CHECK(code(plan_of({})) == Errc::approval);
  plan::Plan changed = plan_of();
  changed.undo_of = "run";
  CHECK(code(changed) == Errc::guard);
  changed = plan_of();
  changed.inspect_only = {"x"};
  CHECK(code(changed) == Errc::guard);
  changed = plan_of();
  changed.breaches = {{.limit = "max_apps", .allowed = 0, .planned = 1}};
  CHECK(code(changed) == Errc::guard);
  changed = plan_of();
  changed.policy = "sha256:other";
  CHECK(code(changed) == Errc::stale);
  changed = plan_of();
  changed.expires = now;
  CHECK(code(changed) == Errc::stale);
}

TEST_CASE("policy: what the evidence of the case supports holds its rule back, and no other case") {
  policy::Policy policy;
  policy.id = "p";
  policy.digest = "sha256:policy";
  policy.rules = {{.id = "r1", .mode = Mode::automatic}, {.id = "r2", .mode = Mode::automatic}};
  const auto with = [&](const std::string& finding, const std::string& rule, Mode mode) {
    plan::Plan plan = plan_of({action(ActionKind::revoke_grant)});
    plan.cases = {{.finding = finding, .rule = rule, .mode = mode, .why = {}, .reasons = {}}};
    return message_of(approve_by_policy(plan, policy, Mode::automatic, now));
  };
  CHECK(with("f", "r1", Mode::automatic) == "approved");
  CHECK(says(with("f", "r1", Mode::approve), "rule r1 is of mode approve here"));
  CHECK(says(with("f", "r1", Mode::contain), "waits for people"));
  CHECK(with("another", "r1", Mode::approve) == "approved");
  CHECK(with("f", "r2", Mode::approve) == "approved");
}
