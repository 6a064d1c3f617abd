#pragma once

#include <optional>

#include "cli/config.hpp"
#include "cli/state.hpp"
#include "detect/judge.hpp"
#include "domain/snapshot.hpp"
#include "policy/policy.hpp"
#include "report/model.hpp"

namespace clawback::cli {

// The way from evidence to findings, which scan and plan share. With [state] in the configuration
// it knows what earlier passes saw, and remembers this one; the tenant itself is only read.
struct Judged {
  std::optional<Config> config;
  domain::Snapshot snapshot;
  policy::Policy policy;
  detect::Judgement judgement;
  std::optional<State> state;
};
Result<Judged> judge(const Input& input, const Context& context);

// The two halves of it. What is remembered is not news any more: a pass tells it first.
Result<Judged> judge_only(const Input& input, const Context& context);
Result<void> remember(Judged& judged, const Context& context);

// Reads the tenant itself.
Result<domain::Snapshot> read_tenant(const Config& config, Duration since, const Context& context);
// Errc::invalid if --tenant names another one.
Result<void> check_tenant(const std::string& wanted, const std::string& id,
                          const std::string& name);

report::Scan scan_of(const Judged& judged);

// `-` is standard output; files are 0600, for they hold names of people.
Result<void> write_output(const std::string& file, std::string_view text, const Context& context);

}  // namespace clawback::cli
