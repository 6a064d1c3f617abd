#include <fmt/format.h>

#include "report/html_parts.hpp"
#include "report/html_timeline.hpp"
#include "report/words.hpp"

namespace clawback::report {
namespace {

std::string joined(const std::vector<std::string>& list, std::string_view between) {
  std::string out;
  for (const std::string& text : list) {
    if (!out.empty()) out += between;
    out += text;
  }
  return out;
}

Html signals_html(const domain::Finding& finding) {
  std::vector<std::vector<Html>> hits;
  std::vector<std::vector<Html>> against;
  std::vector<std::vector<Html>> open;
  for (const domain::SignalResult& signal : finding.signals) {
    switch (signal.state) {
      case domain::SignalState::hit:
        hits.push_back({escaped(signal.id), escaped(fmt::format("{:+}", signal.weight)),
                        escaped(signal.reason), code(joined(signal.evidence, ", "))});
        break;
      case domain::SignalState::not_evaluable:
        open.push_back({escaped(signal.id), escaped(signal.reason),
                        escaped(signal.missing.value_or("not known"))});
        break;
      case domain::SignalState::miss:
        if (signal.against) {
          against.push_back(
              {escaped(signal.id), escaped(signal.reason), code(joined(signal.evidence, ", "))});
        }
        break;
    }
  }
  Html out;
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

Html user_name(const domain::Finding& finding, const domain::Grant& grant) {
  if (grant.principal) {
    for (const domain::User& user : finding.users) {
      if (user.id == *grant.principal) return escaped(user_words(user));
    }
  }
  return escaped(grant_words(grant));
}

Html holdings_html(const domain::Finding& finding) {
  Html out;
  std::vector<std::vector<Html>> rows;
  for (const domain::Grant& grant : finding.grants) {
    rows.push_back({user_name(finding, grant), escaped(joined(grant.scopes, " ")),
                    code(grant.resource.str()), code(grant.id.str())});
  }
  if (!rows.empty()) out += table("Delegated grants", {"For", "Scopes", "Resource", "Grant"}, rows);
  rows.clear();
  for (const domain::AppRoleAssignment& role : finding.app_roles) {
    rows.push_back({escaped(role.value.value_or(role.role_id)), code(role.resource.str()),
                    code(role.id.str())});
  }
  if (!rows.empty()) {
    out += table("Application permissions", {"Permission", "Resource", "Assignment"}, rows);
  }
  return out;
}

Html history_html(const domain::Finding& finding) {
  std::vector<std::vector<Html>> rows;
  for (const domain::GrantHistory& history : finding.history) {
    std::string changed;
    if (history.last_changed) changed = format_time(*history.last_changed);
    if (!history.added_scopes.empty()) changed += " added " + joined(history.added_scopes, " ");
    if (!history.present) changed += " It is not there any more.";
    rows.push_back({escaped(history_subject(finding, history)), escaped(history_scopes(history)),
                    escaped(history_when(history)), escaped(history.by.value_or("not known")),
                    escaped(history.from.value_or("not known")), escaped(changed),
                    escaped(history.unknown), code(joined(history.records, ", "))});
  }
  if (rows.empty()) return {};
  return table("When, who, where",
               {"For", "Scopes", "Given", "By", "From", "Changed", "Not known", "Records"}, rows);
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
                              : escaped(joined(blast.mailboxes, ", "))},
                {.term = "Messages named", .value = escaped(items)},
                {.term = "First read", .value = escaped(first)},
                {.term = "Rules and forwarding", .value = code(joined(blast.rules, ", "))},
                {.term = "Not known", .value = escaped(what)}});
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
  return code(joined(*finding.app.reply_urls, "  "));
}

}  // namespace

Html case_html(const domain::Finding& finding, std::size_t number) {
  const std::string verdict(name_of(finding.verdict));
  const std::string heading =
      fmt::format("{}, score {}: {}", verdict, finding.score, finding.app.display_name);
  Html inside = facts(
      {{.term = "Application id", .value = code(finding.app.app_id.str())},
       {.term = "Object id", .value = code(finding.app.id.str())},
       {.term = "Owner",
        .value = escaped(
            fmt::format("{} ({})", owner_words(finding),
                        finding.app.owner_tenant ? finding.app.owner_tenant->str() : "not known"))},
       {.term = "Publisher", .value = escaped(publisher_words(finding))},
       {.term = "State", .value = escaped(enabled_words(finding))},
       {.term = "Reply URLs", .value = reply_urls(finding)},
       {.term = "Affected",
        .value = escaped(affected(finding).everyone ? std::string("everyone")
                                                    : count_of(finding.users.size(), "user"))},
       {.term = "Case", .value = escaped(case_words(finding))},
       {.term = "Access", .value = escaped(existence_words(finding))},
       {.term = "Rule", .value = escaped(rule_words(finding))},
       {.term = "Exception", .value = escaped(finding.exception.value_or(""))}});
  inside += answers_html(finding);
  inside += signals_html(finding);
  inside += holdings_html(finding);
  inside += history_html(finding);
  inside += blast_html(finding.blast);
  inside += element("h4", std::string_view("Timeline"));
  inside += timeline_html(finding, {}, fmt::format("timeline-{}", number));
  const std::string id = fmt::format("case-{}", number);
  return element("article", section(id, heading, inside, 3));
}

}  // namespace clawback::report
