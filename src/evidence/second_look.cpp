#include "evidence/second_look.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "evidence/outcome.hpp"
#include "graph/parse.hpp"

namespace clawback::evidence {
namespace {

constexpr std::size_t assignments_max = 50'000;  // of one application
constexpr std::size_t rules_max = 1'000;         // of one inbox

// As many as the limit allows, in the order of ids; whether it cut something off.
template <class Id>
std::vector<Id> first_of(const std::set<Id>& ids, std::size_t limit, Outcome& outcome) {
  std::vector<Id> out(ids.begin(), ids.end());
  if (out.size() <= limit) return out;
  outcome.gap = fmt::format("{} of {} were not asked for", out.size() - limit, out.size());
  out.resize(limit);
  return out;
}

void leave_out(Outcome& outcome, std::string why) {
  if (outcome.unusable++ == 0) outcome.first_unusable = std::move(why);
}

Outcome failed(const Error& error) {
  return {.error = error, .unusable = 0, .first_unusable = {}, .gap = {}};
}

asio::awaitable<Outcome> read_users(graph::Reader& reader, domain::Snapshot& snapshot,
                                    std::vector<domain::UserId> ids) {
  Outcome outcome;
  std::vector<graph::Call> calls;
  for (const domain::UserId& id : ids) {
    calls.push_back(
        graph::make_call("user_get", {id.str()},
                         "$select=id,userPrincipalName,displayName,accountEnabled,userType,"
                         "signInSessionsValidFromDateTime"));
  }
  const auto answers = co_await reader.batch(calls);
  if (!answers) co_return failed(answers.error());
  for (std::size_t i = 0; i < answers->size(); ++i) {
    const graph::Answer& answer = (*answers)[i];
    if (answer.status == 404) continue;
    auto user = answer.ok() ? graph::parse_user(answer.body) : graph::to_error(calls[i], answer);
    if (user) {
      snapshot.users.push_back(std::move(*user));
    } else if (!answer.ok()) {
      outcome = outcome + failed(user.error());
    } else {
      leave_out(outcome, user.error().message);
    }
  }
  co_return outcome;
}

Result<std::vector<domain::InboxRule>> rules_of(const json::array& list) {
  std::vector<domain::InboxRule> out;
  for (const json::value& value : list) {
    auto rule = graph::parse_inbox_rule(value);
    if (!rule) return rule.error();
    if (out.size() == rules_max) return Error{.code = Errc::protocol, .message = "too many rules"};
    out.push_back(std::move(*rule));
  }
  return out;
}

bool is_guest(const domain::Snapshot& snapshot, const domain::UserId& id) {
  const auto found = std::find_if(snapshot.users.begin(), snapshot.users.end(),
                                  [&](const domain::User& user) { return user.id == id; });
  return found != snapshot.users.end() && found->type == "Guest";
}

// Rules of one inbox out of its answer. A list that goes on is read page by page.
asio::awaitable<Result<std::vector<domain::InboxRule>>> inbox_of(graph::Reader& reader,
                                                                 graph::Call call,
                                                                 graph::Answer answer) {
  if (!answer.ok()) co_return graph::to_error(call, answer);
  const json::array* list = array_at(answer.body, "value");
  if (list == nullptr) {
    co_return Error{.code = Errc::protocol, .message = "messageRule_list: no list of rules"};
  }
  if (member(answer.body, "@odata.nextLink") == nullptr) co_return rules_of(*list);
  json::array all;
  const auto on_page = [&all](const json::array& page) -> Result<void> {
    all.insert(all.end(), page.begin(), page.end());
    return {};
  };
  const auto read = co_await reader.pages(
      call, on_page, graph::Reader::PageLimits{.pages_max = 100, .records_max = rules_max});
  if (!read) co_return read.error();
  co_return rules_of(all);
}

asio::awaitable<Outcome> read_rules(graph::Reader& reader, domain::Snapshot& snapshot,
                                    std::vector<domain::UserId> ids) {
  Outcome outcome;
  std::vector<graph::Call> calls;
  for (const domain::UserId& id : ids) {
    calls.push_back(graph::make_call("messageRule_list", {id.str()}));
  }
  const auto answers = co_await reader.batch(calls);
  if (!answers) co_return failed(answers.error());
  for (std::size_t i = 0; i < answers->size(); ++i) {
    auto rules = co_await inbox_of(reader, calls[i], (*answers)[i]);
    if (rules) {
      snapshot.inbox_rules.push_back({.user = ids[i], .rules = std::move(*rules)});
    } else if (rules.error().code == Errc::denied || rules.error().code == Errc::unauthenticated) {
      outcome = outcome + failed(rules.error());
    } else {
      leave_out(outcome, rules.error().message);
    }
  }
  co_return outcome;
}

asio::awaitable<Outcome> read_assignments(graph::Reader& reader, domain::Snapshot& snapshot,
                                          std::vector<domain::ServicePrincipalId> ids) {
  Outcome outcome;
  for (const domain::ServicePrincipalId& id : ids) {
    domain::AppAssignments found{.app = id, .assignments = {}};
    const auto on_page = [&found](const json::array& page) -> Result<void> {
      for (const json::value& value : page) {
        auto one = graph::parse_assignment(value);
        if (!one) return one.error();
        found.assignments.push_back(std::move(*one));
      }
      return {};
    };
    const graph::Call call =
        graph::make_call("servicePrincipal_listAppRoleAssignedTo", {id.str()}, "$top=999");
    const auto read = co_await reader.pages(
        call, on_page,
        graph::Reader::PageLimits{.pages_max = 1'000, .records_max = assignments_max});
    if (read) {
      snapshot.assignments.push_back(std::move(found));
    } else if (is_refusal(read.error()) && read.error().code != Errc::not_found) {
      outcome = outcome + failed(read.error());
    } else {
      leave_out(outcome, read.error().message);
    }
  }
  co_return outcome;
}

void note(domain::Snapshot& snapshot, std::string_view name, const Outcome& outcome,
          std::size_t records) {
  domain::record(snapshot.coverage, to_source(name, outcome, records));
}

}  // namespace

asio::awaitable<Result<void>> look_closer(graph::Reader& reader, domain::Snapshot& snapshot,
                                          Wanted wanted, LookLimits limits) {
  namespace source = domain::source;
  Outcome users;
  Outcome rules;
  Outcome assignments;
  std::erase_if(wanted.users, [&](const domain::UserId& id) {
    const domain::User* known = domain::find_user(snapshot, id);
    return known != nullptr && known->account_enabled;
  });
  const auto people = first_of(wanted.users, limits.users, users);
  if (!people.empty()) {
    users = users + co_await read_users(reader, snapshot, people);
    if (users.error || users.gap) note(snapshot, source::users, users, snapshot.users.size());
  }
  const bool rules_wanted = !wanted.mailboxes.empty();
  // A guest's mailbox is in the home tenant: nobody can look into it here.
  std::erase_if(wanted.mailboxes, [&](const domain::UserId& id) { return is_guest(snapshot, id); });
  const auto mailboxes = first_of(wanted.mailboxes, limits.users, rules);
  if (rules_wanted) {
    if (!mailboxes.empty()) rules = rules + co_await read_rules(reader, snapshot, mailboxes);
    note(snapshot, source::inbox_rules, rules, snapshot.inbox_rules.size());
  }
  const auto apps = first_of(wanted.apps, limits.apps, assignments);
  if (!apps.empty()) {
    assignments = assignments + co_await read_assignments(reader, snapshot, apps);
    note(snapshot, source::assignments, assignments, snapshot.assignments.size());
  }
  Outcome requests;
  if (wanted.admin_consent_requests) {
    requests = co_await look_at_admin_consent_requests(reader, snapshot);
    note(snapshot, source::admin_consent_request_policy, requests,
         snapshot.admin_consent_request_policy ? 1 : 0);
  }
  Outcome access;
  if (wanted.conditional_access) {
    access = co_await look_at_conditional_access(reader, snapshot);
    note(snapshot, source::conditional_access_policies, access,
         snapshot.conditional_access_policies.size());
  }
  domain::normalise(snapshot);
  for (const Outcome* outcome : {&users, &rules, &assignments, &requests, &access}) {
    if (outcome->error && is_sign_in_failure(*outcome->error)) co_return *outcome->error;
  }
  co_return Result<void>();
}

}  // namespace clawback::evidence
