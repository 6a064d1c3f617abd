#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/plan_file.hpp"
#include "cli/policy_files.hpp"
#include "cli/probe.hpp"
#include "cli/session.hpp"
#include "detect/judge.hpp"
#include "report/text_layout.hpp"

namespace clawback::cli {
namespace {

struct Check {
  std::string name;
  std::string state;  // ok, note, missing, failed
  std::string detail;
  std::string hint;
};

struct Health {
  std::vector<Check> checks;
  int code = exit_code::done;

  void add(std::string name, std::string state, std::string detail, std::string hint = {}) {
    checks.push_back({std::move(name), std::move(state), std::move(detail), std::move(hint)});
  }
  // Sign-in and permissions weigh more than a licence, and both more than nothing.
  void worsen(int to) {
    if (code == exit_code::done || to == exit_code::denied) code = to;
  }
  void fail(std::string name, const Error& error) {
    add(std::move(name), "failed", error.message, error.hint);
    worsen(exit_code_of(error.code));
  }
};

std::string joined(const std::vector<std::string>& list) {
  std::string out;
  for (const std::string& text : list) out += (out.empty() ? "" : ", ") + text;
  return out.empty() ? "the token does not say" : out;
}

void judge_sources(Health& health, const std::vector<Probe>& probes, const policy::Policy& policy,
                   Time now) {
  domain::Snapshot nothing;
  nothing.coverage = coverage_of(probes);
  const auto judgement =
      detect::judge(nothing, policy, {.now = now, .ceiling = domain::Mode::automatic});
  for (const Probe& probe : probes) {
    const std::string name = "read " + probe.source;
    if (!probe.error) {
      health.add(name, "ok", "can be read");
      continue;
    }
    const auto& missing = judgement.missing;
    const bool needed = std::find(missing.begin(), missing.end(), probe.source) != missing.end();
    std::string hint = probe.error->hint;
    if (probe.error->code == Errc::denied) {
      hint = fmt::format("grant the application permission {} and consent to it", probe.permission);
    }
    health.add(name, needed ? "missing" : "note",
               probe.error->message + (needed ? "" : " (this policy does not need it)"),
               std::move(hint));
    if (needed) health.worsen(exit_code_of(probe.error->code));
  }
}

void check_reading(Health& health, const Config& config, const policy::Policy& policy,
                   const Context& context) {
  std::optional<Result<std::vector<std::string>>> roles;
  std::vector<Probe> probes;
  const auto use = [&](auth::TokenSource& tokens, graph::Reader& reader) -> asio::awaitable<void> {
    auto signed_in = co_await roles_of(tokens);
    const bool works = bool(signed_in);
    roles.emplace(std::move(signed_in));
    if (works) probes = co_await probe_sources(reader);
  };
  const auto ran = with_tokens(config, Role::read, context.environment, use);
  if (!ran) return health.fail("sign in to read", ran.error());
  if (!*roles) return health.fail("sign in to read", roles->error());
  health.add("sign in to read", "ok", joined(**roles));
  judge_sources(health, probes, policy, context.now());
  if ((*roles)->empty()) return;
  for (const Lacking& lacking : lacking_for_second_look(**roles, policy)) {
    health.add(
        "read " + lacking.operation, "missing",
        fmt::format("the permission {} is not in the token: the actions of this policy that "
                    "need it are refused",
                    lacking.permission),
        fmt::format("grant the application permission {} and consent to it", lacking.permission));
    health.worsen(exit_code::denied);
  }
}

void check_writing(Health& health, const Config& config, const policy::Policy& policy,
                   const Context& context) {
  if (!config.write) {
    return health.add("sign in to write", "note",
                      "no [identity.write]: this installation can only read");
  }
  std::optional<Result<std::vector<std::string>>> roles;
  const auto use = [&](auth::TokenSource& tokens, graph::Reader&) -> asio::awaitable<void> {
    auto signed_in = co_await roles_of(tokens);
    roles.emplace(std::move(signed_in));
  };
  const auto ran = with_tokens(config, Role::write, context.environment, use);
  if (!ran) return health.fail("sign in to write", ran.error());
  if (!*roles) return health.fail("sign in to write", roles->error());
  health.add("sign in to write", "ok", joined(**roles));
  if ((*roles)->empty()) return;
  for (const Lacking& lacking : lacking_for_writes(**roles, policy)) {
    health.add(
        "write " + lacking.operation, "missing",
        fmt::format("the permission {} is not in the token", lacking.permission),
        fmt::format("grant the application permission {} and consent to it", lacking.permission));
    health.worsen(exit_code::denied);
  }
}

void check_state(Health& health, const Config& config) {
  if (!config.database) {
    return health.add("state", "note", "no [state] database: plans can be made, not applied");
  }
  // Often asked by an administrator: a file made here would be root's, and no pass could write it.
  const auto there = journal::probe_sqlite(*config.database);
  if (!there) return health.fail("state", there.error());
  if (*there) return health.add("state", "ok", config.database->string());
  health.add("state", "ok",
             fmt::format("{}: will be made in {}", config.database->filename().string(),
                         config.database->parent_path().string()));
}

report::Tone tone_of(const std::string& state) {
  if (state == "ok") return report::Tone::good;
  return state == "note" ? report::Tone::caution : report::Tone::bad;
}

void print(const Health& health, const Context& context) {
  const report::TextOptions options = context.console.text_options();
  json::array list;
  std::string text;
  for (const Check& check : health.checks) {
    list.push_back(json::object{
        {"name", check.name},
        {"state", check.state},
        {"detail", check.detail},
        {"hint", check.hint.empty() ? json::value(nullptr) : json::value(check.hint)}});
    text += report::paint(fmt::format("{:<8}", check.state), tone_of(check.state), options) +
            report::paragraph(check.name, options);
    text += report::labelled("", check.detail, 8, options);
    if (!check.hint.empty()) text += report::labelled("", "hint: " + check.hint, 8, options);
  }
  text += health.code == exit_code::done ? "Ready.\n" : "Not ready.\n";
  context.console.result(json::object{{"schema", "clawback.doctor/1"},
                                      {"ready", health.code == exit_code::done},
                                      {"checks", std::move(list)}},
                         text);
}

}  // namespace

Result<int> execute(const DoctorArguments& arguments, const Context& context) {
  const auto config = require_config(context);
  if (!config) return config.error();
  const auto policy = load_policy(arguments.policy, &*config);
  if (!policy) return policy.error();
  Health health;
  health.add("configuration", "ok", config->file.string());
  health.add("policy", "ok", fmt::format("{}, {} rules", policy->id, policy->rules.size()));
  check_state(health, *config);
  check_reading(health, *config, *policy, context);
  check_writing(health, *config, *policy, context);
  print(health, context);
  return health.code;
}

}  // namespace clawback::cli
