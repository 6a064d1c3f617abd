#include <fmt/format.h>

#include <algorithm>

#include "base/digest.hpp"
#include "evidence/collection.hpp"
#include "evidence/question.hpp"
#include "graph/parse.hpp"
#include "http/run.hpp"

namespace clawback::evidence {
namespace {

constexpr std::size_t ids_per_request = 15;
constexpr std::size_t app_requests_max = 20;
constexpr std::size_t user_requests_max = 4;
// A client that renews its token every hour fills the log: the newest come first, and a question
// takes under two minutes.
constexpr std::size_t pages_max = 50;
// Graph allows five requests in ten seconds on the logs, and others are asked at the same time.
constexpr std::size_t requests_at_once = 3;

constexpr std::string_view interactive = "signInEventTypes/any(t: t eq 'interactiveUser')";
constexpr std::string_view either_kind =
    "(signInEventTypes/any(t: t eq 'interactiveUser') or "
    "signInEventTypes/any(t: t eq 'nonInteractiveUser'))";

constexpr std::string_view less_in_v1 =
    "v1.0: no non-interactive sign-ins, user agents or networks";

// Sign-ins of some applications or of some users.
struct Question {
  std::string_view field;  // appId or userId
  std::vector<std::string> ids;
  std::string_view kinds;  // of beta; v1.0 has the interactive ones only
  Outcome outcome;
};

// Beta may change or be closed, to a tenant or in a cloud; no licence or no permission refuses it
// too, and v1.0 then says so itself.
bool is_refused(const Error& error) {
  return std::any_of(error.details.begin(), error.details.end(), [](const auto& detail) {
    return detail.first == "status" &&
           (detail.second == "400" || detail.second == "403" || detail.second == "404");
  });
}

asio::awaitable<Outcome> ask(Collection& to, std::string_view operation, std::string filter) {
  const Take take = [&to](const json::value& value) -> Result<void> {
    if (graph::is_of_no_user(value)) return {};
    auto sign_in = graph::parse_sign_in(value);
    if (!sign_in) return sign_in.error();
    to.snapshot.sign_ins.push_back(std::move(*sign_in));
    return {};
  };
  graph::Call call = graph::make_call(operation, {}, filter + "&$top=999");
  Outcome outcome = co_await read_collection(to, domain::source::sign_ins, std::move(call), take,
                                             {.pages_max = pages_max});
  if (outcome.error && outcome.error->code == Errc::incomplete) {
    outcome.error.reset();
    outcome.gap = fmt::format("only the newest {} of some applications or users", pages_max * 999);
  }
  co_return outcome;
}

asio::awaitable<void> answer(Collection& to, Question& question) {
  const std::string filter =
      fmt::format("$filter=createdDateTime ge {} and {}", format_time(to.logs_since),
                  any_of(question.field, question.ids));
  if (!to.beta_refused) {
    std::string beta = fmt::format("{} and {}", filter, question.kinds);
    question.outcome = co_await ask(to, "signIn_list_beta", std::move(beta));
    if (!question.outcome.error || !is_refused(*question.outcome.error)) co_return;
    to.beta_refused = true;
  }
  question.outcome = co_await ask(to, "signIn_list", filter);
}

bool all_apps_known(const Collection& to) {
  for (const Outcome* outcome : {&to.grants, &to.service_principals, &to.app_roles}) {
    if (outcome->error || outcome->unusable > 0) return false;
  }
  return true;
}

template <class Id>
void add_questions(std::vector<Question>& to, const Question& kind, const std::vector<Id>& ids,
                   std::size_t requests_max) {
  const std::size_t count = std::min(ids.size(), requests_max * ids_per_request);
  for (std::size_t i = 0; i < count; ++i) {
    if (i % ids_per_request == 0) to.push_back(kind);
    to.back().ids.push_back(ids[i].str());
  }
}

void note_gaps(Collection& to, std::size_t apps, std::size_t users) {
  constexpr std::size_t apps_max = app_requests_max * ids_per_request;
  constexpr std::size_t users_max = user_requests_max * ids_per_request;
  std::string gap = to.sign_ins.gap.value_or("");
  const auto add = [&](const std::string& text) { gap += (gap.empty() ? "" : "; ") + text; };
  if (to.beta_refused) add(std::string(less_in_v1));
  if (!all_apps_known(to)) {
    add("the apps concerned are not all known: directory objects were not all read");
  } else if (apps > apps_max) {
    add(fmt::format("asked for the first {} of {} apps only", apps_max, apps));
  }
  if (users > users_max) {
    add(fmt::format("asked for the first {} of {} users who consented only", users_max, users));
  }
  if (!gap.empty()) to.sign_ins.gap = std::move(gap);
}

}  // namespace

asio::awaitable<void> read_sign_ins(Collection& to) {
  co_await to.grants_known.passed();
  co_await to.service_principals_known.passed();
  co_await to.app_roles_known.passed();
  co_await to.audits_known.passed();
  const std::vector<domain::AppId> apps = mail_reaching_apps(to.snapshot);
  std::vector<domain::UserId> users = consenting_users(to.snapshot, apps);
  std::erase_if(users, [](const domain::UserId& user) { return !is_guid(user.str()); });
  std::vector<Question> questions;
  add_questions(questions, {.field = "appId", .ids = {}, .kinds = either_kind, .outcome = {}}, apps,
                app_requests_max);
  // Whether a consent came from where its user usually is: a consent is interactive, so are these.
  add_questions(questions, {.field = "userId", .ids = {}, .kinds = interactive, .outcome = {}},
                users, user_requests_max);
  std::vector<std::function<asio::awaitable<void>()>> tasks;
  tasks.reserve(questions.size());
  for (Question& question : questions) {
    tasks.emplace_back([&to, &question]() { return answer(to, question); });
  }
  co_await http::run_all(std::move(tasks), requests_at_once);
  for (const Question& question : questions) to.sign_ins = to.sign_ins + question.outcome;
  note_gaps(to, apps.size(), users.size());
}

}  // namespace clawback::evidence
