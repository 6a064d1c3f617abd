#include "remediate/next_move.hpp"

#include <doctest/doctest.h>

#include <string_view>

using namespace clawback;
using namespace clawback::remediate;
using journal::Phase;
using plan::Seen;

TEST_CASE("next move: a first run and a recovery ask the same question") {
  struct Case {
    std::string_view name;
    Phase phase;
    Seen seen;
    bool settled;
    Move move;
  };
  const Case cases[] = {
      {"as planned", Phase::waiting, Seen::as_planned, false, Move::send},
      {"somebody was faster", Phase::waiting, Seen::already_done, false, Move::finish},
      {"changed since the plan", Phase::waiting, Seen::drifted, false, Move::skip},
      {"may have been sent, does not show", Phase::intended, Seen::as_planned, false,
       Move::read_again},
      {"may have been sent, never shows", Phase::intended, Seen::as_planned, true, Move::send},
      {"was sent before the crash", Phase::intended, Seen::already_done, false, Move::finish},
      {"sent, then consented again, wider", Phase::intended, Seen::drifted, true, Move::skip},
      {"acknowledged is never repeated", Phase::acknowledged, Seen::as_planned, false,
       Move::read_again},
      {"acknowledged and late", Phase::acknowledged, Seen::as_planned, true, Move::give_up},
      {"acknowledged and changed", Phase::acknowledged, Seen::drifted, true, Move::give_up},
      {"refused before, tried again", Phase::failed, Seen::as_planned, false, Move::send},
      {"late effect found on resume", Phase::unverified, Seen::already_done, false, Move::finish},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    CHECK(next_move(c.phase, c.seen, c.settled) == c.move);
  }
}

namespace {

json::value grant(std::initializer_list<std::string_view> scopes,
                  std::string_view principal = "ada") {
  json::array list;
  for (const std::string_view scope : scopes) list.emplace_back(scope);
  return json::object{{"id", "g1"},
                      {"clientId", "sp"},
                      {"resourceId", "graph"},
                      {"consentType", "Principal"},
                      {"principalId", principal},
                      {"scopes", list}};
}

}  // namespace

TEST_CASE("see: a grant that grew since the plan is drift, one that shrank is not") {
  plan::Action action;
  action.kind = domain::ActionKind::revoke_grant;
  action.precondition.before = grant({"Mail.Read", "User.Read"});
  action.postcondition.after = nullptr;
  struct Case {
    std::string_view name;
    json::value now;
    Seen seen;
  };
  const Case cases[] = {
      {"same", grant({"Mail.Read", "User.Read"}), Seen::as_planned},
      {"narrower", grant({"User.Read"}), Seen::as_planned},
      {"wider", grant({"Mail.Read", "Mail.Send", "User.Read"}), Seen::drifted},
      {"other scopes", grant({"Mail.Send"}), Seen::drifted},
      {"other principal under the same id", grant({"Mail.Read"}, "bob"), Seen::drifted},
      {"gone", nullptr, Seen::already_done},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    CHECK(see(action, c.now, nullptr) == c.seen);
  }
}

TEST_CASE("see: sessions are revoked when their date moved since the request") {
  plan::Action action;
  action.kind = domain::ActionKind::revoke_sessions;
  action.precondition.before = json::object{{"id", "ada"}};
  const json::value old_date =
      json::object{{"id", "ada"}, {"sessionsValidFrom", "2026-01-01T00:00:00Z"}};
  const json::value new_date =
      json::object{{"id", "ada"}, {"sessionsValidFrom", "2026-11-23T00:00:00Z"}};
  const json::value no_date = json::object{{"id", "ada"}, {"sessionsValidFrom", nullptr}};
  CHECK(see(action, old_date, nullptr) == Seen::as_planned);
  CHECK(see(action, old_date, old_date) == Seen::as_planned);
  CHECK(see(action, new_date, old_date) == Seen::already_done);
  CHECK(see(action, new_date, no_date) == Seen::already_done);
  CHECK(see(action, no_date, old_date) == Seen::as_planned);
  CHECK(see(action, nullptr, old_date) == Seen::drifted);
}

TEST_CASE("see: a deleted service principal is drift for disable-app") {
  plan::Action action;
  action.kind = domain::ActionKind::disable_app;
  action.precondition.before = json::object{{"id", "sp"}, {"appId", "x"}, {"accountEnabled", true}};
  action.postcondition.after =
      json::object{{"id", "sp"}, {"appId", "x"}, {"accountEnabled", false}};
  CHECK(see(action, nullptr, nullptr) == Seen::drifted);
  CHECK(see(action, action.postcondition.after, nullptr) == Seen::already_done);
}
