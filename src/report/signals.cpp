#include "report/signals.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/safe_text.hpp"
#include "policy/sources.hpp"
#include "report/text_layout.hpp"

namespace clawback::report {
namespace {

using policy::GuardInfo;
using policy::SignalInfo;

int weight_of(const policy::Policy& policy, const SignalInfo& signal) {
  const auto found = policy.weights.find(std::string(signal.id));
  return found != policy.weights.end() ? found->second : signal.weight;
}

// What a signal needs that looks at no source of evidence.
constexpr std::string_view answers = "answers of users, in the state database";

std::string technique_of(const SignalInfo& signal) {
  return fmt::format("{} {}", signal.technique, policy::technique_name(signal.technique));
}

std::string_view standing(const SignalInfo& signal) {
  return signal.stands_alone ? "yes" : "no: it counts only beside one that does";
}

json::array sources_json(const std::vector<std::string_view>& names) {
  json::array out;
  for (const std::string_view name : names) {
    const policy::SourceInfo* source = policy::find_source(name);
    if (source == nullptr) continue;
    const auto text = [](std::string_view value) {
      return value.empty() ? json::value(nullptr) : json::value(value);
    };
    out.push_back(json::object{{"source", name},
                               {"permission", text(source->permission)},
                               {"licence", text(source->licence)},
                               {"beta", source->beta},
                               {"otherwise", text(source->otherwise)}});
  }
  return out;
}

std::string data_text(const SignalInfo& signal, const TextOptions& options, std::size_t indent) {
  std::string out;
  if (signal.needs.empty()) out += labelled("    needs", answers, indent, options);
  for (const std::string_view name : signal.needs) {
    out += labelled("    needs", policy::to_read(name), indent, options);
  }
  for (const std::string_view name : signal.helps) {
    out += labelled("    helped by", policy::to_read(name), indent, options);
  }
  return out;
}

// The table's cells are ours, but nothing may break it.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

std::string link(std::string_view technique) {
  std::string path(technique);
  if (const auto dot = path.find('.'); dot != std::string::npos) path[dot] = '/';
  return fmt::format("[{}](https://attack.mitre.org/techniques/{}/)", technique, path);
}

std::string markdown_of(const SignalInfo& signal, int weight) {
  std::string out = fmt::format("\n## {}: {}\n\n", signal.id, signal.name);
  out += fmt::format("- **Looks at:** {}.\n", signal.looks_at);
  out += fmt::format("- **Why:** {}.\n", signal.why);
  out += fmt::format("- **MITRE ATT&CK:** {} {}.\n", link(signal.technique),
                     policy::technique_name(signal.technique));
  out += fmt::format("- **False positives:** {}.\n", signal.false_positives);
  out += fmt::format("- **Weight:** {}. **Stands alone:** {}.\n", weight, standing(signal));
  if (signal.needs.empty()) out += fmt::format("- **Needs:** {}.\n", answers);
  for (const std::string_view name : signal.needs) {
    out += fmt::format("- **Needs:** {}.\n", policy::to_read(name));
  }
  for (const std::string_view name : signal.helps) {
    out += fmt::format("- **Sees more with:** {}.\n", policy::to_read(name));
  }
  return out;
}

std::string table_of(const policy::Policy& policy) {
  std::string out = "\n| id | signal | weight | ATT&CK | needs |\n|---|---|---:|---|---|\n";
  for (const SignalInfo& signal : policy::signals()) {
    std::string needs;
    for (const std::string_view name : signal.needs) {
      needs += fmt::format("{}{}", needs.empty() ? "" : ", ", name);
    }
    out += fmt::format("| {} | {} | {} | {} | {} |\n", signal.id, cell(signal.name),
                       weight_of(policy, signal), signal.technique,
                       signal.needs.empty() ? std::string(answers) : cell(needs));
  }
  return out;
}

std::string sources_table() {
  std::string out =
      "\n## What it takes to read each source\n\n| source | holds | takes |\n|---|---|---|\n";
  for (const policy::SourceInfo& source : policy::sources()) {
    std::string takes = policy::what_it_takes(source);
    if (source.permission.empty() && !source.licence.empty()) {
      takes += fmt::format("; the tenant must have {}", source.licence);
    }
    out += fmt::format("| {} | {} | {} |\n", source.name, cell(source.holds), cell(takes));
  }
  return out;
}

}  // namespace

json::value signals_json(const policy::Policy& policy) {
  json::array signals;
  for (const SignalInfo& signal : policy::signals()) {
    json::object one;
    one["id"] = signal.id;
    one["name"] = signal.name;
    one["looksAt"] = signal.looks_at;
    one["why"] = signal.why;
    one["technique"] =
        json::object{{"id", signal.technique}, {"name", policy::technique_name(signal.technique)}};
    one["falsePositives"] = signal.false_positives;
    one["weight"] = weight_of(policy, signal);
    one["defaultWeight"] = signal.weight;
    one["standsAlone"] = signal.stands_alone;
    one["needs"] = sources_json(signal.needs);
    one["helps"] = sources_json(signal.helps);
    signals.push_back(std::move(one));
  }
  json::array guards;
  for (const GuardInfo& guard : policy::guards()) {
    guards.push_back(json::object{
        {"id", guard.id}, {"name", guard.name}, {"does", guard.does}, {"why", guard.why}});
  }
  json::object out;
  out["schema"] = "clawback.signals/1";
  out["policy"] = policy.digest;
  out["watchAt"] = policy.watch_at;
  out["alertAt"] = policy.alert_at;
  out["signals"] = std::move(signals);
  out["guards"] = std::move(guards);
  return out;
}

std::string signals_text(const policy::Policy& policy, const TextOptions& options) {
  constexpr std::size_t indent = 20;
  std::string out =
      paragraph(fmt::format("Signals, with the weights of policy {}: watch from {}, alert from {}",
                            policy.id, policy.watch_at, policy.alert_at),
                options, Tone::strong);
  for (const SignalInfo& signal : policy::signals()) {
    out += "\n" + paragraph(fmt::format("{}  {}", signal.id, signal.name), options, Tone::strong);
    out += labelled("    looks at", signal.looks_at, indent, options);
    out += labelled("    why", signal.why, indent, options);
    out += labelled("    technique", technique_of(signal), indent, options);
    out += labelled("    false positives", signal.false_positives, indent, options);
    out += labelled("    weight", std::to_string(weight_of(policy, signal)), indent, options);
    out += labelled("    stands alone", standing(signal), indent, options);
    out += data_text(signal, options, indent);
  }
  out += "\n" + paragraph("Guards", options, Tone::strong);
  for (const GuardInfo& guard : policy::guards()) {
    out += "\n" + paragraph(fmt::format("{}  {}", guard.id, guard.name), options, Tone::strong);
    out += labelled("    does", guard.does, indent, options);
    out += labelled("    why", guard.why, indent, options);
  }
  return out;
}

std::string signals_markdown(const policy::Policy& policy) {
  std::string out = fmt::format(
      "# Signals and guards\n\n"
      "<!-- Made by `clawback policy show --rules --markdown`. Change src/policy, not this page. "
      "-->\n\n"
      "What clawback asks of every third-party application, with the weights of policy `{}`. A "
      "signal\nhits, misses, or can't be evaluated: then a case says which permission or licence "
      "is missing.\nThe weights of the hits are added up: {} is `watch`, {} is `alert`. A signal "
      "that does not stand\nalone makes no case by itself.\n",
      printable(policy.id, 60), policy.watch_at, policy.alert_at);
  out += table_of(policy);
  for (const SignalInfo& signal : policy::signals()) {
    out += markdown_of(signal, weight_of(policy, signal));
  }
  out += "\n# Guards\n\nThey hold before any score is made and after it.\n";
  for (const GuardInfo& guard : policy::guards()) {
    out += fmt::format("\n## {}: {}\n\n- **Does:** {}.\n- **Why:** {}.\n", guard.id, guard.name,
                       guard.does, guard.why);
  }
  return out + sources_table();
}

}  // namespace clawback::report
