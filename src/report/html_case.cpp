#include <fmt/format.h>

#include <map>

#include "base/listed.hpp"
#include "base/safe_text.hpp"
#include "report/html_parts.hpp"
#include "report/words.hpp"

namespace clawback::report {
namespace {

constexpr std::size_t evidence_max = 8;
constexpr std::size_t words_max = 600;
constexpr std::size_t scopes_max = 40;

Html records(const std::vector<std::string>& list) { return code(listed(list, evidence_max)); }

// Scopes are words of Microsoft's, as far as they are; whoever made the application can't choose
// them, whoever writes an export can.
Html scopes_html(const std::vector<std::string>& scopes) {
  return escaped(listed(scopes, scopes_max, 80));
}

Html more_html(std::size_t all, std::string_view what) {
  if (all <= held_max) return {};
  return paragraph(fmt::format("{} more {} are not listed here: clawback scan --json has all.",
                               all - held_max, what));
}

Html signals_html(const domain::Finding& finding) {
  std::vector<std::vector<Html>> hits;
  std::vector<std::vector<Html>> against;
  std::vector<std::vector<Html>> open;
  for (const domain::SignalResult& signal : finding.signals) {
    switch (signal.state) {
      case domain::SignalState::hit:
        hits.push_back({escaped(signal.id), escaped(fmt::format("{:+}", signal.weight)),
                        escaped(printable(signal.reason, words_max)), records(signal.evidence)});
        break;
      case domain::SignalState::not_evaluable:
        open.push_back({escaped(signal.id), escaped(printable(signal.reason, words_max)),
                        escaped(printable(signal.missing.value_or("not known"), words_max))});
        break;
      case domain::SignalState::miss:
        if (signal.against) {
          against.push_back({escaped(signal.id), escaped(printable(signal.reason, words_max)),
                             records(signal.evidence)});
        }
        break;
    }
  }
  Html out = element("h4", std::string_view("Why"));
  if (!hits.empty())
    out += table("Signals for abuse", {"Signal", "Weight", "Reason", "Evidence"}, hits);
  if (!against.empty()) {
    out += table("Signals against it", {"Signal", "Reason", "Evidence"}, against);
  }
  if (!open.empty()) {
    out += table("Signals that could not be evaluated", {"Signal", "Reason", "Missing"}, open);
  }
  return out;
}

Html user_name(const std::map<std::string, const domain::User*>& users,
               const domain::Grant& grant) {
  if (grant.principal) {
    const auto user = users.find(grant.principal->str());
    if (user != users.end()) return named(user_words(*user->second));
  }
  return escaped(grant_words(grant));
}

// What is not there is only gone if it was read.
Html no_holdings(const domain::Finding& finding, const domain::Coverage& coverage) {
  Html out;
  const auto gap = [&](bool none, std::string_view what, std::string_view source) {
    const std::string words = none ? not_read_words(coverage, source) : std::string();
    if (!words.empty()) out += paragraph(fmt::format("{}: not known, {}.", what, words));
  };
  gap(finding.grants.empty(), "Delegated grants", domain::source::grants);
  gap(finding.app_roles.empty(), "Application permissions", domain::source::app_roles);
  if (out.markup.empty() && finding.grants.empty() && finding.app_roles.empty()) {
    out = paragraph("Nothing any more.");
  }
  return out;
}

Html holdings_html(const domain::Finding& finding, const domain::Coverage& coverage) {
  std::map<std::string, const domain::User*> users;
  for (const domain::User& user : finding.users) users.emplace(user.id.str(), &user);
  Html out = element("h4", std::string_view("What it holds"));
  std::vector<std::vector<Html>> rows;
  for (const domain::Grant& grant : finding.grants) {
    if (rows.size() == held_max) break;
    rows.push_back({user_name(users, grant), scopes_html(grant.scopes), code(grant.resource.str()),
                    code(grant.id.str())});
  }
  if (!rows.empty()) out += table("Delegated grants", {"For", "Scopes", "Resource", "Grant"}, rows);
  out += more_html(finding.grants.size(), "grants");
  rows.clear();
  for (const domain::AppRoleAssignment& role : finding.app_roles) {
    if (rows.size() == held_max) break;
    rows.push_back({escaped(printable(role.value.value_or(role.role_id))),
                    code(role.resource.str()), code(role.id.str())});
  }
  if (!rows.empty()) {
    out += table("Application permissions", {"Permission", "Resource", "Assignment"}, rows);
  }
  out += more_html(finding.app_roles.size(), "application permissions");
  out += no_holdings(finding, coverage);
  return out;
}

Html history_html(const domain::Finding& finding) {
  std::vector<std::vector<Html>> rows;
  for (const domain::GrantHistory& history : finding.history) {
    if (rows.size() == held_max) break;
    std::string changed = changed_when(history);
    if (!history.added_scopes.empty()) {
      changed += " added " + listed(history.added_scopes, names_max, 80);
    }
    if (!history.present) changed += " It is not there any more.";
    rows.push_back({named(history_subject(finding, history)),
                    escaped(printable(history_scopes(history))), escaped(history_when(history)),
                    escaped(printable(history.by.value_or("not known"))),
                    escaped(printable(history.from.value_or("not known"))), escaped(changed),
                    escaped(printable(history.unknown, words_max)), records(history.records)});
  }
  if (rows.empty()) return {};
  Html out =
      table("When, who, where",
            {"For", "Scopes", "Given", "By", "From", "Changed", "Not known", "Records"}, rows);
  out += more_html(finding.history.size(), "grants");
  return out;
}

Html blast_html(const domain::BlastRadius& blast) {
  const std::string items = blast.items == 0 ? "" : fmt::format("{}", blast.items);
  std::string first;
  if (blast.first_read) first = format_time(*blast.first_read);
  const std::string after = after_consent_words(blast);
  if (!after.empty()) first += ", " + after;
  const std::string what = blast.known ? "" : blast.unknown.empty() ? "yes" : blast.unknown;
  Html out = element("h4", std::string_view("Blast radius"));
  out += facts({{.term = "Mailboxes read",
                 .value = blast.mailboxes.empty()
                              ? escaped(blast.known ? "none, as far as the log goes" : "not known")
                              : listed_html(blast.mailboxes, held_max)},
                {.term = "Messages named", .value = escaped(items)},
                {.term = "First read", .value = escaped(first)},
                {.term = "Rules and forwarding", .value = code(listed(blast.rules, held_max))},
                {.term = "Not known", .value = escaped(printable(what, words_max))}});
  return out;
}

Html answers_html(const domain::Finding& finding) {
  std::vector<std::vector<Html>> rows;
  for (const domain::UserAnswer& answer : finding.answers) {
    rows.push_back({escaped(answer.user_principal_name.empty() ? answer.user.str()
                                                               : answer.user_principal_name),
                    escaped(domain::name_of(answer.says)), escaped(domain::name_of(answer.channel)),
                    escaped(answer.by), escaped(format_time(answer.time)), escaped(answer.note),
                    escaped(std::string_view(answer.last ? "" : "replaced by a later answer"))});
  }
  if (rows.empty()) return {};
  Html out = table("Asked whether it is theirs",
                   {"Who", "Says", "Channel", "Recorded by", "When", "Note", "Later"}, rows);
  const std::string review = review_words(finding);
  if (!review.empty()) out += element("p", escaped("Review: " + review));
  return out;
}

// Reply URLs are shown as text and never as links: nobody should open one by accident.
Html reply_urls(const domain::Finding& finding) {
  if (!finding.app.reply_urls) return {};
  return code(listed(*finding.app.reply_urls, names_max));
}

Html case_facts(const domain::Finding& finding, const domain::Coverage& coverage) {
  const Affected reach = affected(finding, coverage);
  const std::string owner =
      finding.app.owner_tenant ? finding.app.owner_tenant->str() : std::string("not known");
  return facts(
      {{.term = "Application id", .value = code(finding.app.app_id.str())},
       {.term = "Object id", .value = code(finding.app.id.str())},
       {.term = "Owner", .value = escaped(fmt::format("{} ({})", owner_words(finding), owner))},
       {.term = "Publisher", .value = named(publisher_words(finding))},
       {.term = "State", .value = escaped(enabled_words(finding))},
       {.term = "Reply URLs", .value = reply_urls(finding)},
       {.term = "Affected",
        .value = escaped(reach.known() ? words_users(reach) : "not known: " + reach_gap(coverage))},
       {.term = "Case", .value = escaped(case_words(finding))},
       {.term = "Access", .value = escaped(printable(existence_words(finding), words_max))},
       {.term = "Rule", .value = escaped(printable(rule_words(finding), words_max))},
       {.term = "Exception",
        .value = escaped(printable(finding.exception.value_or(""), words_max))}});
}

}  // namespace

std::string case_id(std::size_t number) { return fmt::format("case-{}", number); }

Html case_html(const domain::Finding& finding, std::size_t number, const CaseOptions& options) {
  constexpr std::size_t heading_max = 120;
  const std::string verdict(name_of(finding.verdict));
  const std::string which = options.numbered ? fmt::format("Case {}: ", number) : std::string();
  const std::string heading = fmt::format("{}{}, score {}: {}", which, verdict, finding.score,
                                          printable(finding.app.display_name, heading_max));
  static const domain::Coverage nothing_read;
  const domain::Coverage& coverage =
      options.timeline.coverage == nullptr ? nothing_read : *options.timeline.coverage;
  Html inside = options.before;
  if (const std::string note = code_points_note(finding.app.display_name); !note.empty()) {
    inside += paragraph("The name holds characters that mislead: " + note, "note");
  }
  inside += case_facts(finding, coverage);
  inside += answers_html(finding);
  inside += signals_html(finding);
  inside += element("h4", std::string_view("Timeline"));
  const std::string id = fmt::format("timeline-{}", number);
  const Html timeline = timeline_html(finding, options.timeline, id);
  inside += timeline.markup.empty()
                ? paragraph("No time is known of anything that happened in this case.")
                : timeline;
  inside += holdings_html(finding, coverage);
  inside += history_html(finding);
  inside += blast_html(finding.blast);
  inside += options.afterwards;
  return element("article", section(case_id(number), heading, inside, 3), verdict + "-case");
}

}  // namespace clawback::report
