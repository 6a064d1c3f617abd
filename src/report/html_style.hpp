#pragma once

#include <string_view>

namespace clawback::report {

// The one stylesheet of the HTML reports, which the console serves as /static/console.css too:
// colours (light, dark, print), tables, lists of facts, figures, and the classes of the pictures.
// It names no file and no font that would have to be loaded.
std::string_view report_style();

}  // namespace clawback::report
