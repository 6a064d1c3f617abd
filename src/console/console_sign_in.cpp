#include <algorithm>

#include "approval/id_token.hpp"
#include "auth/issuer.hpp"
#include "base/secret.hpp"
#include "console/console.hpp"

// Who comes in: by Entra's sign-in, if the configuration names the account.
namespace clawback::console {
namespace {

Error stranger(const approval::Account& account) {
  return Error{.code = Errc::denied,
               .message = "Nobody has given this account access to the console.",
               .hint = "An administrator adds an [[approver]] with the object id " +
                       account.object + " of tenant " + account.tenant +
                       " to clawback.toml, as an approver or, "
                       "with role = \"viewer\", as a viewer."};
}

}  // namespace

http::Reply Console::begin_sign_in(Visit& visit) {
  Flow flow{.asked = {.login = settings_.login,
                      .tenant = settings_.tenant,
                      .client_id = settings_.client_id,
                      .nonce = new_id(),
                      // Looking needs no fresh credentials; signing asks for them each time.
                      .prompt = "select_account"},
            .code = {},
            .visitor = visit.visitor,
            .begun = visit.now,
            .onward = page_at(http::field(visit.form, "to")),
            .session = {},
            .shown = {}};
  return to_entra(visit, std::move(flow));
}

http::Reply Console::to_entra(Visit& visit, Flow flow) {
  std::erase_if(flows_, [&](const auto& one) {
    return visit.now - one.second.begun >= settings_.limits.sign_in_max;
  });
  if (flows_.size() >= settings_.limits.sign_ins_max) {
    flows_.erase(std::ranges::min_element(
        flows_, [](const auto& a, const auto& b) { return a.second.begun < b.second.begun; }));
  }
  flow.code = auth::begin_flow(settings_.base_url);
  const std::string address = auth::address_of(flow.asked, flow.code);
  const std::string state = flow.code.state;
  flows_.emplace(state, std::move(flow));
  http::Reply reply = onward(address, "Entra asks who you are.");
  reply.headers.push_back(
      set_cookie(visitor_cookie, visit.visitor, SameSite::lax, settings_.limits.sign_in_max));
  return reply;
}

asio::awaitable<http::Reply> Console::come_back(Visit& visit) {
  const auto given = http::read_form(visit.route.query);
  const auto found = given ? flows_.find(http::field(*given, "state")) : flows_.end();
  const bool ours = found != flows_.end() && !visit.new_visitor &&
                    same_bytes(found->second.visitor, visit.visitor) &&
                    visit.now - found->second.begun < settings_.limits.sign_in_max;
  auth::Redirect redirect;
  if (ours) redirect = auth::redirect_of(*given);
  if (!ours || redirect.status != 200) {
    co_return refuse(visit, Refused::session, 400,
                     "This sign-in was not begun in this browser, is used up, or took too long.",
                     "Nothing was done. Open the console, and begin again.");
  }
  // The flow stays: the same address leads on in a moment.
  if (auto fast = too_fast(visit, sign_ins_, visit.request.peer)) co_return std::move(*fast);
  Flow flow = std::move(found->second);
  flows_.erase(found);
  auto token = co_await auth::finish_flow(flow.asked, std::move(flow.code), std::move(redirect),
                                          tools_.transport);
  if (!token) co_return error(visit, token.error());
  if (flow.shown) co_return co_await keep(visit, std::move(flow), std::move(*token));
  auto reply = co_await signed_in(visit, std::move(flow), std::move(*token));
  co_return reply;
}

asio::awaitable<http::Reply> Console::signed_in(Visit& visit, Flow flow, Secret token) {
  auto person = co_await who_is(std::move(token), flow.asked.nonce);
  if (!person) {
    if (person.error().code == Errc::denied) {
      metrics_.refused(Refused::role);
      visit.why = name_of(Refused::role);
    }
    co_return error(visit, person.error());
  }
  // A new id with every sign-in: one that somebody planted before leads nowhere.
  if (!visit.session_id.empty()) sessions_.end(visit.session_id);
  const std::string id = sessions_.begin(*person, visit.now);
  visit.session = sessions_.find(id, visit.now);
  http::Reply reply = onward(flow.onward, "You are signed in.");
  reply.headers.push_back(
      set_cookie(session_cookie, id, SameSite::strict, settings_.limits.session_max));
  reply.headers.push_back(drop_cookie(visitor_cookie, SameSite::lax));
  co_return reply;
}

asio::awaitable<Result<Person>> Console::who_is(Secret token, std::string nonce) {
  const std::string tenant = approval::claimed_tenant(token.reveal());
  const bool known = std::ranges::any_of(
      settings_.people, [&](const Person& one) { return one.account.tenant == tenant; });
  if (!known) {
    co_return Error{.code = Errc::denied,
                    .message = "Nobody of this account's tenant has access to the console."};
  }
  auto keys = co_await auth::fetch_keys(settings_.login, tenant, tools_.transport);
  if (!keys) co_return keys.error();
  approval::Registry registry = settings_.registry;
  registry.entra.keys = {{tenant, {std::move(*keys)}}};
  const auto who = approval::check_id_token(token.reveal(), registry, nonce);
  if (!who) co_return who.error();
  const auto made = approval::check_made(*who, tools_.clock());
  if (!made) co_return made.error();
  const auto person = std::ranges::find(settings_.people, who->account, &Person::account);
  if (person == settings_.people.end()) co_return stranger(who->account);
  co_return *person;
}

http::Reply Console::sign_out(Visit& visit) {
  sessions_.end(visit.session_id);
  visit.session = nullptr;
  http::Reply reply = onward("/", "You are signed out of the console, not of Entra.");
  reply.headers.push_back(drop_cookie(session_cookie, SameSite::strict));
  // Browsers that know it forget the pages, too.
  reply.headers.push_back({"Clear-Site-Data", "\"cache\""});
  return reply;
}

}  // namespace clawback::console
