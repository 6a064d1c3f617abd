#pragma once

#include <string>
#include <string_view>

#include "policy/policy.hpp"

// What user agents and ClientInfoStrings say of the program that shows them. They are the word of
// whoever writes them: a script's agent is telling because honest clients do not pose as scripts.
namespace clawback::detect {

// A library or tool that shows its own name when a script does not care to change it.
struct ScriptAgent {
  std::string_view token;  // lower case, at the start of a word
  std::string_view what;
  bool built_in;  // mail programs are built with it, too: it may be the genuine one
};
// In the first 512 bytes; nullptr: of no script that is known.
const ScriptAgent* script_in(std::string_view agent);

// "thunderbird" of "Mozilla/5.0 (…) Thunderbird/128.0", "em client" of "eM Client/9.2": without
// versions, lower case, at most 40 bytes; empty if there is none.
std::string family_of(std::string_view agent);
// A browser's agent: at an interactive sign-in any client shows it.
bool is_browser(std::string_view agent);

// Whether the entry stands for a client that people sign in with, for D17 and D18.
bool is_catalogued_client(const policy::CatalogEntry* entry);
// Its maker's servers use the mailbox for the user: rented servers and libraries are normal there.
bool runs_on_servers(const policy::CatalogEntry& entry);
bool is_mail_client(const policy::CatalogEntry& entry);
bool is_common_client(const policy::CatalogEntry& entry);  // baseline, and the entry is not weak

}  // namespace clawback::detect
