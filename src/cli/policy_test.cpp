#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/safe_text.hpp"
#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/policy_files.hpp"
#include "cli/rule_test.hpp"

namespace clawback::cli {
namespace {

struct Verdicts {
  std::size_t passed = 0;
  std::size_t failed = 0;
  std::string text;
  json::array list;
};

bool has(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

// Lines that are missing, lines that are too much; when there is neither, the order is what
// differs.
std::string difference(const RuleTestOutcome& outcome) {
  std::string out;
  for (const std::string& line : outcome.wanted) {
    if (!has(outcome.got, line)) out += fmt::format("    - {}\n", printable(line));
  }
  for (const std::string& line : outcome.got) {
    if (!has(outcome.wanted, line)) out += fmt::format("    + {}\n", printable(line));
  }
  if (!out.empty()) return out;
  out = "    the order or the number differs; planned:\n";
  for (const std::string& line : outcome.got) out += fmt::format("      {}\n", printable(line));
  return out;
}

json::array texts(const std::vector<std::string>& list) {
  json::array out;
  for (const std::string& text : list) out.emplace_back(text);
  return out;
}

void add(Verdicts& verdicts, const policy::Rule& rule, const policy::RuleTest& test,
         const Result<RuleTestOutcome>& outcome) {
  const bool passed = outcome && outcome->passed();
  ++(passed ? verdicts.passed : verdicts.failed);
  verdicts.text +=
      fmt::format("{}  {}: {}\n", passed ? "pass" : "FAIL", rule.id, printable(test.name));
  json::object entry{{"rule", rule.id}, {"name", test.name}, {"passed", passed}};
  if (!outcome) {
    verdicts.text += fmt::format("    {}\n", printable(outcome.error().message, 600));
    entry["error"] = outcome.error().message;
  } else if (!passed) {
    verdicts.text += fmt::format("    {}:{}\n", printable(test.position.file), test.position.line);
    verdicts.text += difference(*outcome);
    entry["wanted"] = texts(outcome->wanted);
    entry["got"] = texts(outcome->got);
  }
  verdicts.list.push_back(std::move(entry));
}

}  // namespace

Result<int> execute(const PolicyTestArguments& arguments, const Context& context) {
  const auto config = find_config(context);
  if (!config) return config.error();
  const auto policy = load_policy(arguments.folder, *config ? &**config : nullptr);
  if (!policy) return policy.error();
  Verdicts verdicts;
  for (const policy::Rule& rule : policy->rules) {
    for (const policy::RuleTest& test : rule.tests) {
      add(verdicts, rule, test, try_rule(*policy, rule, test));
    }
  }
  verdicts.text += fmt::format("{} passed, {} failed\n", verdicts.passed, verdicts.failed);
  context.console.result(json::object{{"schema", "clawback.policy-test/1"},
                                      {"passed", static_cast<std::int64_t>(verdicts.passed)},
                                      {"failed", static_cast<std::int64_t>(verdicts.failed)},
                                      {"tests", std::move(verdicts.list)}},
                         verdicts.text);
  return verdicts.failed == 0 ? exit_code::done : exit_code::unusable;
}

}  // namespace clawback::cli
