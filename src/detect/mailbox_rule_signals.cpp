#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/digest.hpp"
#include "base/safe_text.hpp"
#include "detect/signal.hpp"
#include "detect/uses.hpp"

// D20: rules and forwarding that somebody got soon after he let the application in.
namespace clawback::detect {
namespace {

namespace source = domain::source;
using domain::MailboxChange;

// Intruders make their rules in the session in which they came, or on the next day when the first
// answer arrives. Later ones are more often the user's own.
constexpr Duration within = std::chrono::hours(48);

enum class Where : std::uint8_t { nowhere, inside, unknown, outside };

// The farthest that it forwards to.
Where forwards_to(const Case& subject, const MailboxChange& change, std::string& domain) {
  if (!change.forwards) return Where::nowhere;
  const auto& own = subject.context.index.mail_domains();
  Where farthest = change.recipients.empty() ? Where::unknown : Where::inside;
  for (const std::string& recipient : change.recipients) {
    std::string one = domain_of(recipient);
    if (one.empty()) {  // "Ada Lovelace", a directory object; "\"Ada\" [SMTP:ada@b.example]" has
                        // one
      farthest = std::max(farthest, Where::unknown);
    } else if (!own.contains(one)) {
      if (farthest != Where::outside || one < domain) domain = std::move(one);
      farthest = Where::outside;
    }
  }
  return farthest;
}

struct Made {
  const RuleMade* rule = nullptr;
  int quarters = 0;  // of the weight; 0: people tidy up so
  std::string does;
};

Made weigh(const Case& subject, const RuleMade& rule) {
  Made made{.rule = &rule, .quarters = 0, .does = "neither forwards nor hides mail"};
  const MailboxChange& change = *rule.change;
  std::string domain;
  const Where where = forwards_to(subject, change, domain);
  std::vector<std::string> does;
  if (where == Where::outside) {
    made.quarters = 4;
    does.push_back(fmt::format("forwards mail to {}, outside of the domains known of this tenant",
                               printable(domain, 80)));
  }
  if (change.hides) {
    made.quarters = 4;
    does.emplace_back("hides mail");
  }
  if (where == Where::unknown) {
    made.quarters = std::max(made.quarters, 2);
    does.emplace_back(made.quarters == 2 ? "forwards mail, to whom is not known: counts half"
                                         : "forwards mail, to whom is not known");
  }
  if (where == Where::inside) {
    made.quarters = std::max(made.quarters, 1);
    does.emplace_back(made.quarters == 1 ? "forwards mail inside of the tenant: counts a quarter"
                                         : "forwards mail inside of the tenant");
  }
  if (!does.empty()) made.does = fmt::format("{}", fmt::join(does, ", "));
  return made;
}

bool soon_after(const RuleMade& rule) {
  return rule.consent != nullptr && rule.change->time - rule.consent->event->time <= within;
}

Answer rule_found(const Case& subject, const std::vector<Made>& all, int weight) {
  const Made* worst = &all.front();
  std::vector<std::string> evidence;
  for (const Made& one : all) {
    if (one.quarters > worst->quarters) worst = &one;
    evidence.push_back(one.rule->change->id.str());
    evidence.push_back(one.rule->consent->event->id.str());
  }
  const MailboxChange& change = *worst->rule->change;
  const auto& consent = *worst->rule->consent->event;
  std::string reason =
      fmt::format("{} in mailbox {} (record {}), {} after the consent at {}: it {}",
                  printable(change.operation, 60), printable(change.mailbox, 80),
                  printable(change.id.str(), 60), span_text(change.time - consent.time),
                  format_time(consent.time), worst->does);
  if (change.rule_name) reason += fmt::format("; rule \"{}\"", printable(*change.rule_name, 60));
  const auto* app = subject.facts.app;
  if (app != nullptr && change.client_app && *change.client_app == app->app_id) {
    reason += "; made through this application";
  }
  if (all.size() > 1) reason += fmt::format("; and {} more", all.size() - 1);
  return hit(weight * worst->quarters / 4, std::move(reason), std::move(evidence));
}

// Rules that would count, had one of its users got them, in mailboxes that are nobody's who is
// known: an alias, or a name that only Exchange has.
std::size_t unmatched(const Case& subject, const Consents& consents,
                      const std::vector<RuleMade>& rules) {
  std::set<const MailboxChange*> matched;
  for (const RuleMade& rule : rules) matched.insert(rule.change);
  const Index& index = subject.context.index;
  std::size_t count = 0;
  for (const MailboxChange& change : subject.context.snapshot.mailbox_changes) {
    const Happening* consent = consents.before(change.time);
    if (consent == nullptr || change.time - consent->event->time > within) continue;
    if (matched.contains(&change) || index.user_named(change.mailbox) != nullptr) continue;
    if (change.user && index.user(change.user->str()) != nullptr) continue;
    const RuleMade made{.change = &change, .consent = consent};
    count += weigh(subject, made).quarters > 0 ? 1 : 0;
  }
  return count;
}

// What keeps a miss from being said; empty: nothing.
std::string in_doubt(const Case& subject, const Consents& consents,
                     const std::vector<RuleMade>& rules) {
  const bool users_read = was_read(subject, source::users);
  const auto persons = users_read ? std::vector<Person>() : people(subject, consents);
  const auto nameless = std::count_if(persons.begin(), persons.end(),
                                      [](const Person& one) { return one.name.empty(); });
  if (nameless > 0) {
    return fmt::format(
        "the names of {} users of it are not known, and rules may be recorded by "
        "name: {}",
        nameless, why_not_read(subject, source::users));
  }
  if (const std::size_t count = unmatched(subject, consents, rules); count > 0) {
    return fmt::format("{} {} to a mailbox that could not be matched to a user", count,
                       count == 1 ? "rule belongs" : "rules belong");
  }
  const auto since = subject.context.snapshot.coverage.logs_since;
  const auto early = std::find_if(rules.begin(), rules.end(), [&](const RuleMade& rule) {
    return rule.consent == nullptr && since && rule.change->time < *since + within;
  });
  if (early == rules.end()) return {};
  return fmt::format(
      "record {} is from the first {} of the log: the consent before it may be older",
      printable(early->change->id.str(), 60), span_text(within));
}

// Nothing, as long as the logs are whole.
Answer no_rule(const Case& subject) {
  for (const std::string_view needs : {source::mailbox_changes, source::audits}) {
    if (was_read(subject, needs)) continue;
    return not_evaluable(why_not_read(subject, needs), to_read(needs));
  }
  return miss("no user of it got an inbox rule or forwarding");
}

Answer no_rule_in_time(const Case& subject, const Consents& consents,
                       const std::vector<RuleMade>& rules) {
  Answer none = no_rule(subject);
  if (none.state == domain::SignalState::not_evaluable) return none;
  if (std::string doubt = in_doubt(subject, consents, rules); !doubt.empty()) {
    return not_evaluable(std::move(doubt),
                         fmt::format("{}, {} from before", to_read(source::users), source::audits));
  }
  if (rules.empty()) return none;
  return miss(
      fmt::format("{} inbox rules and forwardings of its users, none that forwards or hides mail "
                  "within {} after a consent",
                  rules.size(), span_text(within)));
}

}  // namespace

Answer rule_after_consent(const Case& subject, int weight) {
  // Most applications of a tenant end here: nothing is looked for where there is nothing.
  if (subject.context.snapshot.mailbox_changes.empty()) return no_rule(subject);
  const Consents consents(subject);
  const auto rules = rules_made(subject, consents);
  std::vector<Made> found;
  for (const RuleMade& rule : rules) {
    if (!soon_after(rule)) continue;
    Made made = weigh(subject, rule);
    if (made.quarters > 0) found.push_back(std::move(made));
  }
  return !found.empty() ? rule_found(subject, found, weight)
                        : no_rule_in_time(subject, consents, rules);
}

}  // namespace clawback::detect
