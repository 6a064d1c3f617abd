#include "cli/exports.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>

#include "base/file.hpp"
#include "base/safe_text.hpp"
#include "cli/judged.hpp"
#include "cli/run_view.hpp"
#include "policy/nearest.hpp"
#include "report/export.hpp"

namespace clawback::cli {
namespace {

struct Known {
  std::string_view name;
  ExportFormat format;
  bool findings;
  bool actions;  // of plans and runs
};
constexpr std::array<Known, 6> formats = {{
    {"csv", ExportFormat::csv, true, false},
    {"csv-actions", ExportFormat::csv_actions, false, true},
    {"sarif", ExportFormat::sarif, true, false},
    {"ocsf", ExportFormat::ocsf, true, true},
    {"stix", ExportFormat::stix, true, false},
    {"markdown", ExportFormat::markdown, true, true},
}};

const Known& known(ExportFormat format) {
  return *std::find_if(formats.begin(), formats.end(),
                       [&](const Known& one) { return one.format == format; });
}

std::string_view words_of(ExportOf what) {
  switch (what) {
    case ExportOf::findings:
      return "findings";
    case ExportOf::plan:
      return "a plan";
    case ExportOf::run:
    case ExportOf::sending:
      return "a run";
  }
  return "a run";
}

bool has(const Known& format, ExportOf what) {
  return what == ExportOf::findings ? format.findings : format.actions;
}

using Write = std::function<std::string(ExportFormat)>;

Result<void> write_all(const std::vector<Export>& exports, const Write& text_of,
                       const Context& context) {
  for (const Export& one : exports) {
    const auto written = write_output(one.file, text_of(one.format), context);
    if (!written) return within("--export", written.error());
    if (one.file != "-") {
      context.console.note(fmt::format("{}: {}", known(one.format).name, one.file));
    }
  }
  return {};
}

}  // namespace

Result<std::vector<Export>> read_exports(const std::vector<std::string>& texts) {
  std::vector<Export> out;
  for (const std::string& text : texts) {
    const auto equals = text.find('=');
    const std::string name = text.substr(0, equals);
    const auto* const found = std::find_if(formats.begin(), formats.end(),
                                           [&](const Known& one) { return one.name == name; });
    if (found == formats.end()) {
      std::vector<std::string> names;
      for (const Known& one : formats) names.emplace_back(one.name);
      return Error{
          .code = Errc::invalid,
          .message = fmt::format("--export: there is no format \"{}\"", printable(name, 60)),
          .hint = policy::suggestion(name, names)};
    }
    if (equals == std::string::npos || equals + 1 == text.size()) {
      return Error{.code = Errc::invalid,
                   .message = fmt::format("--export {}: no file is named", name),
                   .hint = fmt::format("--export {}=FILE; `-` is standard output", name)};
    }
    out.push_back({.format = found->format, .file = text.substr(equals + 1)});
  }
  return out;
}

namespace {

// One output would take the other's place, or run into it; or one could not be written, which is
// better said before the work than after it.
Result<void> check_targets(std::vector<std::string> files) {
  std::erase(files, "");
  for (std::string& file : files) {
    if (file == "-") continue;
    if (const auto can = can_write_file(file); !can) return can;
    file = std::filesystem::path(file).lexically_normal().string();
  }
  std::sort(files.begin(), files.end());
  const auto twice = std::adjacent_find(files.begin(), files.end());
  if (twice == files.end()) return {};
  const std::string where = *twice == "-" ? "standard output" : printable(*twice, 200);
  return Error{.code = Errc::invalid,
               .message = fmt::format("two outputs would go to {}", where),
               .hint = "give each of -o, --report and --export a file of its own"};
}

}  // namespace

Result<void> check_exports(const std::vector<Export>& exports, ExportOf what,
                           std::vector<std::string> others) {
  for (const Export& one : exports) {
    if (has(known(one.format), what)) continue;
    std::string fitting;
    for (const Known& format : formats) {
      if (!has(format, what)) continue;
      fitting += fitting.empty() ? "" : ", ";
      fitting += format.name;
    }
    return Error{.code = Errc::invalid,
                 .message = fmt::format(
                     "--export {} is of {}, and this is about {}", known(one.format).name,
                     known(one.format).findings ? "findings" : "plans and runs", words_of(what)),
                 .hint = fmt::format("of {}: {}", words_of(what), fitting)};
  }
  const auto outputs = std::count_if(exports.begin(), exports.end(),
                                     [](const Export& one) { return one.file == "-"; });
  if (outputs > 0 && what == ExportOf::sending) {
    return Error{.code = Errc::invalid,
                 .message = "--export: what becomes of the run is on standard output already",
                 .hint = "name a file, or `clawback show RUN --export FORMAT=-` afterwards"};
  }
  for (const Export& one : exports) others.push_back(one.file);
  return check_targets(std::move(others));
}

bool to_standard_output(const std::vector<Export>& exports) {
  return std::any_of(exports.begin(), exports.end(),
                     [](const Export& one) { return one.file == "-"; });
}

Result<void> write_exports(const std::vector<Export>& exports, const report::Scan& scan,
                           const Context& context) {
  const Write text_of = [&scan](ExportFormat format) -> std::string {
    switch (format) {
      case ExportFormat::csv:
      case ExportFormat::csv_actions:
        return report::findings_csv(scan);
      case ExportFormat::sarif:
        return report::findings_sarif(scan);
      case ExportFormat::ocsf:
        return report::findings_ocsf(scan);
      case ExportFormat::stix:
        return report::findings_stix(scan);
      case ExportFormat::markdown:
        return report::findings_markdown(scan);
    }
    return {};
  };
  return write_all(exports, text_of, context);
}

Result<void> write_exports(const std::vector<Export>& exports, const plan::Plan& plan,
                           const std::string& file, const Context& context) {
  const Write text_of = [&](ExportFormat format) {
    if (format == ExportFormat::ocsf) return report::actions_ocsf(plan);
    if (format == ExportFormat::markdown) return report::plan_markdown(plan, file);
    return report::actions_csv(plan);
  };
  return write_all(exports, text_of, context);
}

Result<void> write_exports(const std::vector<Export>& exports, const report::RunView& run,
                           const Context& context) {
  const Write text_of = [&run](ExportFormat format) {
    if (format == ExportFormat::ocsf) return report::actions_ocsf(run);
    if (format == ExportFormat::markdown) return report::run_markdown(run);
    return report::actions_csv(run);
  };
  return write_all(exports, text_of, context);
}

Result<int> export_run(const std::vector<Export>& exports, const std::string& plan_digest,
                       journal::Store& store, int code, const Context& context) {
  if (exports.empty()) return code;
  return tell_of_run(plan_digest, store, code, context, [&](const report::RunView& run) {
    return write_exports(exports, run, context);
  });
}

}  // namespace clawback::cli
