#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/safe_text.hpp"
#include "detect/lookalikes.hpp"
#include "detect/names.hpp"
#include "detect/signal.hpp"
#include "detect/unicode.hpp"

// A deceptive spelling of a protected name counts in full wherever it stands in the name: nobody
// writes "0utlook" by accident. So does exactly such a name on a stranger's application. Plainly
// spelt inside a longer name it counts half if the name begins with it ("Office365 Security"), and
// nothing if a word such as "for" or "add-in" says that it is what the application works with, or
// if it stands further back ("Zoom for Microsoft Outlook", "HubSpot Office 365"): honest products
// are called so.
namespace clawback::detect {
namespace {

namespace source = domain::source;

struct Verdict {
  int halves = 0;  // of the weight
  std::string reason;
};

std::string quoted(std::string_view name) { return fmt::format("\"{}\"", printable(name, 80)); }

std::string whose(const ProtectedName& name) {
  std::string text = quoted(name.text);
  switch (name.whose) {
    case Whose::microsoft:
      return "Microsoft's name " + text;
    case Whose::tenant:
      return "this tenant's name " + text;
    case Whose::catalog:
      return "the catalogued name " + text;
  }
  return text;
}

std::string not_theirs(const Case& subject, std::string_view whom) {
  return subject.ownership == domain::Ownership::unknown
             ? std::string("; whose application it is, is not known")
             : fmt::format("; its owner is not {}", whom);
}

Verdict judge_likeness(const Case& subject, const Lookalike& like) {
  const std::string shown = quoted(subject.facts.app->display_name);
  const std::string name = whose(*like.name);
  const std::string owner = like.name->whose == Whose::microsoft ? not_theirs(subject, "Microsoft")
                            : like.name->whose == Whose::tenant
                                ? not_theirs(subject, "this tenant")
                                : std::string("; it has another app id");
  switch (like.likeness) {
    case Likeness::disguised:
      return {.halves = 2,
              .reason = fmt::format("its name {} is spelt to be read as {}: {}{}", shown, name,
                                    how_it_differs(like.written, like.name->plain), owner)};
    case Likeness::same:
      return {.halves = 2,
              .reason = fmt::format("its name {} is exactly {}{}", shown, name, owner)};
    case Likeness::leads:
      return {.halves = 1,
              .reason = fmt::format("its name {} begins with {} and does not say that it is "
                                    "somebody else's work (counts half){}",
                                    shown, name, owner)};
    case Likeness::mention:
      break;
  }
  return {.halves = 0,
          .reason = fmt::format("its name mentions {} plainly, as honest products do", name)};
}

bool folds_alike(std::string_view a, std::string_view b) {
  std::string first;
  std::string second;
  fold_joined(a, first);
  fold_joined(b, second);
  return first == second;
}

Verdict judge_user(const Case& subject, const domain::User& user) {
  const std::string& shown = subject.facts.app->display_name;
  const bool display = user.display_name && folds_alike(shown, *user.display_name);
  const std::string& name = display ? *user.display_name : *user.user_principal_name;
  const auto words = words_of(shown);
  const auto users_words = words_of(name);
  const auto plain = plain_joined(users_words);
  std::u32string raw;
  for (const Word& word : words) raw += word.raw;
  const auto written = plain_joined(words);
  const bool disguised = written != plain && written != without_marks(plain);
  Verdict out{.halves = 2,
              .reason = fmt::format("its name {} is the {} of user {}", quoted(shown),
                                    display ? "display name" : "user principal name",
                                    printable(user.id.str(), 60))};
  if (disguised) {
    out.reason += fmt::format(", {}, in disguise: {}", quoted(name), how_it_differs(raw, plain));
  } else if (display && users_words.size() == 1) {
    out.halves = 1;
    out.reason +=
        "; a single word counts half, since accounts are also named after the product they serve";
  }
  return out;
}

// Names that honest applications hardly have.
std::optional<std::string> telling_by_itself(const std::string& name) {
  static constexpr std::array<std::string_view, 3> tests = {"test", "testapp", "apptest"};
  if (!has_letter_or_digit(name)) {
    return fmt::format("its name {} has neither letter nor digit (counts half)", quoted(name));
  }
  std::string folded;
  fold_joined(name, folded);
  if (std::find(tests.begin(), tests.end(), folded) != tests.end()) {
    return fmt::format("its name {} is what attackers call a trial (counts half)", quoted(name));
  }
  return std::nullopt;
}

void keep_heavier(Verdict& best, Verdict other) {
  if (other.halves > best.halves || best.reason.empty()) best = std::move(other);
}

Verdict judge_name(const Case& subject, const Lookalikes& lookalikes) {
  const auto& app = *subject.facts.app;
  Verdict best;
  if (auto like = lookalikes.find(words_of(app.display_name), app.app_id)) {
    keep_heavier(best, judge_likeness(subject, *like));
  }
  if (const std::string shown = as_shown(app.display_name); !shown.empty()) {
    if (auto like = lookalikes.find(words_of(shown), app.app_id)) {
      like->likeness = std::max(like->likeness, Likeness::disguised);
      keep_heavier(best, judge_likeness(subject, *like));
    }
  }
  if (best.halves < 2) {
    if (const auto* user = lookalikes.user_called(app.display_name)) {
      keep_heavier(best, judge_user(subject, *user));
    }
  }
  if (auto reason = telling_by_itself(app.display_name)) {
    keep_heavier(best, {.halves = 1, .reason = *std::move(reason)});
  }
  return best;
}

}  // namespace

Answer lookalike_name(const Case& subject, int weight) {
  const auto* app = subject.facts.app;
  if (app == nullptr || app->display_name.empty()) {
    return not_evaluable(
        fmt::format("its name is not known: {}", why_not_read(subject, source::service_principals)),
        to_read(source::service_principals));
  }
  if (subject.ownership == domain::Ownership::microsoft ||
      subject.ownership == domain::Ownership::own_tenant) {
    return miss("it is an application of Microsoft's or of this tenant: it may bear their names");
  }
  if (!knows_look_alikes()) {
    return not_evaluable("characters that look alike are not known", "the data of libicu");
  }
  Verdict verdict;
  if (subject.context.lookalikes != nullptr) {
    verdict = judge_name(subject, *subject.context.lookalikes);
  } else {
    const Lookalikes fresh(subject.context.snapshot, subject.context.policy.catalog,
                           {app->display_name});
    verdict = judge_name(subject, fresh);
  }
  if (verdict.halves > 0)
    return hit(weight * verdict.halves / 2, std::move(verdict.reason), {app->id.str()});
  std::string reason = verdict.reason.empty()
                           ? std::string("its name is not made to be read as another's")
                           : std::move(verdict.reason);
  if (!was_read(subject, source::users)) {
    return not_evaluable(fmt::format("{}, but whether it is a user's name is not known: {}", reason,
                                     why_not_read(subject, source::users)),
                         to_read(source::users));
  }
  return miss(std::move(reason));
}

}  // namespace clawback::detect
