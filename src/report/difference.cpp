#include <fmt/format.h>

#include "report/model.hpp"
#include "report/text_layout.hpp"
#include "report/words.hpp"

namespace clawback::report {
namespace {

constexpr std::size_t indent = 18;

json::array strings(const std::vector<std::string>& values) {
  json::array out;
  for (const std::string& value : values) out.emplace_back(value);
  return out;
}

std::string listed(std::string_view title, const std::vector<std::string>& names,
                   const TextOptions& options) {
  if (names.empty()) return {};
  std::string out = fmt::format("{} ({})\n", title, names.size());
  for (const std::string& name : names) out += labelled("  -", name, 4, options);
  return out;
}

}  // namespace

json::value difference_json(const plan::Difference& difference) {
  json::array changed;
  for (const auto& one : difference.changed) {
    changed.push_back(json::object{{"action", one.action}, {"parts", strings(one.parts)}});
  }
  json::array members;
  for (const auto& one : difference.members) {
    members.push_back(json::object{{"name", one.name}, {"a", one.a}, {"b", one.b}});
  }
  return json::object{
      {"schema", "clawback.plan-diff/1"},    {"same", plan::same_actions(difference)},
      {"onlyA", strings(difference.only_a)}, {"onlyB", strings(difference.only_b)},
      {"changed", std::move(changed)},       {"inBoth", static_cast<std::int64_t>(difference.same)},
      {"members", std::move(members)}};
}

std::string difference_text(const plan::Difference& difference, const TextOptions& options) {
  std::string out = paragraph(
      plan::same_actions(difference)
          ? fmt::format("Both plans send the same: {}.", count_of(difference.same, "action"))
          : fmt::format("The plans differ: {} in A only, {} in B only, {} changed, {} the same.",
                        difference.only_a.size(), difference.only_b.size(),
                        difference.changed.size(), difference.same),
      options, Tone::strong);
  out += listed("Only in A", difference.only_a, options);
  out += listed("Only in B", difference.only_b, options);
  std::vector<std::string> changed;
  for (const auto& one : difference.changed) {
    std::string parts;
    for (const std::string& part : one.parts) parts += (parts.empty() ? "" : ", ") + part;
    changed.push_back(one.action + ": " + parts);
  }
  out += listed("In both, but not the same", changed, options);
  for (const auto& one : difference.members) {
    out += labelled(
        "  " + one.name,
        fmt::format("{}  /  {}", one.a.empty() ? "none" : one.a, one.b.empty() ? "none" : one.b),
        indent, options);
  }
  return out;
}

}  // namespace clawback::report
