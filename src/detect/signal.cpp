#include "detect/signal.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/safe_text.hpp"
#include "policy/sources.hpp"

namespace clawback::detect {

Answer hit(int weight, std::string reason, std::vector<std::string> evidence) {
  // Evidence is for a person to check: a wide grant has thousands of rows, and the finding lists
  // them anyway.
  constexpr std::size_t evidence_max = 50;
  if (evidence.size() > evidence_max) evidence.resize(evidence_max);
  return {.state = domain::SignalState::hit,
          .weight = weight,
          .against = false,
          .reason = std::move(reason),
          .evidence = std::move(evidence),
          .missing = std::nullopt};
}

Answer miss(std::string reason) {
  return {.state = domain::SignalState::miss,
          .weight = 0,
          .against = false,
          .reason = std::move(reason),
          .evidence = {},
          .missing = std::nullopt};
}

Answer against(std::string reason) {
  Answer answer = miss(std::move(reason));
  answer.against = true;
  return answer;
}

Answer not_evaluable(std::string reason, std::string missing) {
  return {.state = domain::SignalState::not_evaluable,
          .weight = 0,
          .against = false,
          .reason = std::move(reason),
          .evidence = {},
          .missing = std::move(missing)};
}

std::string to_read(std::string_view source) { return policy::to_read(source); }

std::string why_not_read(const Case& subject, std::string_view source) {
  const auto* found = domain::find(subject.context.snapshot.coverage, source);
  if (found == nullptr) return fmt::format("{} is not in the evidence", source);
  const bool partial = found->state == domain::SourceState::partial;
  std::string text =
      partial ? fmt::format("{} was only read in part", source)
              : fmt::format("{} was not read ({})", source, domain::name_of(found->state));
  if (found->reason) text += ": " + printable(*found->reason);
  return text;
}

bool was_read(const Case& subject, std::string_view source) {
  return domain::was_read(subject.context.snapshot.coverage, source);
}

const std::vector<Signal>& signal_table() {
  static const std::vector<Signal> table = {
      {"D01", known_application},   {"D02", borrowed_name},
      {"D03", lookalike_name},      {"D04", delegated_mail},
      {"D05", application_mail},    {"D06", tenant_wide_mail},
      {"D07", unverified_or_young}, {"D08", abused_owner},
      {"D09", telling_reply_url},   {"D10", disabled_by_microsoft},
      {"D11", rare_and_new},        {"D12", new_in_several_tenants},
      {"D13", refused_consent},     {"D14", grown_grant},
      {"D15", consent_for_himself}, {"D16", risky_sign_in},
      {"D17", hosting_network},     {"D18", borrowed_client_id},
      {"D19", mail_read_at_once},   {"D20", rule_after_consent},
      {"D21", added_credential},    {"D22", woke_up},
      {"D23", made_in_minutes},     {"D24", open_door},
      {"D25", denied_by_user},
  };
  return table;
}

domain::SignalResult evaluate(const Signal& signal, const Case& subject) {
  const auto& weights = subject.context.policy.weights;
  const auto weight = weights.find(std::string(signal.id));
  Answer answer = signal.evaluate(subject, weight != weights.end() ? weight->second : 0);
  return {.id = std::string(signal.id),
          .state = answer.state,
          .weight = answer.weight,
          .against = answer.against,
          .reason = std::move(answer.reason),
          .evidence = std::move(answer.evidence),
          .missing = std::move(answer.missing)};
}

}  // namespace clawback::detect
