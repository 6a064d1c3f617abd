#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/safe_text.hpp"
#include "policy/nearest.hpp"
#include "policy/parts.hpp"
#include "policy/toml.hpp"
#include "policy/values.hpp"

namespace clawback::policy {
namespace {

using domain::ActionKind;
using domain::Mode;

bool holds(const std::vector<ActionKind>& actions, ActionKind kind) {
  return std::find(actions.begin(), actions.end(), kind) != actions.end();
}

bool plans(const Rule& rule) { return rule.mode > Mode::report; }

Result<std::string> rule_id(const File& file) {
  const std::string name = file_name(file.path);
  const std::string_view suffix = ".toml";
  const bool fits = name.size() > suffix.size() && name.ends_with(suffix);
  std::string id = fits ? name.substr(0, name.size() - suffix.size()) : std::string();
  const bool plain =
      !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
      });
  if (plain) return id;
  return Error{
      .code = Errc::invalid,
      .message = fmt::format("\"{}\" can't be a rule's file name", printable(name, 80)),
      .hint = "the name is the rule's id: lower-case letters, digits and \"-\", then .toml",
      .position = Position{.file = file.path, .line = 1, .column = 1},
      .details = {}};
}

Match read_match(TomlTable& root) {
  Match match;
  auto table = root.table("match");
  root.missing("match",
               "a rule must say what it is about: signals_any, signals_all, app_ids or scopes_any");
  if (!table) return match;
  match.signals_any = signal_ids(*table, "signals_any");
  match.signals_all = signal_ids(*table, "signals_all");
  match.app_ids = app_ids(*table, "app_ids");
  match.scopes_any = table->texts("scopes_any").value_or(std::vector<std::string>());
  match.first_seen_within = table->duration("first_seen_within");
  match.unverified_publisher = table->boolean("unverified_publisher").value_or(false);
  const bool names_something = !match.signals_any.empty() || !match.signals_all.empty() ||
                               !match.app_ids.empty() || !match.scopes_any.empty();
  if (!names_something && table->check()) {
    root.fail("match", "[match] would match every finding",
              "give signals_any, signals_all, app_ids or scopes_any");
  }
  return match;
}

void read_approval(TomlTable& root, Rule& rule) {
  auto table = root.table("approval");
  if (!table) return;
  rule.quorum = table->integer("quorum").value_or(rule.quorum);
  if (rule.quorum < 1) {
    table->fail("quorum",
                fmt::format("\"quorum\" is {}; at least one person must approve", rule.quorum),
                "a rule that needs nobody has mode = \"auto\"");
  }
  rule.approval_expires = table->duration("expires").value_or(rule.approval_expires);
}

void read_limits(TomlTable& root, const RuleFrame& frame, Rule& rule) {
  auto table = root.table("limits");
  if (!table) return;
  rule.limits.max_apps = limit(*table, "max_apps", frame.max_apps);
  rule.limits.max_users = limit(*table, "max_users", frame.max_users);
  rule.limits.max_actions = limit(*table, "max_actions", frame.max_actions);
}

// "revoke-grant g-ada": an action of this rule, a blank, and the id of what it is done to.
void check_planned(TomlTable& table, const Rule& rule, const std::vector<std::string>& plan) {
  for (std::size_t i = 0; i < plan.size(); ++i) {
    const auto blank = plan[i].find(' ');
    const auto kind = domain::action_kind_from(std::string_view(plan[i]).substr(0, blank));
    const std::string shown = printable(plan[i], 80);
    if (blank == std::string::npos || blank + 1 == plan[i].size() || !kind) {
      table.fail_item("plan", i, fmt::format("\"{}\" is not an action and an id", shown),
                      "e.g. \"revoke-grant g-ada\"");
    } else if (!plans(rule)) {
      table.fail_item("plan", i,
                      fmt::format("a rule of mode \"{}\" plans nothing", name_of(rule.mode)),
                      "say in `findings` which service principals it must report");
    } else if (!holds(rule.actions, *kind) && !(*kind == ActionKind::revoke_grant &&
                                                holds(rule.actions, ActionKind::narrow_grant))) {
      table.fail_item("plan", i, fmt::format("\"{}\" is not an action of this rule", shown));
    }
  }
}

RuleTest read_test(TomlTable& table, const Rule& rule) {
  RuleTest test;
  test.name = table.require_text("name");
  test.given = table.require_text("given");
  const auto plan = table.texts("plan");
  test.findings = table.texts("findings");
  if (plans(rule)) {
    table.missing("plan", "the actions in their order, or [] for none");
  } else {
    table.missing("findings",
                  "ids of the service principals that the rule must report, or [] for none");
  }
  test.plan = plan.value_or(std::vector<std::string>());
  check_planned(table, rule, test.plan);
  test.position = table.position();
  return test;
}

void read_tests(TomlTable& root, Rule& rule) {
  std::set<std::string> names;
  bool acts = false;
  bool rests = false;
  for (TomlTable& table : root.tables("test")) {
    RuleTest test = read_test(table, rule);
    if (!names.insert(test.name).second) {
      table.fail("name", fmt::format("two tests are called \"{}\"", printable(test.name, 80)));
    }
    const bool nothing =
        plans(rule) ? test.plan.empty() : test.findings.value_or(test.plan).empty();
    (nothing ? rests : acts) = true;
    rule.tests.push_back(std::move(test));
  }
  const std::string_view verb = plans(rule) ? "plans" : "reports";
  if (!acts)
    root.fail({}, fmt::format("rule \"{}\" has no test that {} something", rule.id, verb),
              "add a [[test]] with a scenario in which it must act");
  if (!rests)
    root.fail({}, fmt::format("rule \"{}\" has no test that {} nothing", rule.id, verb),
              "add a [[test]] with a scenario that it must leave alone");
}

void check_actions(TomlTable& root, const Rule& rule) {
  if (plans(rule) && rule.actions.empty() && root.check()) {
    root.fail("actions",
              fmt::format("a rule of mode \"{}\" needs at least one action", name_of(rule.mode)));
  }
  if (holds(rule.actions, ActionKind::revoke_grant) &&
      holds(rule.actions, ActionKind::narrow_grant)) {
    const auto given = root.texts("actions").value_or(std::vector<std::string>());
    const auto found = std::find(given.begin(), given.end(), name_of(ActionKind::narrow_grant));
    root.fail_item("actions", static_cast<std::size_t>(found - given.begin()),
                   "\"revoke-grant\" and \"narrow-grant\" can't be in one rule",
                   "narrow-grant revokes by itself what has nothing harmless left");
  }
  if (rule.mode == Mode::contain && !holds(rule.actions, ActionKind::disable_app)) {
    root.fail("mode", "mode \"contain\" has nothing to send at once",
              "it sends reversible containment only: add \"disable-app\" to the actions");
  }
}

// Actions on the tenant's own policies do what policy.toml says: without it they would do nothing.
void check_settings(TomlTable& root, const Rule& rule, const RuleFrame& frame) {
  struct Needed {
    ActionKind kind;
    bool given;
    std::string_view what;
    std::string_view hint;
  };
  const Needed all[] = {
      {ActionKind::restrict_consent, frame.consent.user_consent != UserConsent::keep,
       "[consent] user_consent = \"keep\" leaves it nothing to do",
       "set it to \"none\", \"low\" or \"managed\" in policy.toml, or remove the action"},
      {ActionKind::require_admin_consent, frame.consent.enable_admin_consent_requests,
       "[consent] admin_consent_requests = \"keep\" leaves it nothing to do",
       "set it to \"enable\" and name reviewers in policy.toml, or remove the action"},
      {ActionKind::require_managed_client, !frame.managed_client.break_glass.empty(),
       "no account is named that it never shuts out",
       "[managed_client] with break_glass = [\"object id\"] in policy.toml"}};
  const auto names = root.texts("actions").value_or(std::vector<std::string>());
  for (const Needed& one : all) {
    if (one.given || !holds(rule.actions, one.kind)) continue;
    const auto at = std::find(names.begin(), names.end(), domain::name_of(one.kind));
    if (at == names.end()) continue;
    root.fail_item("actions", static_cast<std::size_t>(at - names.begin()),
                   fmt::format("\"{}\": {}", domain::name_of(one.kind), one.what),
                   std::string(one.hint));
  }
}

}  // namespace

Result<Rule> parse_rule(const File& file, const RuleFrame& frame) {
  auto id = rule_id(file);
  if (!id) return id.error();
  auto parsed = parse_toml(file.path, file.text);
  if (!parsed) return parsed.error();
  TomlTable& root = *parsed;
  Rule rule;
  rule.id = *id;
  rule.why = root.require_text("why");
  rule.gaps = root.require_text("gaps");
  rule.mode = mode(root, "mode");
  rule.verdict = choice(root, "verdict", {"watch", "alert"}, 1) == 0 ? domain::Verdict::watch
                                                                     : domain::Verdict::alert;
  rule.actions = actions(root, "actions");
  check_actions(root, rule);
  check_settings(root, rule, frame);
  rule.match = read_match(root);
  read_approval(root, rule);
  read_limits(root, frame, rule);
  read_tests(root, rule);
  rule.position = root.position();
  if (const auto done = root.finish(); !done) return done.error();
  return rule;
}

}  // namespace clawback::policy
