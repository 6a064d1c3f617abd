#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "base/digest.hpp"
#include "base/safe_text.hpp"
#include "detect/habit.hpp"
#include "detect/history.hpp"
#include "detect/signal.hpp"
#include "detect/uses.hpp"

// D16: what the sign-ins behind the consents look like.
namespace clawback::detect {
namespace {

namespace source = domain::source;
using std::chrono::days;

// What is usual for a user is only known after some days. Within an hour of the consent all
// sign-ins may be the intruder's own.
constexpr Duration history_least = days(3);
constexpr Duration week = days(7);
constexpr std::size_t addresses_least = 3;  // records from other networks before one is "new"

// What was found at one consent. `quarters` of the weight: 4 full, 1 a quarter, 0 nothing.
struct Look {
  const Happening* consent = nullptr;
  const domain::SignIn* sign_in = nullptr;
  int quarters = 0;
  std::vector<std::string> found;
  std::set<std::string_view> known;    // what could be judged
  std::set<std::string_view> unknown;  // and what not
};

bool is_one_of(const std::string& text, std::initializer_list<std::string_view> words) {
  const std::string folded = to_lower(std::string_view(text).substr(0, 64));
  return std::find(words.begin(), words.end(), folded) != words.end();
}

void look_at_risk(Look& look) {
  const auto& level = look.sign_in->risk_level;
  const auto& state = look.sign_in->risk_state;
  if (level && is_one_of(*level, {"medium", "high"})) {
    look.quarters = 4;
    look.found.push_back(fmt::format("risk {}", printable(*level, 20)));
  }
  // A low risk also leaves the state atRisk: it counts where the level does not say that.
  const bool slight = level && is_one_of(*level, {"none", "low"});
  if (state &&
      (is_one_of(*state, {"confirmedcompromised"}) || (!slight && is_one_of(*state, {"atrisk"})))) {
    look.quarters = 4;
    look.found.push_back(fmt::format("risk state {}", printable(*state, 30)));
  }
  // "hidden" and "unknownFutureValue" say nothing, and no level at all is not the level none.
  const bool is_known = level && is_one_of(*level, {"none", "low", "medium", "high"});
  (is_known ? look.known : look.unknown).insert("risk");
}

void look_at_protocol(Look& look) {
  const auto& protocol = look.sign_in->protocol;
  if (!protocol || protocol->empty()) {
    look.unknown.insert("protocol");
    return;
  }
  look.known.insert("protocol");
  const bool code = is_one_of(*protocol, {"devicecode"});
  if (!code && !is_one_of(*protocol, {"ropc"})) return;
  look.quarters = 4;
  look.found.emplace_back(code ? "signed in by device code" : "signed in by password alone (ROPC)");
}

// New is a country in which he was not before, when enough of before is known; or in which he was
// neither before nor after.
void look_at_country(const Case& subject, StaysOf& all, Look& look) {
  if (!look.sign_in->country || look.sign_in->country->empty()) {
    look.unknown.insert("country");
    return;
  }
  const std::string place = to_lower(std::string_view(*look.sign_in->country).substr(0, 64));
  const Time consent = look.consent->event->time;
  const Habit habit = habit_of(stays_of(subject, look.sign_in->user.str(), all), place, consent);
  if (habit.same_before) {
    look.known.insert("country");
    return;
  }
  const bool before = habit.first && *habit.first <= consent - history_least;
  const bool both = habit.first && *habit.last - *habit.first >= history_least;
  if (!before && (!both || habit.same_after)) {
    look.unknown.insert("country");
    return;
  }
  look.known.insert("country");
  look.quarters = 4;
  look.found.push_back(fmt::format(
      "from {}, where this user was never seen before (known of him: {} to {}, in {} other "
      "{})",
      printable(*look.sign_in->country, 20), format_time(*habit.first), format_time(*habit.last),
      habit.countries, habit.countries == 1 ? "country" : "countries"));
}

// An address alone says little, since providers change them: a quarter, and only when the week
// before the consent knows the user from elsewhere.
void look_at_address(const Case& subject, Look& look) {
  const Time consent = look.consent->event->time;
  if (!look.sign_in->ip_address || look.sign_in->ip_address->empty()) {
    look.unknown.insert("address");
    return;
  }
  const std::string_view network = network_of(*look.sign_in->ip_address);
  std::size_t others = 0;
  const auto& all = subject.context.index.sign_ins_of(look.sign_in->user.str());
  const auto before = [](const domain::SignIn* one, Time time) { return one->time < time; };
  const auto end = std::lower_bound(all.begin(), all.end(), consent - around_consent, before);
  for (auto at = std::lower_bound(all.begin(), end, consent - week, before); at != end; ++at) {
    const domain::SignIn* one = *at;
    if (!succeeded(*one) || !one->ip_address) continue;
    if (network_of(*one->ip_address) == network) {
      look.known.insert("address");
      return;
    }
    ++others;
  }
  if (others < addresses_least) {
    look.unknown.insert("address");
    return;
  }
  look.known.insert("address");
  look.quarters = std::max(look.quarters, 1);
  look.found.push_back(
      fmt::format("address {} is in none of the networks of his {} other sign-ins "
                  "of the week before{}",
                  printable(*look.sign_in->ip_address, 45), others,
                  look.quarters == 1 ? ", which alone counts a quarter" : ""));
}

Look look_at(const Case& subject, const Happening& consent, StaysOf& all) {
  Look look;
  look.consent = &consent;
  look.sign_in = sign_in_behind(subject, consent);
  if (look.sign_in == nullptr) return look;
  look_at_risk(look);
  look_at_protocol(look);
  look_at_country(subject, all, look);
  look_at_address(subject, look);
  return look;
}

std::string consent_text(const Happening& consent) {
  const auto& event = *consent.event;
  const std::string who = event.actor_user_principal_name.value_or(
      event.actor_user ? event.actor_user->str() : "an unknown user");
  return fmt::format("the consent of {} at {}", printable(who, 80), format_time(event.time));
}

Answer risky(const std::vector<Look>& looks, int weight) {
  const Look* worst = nullptr;
  std::size_t count = 0;
  std::vector<std::string> evidence;
  for (const Look& look : looks) {
    if (look.quarters == 0) continue;
    ++count;
    if (worst == nullptr || look.quarters > worst->quarters) worst = &look;
    evidence.push_back(look.consent->event->id.str());
    evidence.push_back(look.sign_in->id.str());
  }
  std::string reason =
      fmt::format("the sign-in behind {} (record {}): {}", consent_text(*worst->consent),
                  printable(worst->sign_in->id.str(), 60), fmt::join(worst->found, "; "));
  if (count > 1) reason += fmt::format("; and {} more consents like it", count - 1);
  return hit(weight * worst->quarters / 4, std::move(reason), std::move(evidence));
}

std::string needed() {
  return fmt::format("{}; risk takes Microsoft Entra ID P2, protocol takes beta",
                     to_read(source::sign_ins));
}

// Consents before the log are not known, nor is what was behind them.
Answer no_consent(const Case& subject) {
  const auto& grants = subject.facts.grants;
  const bool held = std::any_of(grants.begin(), grants.end(),
                                [](const HeldGrant& one) { return one.reach.any(); });
  if (!held && was_read(subject, source::grants)) {
    return miss("no consent to it is in directoryAudits, and it holds no grant with mail");
  }
  const auto since = subject.context.snapshot.coverage.logs_since;
  return not_evaluable(
      fmt::format("no consent to it is in directoryAudits{}",
                  since ? fmt::format(", which begin at {}", format_time(*since)) : ""),
      "directoryAudits and signIns of the time of the consent");
}

Answer unremarkable(const std::vector<Look>& looks) {
  std::set<std::string_view> known;
  std::set<std::string_view> unknown;
  std::size_t without = 0;
  for (const Look& look : looks) {
    known.insert(look.known.begin(), look.known.end());
    unknown.insert(look.unknown.begin(), look.unknown.end());
    without += look.sign_in == nullptr ? 1 : 0;
  }
  if (without > 0) {
    return not_evaluable(
        fmt::format("no sign-in of that user to this application is near the consent, for {} of {} "
                    "{} (sign-ins to Microsoft's own applications are not kept from exports)",
                    without, looks.size(), looks.size() == 1 ? "consent" : "consents"),
        needed());
  }
  if (known.empty()) {
    return not_evaluable(
        fmt::format("the sign-ins behind the consents do not show {}", fmt::join(unknown, ", ")),
        needed());
  }
  std::string reason =
      fmt::format("the sign-ins behind {} {} show nothing unusual in {}", looks.size(),
                  looks.size() == 1 ? "consent" : "consents", fmt::join(known, ", "));
  if (!unknown.empty()) {
    reason += fmt::format("; not known for all: {}", fmt::join(unknown, ", "));
  }
  return miss(std::move(reason));
}

}  // namespace

Answer risky_sign_in(const Case& subject, int weight) {
  std::vector<Look> looks;
  StaysOf stays;
  for (const Happening* event : subject.facts.events) {
    if (event->kind != HappeningKind::consent || event->refused) continue;
    looks.push_back(look_at(subject, *event, stays));
  }
  const bool found =
      std::any_of(looks.begin(), looks.end(), [](const Look& look) { return look.quarters > 0; });
  if (found) return risky(looks, weight);
  for (const std::string_view needs : {source::audits, source::sign_ins}) {
    if (was_read(subject, needs)) continue;
    return not_evaluable(why_not_read(subject, needs),
                         needs == source::sign_ins ? needed() : to_read(needs));
  }
  return looks.empty() ? no_consent(subject) : unremarkable(looks);
}

}  // namespace clawback::detect
