#pragma once

#include <doctest/doctest.h>

#include <optional>
#include <string_view>

#include "detect/case.hpp"
#include "detect/signal.hpp"
#include "domain/permissions.hpp"
#include "judging.hpp"

namespace clawback::test {

struct Question {
  const domain::Snapshot& all;
  const policy::Policy& policy;
  const domain::Memory* memory = nullptr;
  std::optional<Time> window_start;
};

// What one signal says of one application, by its object id or, if it has none, its app id, without
// the rest of judging.
inline domain::SignalResult ask(const Question& question, std::string_view signal_id,
                                std::string_view app = "sp") {
  const detect::Index index(question.all, question.memory);
  const detect::Context context{.snapshot = question.all,
                                .policy = question.policy,
                                .now = now(),
                                .index = index,
                                .names = {},
                                .memory = question.memory,
                                .window_start = question.window_start};
  for (const auto& facts : index.apps()) {
    const bool by_app_id = facts.app != nullptr && facts.app->app_id.str() == app;
    if (facts.id != app && !by_app_id) continue;
    detect::Case subject{.context = context, .facts = facts, .ownership = {}, .entry = nullptr};
    if (facts.app != nullptr) {
      subject.ownership = domain::ownership_of(*facts.app, question.all.tenant);
      subject.entry = policy::find(question.policy.catalog, facts.app->app_id);
    }
    for (const auto& signal : detect::signal_table()) {
      if (signal.id == signal_id) return detect::evaluate(signal, subject);
    }
  }
  FAIL("no such application or signal");
  return {};
}

// Under the shipped policy, with the logs' window.
inline domain::SignalResult ask(const domain::Snapshot& all, std::string_view signal_id,
                                std::string_view app = "sp",
                                const domain::Memory* memory = nullptr) {
  return ask(Question{.all = all,
                      .policy = shipped_policy(),
                      .memory = memory,
                      .window_start = all.coverage.logs_since},
             signal_id, app);
}

}  // namespace clawback::test
