#include <fmt/format.h>

#include <algorithm>

#include "base/safe_text.hpp"
#include "detect/answers.hpp"
#include "detect/signal.hpp"

// What people say who were asked whether an application is theirs.
namespace clawback::detect {
namespace {

constexpr std::string_view to_ask = "an answer: `clawback ask`, then `clawback answer`";
constexpr std::size_t told_max = 5;

std::string names_of(const std::vector<domain::UserAnswer>& answers, domain::Says says) {
  std::string out;
  std::size_t count = 0;
  for (const domain::UserAnswer& answer : answers) {
    if (!answer.last || answer.says != says) continue;
    if (++count <= told_max) out += (out.empty() ? "" : ", ") + printable(who(answer), 120);
  }
  if (count > told_max) out += fmt::format(" and {} more", count - told_max);
  return out;
}

}  // namespace

Answer denied_by_user(const Case& subject, int weight) {
  if (subject.context.memory == nullptr) {
    return not_evaluable("answers of users are kept in the state database, and there is none",
                         std::string(to_ask));
  }
  const auto answers = answers_of(subject);
  const std::string deny = names_of(answers, domain::Says::not_mine);
  if (!deny.empty()) {
    std::vector<std::string> users;
    for (const domain::UserAnswer& answer : answers) {
      if (answer.last && answer.says == domain::Says::not_mine) users.push_back(who(answer));
    }
    return hit(weight, deny + " was asked, and says that it is not theirs", std::move(users));
  }
  // Shown as what speaks for it, and it takes nothing away: somebody may have been talked into it.
  const std::string claim = names_of(answers, domain::Says::mine);
  if (!claim.empty()) return against(claim + " was asked, and says that it is theirs");
  const std::string unsure = names_of(answers, domain::Says::unsure);
  return not_evaluable(unsure.empty() ? "nobody was asked whether it is theirs"
                                      : unsure + " was asked, and is not sure",
                       std::string(to_ask));
}

}  // namespace clawback::detect
