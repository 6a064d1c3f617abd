#include "corpus/quality.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "detect/judge.hpp"
#include "evidence/files.hpp"

namespace clawback::corpus {
namespace {

using domain::SignalState;

// Files are read in the order of their names; the inventory stands beside every format.
std::vector<std::filesystem::path> inputs(const Label& label, const std::string& format) {
  std::vector<std::filesystem::path> out;
  for (const std::string& part : {std::string("inventory"), format}) {
    const auto folder = label.folder / part;
    if (std::filesystem::is_directory(folder)) out.push_back(folder);
  }
  return out;
}

bool is_raised(const std::string& verdict) { return verdict == "watch" || verdict == "alert"; }

bool is_alert(const std::string& verdict) { return verdict == "alert"; }

std::string state_in(const Observed& observed, const std::string& rule) {
  if (!observed.finding) return "miss";
  for (const domain::SignalResult& signal : observed.finding->signals) {
    if (signal.id == rule) return std::string(name_of(signal.state));
  }
  return "absent";
}

const domain::SignalResult* signal_of(const Observed& observed, const std::string& rule) {
  if (!observed.finding) return nullptr;
  const auto& signals = observed.finding->signals;
  const auto found =
      std::find_if(signals.begin(), signals.end(), [&](const auto& one) { return one.id == rule; });
  return found != signals.end() ? &*found : nullptr;
}

bool is_open(const Expected& expected, const std::string& rule) {
  return std::find(expected.open.begin(), expected.open.end(), rule) != expected.open.end();
}

void count(Tally& tally, bool wanted, bool said) {
  ++tally.cases;
  if (wanted && said) ++tally.right_hits;
  if (wanted && !said) ++tally.missed;
  if (!wanted && said) ++tally.false_hits;
}

void count_signal(Tally& tally, const Expected& expected, const Observed& observed,
                  const std::string& rule) {
  const auto labelled = expected.signals.find(rule);
  const std::string got = state_in(observed, rule);
  const bool wanted = labelled != expected.signals.end() && labelled->second == SignalState::hit;
  if (labelled == expected.signals.end()) {
    if (got == "hit") ++tally.false_hits;
    return;
  }
  count(tally, wanted, got == "hit");
  if (labelled->second == SignalState::not_evaluable) {
    ++tally.unknown;
    if (got == "not-evaluable") ++tally.right_unknown;
  }
  if (labelled->second == SignalState::miss) {
    ++tally.misses;
    if (got == "miss") ++tally.right_miss;
  }
}

void count_case(Quality& to, const std::string& format, const Expected& expected,
                const Observed& observed) {
  for (const policy::SignalInfo& signal : policy::signals()) {
    const std::string rule(signal.id);
    if (is_open(expected, rule)) continue;
    count_signal(to.rules[rule], expected, observed, rule);
    count_signal(to.signals, expected, observed, rule);
  }
  const bool said = is_raised(observed.verdict);
  count(to.verdicts, is_raised(expected.verdict), said);
  count(to.formats[format], is_raised(expected.verdict), said);
}

// Raised in all of its formats, or in any, as the truth asks.
bool is_found(const Label& label, const std::vector<std::string>& verdicts,
              bool (*raises)(const std::string&)) {
  return label.truth == "attack" ? std::all_of(verdicts.begin(), verdicts.end(), raises)
                                 : std::any_of(verdicts.begin(), verdicts.end(), raises);
}

void count_story(Quality& to, const Label& label, const std::vector<std::string>& verdicts) {
  if (label.truth.empty() || verdicts.empty()) return;
  const bool attack = label.truth == "attack";
  const bool raised = is_found(label, verdicts, is_raised);
  count(to.stories, attack, raised);
  count(to.alerts, attack, is_found(label, verdicts, is_alert));
  if (!attack && raised) to.lives.push_back(label.id);
}

std::string time_text(const std::optional<Time>& time) {
  return time ? format_time(*time) : std::string("unknown");
}

std::string history_text(const domain::GrantHistory& one) {
  return fmt::format("history {} of {} for {}: {} present={} first={} changed={} added={} by={}\n",
                     one.client.str(), one.resource.str(),
                     one.principal ? one.principal->str() : "everyone", fmt::join(one.scopes, " "),
                     one.present, time_text(one.first_seen), time_text(one.last_changed),
                     fmt::join(one.added_scopes, " "), one.by.value_or("unknown"));
}

}  // namespace

Result<Observed> observe(const Label& label, const std::string& format,
                         const policy::Policy& policy) {
  const auto files =
      evidence::read_files(inputs(label, format), {.tenant = domain::TenantId(label.tenant),
                                                   .tenant_name = label.tenant_name,
                                                   .now = label.now});
  if (!files) return files.error();
  for (const evidence::Warning& warning : files->warnings) {
    return Error{.code = Errc::invalid,
                 .message = fmt::format("{} {}: {}", label.id, format, warning.message)};
  }
  policy::Policy own = policy;
  own.exceptions.insert(own.exceptions.end(), label.exceptions.begin(), label.exceptions.end());
  const auto judgement = detect::judge(
      files->snapshot, own, {.now = label.now, .memory = label.memory ? &*label.memory : nullptr});
  Observed out;
  for (const domain::Finding& finding : judgement.findings) {
    const std::string& app = finding.app.app_id.str();
    if (app == label.app || finding.app.id.str() == label.app) {
      out.verdict = finding.exception ? "excepted" : std::string(name_of(finding.verdict));
      out.finding = finding;
    } else if (std::find(label.also.begin(), label.also.end(), app) == label.also.end()) {
      out.strangers.push_back(app + " " + finding.app.display_name);
    }
  }
  return out;
}

bool verdict_fits(const std::string& expected, const std::string& got) {
  if (expected == "quiet") return got == "info" || got == "none";
  return expected == got;
}

std::vector<Difference> compare(const Label& label, const std::string& format,
                                const Observed& observed) {
  const Expected& expected = label.expect.at(format);
  std::vector<Difference> out;
  const auto differs = [&](std::string rule, std::string wanted, std::string got) {
    const domain::SignalResult* signal = signal_of(observed, rule);
    out.push_back({.rule = std::move(rule),
                   .id = label.id,
                   .format = format,
                   .expected = std::move(wanted),
                   .got = std::move(got),
                   .reason = signal != nullptr ? signal->reason : std::string()});
  };
  if (!verdict_fits(expected.verdict, observed.verdict)) {
    differs(
        "verdict", expected.verdict,
        fmt::format("{} ({})", observed.verdict, observed.finding ? observed.finding->score : 0));
  }
  for (const std::string& stranger : observed.strangers) differs("verdict", "no finding", stranger);
  for (const policy::SignalInfo& info : policy::signals()) {
    const std::string rule(info.id);
    if (is_open(expected, rule)) continue;
    const auto labelled = expected.signals.find(rule);
    const std::string got = state_in(observed, rule);
    const std::string wanted =
        labelled != expected.signals.end() ? std::string(name_of(labelled->second)) : "no hit";
    if (labelled == expected.signals.end() ? got == "hit" : got != wanted) {
      differs(rule, wanted, got);
    }
    const auto weight = expected.weights.find(rule);
    const domain::SignalResult* signal = signal_of(observed, rule);
    if (weight != expected.weights.end() && signal != nullptr && signal->weight != weight->second) {
      differs(rule, fmt::format("weight {}", weight->second),
              fmt::format("weight {}", signal->weight));
    }
  }
  return out;
}

double precision(const Tally& tally) {
  const int said = tally.right_hits + tally.false_hits;
  return said == 0 ? 1.0 : static_cast<double>(tally.right_hits) / said;
}

double recall(const Tally& tally) {
  const int wanted = tally.right_hits + tally.missed;
  return wanted == 0 ? 1.0 : static_cast<double>(tally.right_hits) / wanted;
}

Quality measure(const std::vector<Label>& labels, const policy::Policy& policy) {
  Quality out;
  out.cases = labels.size();
  for (const Label& label : labels) {
    std::vector<std::string> verdicts;
    for (const auto& [format, expected] : label.expect) {
      ++out.runs;
      const auto observed = observe(label, format, policy);
      if (!observed) {
        out.unreadable.push_back(observed.error());
        continue;
      }
      verdicts.push_back(observed->verdict);
      count_case(out, format, expected, *observed);
      const auto differences = compare(label, format, *observed);
      out.differences.insert(out.differences.end(), differences.begin(), differences.end());
    }
    count_story(out, label, verdicts);
  }
  return out;
}

std::string essence(const Observed& observed) {
  if (!observed.finding) return "no finding\n";
  const domain::Finding& finding = *observed.finding;
  std::string out = fmt::format("{} {} {} {}\n", finding.key, observed.verdict, finding.score,
                                name_of(finding.existence));
  for (const domain::SignalResult& signal : finding.signals) {
    out += fmt::format("{} {} {} {}\n", signal.id, name_of(signal.state), signal.weight,
                       signal.against);
  }
  for (const domain::User& user : finding.users) {
    out += fmt::format("user {} {}\n", user.id.str(), user.user_principal_name.value_or(""));
  }
  for (const domain::Grant& grant : finding.grants) {
    out += fmt::format("grant {}: {}\n", grant.id.str(), fmt::join(grant.scopes, " "));
  }
  for (const domain::AppRoleAssignment& role : finding.app_roles) {
    out += fmt::format("role {}\n", role.value.value_or(role.role_id));
  }
  for (const domain::GrantHistory& one : finding.history) out += history_text(one);
  return out;
}

}  // namespace clawback::corpus
