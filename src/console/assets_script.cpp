#include "console/assets.hpp"

namespace clawback::console {
namespace {

// A run's page follows its run. What comes from outside is only ever set as text.
constexpr std::string_view follow = R"js('use strict';
(() => {
  const run = document.getElementById('run');
  if (!run || run.dataset.ended === 'true' || !window.EventSource) return;
  const bar = document.getElementById('progress');
  const state = document.getElementById('state');
  const cells = new Map();
  for (const cell of document.querySelectorAll('[data-action]')) {
    cells.set(cell.dataset.action, cell);
  }
  const show = (cell, phase) => {
    if (!cell || cell.textContent === phase || !/^[a-z-]+$/.test(phase)) return;
    cell.textContent = phase;
    cell.className = 'phase-' + phase;
  };
  const source = new EventSource(run.dataset.events);
  source.addEventListener('progress', (event) => {
    const now = JSON.parse(event.data);
    bar.max = Math.max(now.all, 1);
    bar.value = now.done;
    if (state.textContent !== now.state) state.textContent = now.state;
    for (const action of now.actions) show(cells.get(action.id), action.phase);
    if (now.ended) {
      source.close();
      window.location.reload();
    }
  });
  // A stream that was refused is not asked for again, and the page no longer knows.
  source.addEventListener('error', () => {
    if (source.readyState === EventSource.CLOSED) {
      state.textContent += ' (not followed any more: load this page again)';
    }
  });
  window.addEventListener('pagehide', () => source.close());
})();
)js";

}  // namespace

std::string_view script() { return follow; }

}  // namespace clawback::console
