#include <fmt/format.h>

#include "console/page_parts.hpp"
#include "report/words.hpp"

namespace clawback::console {
namespace {

using report::code;
using report::escaped;

std::string_view words(policy::Disposition disposition) {
  switch (disposition) {
    case policy::Disposition::alert:
      return "alert";
    case policy::Disposition::review:
      return "review";
    case policy::Disposition::baseline:
      return "known good";
    case policy::Disposition::baseline_with_mismatch_check:
      return "known good while it behaves like itself";
    case policy::Disposition::learn_at_runtime:
      return "learnt from the tenant";
    case policy::Disposition::do_not_use:
      return "not used";
  }
  return "";
}

template <class T, class Text>
std::string joined(const std::vector<T>& list, Text text) {
  std::string out;
  for (const T& one : list) {
    if (!out.empty()) out += ", ";
    out += text(one);
  }
  return out;
}
std::string joined(const std::vector<std::string>& list) {
  return joined(list, [](const std::string& text) { return text; });
}

std::string limit_words(const policy::Limits& limits) {
  std::string out;
  const auto add = [&](std::string_view name, const std::optional<std::int64_t>& value) {
    if (value) out += fmt::format("{}{} {}", out.empty() ? "" : ", ", *value, name);
  };
  add("applications", limits.max_apps);
  add("users", limits.max_users);
  add("actions", limits.max_actions);
  return out;
}

Html match_html(const policy::Match& match) {
  std::vector<std::string> all;
  const auto add = [&](std::string_view what, const std::string& words) {
    if (!words.empty()) all.push_back(fmt::format("{}: {}", what, words));
  };
  add("any of these signals", joined(match.signals_any));
  add("all of these signals", joined(match.signals_all));
  add("one of these applications",
      joined(match.app_ids, [](const domain::AppId& id) { return id.str(); }));
  add("any of these scopes", joined(match.scopes_any));
  if (match.first_seen_within) add("first seen within", format_duration(*match.first_seen_within));
  if (match.unverified_publisher) all.emplace_back("the publisher is not verified");
  return all.empty() ? escaped("every finding") : lines(all);
}

Html rule_html(const policy::Rule& rule) {
  const std::string approval =
      fmt::format("{}, each approval good for {}",
                  report::count_of(static_cast<std::size_t>(rule.quorum), "person", "people"),
                  format_duration(rule.approval_expires));
  const Html inside = report::facts(
      {{.term = "Why", .value = escaped(rule.why)},
       {.term = "Does not see", .value = escaped(rule.gaps)},
       {.term = "Mode", .value = escaped(domain::name_of(rule.mode))},
       {.term = "From verdict", .value = verdict_mark(rule.verdict)},
       {.term = "When", .value = match_html(rule.match)},
       {.term = "Actions",
        .value = escaped(joined(
            rule.actions, [](domain::ActionKind kind) { return std::string(name_of(kind)); }))},
       {.term = "Approval", .value = escaped(approval)},
       {.term = "Own limits", .value = escaped(limit_words(rule.limits))}});
  return report::element("article", report::section("rule-" + rule.id, rule.id, inside, 3));
}

Html signals_html(const policy::Policy& policy) {
  std::vector<std::vector<Html>> rows;
  for (const policy::SignalInfo& signal : policy::signals()) {
    const auto weight = policy.weights.find(std::string(signal.id));
    rows.push_back({escaped(signal.id), escaped(signal.name),
                    escaped(fmt::format(
                        "{}", weight == policy.weights.end() ? signal.weight : weight->second)),
                    escaped(signal.looks_at), escaped(signal.why), escaped(signal.false_positives),
                    escaped(signal.technique)});
  }
  return report::table(
      "Signals, and what each adds to the score of a case",
      {"Signal", "Name", "Weight", "Looks at", "Why", "May be wrong when", "ATT&CK"}, rows);
}

Html exceptions_html(const policy::Policy& policy) {
  std::vector<std::vector<Html>> rows;
  for (const policy::Exception& one : policy.exceptions) {
    rows.push_back({code(one.app_id.str()), escaped(one.reason), escaped(one.owner),
                    escaped(joined(one.scopes)), moment(one.expires)});
  }
  if (rows.empty()) return paragraph("None.");
  return report::table("Exceptions", {"App id", "Reason", "Owner", "Scopes", "Ends"}, rows);
}

std::vector<Html> row_of(const policy::CatalogEntry& entry) {
  Html name = escaped(joined(entry.names));
  Html said = escaped(entry.why);
  for (const std::string& conflict : entry.conflicts) {
    said += paragraph("Sources disagree: " + conflict);
  }
  for (const std::string& note : entry.notes) said += paragraph(note);
  if (!entry.overrides.empty()) said += paragraph("Takes the place of another: " + entry.overrides);
  return {name,
          entry.app_id ? code(entry.app_id->str()) : escaped("not known; by name only"),
          escaped(words(entry.disposition)),
          escaped(policy::name_of(entry.confidence)),
          said,
          lines(entry.sources),
          escaped(entry.reviewed)};
}

}  // namespace

std::string rules_page(const Shell& shell, const PolicyNow& now) {
  const policy::Policy& policy = now.policy;
  Html main = policy_note(now.problem);
  main += report::facts(
      {{.term = "Policy", .value = escaped(policy.id)},
       {.term = "About", .value = escaped(policy.description)},
       {.term = "Watch from", .value = escaped(fmt::format("a score of {}", policy.watch_at))},
       {.term = "Alert from", .value = escaped(fmt::format("a score of {}", policy.alert_at))},
       {.term = "Limits",
        .value = escaped(fmt::format("{} applications, {} users, {} actions, for a plan and for 24 "
                                     "hours",
                                     policy.max_apps, policy.max_users, policy.max_actions))},
       {.term = "Digest", .value = code(policy.digest)}});
  Html rules;
  for (const policy::Rule& rule : policy.rules) rules += rule_html(rule);
  main += report::section("rules", "Rules", rules);
  main += report::section("signals", "Signals", signals_html(policy));
  main += report::section("exceptions", "What this organisation accepts", exceptions_html(policy));
  return document(shell, "Rules", "/rules", main);
}

std::string catalog_page(const Shell& shell, const PolicyNow& now) {
  const policy::Policy& policy = now.policy;
  std::vector<std::vector<Html>> rows;
  for (const policy::CatalogEntry& entry : policy.catalog.entries) rows.push_back(row_of(entry));
  Html main = policy_note(now.problem);
  main += paragraph(fmt::format(
      "{} and {} of Microsoft, which are never touched. Addresses are sources to read, shown as "
      "text.",
      report::count_of(policy.catalog.entries.size(), "known application"),
      report::count_of(policy.catalog.microsoft_apps.size(), "application")));
  main += report::facts({{.term = "Digest", .value = code(policy.catalog.digest)}});
  main += report::table(
      "Known applications",
      {"Names", "App id", "Treated as", "Confidence", "Why", "Sources", "Reviewed"}, rows);
  return document(shell, "Catalog", "/catalog", main);
}

}  // namespace clawback::console
