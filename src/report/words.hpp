#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "domain/finding.hpp"
#include "plan/plan.hpp"
#include "report/model.hpp"

// What is said about findings and plans, whatever they are written as. Nothing here is escaped.
namespace clawback::report {

// "1 user", "3 users".
std::string count_of(std::size_t count, std::string_view one, std::string_view many = {});

// Whom an application reaches: the users who granted it something, or everyone when a grant or a
// mailbox role holds for the whole tenant.
// That nobody was found, and that it doesn't reach everyone, is only known where grants and
// application permissions were both read completely.
struct Affected {
  bool everyone = false;
  std::size_t users = 0;
  bool whole = false;  // both were
  [[nodiscard]] bool known() const { return whole || everyone || users != 0; }
};
Affected affected(const domain::Finding& finding, const domain::Coverage& coverage);
std::string words(const Affected& affected);        // "3", "everyone", "not known"
std::string words_users(const Affected& affected);  // "3 users", "everyone", "not known"
// For a sentence after "reaches": "3 users", "everyone", "an unknown number of users".
std::string words_reached(const Affected& affected);
// "oauth2PermissionGrants was not read", or "… was read in part"; empty if it was read.
std::string not_read_words(const domain::Coverage& coverage, std::string_view source);
// The same of the first source that Affected needs.
std::string reach_gap(const domain::Coverage& coverage);

std::string owner_words(const domain::Finding& finding);  // "third party", "this tenant", "unknown"
std::string publisher_words(
    const domain::Finding& finding);  // verified publisher, or that there is none
std::string publisher_short(
    const domain::Finding& finding);  // for a column: the name, "unverified", "?"
std::string enabled_words(const domain::Finding& finding);
std::string user_words(const domain::User& user);  // name, or id where it was not read
std::string rule_words(
    const domain::Finding& finding);                  // rule and mode, exception, why it is lowered
std::string grant_words(const domain::Grant& grant);  // for whom, on what
std::string request_words(const plan::Request& request);  // "PATCH /v1.0/…"; the body is apart
std::string body_words(const plan::Request& request);     // canonical JSON, or empty
std::string undo_words(const plan::Action& action);
// The object that nothing is planned for, with its application's name if the plan's actions tell
// it.
std::string left_alone_words(const plan::Plan& plan, const plan::Refusal& refusal);
std::string asked_by_words(const plan::Plan& plan);       // the name, and the account that gave it
std::string must_show_words(const plan::Action& action);  // what the precondition's read must show

std::string duration_words(std::int64_t seconds);  // "90 s", "4 min", "3 days"; rounded down
// "new", "unchanged since 2026-11-20T10:00:00Z", or empty without a state database.
std::string case_words(const domain::Finding& finding);
std::string existence_words(const domain::Finding& finding);  // before or in the window, and why
// Whose access a history is about, as users and grants of the finding name it.
std::string history_subject(const domain::Finding& finding, const domain::GrantHistory& history);
std::string history_scopes(const domain::GrantHistory& history);  // the first few, to tell it by
std::string history_when(const domain::GrantHistory& history);  // "2026-11-20T10:00:00Z", "before…"
// "2026-11-20T10:00:00Z", or "between … and …" when two passes enclose it and no record tells it.
std::string changed_when(const domain::GrantHistory& history);      // empty: no change is known
std::string history_words(const domain::GrantHistory& history);     // when, by whom, from where
std::string after_consent_words(const domain::BlastRadius& blast);  // "4 min after the consent"
std::string blast_words(const domain::BlastRadius& blast);          // what was done, or why unknown

// "ada@… says that it is not theirs: recorded by Dana Reyes, by phone, on …", with the note and
// whether a later answer replaces it.
std::string answer_words(const domain::UserAnswer& answer);
// What the answers mean for a person who decides: that a "mine" is to be looked at. Empty: nothing.
std::string review_words(const domain::Finding& finding);

// One sentence per source that was not read completely, and one for all that Graph can't give;
// empty when there is none.
std::vector<std::string> unseen(const domain::Coverage& coverage);
std::string window_words(const domain::Coverage& coverage);  // since when logs were read, or empty

std::string tenant_words(const std::string& id, const std::string& name);  // "contoso (aaaabbbb-…)"

struct Counts {
  std::size_t alert = 0;
  std::size_t watch = 0;
  std::size_t info = 0;
  std::size_t excepted = 0;
  std::size_t tracked = 0;  // compared with what is remembered
  std::size_t fresh = 0;
  std::size_t changed = 0;
};
Counts count(const Scan& scan);
std::string summary_words(const Scan& scan);
std::string summary_words(const plan::Plan& plan);
// Each way by which an intruder could stay or come back, and what the plan does about it, also if
// that is nothing. Empty for an empty plan and for an undo.
std::vector<std::string> ways_back(const plan::Plan& plan);
// A user of a plan: name and id, or the id where the name was not read.
std::string user_words(const plan::Plan& plan, const std::string& id);
// The users whom the plan's cases are about, the first `affected_shown` and how many more.
constexpr std::size_t affected_shown = 20;
std::vector<std::string> affected_words(const plan::Plan& plan);
// The application of a case: "eM Client (e9a7fea1-…)", its app id, or empty if no action tells.
std::string case_app_words(const plan::Plan& plan, const plan::CaseReasons& reasons);
// Whose access an action changes: name and id, or empty when it is nobody's in particular.
std::string whom_words(const plan::Plan& plan, const plan::Action& action);
std::string reason_words(const plan::Reason& reason);  // "D04: why [records]"
// The characters of a name that mislead, to be shown beside it: "U+0430 CYRILLIC SMALL LETTER A,
// U+200B ZERO WIDTH SPACE". Hidden and control characters, stray combining marks, letters of
// another script inside a word, words made of look-alikes of ASCII, letters in disguise (full
// width, mathematical), private use. Any bytes are taken; of the first 256 code points at most 6
// are named, then how many more. ASCII only, under 700 bytes. Empty for ordinary names, of whatever
// script.
std::string code_points_note(std::string_view name);
// The command that approves the plan, with `file` quoted for a shell.
std::string approve_command(const plan::Plan& plan, std::string_view file);

// What became of one action; of one that the run does not know: not begun.
journal::ActionState state_of(const RunView& run, const std::string& id);
// Whose approvals were used for it, when, and whether one broke the glass.
std::string approved_by_words(const RunView& run);
bool is_good(journal::Phase phase);               // done, or held already
std::string outcome_words(journal::Phase phase);  // "sent, its effect was not seen"
std::string summary_words(const RunView& run);
std::string trouble_words(const journal::ActionState& state);  // "why (status 403, request-id …)"
// Whether `resume` can do any more. An application that can't be put into the tenant is answered
// 400 each time.
bool can_go_on(const RunView& run);

}  // namespace clawback::report
