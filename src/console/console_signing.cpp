#include "approval/approval.hpp"
#include "base/safe_text.hpp"
#include "base/secret.hpp"
#include "console/console.hpp"

// What an approver does. Nothing here reaches a tenant: a signature is kept beside the plan, and
// the plan of an undo waits for approval like any other.
namespace clawback::console {
namespace {

std::optional<approval::Decision> decision_from(const std::string& word) {
  if (word == "approve") return approval::Decision::approve;
  if (word == "reject") return approval::Decision::reject;
  return std::nullopt;
}

std::string plan_address(const std::string& id) { return "/plans/" + percent_encode(id); }

}  // namespace

asio::awaitable<http::Reply> Console::sign(Visit& visit) {
  if (!visit.session->person.approver) {
    co_return refuse(visit, Refused::role, 403, "Only an approver approves or rejects.",
                     "You are a viewer: everything may be looked at.");
  }
  const auto decision = decision_from(http::field(visit.form, "decision"));
  if (!decision) co_return error(visit, 400, "It is either approved or rejected.", "");
  const std::string id = visit.route.id;
  const std::string reason = http::field(visit.form, "reason");
  if (valid_utf8(reason) != reason) co_return error(visit, 400, "The reason is no text.", "");
  auto view = co_await ask<Result<PlanView>>([id](House& house) { return house.plan(id); });
  if (!view) co_return error(visit, view.error());
  // Between this page and the form that was filled in on the last one.
  if (!same_bytes(http::field(visit.form, "digest"), view->plan.digest)) {
    co_return error(visit, 409, "The plan is not the one that you read.",
                    "Nothing was signed. Load the plan again, and read it.");
  }
  const Person person = visit.session->person;
  auto statement = co_await ask<Result<approval::Statement>>(
      [id, decision, person, reason, now = visit.now](House& house) {
        return house.statement(id, *decision, person, reason, now);
      });
  if (!statement) co_return error(visit, statement.error());
  // Exactly these two were shown together.
  if (statement->plan_digest != view->plan.digest) {
    co_return error(visit, 409, "The plan has changed meanwhile.", "Load it again.");
  }
  show(*visit.session, {.statement = *statement, .plan = id});
  co_return page(sign_page(shell(visit), *view, *statement));
}

http::Reply Console::confirm(Visit& visit) {
  if (!visit.session->person.approver) {
    return refuse(visit, Refused::role, 403, "Only an approver approves or rejects.", "");
  }
  auto& waiting = visit.session->shown;
  const auto found = waiting.find(http::field(visit.form, "nonce"));
  const bool fits = found != waiting.end() && found->second.plan == visit.route.id;
  if (!fits || visit.now - found->second.statement.issued >= settings_.limits.sign_in_max) {
    return error(visit, 409, "What was shown is used up, or was shown too long ago.",
                 "Nothing was signed. Go back to the plan, and begin again.");
  }
  Shown shown = std::move(found->second);
  waiting.erase(found);
  const auth::Asked asked{.login = settings_.login,
                          .tenant = visit.session->person.account.tenant,
                          .client_id = settings_.client_id,
                          .nonce = approval::sign_in_nonce(shown.statement)};
  Flow flow{.asked = asked,
            .code = {},
            .visitor = visit.visitor,
            // The time to sign in runs since the statement was made: its token must be as young.
            .begun = shown.statement.issued,
            .onward = plan_address(shown.plan),
            .session = visit.session,
            .shown = std::move(shown)};
  return to_entra(visit, std::move(flow));
}

asio::awaitable<http::Reply> Console::keep(Visit& visit, Flow flow, Secret token) {
  // The way back carries no session cookie: the browser's part is that it began this.
  const auto session = flow.session.lock();
  if (!session || !sessions_.holds(*session, visit.now)) {
    co_return refuse(visit, Refused::session, 403,
                     "Your session has ended meanwhile. Nothing was signed.",
                     "Sign in, and begin again.");
  }
  visit.session = session;
  const Shown shown = std::move(*flow.shown);
  const auto given = std::make_shared<Secret>(std::move(token));
  auto kept = co_await ask<Result<void>>([shown, given, now = tools_.clock()](House& house) {
    return house.keep(shown.statement, *given, shown.plan, now);
  });
  if (!kept) co_return error(visit, kept.error());
  const bool yes = shown.statement.decision == approval::Decision::approve;
  session->notice = yes ? "Your yes is kept with the plan." : "Your no is kept with the plan.";
  co_return onward(flow.onward, session->notice);
}

asio::awaitable<http::Reply> Console::undo(Visit& visit) {
  if (!visit.session->person.approver) {
    co_return refuse(visit, Refused::role, 403, "Only an approver asks for an undo.", "");
  }
  const Person person = visit.session->person;
  auto plan =
      co_await ask<Result<std::string>>([run = visit.route.id, person, now = visit.now](
                                            House& house) { return house.undo(run, person, now); });
  if (!plan) co_return error(visit, plan.error());
  visit.session->notice = "This plan takes the run back. It waits for approval, like any other.";
  http::Reply reply;
  reply.status = 303;
  reply.headers = {{"Location", plan_address(*plan)}};
  co_return reply;
}

}  // namespace clawback::console
