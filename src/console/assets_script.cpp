#include "console/assets.hpp"

namespace clawback::console {

const std::string_view script = R"js('use strict';
)js";

}  // namespace clawback::console
