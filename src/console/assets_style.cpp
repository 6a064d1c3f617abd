#include "console/assets.hpp"

namespace clawback::console {

const std::string_view style = R"css(
:root{color-scheme:light dark}
body{margin:0 auto;max-width:76rem;padding:1rem;font:1rem/1.5 system-ui,sans-serif}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem}
)css";

}  // namespace clawback::console
