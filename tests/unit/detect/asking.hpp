#pragma once

#include <doctest/doctest.h>

#include <string_view>

#include "detect/case.hpp"
#include "detect/signal.hpp"
#include "domain/permissions.hpp"
#include "judging.hpp"

namespace clawback::test {

// What one signal says of one application, by its object id or, if it has none, its app id.
inline domain::SignalResult ask(const domain::Snapshot& all, std::string_view signal_id,
                                std::string_view app = "sp",
                                const domain::Memory* memory = nullptr) {
  const detect::Index index(all, memory);
  const detect::Context context{.snapshot = all,
                                .policy = shipped_policy(),
                                .now = now(),
                                .index = index,
                                .names = {},
                                .memory = memory,
                                .window_start = all.coverage.logs_since};
  for (const auto& facts : index.apps()) {
    const bool by_app_id = facts.app != nullptr && facts.app->app_id.str() == app;
    if (facts.id != app && !by_app_id) continue;
    detect::Case subject{.context = context, .facts = facts, .ownership = {}, .entry = nullptr};
    if (facts.app != nullptr) subject.ownership = domain::ownership_of(*facts.app, all.tenant);
    for (const auto& signal : detect::signal_table()) {
      if (signal.id == signal_id) return detect::evaluate(signal, subject);
    }
  }
  FAIL("no such application or signal");
  return {};
}

}  // namespace clawback::test
