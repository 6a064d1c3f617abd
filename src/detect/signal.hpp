#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "detect/case.hpp"
#include "domain/finding.hpp"

namespace clawback::detect {

// What a signal says of one application. The table adds the id.
struct Answer {
  domain::SignalState state = domain::SignalState::not_evaluable;
  int weight = 0;
  bool against = false;
  std::string reason;
  std::vector<std::string> evidence;
  std::optional<std::string> missing;
};

Answer hit(int weight, std::string reason, std::vector<std::string> evidence);
Answer miss(std::string reason);
Answer against(std::string reason);  // a miss that speaks for the application
Answer not_evaluable(std::string reason, std::string missing);

// "directoryAudits (permission AuditLog.Read.All)": a source and what it takes to read it.
std::string to_read(std::string_view source);
// "oauth2PermissionGrants could not be read: denied, Authorization_RequestDenied"
std::string why_not_read(const Case& subject, std::string_view source);
bool was_read(const Case& subject, std::string_view source);

// A signal: pure, `weight` is what the policy gives it for a full hit.
using Evaluate = Answer (*)(const Case& subject, int weight);

Answer known_application(const Case& subject, int weight);       // D01
Answer borrowed_name(const Case& subject, int weight);           // D02
Answer lookalike_name(const Case& subject, int weight);          // D03
Answer delegated_mail(const Case& subject, int weight);          // D04
Answer application_mail(const Case& subject, int weight);        // D05
Answer tenant_wide_mail(const Case& subject, int weight);        // D06
Answer unverified_or_young(const Case& subject, int weight);     // D07
Answer abused_owner(const Case& subject, int weight);            // D08
Answer telling_reply_url(const Case& subject, int weight);       // D09
Answer disabled_by_microsoft(const Case& subject, int weight);   // D10
Answer rare_and_new(const Case& subject, int weight);            // D11
Answer new_in_several_tenants(const Case& subject, int weight);  // D12
Answer refused_consent(const Case& subject, int weight);         // D13
Answer grown_grant(const Case& subject, int weight);             // D14
Answer consent_for_himself(const Case& subject, int weight);     // D15
Answer risky_sign_in(const Case& subject, int weight);           // D16
Answer hosting_network(const Case& subject, int weight);         // D17
Answer borrowed_client_id(const Case& subject, int weight);      // D18
Answer mail_read_at_once(const Case& subject, int weight);       // D19
Answer rule_after_consent(const Case& subject, int weight);      // D20
Answer added_credential(const Case& subject, int weight);        // D21
Answer woke_up(const Case& subject, int weight);                 // D22
Answer made_in_minutes(const Case& subject, int weight);         // D23
Answer open_door(const Case& subject, int weight);               // D24
Answer denied_by_user(const Case& subject, int weight);          // D25

struct Signal {
  std::string_view id;
  Evaluate evaluate;
};
const std::vector<Signal>& signal_table();  // one row for each of policy::signals(), in that order

domain::SignalResult evaluate(const Signal& signal, const Case& subject);

}  // namespace clawback::detect
