#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "auth/code_flow.hpp"
#include "console/cookies.hpp"
#include "console/desk.hpp"
#include "console/metrics.hpp"
#include "console/pace.hpp"
#include "console/pages.hpp"
#include "console/route.hpp"
#include "console/sessions.hpp"
#include "console/settings.hpp"
#include "http/form.hpp"
#include "http/tls_server.hpp"

namespace clawback::console {

namespace asio = boost::asio;

// One answered request, for the log: no query, cookie, token or form is in it.
struct Answered {
  std::string peer;
  std::string method;
  Place place = Place::nowhere;
  std::string id;  // of the case, plan or run
  int status = 0;
  std::chrono::milliseconds took{0};
  std::string person;  // who was signed in
  std::string why;     // it was refused
};

// The web console behind http::TlsServer. GET changes nothing but the sign-in that it completes.
// `house` is asked on a thread of its own, by this alone. Everything given outlives it.
class Console {
 public:
  struct Tools {
    House& house;
    http::Transport& transport;  // to the issuer
    std::function<Time()> clock;
    std::function<void(const Answered&)> log;
    std::function<http::ServerCounts()> server;  // may be empty
  };
  Console(Settings settings, Tools tools);

  asio::awaitable<http::Reply> answer(http::Request request);
  // For http::TlsServerOptions::refusal.
  http::Reply refusal(int status);
  void set_server(std::function<http::ServerCounts()> counts) { tools_.server = std::move(counts); }
  // Waits for the house; nothing may be asked any more.
  void close() { desk_.close(); }

 private:
  // One request on its way through.
  struct Visit {
    http::Request request;
    Route route;
    Time now;
    std::string session_id;
    std::shared_ptr<Session> session;
    std::string visitor;  // of its cookie, or a new one
    bool new_visitor = false;
    http::Form form;
    std::string why;  // refused
  };
  // A sign-in that is under way: by its state.
  struct Flow {
    auth::Asked asked;
    auth::CodeFlow code;
    std::string visitor;
    Time begun;
    std::string onward;              // where to, when it is done
    std::weak_ptr<Session> session;  // of a signature
    std::optional<Shown> shown;      // likewise
  };
  struct Watched {
    Time looked;
    std::string text;  // with the number 0
    std::string event;
    std::size_t number = 0;
    bool over = false;
  };

  template <class T>
  asio::awaitable<T> ask(std::function<T(House&)> question) {
    House& house = tools_.house;
    std::function<T()> task = [&house, question = std::move(question)] { return question(house); };
    return desk_.ask<T>(std::move(task));
  }

  // --- console.cpp: the way in
  asio::awaitable<http::Reply> let_in(Visit& visit);
  std::optional<http::Reply> turned_away(Visit& visit);
  std::optional<http::Reply> too_fast(Visit& visit, PaceKeeper& pace, const std::string& who);
  std::optional<http::Reply> too_many_forms(Visit& visit);
  std::optional<http::Reply> check_post(Visit& visit);
  asio::awaitable<http::Reply> dispatch(Visit& visit);
  // --- console_replies.cpp
  Shell shell(Visit& visit, bool says_notice = true);
  http::Reply page(std::string html, int status = 200);
  http::Reply error(Visit& visit, int status, const std::string& what, const std::string& hint);
  http::Reply error(Visit& visit, const Error& error);
  http::Reply refuse(Visit& visit, Refused why, int status, const std::string& what,
                     const std::string& hint);
  http::Reply sign_in_first(Visit& visit, const std::string& notice);
  http::Reply onward(const std::string& address, const std::string& words);
  http::Reply static_file(const Visit& visit);
  // --- console_pages.cpp
  asio::awaitable<http::Reply> findings(Visit& visit);
  asio::awaitable<http::Reply> one_case(Visit& visit);
  asio::awaitable<http::Reply> plans(Visit& visit);
  asio::awaitable<http::Reply> plan(Visit& visit);
  asio::awaitable<http::Reply> runs(Visit& visit);
  asio::awaitable<http::Reply> run(Visit& visit);
  asio::awaitable<http::Reply> policy(Visit& visit);
  asio::awaitable<http::Reply> health(Visit& visit);
  asio::awaitable<http::Reply> readyz();
  asio::awaitable<http::Reply> metrics(Visit& visit);
  asio::awaitable<Health> looked_at();
  // --- console_sign_in.cpp
  http::Reply begin_sign_in(Visit& visit);
  http::Reply to_entra(Visit& visit, Flow flow);
  asio::awaitable<http::Reply> come_back(Visit& visit);
  asio::awaitable<http::Reply> signed_in(Visit& visit, Flow flow, Secret token);
  asio::awaitable<Result<Person>> who_is(Secret token, std::string nonce);
  http::Reply sign_out(Visit& visit);
  // --- console_signing.cpp
  asio::awaitable<http::Reply> sign(Visit& visit);
  http::Reply confirm(Visit& visit);
  asio::awaitable<http::Reply> keep(Visit& visit, Flow flow, Secret token);
  asio::awaitable<http::Reply> undo(Visit& visit);
  // --- console_events.cpp
  asio::awaitable<http::Reply> events(Visit& visit);
  asio::awaitable<void> follow(http::BodyWriter& writer, std::shared_ptr<Session> session,
                               std::string run);
  asio::awaitable<Result<Watched>> watch(std::string run);

  Settings settings_;
  Tools tools_;
  const std::string key_;  // of visitor_csrf
  Sessions sessions_;
  Metrics metrics_;
  PaceKeeper pages_;
  PaceKeeper sign_ins_;
  PaceKeeper signings_;
  std::map<std::string, Flow> flows_;  // by state
  std::map<std::string, Watched> watched_;
  std::size_t streams_ = 0;
  std::optional<Health> health_;  // and when it was looked at
  Time health_of_;
  Desk desk_;
};

}  // namespace clawback::console
