#include "http/form.hpp"

#include <algorithm>

#include "base/safe_text.hpp"

namespace clawback::http {

std::optional<Form> read_form(std::string_view text, std::size_t fields_max) {
  Form out;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const auto name = percent_decode(pair.substr(0, equals), true);
    const auto value = percent_decode(pair.substr(std::min(equals + 1, pair.size())), true);
    if (!name || !value || out.size() == fields_max) return std::nullopt;
    if (!out.emplace(*name, *value).second) return std::nullopt;
  }
  return out;
}

std::string field(const Form& form, const std::string& name) {
  const auto found = form.find(name);
  return found == form.end() ? std::string() : found->second;
}

}  // namespace clawback::http
