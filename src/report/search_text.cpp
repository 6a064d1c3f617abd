#include "report/search_text.hpp"

#include "detect/unicode.hpp"

namespace clawback::report {

std::string search_fold(std::string_view name) {
  std::string out;
  for (const char32_t point : detect::case_folded(detect::decode(name))) {
    detect::append_utf8(out, point);
  }
  return out;
}

std::string search_text(const domain::Finding& finding) {
  std::string out;
  const auto add = [&](std::string_view name) { out += search_fold(name) + "\n"; };
  add(finding.app.display_name);
  add(finding.app.app_id.str());
  add(finding.app.id.str());
  const auto& publisher = finding.app.verified_publisher;
  if (publisher && publisher->display_name) add(*publisher->display_name);
  for (const domain::User& user : finding.users) {
    add(user.user_principal_name.value_or(user.id.str()));
    if (user.display_name) add(*user.display_name);
  }
  return out;
}

}  // namespace clawback::report
