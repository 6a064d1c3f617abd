#pragma once

#include <string>

namespace clawback::cli {

// Who runs this program, as the operating system knows them: "local:ada", "local:1000" if it has no
// name for them.
std::string local_account();

}  // namespace clawback::cli
