#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/policy_files.hpp"
#include "report/signals.hpp"
#include "report/text_layout.hpp"

namespace clawback::cli {
namespace {

using report::TextOptions;

json::value limit_json(const std::optional<std::int64_t>& limit) {
  return limit ? json::value(*limit) : json::value(nullptr);
}

json::object rule_json(const policy::Rule& rule) {
  json::array actions;
  for (const domain::ActionKind kind : rule.actions) actions.emplace_back(domain::name_of(kind));
  json::object out;
  out["id"] = rule.id;
  out["why"] = rule.why;
  out["gaps"] = rule.gaps;
  out["mode"] = domain::name_of(rule.mode);
  out["verdict"] = domain::name_of(rule.verdict);
  out["actions"] = std::move(actions);
  out["quorum"] = rule.quorum;
  out["approvalExpires"] = format_duration(rule.approval_expires);
  out["limits"] = json::object{{"maxApps", limit_json(rule.limits.max_apps)},
                               {"maxUsers", limit_json(rule.limits.max_users)},
                               {"maxActions", limit_json(rule.limits.max_actions)}};
  out["tests"] = static_cast<std::int64_t>(rule.tests.size());
  return out;
}

json::value policy_json(const policy::Policy& policy, domain::Mode ceiling) {
  json::object weights;
  for (const auto& [id, weight] : policy.weights) weights[id] = weight;
  json::array rules;
  for (const policy::Rule& rule : policy.rules) rules.push_back(rule_json(rule));
  json::array exceptions;
  for (const policy::Exception& exception : policy.exceptions) {
    exceptions.push_back(json::object{{"appId", exception.app_id.str()},
                                      {"reason", exception.reason},
                                      {"owner", exception.owner},
                                      {"expires", format_time(exception.expires)}});
  }
  json::object out;
  out["schema"] = "clawback.policy/1";
  out["id"] = policy.id;
  out["description"] = policy.description;
  out["policy"] = policy.digest;
  out["catalog"] = policy.catalog.digest;
  out["ceiling"] = domain::name_of(ceiling);
  out["watchAt"] = policy.watch_at;
  out["alertAt"] = policy.alert_at;
  out["weights"] = std::move(weights);
  out["limits"] = json::object{{"maxApps", policy.max_apps},
                               {"maxUsers", policy.max_users},
                               {"maxActions", policy.max_actions}};
  out["breakGlassPerDay"] = policy.break_glass_per_day;
  out["rules"] = std::move(rules);
  out["exceptions"] = std::move(exceptions);
  return out;
}

std::string rule_text(const policy::Rule& rule, const TextOptions& options) {
  constexpr std::size_t indent = 14;
  std::string actions;
  for (const domain::ActionKind kind : rule.actions) {
    actions += (actions.empty() ? "" : ", ") + std::string(domain::name_of(kind));
  }
  std::string out = "\n" + report::paragraph(rule.id, options, report::Tone::strong);
  out += report::labelled("    why", rule.why, indent, options);
  out += report::labelled("    gaps", rule.gaps, indent, options);
  out += report::labelled(
      "    mode",
      fmt::format("{}, from verdict {}", domain::name_of(rule.mode), domain::name_of(rule.verdict)),
      indent, options);
  out += report::labelled("    actions", actions, indent, options);
  return out + report::labelled("    approval",
                                fmt::format("{} needed, good for {}", rule.quorum,
                                            format_duration(rule.approval_expires)),
                                indent, options);
}

std::string policy_text(const policy::Policy& policy, domain::Mode ceiling,
                        const TextOptions& options) {
  std::string weights;
  for (const auto& [id, weight] : policy.weights) {
    weights += fmt::format("{}{} {}", weights.empty() ? "" : ", ", id, weight);
  }
  constexpr std::size_t indent = 15;
  std::string out = report::paragraph(fmt::format("Policy {}: {}", policy.id, policy.description),
                                      options, report::Tone::strong);
  out += report::labelled("  digest", policy.digest, indent, options);
  out += report::labelled("  catalog", policy.catalog.digest, indent, options);
  out += report::labelled("  ceiling", std::string(domain::name_of(ceiling)), indent, options);
  out += report::labelled(
      "  verdicts", fmt::format("watch from {}, alert from {}", policy.watch_at, policy.alert_at),
      indent, options);
  out += report::labelled("  weights", weights, indent, options);
  out += report::labelled("  limits",
                          fmt::format("{} applications, {} users, {} actions", policy.max_apps,
                                      policy.max_users, policy.max_actions),
                          indent, options);
  out += report::labelled(
      "  break-glass", fmt::format("{} in 24 hours", policy.break_glass_per_day), indent, options);
  for (const policy::Rule& rule : policy.rules) out += rule_text(rule, options);
  if (!policy.exceptions.empty()) out += "\nExceptions\n";
  for (const policy::Exception& exception : policy.exceptions) {
    out += report::labelled("  " + exception.app_id.str(),
                            fmt::format("{} ({}), until {}", exception.reason, exception.owner,
                                        format_time(exception.expires)),
                            40, options);
  }
  return out;
}

}  // namespace

Result<int> execute(const PolicyShowArguments& arguments, const Context& context) {
  const auto config = find_config(context);
  if (!config) return config.error();
  const auto policy = load_policy(arguments.folder, *config ? &**config : nullptr);
  if (!policy) return policy.error();
  if (arguments.markdown && !context.console.style().json) {
    context.console.print(report::signals_markdown(*policy));
    return exit_code::done;
  }
  if (arguments.rules) {
    context.console.result(report::signals_json(*policy),
                           report::signals_text(*policy, context.console.text_options()));
    return exit_code::done;
  }
  const domain::Mode ceiling = *config ? (*config)->ceiling : domain::Mode::approve;
  context.console.result(policy_json(*policy, ceiling),
                         policy_text(*policy, ceiling, context.console.text_options()));
  return exit_code::done;
}

}  // namespace clawback::cli
