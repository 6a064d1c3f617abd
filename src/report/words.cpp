#include "report/words.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "domain/permissions.hpp"

namespace clawback::report {

std::string count_of(std::size_t count, std::string_view one, std::string_view many) {
  if (count == 1) return fmt::format("1 {}", one);
  if (!many.empty()) return fmt::format("{} {}", count, many);
  return fmt::format("{} {}s", count, one);
}

Affected affected(const domain::Finding& finding, const domain::Coverage& coverage) {
  const bool tenant_wide =
      std::any_of(finding.grants.begin(), finding.grants.end(), [](const domain::Grant& grant) {
        return grant.consent == domain::ConsentType::all_principals;
      });
  const bool mailboxes =
      std::any_of(finding.app_roles.begin(), finding.app_roles.end(),
                  [](const domain::AppRoleAssignment& role) {
                    return role.value && domain::mail_reach_of_app_role(*role.value).any();
                  });
  return {.everyone = tenant_wide || mailboxes,
          .users = finding.users.size(),
          .whole = reach_gap(coverage).empty()};
}

std::string words(const Affected& affected) {
  if (!affected.known()) return "not known";
  return affected.everyone ? std::string("everyone") : fmt::format("{}", affected.users);
}

std::string words_users(const Affected& affected) {
  return affected.everyone || !affected.known() ? words(affected)
                                                : count_of(affected.users, "user");
}

std::string words_reached(const Affected& affected) {
  return affected.known() ? words_users(affected) : std::string("an unknown number of users");
}

std::string not_read_words(const domain::Coverage& coverage, std::string_view source) {
  const domain::Source* found = domain::find(coverage, source);
  const auto state = found == nullptr ? domain::SourceState::absent : found->state;
  if (state == domain::SourceState::read) return {};
  return fmt::format("{} was {}", source,
                     state == domain::SourceState::partial ? "read in part" : "not read");
}

std::string reach_gap(const domain::Coverage& coverage) {
  std::string gap = not_read_words(coverage, domain::source::grants);
  return gap.empty() ? not_read_words(coverage, domain::source::app_roles) : gap;
}

std::string owner_words(const domain::Finding& finding) {
  switch (finding.ownership) {
    case domain::Ownership::unknown:
      return "unknown";
    case domain::Ownership::microsoft:
      return "Microsoft";
    case domain::Ownership::own_tenant:
      return "this tenant";
    case domain::Ownership::third_party:
      return "third party";
  }
  return "unknown";
}

std::string publisher_words(const domain::Finding& finding) {
  const auto& publisher = finding.app.verified_publisher;
  if (!publisher) return "publisher not known";
  if (!publisher->id) return "publisher not verified";
  return fmt::format("verified publisher {}", publisher->display_name.value_or(*publisher->id));
}

std::string publisher_short(const domain::Finding& finding) {
  const auto& publisher = finding.app.verified_publisher;
  if (!publisher) return "?";
  if (!publisher->id) return "unverified";
  return publisher->display_name.value_or(*publisher->id);
}

std::string enabled_words(const domain::Finding& finding) {
  const domain::ServicePrincipal& app = finding.app;
  if (app.disabled_by_microsoft) {
    return fmt::format("disabled by Microsoft ({})", *app.disabled_by_microsoft);
  }
  if (!app.account_enabled) return "not known whether sign-in is enabled";
  return *app.account_enabled ? "sign-in enabled" : "sign-in disabled";
}

std::string user_words(const domain::User& user) {
  if (user.user_principal_name) return *user.user_principal_name;
  return user.display_name.value_or(user.id.str());
}

std::string rule_words(const domain::Finding& finding) {
  std::string out = finding.rule ? fmt::format("{}, mode {}", *finding.rule, name_of(finding.mode))
                                 : std::string("none matches: it is only reported");
  if (!finding.mode_reason.empty()) out += fmt::format(" ({})", finding.mode_reason);
  return out;
}

std::string grant_words(const domain::Grant& grant) {
  if (grant.consent == domain::ConsentType::all_principals) return "everyone (admin consent)";
  return grant.principal ? grant.principal->str() : std::string("unknown user");
}

std::string request_words(const plan::Request& request) {
  return fmt::format("{} {}", request.method, request.path);
}

std::string body_words(const plan::Request& request) {
  return request.body.is_null() ? std::string() : canonical_json(request.body);
}

std::string asked_by_words(const plan::Plan& plan) {
  if (plan.requested_from.empty()) return plan.requested_by;
  return fmt::format("{} (from {})", plan.requested_by, plan.requested_from);
}

std::string undo_words(const plan::Action& action) {
  if (action.reversible == plan::Reversible::no) return "can't be undone";
  if (!action.inverse)
    return "with `clawback undo`, once it is known which id the object was given";
  std::string out = action.reversible == plan::Reversible::exact
                        ? "exactly, by "
                        : "by making it anew, which asks nobody for consent: ";
  out += request_words(*action.inverse);
  const std::string body = body_words(*action.inverse);
  if (!body.empty()) out += " " + body;
  return out;
}

std::string must_show_words(const plan::Action& action) {
  const json::value& before = action.precondition.before;
  return before.is_null() ? std::string("it shows nothing there")
                          : fmt::format("it shows {}", canonical_json(before));
}

namespace {

// What holds a source that Graph does not give, if nobody gave it; else empty.
std::string_view export_of(const domain::Source& source) {
  if (source.state != domain::SourceState::absent) return {};
  if (source.name == domain::source::mail_accesses) return "the Unified Audit Log";
  if (source.name == domain::source::mailbox_changes) return "the Unified Audit Log";
  if (source.name == domain::source::organization_config) return "Get-OrganizationConfig";
  return {};
}

}  // namespace

std::vector<std::string> unseen(const domain::Coverage& coverage) {
  std::vector<std::string> out;
  std::string by_export;
  for (const domain::Source& source : coverage.sources) {
    const std::string_view adds = export_of(source);
    if (!adds.empty()) {
      by_export += fmt::format("{}{} (add {})", by_export.empty() ? "" : ", ", source.name, adds);
      continue;
    }
    std::string what;
    switch (source.state) {
      case domain::SourceState::read:
        continue;
      case domain::SourceState::denied:
        what = "could not be read";
        break;
      case domain::SourceState::partial:
        what = fmt::format("was read in part ({})", count_of(source.records, "record"));
        break;
      case domain::SourceState::absent:
        what = "is not in this evidence";
        break;
    }
    std::string line = fmt::format("{} {}", source.name, what);
    if (source.reason) line += fmt::format(": {}", *source.reason);
    out.push_back(std::move(line));
  }
  if (!by_export.empty()) out.push_back("Only exports have " + by_export);
  return out;
}

std::string window_words(const domain::Coverage& coverage) {
  if (!coverage.logs_since) return {};
  return fmt::format("logs since {}", format_time(*coverage.logs_since));
}

Counts count(const Scan& scan) {
  Counts out;
  for (const domain::Finding& finding : scan.findings) {
    switch (finding.verdict) {
      case domain::Verdict::alert:
        ++out.alert;
        break;
      case domain::Verdict::watch:
        ++out.watch;
        break;
      case domain::Verdict::info:
        ++out.info;
        break;
    }
    if (finding.exception) ++out.excepted;
    if (finding.state != domain::CaseState::untracked) ++out.tracked;
    if (finding.state == domain::CaseState::fresh) ++out.fresh;
    if (finding.state == domain::CaseState::changed) ++out.changed;
  }
  return out;
}

std::string tenant_words(const std::string& id, const std::string& name) {
  if (id.empty()) return name.empty() ? "without an id" : fmt::format("{} (id unknown)", name);
  return name.empty() ? id : fmt::format("{} ({})", name, id);
}

std::string summary_words(const Scan& scan) {
  const Counts counts = count(scan);
  if (scan.findings.empty()) {
    return scan.coverage.complete
               ? "Nothing found: no application with a sign of abuse in what was read."
               : "Nothing found in what could be read, which is not all that the policy needs.";
  }
  std::string out =
      fmt::format("{}: {} alert, {} watch, {} info", count_of(scan.findings.size(), "application"),
                  counts.alert, counts.watch, counts.info);
  if (counts.excepted != 0) {
    out += fmt::format("; {} covered by an exception", counts.excepted);
  }
  if (counts.tracked != 0) {
    out += fmt::format("; {} new, {} changed, {} unchanged since an earlier pass", counts.fresh,
                       counts.changed, counts.tracked - counts.fresh - counts.changed);
  }
  return out + ".";
}

}  // namespace clawback::report
