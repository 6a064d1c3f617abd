#include <fmt/format.h>

#include <algorithm>

#include "report/model.hpp"
#include "report/text_layout.hpp"
#include "report/words.hpp"

namespace clawback::report {
namespace {

constexpr std::size_t indent = 16;

Tone tone_of(domain::Verdict verdict) {
  switch (verdict) {
    case domain::Verdict::info:
      return Tone::faint;
    case domain::Verdict::watch:
      return Tone::caution;
    case domain::Verdict::alert:
      return Tone::bad;
  }
  return Tone::plain;
}

std::string coverage_text(const Scan& scan, const TextOptions& options) {
  const std::vector<std::string> gaps = unseen(scan.coverage);
  std::string out;
  if (!scan.coverage.complete) {
    std::string line = "INCOMPLETE: the policy needs more than could be read";
    for (std::size_t i = 0; i < scan.missing.size(); ++i) {
      line += (i == 0 ? ": " : ", ") + scan.missing[i];
    }
    out += paragraph(line + ".", options, Tone::caution);
  }
  if (gaps.empty()) return out;
  out += "Not seen:\n";
  for (const std::string& gap : gaps) out += labelled("  -", gap, 4, options);
  return out + "\n";
}

std::string table_text(const Scan& scan, const TextOptions& options) {
  Table table({{.title = "VERDICT", .flexible = false},
               {.title = "SCORE", .right = true, .flexible = false},
               {.title = "APPLICATION"},
               {.title = "OWNER, PUBLISHER"},
               {.title = "USERS", .right = true, .flexible = false},
               {.title = "GRANTS", .right = true, .flexible = false},
               {.title = "RULE"},
               {.title = "MODE", .flexible = false}});
  for (const domain::Finding& finding : scan.findings) {
    const std::string rule = finding.exception ? "(exception)" : finding.rule.value_or("-");
    table.add({std::string(name_of(finding.verdict)), fmt::format("{}", finding.score),
               finding.app.display_name,
               fmt::format("{}, {}", owner_words(finding), publisher_short(finding)),
               words(affected(finding, scan.coverage)),
               fmt::format("{}", finding.grants.size() + finding.app_roles.size()), rule,
               std::string(name_of(finding.mode))},
              tone_of(finding.verdict));
  }
  return table.text(options);
}

std::string holds_text(const domain::Finding& finding, const TextOptions& options) {
  std::string out;
  for (const domain::Grant& grant : finding.grants) {
    std::string scopes;
    for (const std::string& scope : grant.scopes) scopes += (scopes.empty() ? "" : " ") + scope;
    out +=
        labelled("    grant", fmt::format("{}: {}", grant_words(grant), scopes), indent, options);
  }
  for (const domain::AppRoleAssignment& role : finding.app_roles) {
    out += labelled("    app role", role.value.value_or(role.role_id), indent, options);
  }
  std::string users;
  for (const domain::User& user : finding.users) {
    users += (users.empty() ? "" : ", ") + user_words(user);
  }
  if (!users.empty()) out += labelled("    users", users, indent, options);
  return out;
}

// A heading over lines, if there is any.
std::string under(std::string_view heading, const std::string& lines, const TextOptions& options) {
  return lines.empty() ? std::string() : labelled("  ", heading, 2, options) + lines;
}

std::string signals_text(const domain::Finding& finding, const TextOptions& options) {
  std::string hits;
  std::string against;
  std::string open;
  for (const domain::SignalResult& signal : finding.signals) {
    if (signal.state == domain::SignalState::hit) {
      hits += labelled(fmt::format("    {} {:+}", signal.id, signal.weight), signal.reason, indent,
                       options);
    } else if (signal.state == domain::SignalState::not_evaluable) {
      std::string reason = signal.reason;
      if (signal.missing) reason += fmt::format(" (missing: {})", *signal.missing);
      open += labelled(fmt::format("    {} ?", signal.id), reason, indent, options);
    } else if (signal.against) {
      against += labelled(fmt::format("    {} -", signal.id), signal.reason, indent, options);
    }
  }
  return under("Speaks for abuse", hits, options) + under("Speaks against it", against, options) +
         under("Could not be evaluated", open, options);
}

std::string history_text(const domain::Finding& finding, const TextOptions& options) {
  std::string out;
  for (const domain::GrantHistory& history : finding.history) {
    const std::string scopes = history_scopes(history);
    std::string subject = history_subject(finding, history);
    if (!scopes.empty()) subject += " (" + scopes + ")";
    out += labelled("    grant", subject + ": " + history_words(history), indent, options);
  }
  return under("When, who, where", out, options);
}

// What misleads in a name, if anything does.
std::string name_text(std::string_view label, const std::string& name, const TextOptions& options) {
  const std::string note = code_points_note(name);
  return note.empty() ? std::string() : labelled(label, "has " + note, indent, options);
}

std::string answers_text(const domain::Finding& finding, const TextOptions& options) {
  std::string out;
  for (const domain::UserAnswer& answer : finding.answers) {
    out += labelled("    answer", answer_words(answer), indent, options);
  }
  const std::string review = review_words(finding);
  if (!review.empty()) out += labelled("    review", review, indent, options);
  return under("Asked", out, options);
}

std::string case_text(const domain::Finding& finding, const TextOptions& options) {
  const std::string head =
      fmt::format("{} {}  {}", name_of(finding.verdict), finding.score, finding.app.display_name);
  std::string out =
      "\n" + paint(cut(head, options.width), tone_of(finding.verdict), options) + "\n";
  const auto& publisher = finding.app.verified_publisher;
  out += name_text("    its name", finding.app.display_name, options);
  out += labelled("    app id",
                  fmt::format("{}, object {}", finding.app.app_id.str(), finding.app.id.str()),
                  indent, options);
  out +=
      labelled("    owner",
               fmt::format("{} ({}), {}, {}", owner_words(finding),
                           finding.app.owner_tenant ? finding.app.owner_tenant->str() : "not known",
                           publisher_words(finding), enabled_words(finding)),
               indent, options);
  if (publisher && publisher->display_name) {
    out += name_text("    publisher", *publisher->display_name, options);
  }
  const std::string tracked = case_words(finding);
  if (!tracked.empty()) out += labelled("    case", tracked, indent, options);
  out += labelled("    access", existence_words(finding), indent, options);
  out += holds_text(finding, options);
  out += history_text(finding, options);
  out += under("Blast radius", labelled("    done", blast_words(finding.blast), indent, options),
               options);
  out += signals_text(finding, options);
  out += answers_text(finding, options);
  out += "\n" + labelled("    rule", rule_words(finding), indent, options);
  if (finding.exception) out += labelled("    exception", *finding.exception, indent, options);
  return out;
}

}  // namespace

std::string findings_text(const Scan& scan, const TextOptions& options) {
  std::string title = "Tenant " + tenant_words(scan.tenant, scan.tenant_name);
  title += fmt::format(", observed {}", format_time(scan.observed));
  const std::string window = window_words(scan.coverage);
  if (!window.empty()) title += ", " + window;

  std::string out = paragraph(title, options, Tone::strong);
  out += coverage_text(scan, options);
  out += paragraph(summary_words(scan), options);
  if (scan.findings.empty()) return out;
  out += "\n" + table_text(scan, options);
  std::size_t short_ones = 0;
  for (const domain::Finding& finding : scan.findings) {
    if (finding.verdict == domain::Verdict::info && !options.details) {
      ++short_ones;
    } else {
      out += case_text(finding, options);
    }
  }
  if (short_ones != 0) {
    out += "\n" + paragraph(fmt::format("Why {} of verdict info: add --verbose.",
                                        count_of(short_ones, "application is", "applications are")),
                            options, Tone::faint);
  }
  return out;
}

}  // namespace clawback::report
