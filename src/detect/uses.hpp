#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "detect/access.hpp"
#include "detect/case.hpp"

// Who let the application into mail and when, and what followed in the mailboxes concerned.
namespace clawback::detect {

// Only with error code 0. A record without a code, which exports may leave out, is neither: it did
// not succeed for a hit, and it did not fail for a miss. A code below 0 failed, why is not known.
bool succeeded(const domain::SignIn& sign_in);
bool may_have_succeeded(const domain::SignIn& sign_in);
// "2 sign-ins do not say whether they succeeded"; empty: all of them say it.
std::string unsaid_sign_ins(const AppFacts& facts);
// The object id of who acted; by his name where the record has no id. Empty: not known.
std::string actor_of(const Case& subject, const Happening& event);

// Successful consents and grants that reach mail, by the user for whom they were made. A consent
// whose scopes are not in the record counts: it may have been mail.
class Consents {
 public:
  explicit Consents(const Case& subject);
  // The last at or before a moment for that user, by object id or by user principal name in lower
  // case, or for everyone; nullptr: none.
  [[nodiscard]] const Happening* before(std::string_view id, std::string_view name,
                                        Time moment) const;
  // The same for whoever is concerned by a read: the user who read, else the owner of the mailbox,
  // else (a shared mailbox) any.
  [[nodiscard]] const Happening* before(const domain::MailAccess& read) const;
  // The last at or before a moment, for anybody.
  [[nodiscard]] const Happening* before(Time moment) const;
  [[nodiscard]] bool knows(std::string_view person) const { return of_.contains(person); }
  [[nodiscard]] bool empty() const { return all_.empty(); }
  // App roles with mail, and what was granted for the whole tenant; by time and id.
  [[nodiscard]] const std::vector<const Happening*>& for_everyone() const { return everyone_; }

 private:
  using List = std::vector<const Happening*>;  // by time and id
  void add(const Case& subject, const Happening& event);
  void add_person(const Case& subject, const Happening& event, const std::string& id);

  std::map<std::string, List, std::less<>> of_;  // by object id, and by name
  List everyone_;
  List all_;
};

// Whether it is let into the mail of people who were not asked: by an app role, or by a grant for
// the whole tenant; and whether that was given in the window. Unknown: what it holds was not read.
enum class WideAccess : std::uint8_t { no, unknown, older, in_window };
WideAccess wide_access(const Case& subject, const Consents& consents);

// Somebody whose mailbox the application is let into, or read. Either may be empty, not both.
struct Person {
  std::string id;
  std::string name;  // user principal name, lower case
  friend auto operator<=>(const Person&, const Person&) = default;
};
// Principals of grants that reach mail, who consented, whose mailbox it read; where it holds mail
// for everyone, who signed in with it. By id and name.
std::vector<Person> people(const Case& subject, const Consents& consents);

// An inbox rule or forwarding that one of its people got, with his last consent before it.
struct RuleMade {
  const domain::MailboxChange* change = nullptr;
  const Happening* consent = nullptr;  // nullptr: the log has none before the rule
};
// By time and id.
std::vector<RuleMade> rules_made(const Case& subject, const Consents& consents);

// Rows of reads of its people's mailboxes that may be the application's, since it may use EWS and
// those hide who reads.
std::size_t hidden_reads(const Case& subject, const Consents& consents);

}  // namespace clawback::detect
