#pragma once

#include "journal/finding_store.hpp"
#include "report/model.hpp"

namespace clawback::cli {

// What the state database keeps of a pass, for the console. Pure.
journal::KeptPass kept_pass(const report::Scan& scan);

}  // namespace clawback::cli
