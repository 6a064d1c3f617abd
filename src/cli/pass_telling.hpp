#pragma once

#include <optional>

#include "cli/pass.hpp"
#include "cli/unattended.hpp"
#include "detect/judge.hpp"

namespace clawback::cli {

// Whom [[notify]] names is told what is new in a pass. Noted as "notified". True: each
// target that it concerns has it, or it is in the outbox; false: nobody has it, so that it has to
// be news in the next pass too. What earlier passes could not send is sent first.

// As soon as it is known: cases that are new, changed or were never told as they are, and a plan
// that waits and was not told yet. Noted as "told".
bool tell_found(Pass& pass, const detect::Judgement& judgement,
                const std::optional<plan::Plan>& waits, const Unattended& with,
                const Context& context);

// At the end: runs, also of passes that died before they told of them (noted as "told"), what
// follow-up looks found, escalations and errors.
bool tell_rest(Pass& pass, const Unattended& with, const Context& context);

}  // namespace clawback::cli
