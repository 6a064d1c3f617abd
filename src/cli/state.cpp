#include "cli/state.hpp"

#include <fmt/format.h>

namespace clawback::cli {
namespace {

Error how_to_do_without(Error error) {
  const std::string without = "`--no-state` judges without reading or writing it";
  error.hint = error.hint.empty() ? without : error.hint + "; " + without;
  return error;
}

}  // namespace

Result<std::optional<State>> State::open(const Input& input, const std::optional<Config>& config) {
  if (input.no_state || !config || !config->database) return std::optional<State>();
  auto store = journal::MemoryStore::open(*config->database);
  if (!store) return how_to_do_without(store.error());
  auto findings = journal::FindingStore::open(*config->database);
  if (!findings) return how_to_do_without(findings.error());
  return std::optional(
      State(std::move(*store), std::move(*findings), domain::TenantId(config->tenant_id)));
}

Result<const domain::Memory*> State::load(const domain::Snapshot& snapshot) {
  if (snapshot.tenant != tenant_) return static_cast<const domain::Memory*>(nullptr);
  auto memory = store_.load(tenant_);
  if (!memory) return how_to_do_without(memory.error());
  memory_ = std::move(*memory);
  return static_cast<const domain::Memory*>(&memory_);
}

Result<void> State::save(const std::optional<domain::Memory>& memory,
                         const domain::Snapshot& snapshot, const Context& context) {
  if (!memory) return {};
  if (memory_.last_snapshot && snapshot.observed < *memory_.last_snapshot) {
    context.console.note(fmt::format(
        "state: this evidence is of {}, what is remembered is of {}: it is left as it is",
        format_time(snapshot.observed), format_time(*memory_.last_snapshot)));
    return {};
  }
  const auto saved = store_.save(tenant_, *memory);
  if (saved) return {};
  // Another pass that saw the tenant later was faster.
  if (saved.error().code == Errc::conflict) {
    context.console.note(saved.error().message);
    return {};
  }
  return how_to_do_without(saved.error());
}

Result<void> State::keep(const journal::KeptPass& pass) {
  const auto saved = findings_.save(tenant_, pass);
  // `save` has said so of the memory.
  if (saved || saved.error().code == Errc::conflict) return {};
  return how_to_do_without(saved.error());
}

}  // namespace clawback::cli
