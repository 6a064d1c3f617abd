#include <algorithm>

#include "domain/snapshot.hpp"
#include "policy/policy.hpp"

namespace clawback::policy {

// The defaults, with watch at 40 and alert at 80:
// - A catalogued id alone (D01) is a case to look at; with any mail scope (D04) it is an alert.
// - Mail scopes alone stay information: 25, or 37 with offline_access. Honest mail clients look
// like that.
// - D05 reaches every mailbox with nobody signed in: watch alone, an alert once the publisher is
// unverified.
// - D06 is routine for a CRM that an administrator installed (watch with D04), and an alert as soon
// as the
//   publisher is unverified or the app is young (D07).
// - D02, D07, D09 and D11 are weak: honest apps show each of them. All together lift a mail client
// that
//   nobody knows to watch, never to alert.
const std::vector<SignalInfo>& signals() {
  namespace source = domain::source;
  static const std::vector<SignalInfo> table = {
      {"D01",
       "known abused application",
       "its app id is in the catalog of applications used in attacks",
       60,
       {source::service_principals},
       true},
      {"D02",
       "name of a known application",
       "it bears a catalogued name under another app id; names can be copied",
       15,
       {source::service_principals},
       true},
      {"D04",
       "delegated access to mail",
       "users let it read, change, send or export their mail",
       25,
       {source::grants},
       true},
      {"D05",
       "application access to mail",
       "it reaches mailboxes by itself, with no user signed in",
       70,
       {source::app_roles},
       true},
      {"D06",
       "tenant-wide mail grant to a third party",
       "one consent covers every mailbox of the tenant",
       40,
       {source::service_principals, source::grants},
       true},
      {"D07",
       "unverified or young third party",
       "nobody vouches for the publisher, or the app is new here",
       20,
       {source::service_principals},
       false},
      {"D09",
       "loopback or unencrypted reply URL",
       "codes are handed to a program on the user's own machine, as attack tools do",
       20,
       {source::service_principals},
       false},
      {"D11",
       "rare and new",
       "few users hold it and it came recently",
       10,
       {source::service_principals, source::grants},
       false},
  };
  return table;
}

const SignalInfo* find_signal(std::string_view id) {
  const auto& table = signals();
  const auto found = std::find_if(table.begin(), table.end(),
                                  [&](const SignalInfo& signal) { return signal.id == id; });
  return found != table.end() ? &*found : nullptr;
}

}  // namespace clawback::policy
