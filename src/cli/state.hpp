#pragma once

#include <optional>

#include "cli/config.hpp"
#include "cli/context.hpp"
#include "domain/memory.hpp"
#include "domain/snapshot.hpp"
#include "journal/finding_store.hpp"
#include "journal/memory_store.hpp"

namespace clawback::cli {

// What is remembered of the configured tenant between passes, in the database of [state]. Every
// error names the file and says how to do without it.
class State {
 public:
  // nullopt: the configuration names no database, or --no-state was given.
  static Result<std::optional<State>> open(const Input& input, const std::optional<Config>& config);

  // nullptr if the snapshot is of another tenant than the configured one.
  Result<const domain::Memory*> load(const domain::Snapshot& snapshot);
  // After a judgement. Evidence that is older than what is remembered changes nothing, and a note
  // says so.
  Result<void> save(const std::optional<domain::Memory>& memory, const domain::Snapshot& snapshot,
                    const Context& context);
  // The findings of the pass, for the console. Older ones than those that are there change nothing.
  Result<void> keep(const journal::KeptPass& pass);

 private:
  State(journal::MemoryStore store, journal::FindingStore findings, domain::TenantId tenant)
      : store_(std::move(store)), findings_(std::move(findings)), tenant_(std::move(tenant)) {}
  journal::MemoryStore store_;
  journal::FindingStore findings_;
  domain::TenantId tenant_;
  domain::Memory memory_;
};

}  // namespace clawback::cli
