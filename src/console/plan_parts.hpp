#pragma once

#include "console/page_parts.hpp"

// The parts of a plan's page.
namespace clawback::console {

// What, why, for whom, what is left alone and what stays possible.
Html plan_outline(const plan::Plan& plan);
// Each action: the exact request, before and after, undo, effect, what remains.
Html plan_actions(const plan::Plan& plan);

}  // namespace clawback::console
