#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "report/model.hpp"
#include "report/words.hpp"

namespace clawback::report {
namespace {

// Canonical JSON holds no larger integer.
constexpr std::uint64_t items_max = (std::uint64_t{1} << 53u) - 1;

json::value optional_text(const std::optional<std::string>& text) {
  return text ? json::value(*text) : json::value(nullptr);
}

json::value optional_time(const std::optional<Time>& time) {
  return time ? json::value(format_time(*time)) : json::value(nullptr);
}

json::array texts(const std::vector<std::string>& list) {
  json::array out;
  for (const std::string& text : list) out.emplace_back(text);
  return out;
}

std::string_view name_of(domain::Ownership ownership) {
  switch (ownership) {
    case domain::Ownership::unknown:
      return "unknown";
    case domain::Ownership::microsoft:
      return "microsoft";
    case domain::Ownership::own_tenant:
      return "own-tenant";
    case domain::Ownership::third_party:
      return "third-party";
  }
  return "unknown";
}

json::object coverage_json(const Scan& scan) {
  json::array sources;
  for (const domain::Source& source : scan.coverage.sources) {
    sources.push_back(json::object{{"name", source.name},
                                   {"state", domain::name_of(source.state)},
                                   {"records", static_cast<std::int64_t>(source.records)},
                                   {"reason", optional_text(source.reason)}});
  }
  json::object out;
  out["complete"] = scan.coverage.complete;
  out["sources"] = std::move(sources);
  out["missing"] = texts(scan.missing);
  out["logsSince"] = scan.coverage.logs_since ? json::value(format_time(*scan.coverage.logs_since))
                                              : json::value(nullptr);
  return out;
}

// What misleads in a name, or null.
json::value code_points(const std::optional<std::string>& name) {
  const std::string note = name ? code_points_note(*name) : std::string();
  return note.empty() ? json::value(nullptr) : json::value(note);
}

json::object app_json(const domain::Finding& finding) {
  const domain::ServicePrincipal& app = finding.app;
  json::object out;
  out["appId"] = app.app_id.str();
  out["servicePrincipalId"] = app.id.str();
  out["displayName"] = app.display_name;
  out["codePoints"] = code_points(app.display_name);
  out["ownerTenantId"] =
      app.owner_tenant ? json::value(app.owner_tenant->str()) : json::value(nullptr);
  out["accountEnabled"] =
      app.account_enabled ? json::value(*app.account_enabled) : json::value(nullptr);
  out["ownership"] = name_of(finding.ownership);
  const bool named = app.verified_publisher && app.verified_publisher->display_name;
  out["verifiedPublisher"] =
      named ? json::value(*app.verified_publisher->display_name) : json::value(nullptr);
  // Null: it was not read. With an id of null: Microsoft verified none.
  out["publisher"] = nullptr;
  if (const auto& publisher = app.verified_publisher) {
    out["publisher"] = json::object{{"verifiedPublisherId", optional_text(publisher->id)},
                                    {"displayName", optional_text(publisher->display_name)},
                                    {"codePoints", code_points(publisher->display_name)}};
  }
  out["disabledByMicrosoft"] = optional_text(app.disabled_by_microsoft);
  out["created"] = optional_time(app.created);
  out["homepage"] = optional_text(app.homepage);
  out["replyUrls"] = app.reply_urls ? json::value(texts(*app.reply_urls)) : json::value(nullptr);
  return out;
}

json::array grants_json(const domain::Finding& finding) {
  json::array out;
  for (const domain::Grant& grant : finding.grants) {
    const bool one = grant.consent == domain::ConsentType::principal;
    out.push_back(json::object{{"id", grant.id.str()},
                               {"resource", grant.resource.str()},
                               {"consentType", one ? "Principal" : "AllPrincipals"},
                               {"principalId", grant.principal ? json::value(grant.principal->str())
                                                               : json::value(nullptr)},
                               {"scopes", texts(grant.scopes)}});
  }
  return out;
}

json::array app_roles_json(const domain::Finding& finding) {
  json::array out;
  for (const domain::AppRoleAssignment& role : finding.app_roles) {
    out.push_back(json::object{{"id", role.id.str()},
                               {"resource", role.resource.str()},
                               {"value", optional_text(role.value)},
                               {"roleId", role.role_id},
                               {"created", optional_time(role.created)}});
  }
  return out;
}

json::array users_json(const domain::Finding& finding) {
  json::array out;
  for (const domain::User& user : finding.users) {
    out.push_back(json::object{{"id", user.id.str()},
                               {"userPrincipalName", optional_text(user.user_principal_name)},
                               {"displayName", optional_text(user.display_name)}});
  }
  return out;
}

json::array signals_json(const domain::Finding& finding) {
  json::array out;
  for (const domain::SignalResult& signal : finding.signals) {
    out.push_back(json::object{{"id", signal.id},
                               {"state", domain::name_of(signal.state)},
                               {"weight", signal.weight},
                               {"against", signal.against},
                               {"reason", signal.reason},
                               {"evidence", texts(signal.evidence)},
                               {"missing", optional_text(signal.missing)}});
  }
  return out;
}

json::array timeline_json(const domain::Finding& finding) {
  json::array out;
  for (const domain::TimelineEntry& entry : finding.timeline) {
    out.push_back(json::object{{"time", format_time(entry.time)},
                               {"kind", domain::name_of(entry.kind)},
                               {"event", entry.event},
                               {"record", entry.record}});
  }
  return out;
}

json::object history_json(const domain::GrantHistory& history) {
  const bool one = history.consent == domain::ConsentType::principal;
  json::object out;
  out["id"] = history.id.str();
  out["resource"] = history.resource.str();
  out["consentType"] = one ? "Principal" : "AllPrincipals";
  out["principalId"] =
      history.principal ? json::value(history.principal->str()) : json::value(nullptr);
  out["scopes"] = texts(history.scopes);
  out["addedScopes"] = texts(history.added_scopes);
  out["present"] = history.present;
  out["firstSeen"] = optional_time(history.first_seen);
  out["notBefore"] = optional_time(history.not_before);
  out["notAfter"] = optional_time(history.not_after);
  out["lastChanged"] = optional_time(history.last_changed);
  out["changedAfter"] = optional_time(history.changed_after);
  out["by"] = optional_text(history.by);
  out["from"] = optional_text(history.from);
  out["records"] = texts(history.records);
  out["unknown"] = history.unknown.empty() ? json::value(nullptr) : json::value(history.unknown);
  return out;
}

json::object blast_json(const domain::BlastRadius& blast) {
  json::object out;
  out["known"] = blast.known;
  out["unknown"] = blast.unknown.empty() ? json::value(nullptr) : json::value(blast.unknown);
  out["mailboxes"] = texts(blast.mailboxes);
  out["items"] = static_cast<std::int64_t>(std::min(blast.items, items_max));
  out["firstRead"] = optional_time(blast.first_read);
  out["secondsAfterConsent"] = blast.seconds_after_consent
                                   ? json::value(*blast.seconds_after_consent)
                                   : json::value(nullptr);
  out["rules"] = texts(blast.rules);
  return out;
}

json::array answers_json(const domain::Finding& finding) {
  json::array out;
  for (const domain::UserAnswer& answer : finding.answers) {
    const auto text = [](const std::string& value) {
      return value.empty() ? json::value(nullptr) : json::value(value);
    };
    out.push_back(json::object{{"user", text(answer.user.str())},
                               {"userPrincipalName", text(answer.user_principal_name)},
                               {"says", domain::name_of(answer.says)},
                               {"channel", domain::name_of(answer.channel)},
                               {"time", format_time(answer.time)},
                               {"by", answer.by},
                               {"account", answer.account},
                               {"note", text(answer.note)},
                               {"last", answer.last}});
  }
  return out;
}

}  // namespace

json::object finding_json(const domain::Finding& finding) {
  json::object out;
  out["key"] = finding.key;
  out["verdict"] = domain::name_of(finding.verdict);
  out["score"] = finding.score;
  out["app"] = app_json(finding);
  out["grants"] = grants_json(finding);
  out["appRoles"] = app_roles_json(finding);
  out["users"] = users_json(finding);
  out["signals"] = signals_json(finding);
  out["timeline"] = timeline_json(finding);
  json::array history;
  for (const domain::GrantHistory& one : finding.history) history.push_back(history_json(one));
  out["history"] = std::move(history);
  out["blastRadius"] = blast_json(finding.blast);
  out["existence"] = json::object{{"state", domain::name_of(finding.existence)},
                                  {"reason", finding.existence_reason}};
  out["state"] = domain::name_of(finding.state);
  out["caseSince"] = optional_time(finding.case_since);
  out["rule"] = optional_text(finding.rule);
  out["mode"] = domain::name_of(finding.mode);
  out["modeReason"] =
      finding.mode_reason.empty() ? json::value(nullptr) : json::value(finding.mode_reason);
  if (!finding.needs.empty()) {
    out["modeIfRead"] = domain::name_of(finding.mode_if_read);
    out["needs"] = texts(finding.needs);
  }
  out["exception"] = optional_text(finding.exception);
  out["answers"] = answers_json(finding);
  return out;
}

json::object scan_json(const Scan& scan) {
  json::object out;
  out["schema"] = "clawback.findings/1";
  out["tenant"] = json::object{{"id", scan.tenant}, {"name", scan.tenant_name}};
  out["observed"] = format_time(scan.observed);
  out["catalog"] = scan.catalog;
  out["policy"] = scan.policy;
  out["coverage"] = coverage_json(scan);
  return out;
}

json::value findings_json(const Scan& scan) {
  json::object out = scan_json(scan);
  json::array findings;
  for (const domain::Finding& finding : scan.findings) findings.push_back(finding_json(finding));
  out["findings"] = std::move(findings);
  return out;
}

}  // namespace clawback::report
