#include "approval/approval.hpp"

#include <doctest/doctest.h>

#include <string_view>

using namespace clawback;
using namespace clawback::approval;

namespace {

const Time now = *parse_time("2026-11-23T10:00:00Z");

struct Person {
  std::string name;
  KeyPair key = *make_key(Secret());
  [[nodiscard]] Approver entry() const { return {.name = name, .ed25519 = key.public_key}; }
};

plan::Plan sealed_plan(std::string id = "p1") {
  plan::Plan plan;
  plan.id = std::move(id);
  plan.tenant = "t1";
  plan.expires = now + std::chrono::hours(24);
  plan::seal(plan);
  return plan;
}

Statement yes(const plan::Plan& plan, std::string who) {
  return {.plan_digest = plan.digest,
          .tenant = plan.tenant,
          .approver = std::move(who),
          .reason = "case 7",
          .issued = now,
          .expires = now + std::chrono::hours(4),
          .nonce = "n"};
}

std::string signed_by(const Person& person, const Statement& statement) {
  return *sign(statement, person.key.private_pem, Secret());
}

}  // namespace

TEST_CASE("approval: what reaches the quorum and what does not") {
  const Person dana{.name = "Dana"};
  const Person eli{.name = "Eli"};
  Person dana_again{.name = "Dana"};
  const Person stranger{.name = "Mallory"};
  const std::vector<Approver> registry = {dana.entry(), eli.entry(), dana_again.entry()};
  const plan::Plan plan = sealed_plan();
  const plan::Plan other = sealed_plan("p2");

  Statement expired = yes(plan, "Dana");
  expired.expires = now;
  Statement early = yes(plan, "Dana");
  early.issued = now + std::chrono::hours(1);
  Statement no = yes(plan, "Eli");
  no.decision = Decision::reject;
  Statement again = yes(plan, "Dana");
  again.nonce = "another";
  again.reason = "as I said";
  again.expires += std::chrono::hours(-1);
  Statement wrong_tenant = yes(plan, "Dana");
  wrong_tenant.tenant = "t2";
  std::string altered = signed_by(dana, yes(plan, "Dana"));
  altered[altered.find("\"payload\":\"") + 20] ^= 1;

  struct Case {
    std::string_view name;
    std::vector<std::string> envelopes;
    std::int64_t quorum;
    bool approved;
    std::string_view says;
  };
  const Case cases[] = {
      {"one yes for one", {signed_by(dana, yes(plan, "Dana"))}, 1, true, ""},
      {"none", {}, 1, false, "needs 1 approval, and 0 hold"},
      {"quorum zero is one", {}, 0, false, "needs 1 approval"},
      {"two persons for two",
       {signed_by(dana, yes(plan, "Dana")), signed_by(eli, yes(plan, "Eli"))},
       2,
       true,
       ""},
      {"one person with two keys",
       {signed_by(dana, yes(plan, "Dana")), signed_by(dana_again, yes(plan, "Dana"))},
       2,
       false,
       "needs 2 approvals, and 1 holds"},
      {"one person who says it twice",
       {signed_by(dana, yes(plan, "Dana")), signed_by(dana_again, again), signed_by(dana, again)},
       2,
       false,
       "needs 2 approvals, and 1 holds"},
      {"another plan", {signed_by(dana, yes(other, "Dana"))}, 1, false, "1 for another plan"},
      {"another tenant", {signed_by(dana, wrong_tenant)}, 1, false, "1 for another plan"},
      {"expired", {signed_by(dana, expired)}, 1, false, "1 expired or not valid yet"},
      {"not valid yet", {signed_by(dana, early)}, 1, false, "1 expired or not valid yet"},
      {"a stranger",
       {signed_by(stranger, yes(plan, "Mallory"))},
       1,
       false,
       "not by the key of a registered"},
      {"in another's name",
       {signed_by(eli, yes(plan, "Dana"))},
       1,
       false,
       "signed by Eli in the name of Dana"},
      {"altered", {altered}, 1, false, "altered"},
      {"nonsense", {"{}"}, 1, false, "envelope"},
      {"a no ends it",
       {signed_by(dana, yes(plan, "Dana")), signed_by(eli, no)},
       1,
       false,
       "rejected by Eli"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    const auto result = approve(plan, c.envelopes, registry, c.quorum, now);
    CHECK(static_cast<bool>(result) == c.approved);
    if (!result) {
      CHECK(result.error().code == Errc::approval);
      CHECK_MESSAGE(result.error().message.find(c.says) != std::string::npos,
                    result.error().message);
    }
  }
}

TEST_CASE("approval: it ends when the quorum is lost") {
  const Person dana{.name = "Dana"};
  const Person eli{.name = "Eli"};
  const plan::Plan plan = sealed_plan();
  Statement shorter = yes(plan, "Eli");
  shorter.expires = now + std::chrono::hours(1);
  const std::vector<std::string> both = {signed_by(dana, yes(plan, "Dana")),
                                         signed_by(eli, shorter)};
  const std::vector<Approver> registry = {dana.entry(), eli.entry()};
  CHECK(approve(plan, both, registry, 1, now)->expires() == now + std::chrono::hours(4));
  CHECK(approve(plan, both, registry, 2, now)->expires() == now + std::chrono::hours(1));
  // Of several of one person the longest counts, in whatever order they are.
  const std::string longer = signed_by(eli, yes(plan, "Eli"));
  for (const auto& three : {std::vector<std::string>{both[0], both[1], longer},
                            std::vector<std::string>{longer, both[1], both[0]}}) {
    CHECK(approve(plan, three, registry, 2, now)->expires() == now + std::chrono::hours(4));
  }
}

TEST_CASE("approval: it holds no longer than the plan allows, whatever it says") {
  const Person dana{.name = "Dana"};
  plan::Plan plan = sealed_plan();
  Statement forever = yes(plan, "Dana");
  forever.expires = now + std::chrono::hours(1000);
  CHECK(approve(plan, {signed_by(dana, forever)}, {dana.entry()}, 1, now)->expires() ==
        now + plan.approval_expires);
  plan.expires = now + std::chrono::hours(1);
  plan::seal(plan);
  forever.plan_digest = plan.digest;
  CHECK(approve(plan, {signed_by(dana, forever)}, {dana.entry()}, 1, now)->expires() ==
        plan.expires);
}

TEST_CASE("key: a passphrase protects the file") {
  const Secret passphrase(std::string("correct horse"));
  const auto key = make_key(passphrase);
  REQUIRE(key);
  CHECK(key->private_pem.reveal().starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
  CHECK(*public_key_of(key->private_pem, passphrase) == key->public_key);
  CHECK(public_key_of(key->private_pem, Secret(std::string("wrong"))).error().code ==
        Errc::approval);
  CHECK_FALSE(public_key_of(key->private_pem, Secret()));
  CHECK_FALSE(public_key_of(Secret(std::string("not a key")), passphrase));
}
