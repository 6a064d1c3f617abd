#include <algorithm>

#include "evidence/collection.hpp"
#include "graph/parse.hpp"

namespace clawback::evidence {
namespace {

constexpr std::string_view user_fields =
    "id,userPrincipalName,displayName,accountEnabled,userType,signInSessionsValidFromDateTime";

std::string select_fields() { return "$select=" + std::string(user_fields); }

asio::awaitable<void> read_by_id(Collection& to) {
  std::vector<std::string> ids(to.principals.begin(), to.principals.end());
  std::sort(ids.begin(), ids.end());
  std::vector<graph::Call> calls;
  calls.reserve(ids.size());
  for (const std::string& id : ids)
    calls.push_back(graph::make_call("user_get", {id}, select_fields()));
  const auto answers = co_await to.reader.batch(calls);
  if (!answers) {
    to.users.error = answers.error();
    co_return;
  }
  for (std::size_t i = 0; i < answers->size(); ++i) {
    const graph::Answer& answer = (*answers)[i];
    if (answer.status == 404) continue;  // deleted since the consent: the grant outlives its user
    auto user = answer.ok() ? graph::parse_user(answer.body) : graph::to_error(calls[i], answer);
    if (user) {
      to.snapshot.users.push_back(std::move(*user));
    } else if (!answer.ok()) {
      to.users =
          to.users + Outcome{.error = user.error(), .unusable = 0, .first_unusable = {}, .gap = {}};
    } else if (to.users.unusable++ == 0) {
      to.users.first_unusable = user.error().message;
    }
  }
  if (to.options.progress) to.options.progress(domain::source::users, to.snapshot.users.size());
}

asio::awaitable<void> read_list(Collection& to) {
  graph::Call call = graph::make_call("user_list", {}, select_fields() + "&$top=999");
  const Take take = [&to](const json::value& value) -> Result<void> {
    auto user = graph::parse_user(value);
    if (!user) return user.error();
    to.snapshot.users.push_back(std::move(*user));
    return {};
  };
  to.users = co_await read_collection(to, domain::source::users, std::move(call), take);
}

// The list began while grants were still coming in: only now is it known who is concerned.
void keep_concerned(domain::Snapshot& snapshot) {
  std::unordered_set<std::string_view> concerned;
  for (const domain::Grant& grant : snapshot.grants) {
    if (grant.principal) concerned.insert(grant.principal->str());
  }
  std::erase_if(snapshot.users,
                [&](const domain::User& user) { return !concerned.contains(user.id.str()); });
}

}  // namespace

asio::awaitable<void> read_users(Collection& to) {
  co_await to.users_wanted.passed();
  if (to.principals.size() > users_by_id_max) {
    co_await read_list(to);
  } else if (!to.principals.empty()) {
    co_await read_by_id(to);
  }
  co_await to.grants_known.passed();
  keep_concerned(to.snapshot);
  const bool all_known = !to.grants.error && to.grants.unusable == 0;
  if (!all_known) to.users.gap = "the users concerned are not all known: grants were not all read";
}

}  // namespace clawback::evidence
