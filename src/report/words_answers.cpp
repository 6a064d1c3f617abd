#include <fmt/format.h>

#include <algorithm>

#include "report/words.hpp"

namespace clawback::report {
namespace {

std::string_view words_of(domain::Says says) {
  switch (says) {
    case domain::Says::mine:
      return "says that it is theirs";
    case domain::Says::not_mine:
      return "says that it is not theirs";
    case domain::Says::unsure:
      return "is not sure";
  }
  return "is not sure";
}

std::string_view words_of(domain::Channel channel) {
  switch (channel) {
    case domain::Channel::phone:
      return "by phone";
    case domain::Channel::in_person:
      return "in person";
    case domain::Channel::other:
      return "through another channel";
  }
  return "through another channel";
}

bool any_last(const domain::Finding& finding, domain::Says says) {
  return std::any_of(
      finding.answers.begin(), finding.answers.end(),
      [&](const domain::UserAnswer& answer) { return answer.last && answer.says == says; });
}

}  // namespace

std::string answer_words(const domain::UserAnswer& answer) {
  std::string out = fmt::format(
      "{} {}, {}; recorded by {} ({}) on {}",
      answer.user_principal_name.empty() ? answer.user.str() : answer.user_principal_name,
      words_of(answer.says), words_of(answer.channel), answer.by, answer.account,
      format_time(answer.time));
  if (!answer.note.empty()) out += ": " + answer.note;
  if (!answer.last) out += " (replaced by a later answer)";
  return out;
}

std::string review_words(const domain::Finding& finding) {
  if (!any_last(finding, domain::Says::mine)) return {};
  if (any_last(finding, domain::Says::not_mine)) {
    return "some say that it is theirs and some that it is not: a person decides; what was "
           "contained stays contained";
  }
  return "the user says it is theirs: a person decides; what was contained stays contained";
}

}  // namespace clawback::report
