#include "plan/compare.hpp"

#include <fmt/format.h>

#include <map>

namespace clawback::plan {
namespace {

std::vector<std::string> parts_of(const Action& a, const Action& b) {
  std::vector<std::string> out;
  if (!(a.request == b.request)) out.emplace_back("request");
  if (!(a.precondition == b.precondition)) out.emplace_back("precondition");
  if (!(a.postcondition == b.postcondition)) out.emplace_back("postcondition");
  if (a.inverse != b.inverse || a.reversible != b.reversible) out.emplace_back("inverse");
  if (a.depends.empty() != b.depends.empty()) out.emplace_back("depends");
  if (!(a.because == b.because)) out.emplace_back("because");
  if (a.effect != b.effect || a.residual != b.residual) out.emplace_back("effect");
  return out;
}

std::string breaches_of(const Plan& plan) {
  std::string out;
  for (const Breach& breach : plan.breaches) {
    if (!out.empty()) out += "; ";
    out += fmt::format("{}: {} planned, {} allowed", breach.limit, breach.planned, breach.allowed);
  }
  return out.empty() ? "within all" : out;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) out += (out.empty() ? "" : "; ") + line;
  return out.empty() ? "no" : out;
}

}  // namespace

Difference compare(const Plan& a, const Plan& b) {
  Difference out;
  std::map<std::string, const Action*> of_b;
  for (const Action& action : b.actions) of_b.emplace(short_name(action), &action);
  std::map<std::string, const Action*> of_a;
  for (const Action& action : a.actions) {
    const std::string name = short_name(action);
    of_a.emplace(name, &action);
    const auto other = of_b.find(name);
    if (other == of_b.end()) {
      out.only_a.push_back(name);
      continue;
    }
    auto parts = parts_of(action, *other->second);
    if (parts.empty()) {
      ++out.same;
    } else {
      out.changed.push_back({.action = name, .parts = std::move(parts)});
    }
  }
  for (const Action& action : b.actions) {
    const std::string name = short_name(action);
    if (!of_a.contains(name)) out.only_b.push_back(name);
  }
  const auto member = [&](std::string name, std::string in_a, std::string in_b) {
    if (in_a == in_b) return;
    out.members.push_back({.name = std::move(name), .a = std::move(in_a), .b = std::move(in_b)});
  };
  member("digest", a.digest, b.digest);
  member("tenant", a.tenant, b.tenant);
  member("made", format_time(a.created), format_time(b.created));
  member("good until", format_time(a.expires), format_time(b.expires));
  member("policy", a.policy, b.policy);
  member("catalog", a.catalog, b.catalog);
  member("evidence", a.evidence, b.evidence);
  member("identity", a.identity, b.identity);
  member("asked for by", a.requested_by, b.requested_by);
  member("asked from", a.requested_from, b.requested_from);
  member("undoes", a.undo_of, b.undo_of);
  member("limits", breaches_of(a), breaches_of(b));
  member("applications", std::to_string(a.apps), std::to_string(b.apps));
  member("users", std::to_string(a.users), std::to_string(b.users));
  member("inspect-only", joined(a.inspect_only), joined(b.inspect_only));
  member("quorum", std::to_string(a.quorum), std::to_string(b.quorum));
  member("approval holds", format_duration(a.approval_expires),
         format_duration(b.approval_expires));
  return out;
}

bool same_actions(const Difference& difference) {
  return difference.only_a.empty() && difference.only_b.empty() && difference.changed.empty();
}

}  // namespace clawback::plan
