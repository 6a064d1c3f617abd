#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "cli/output.hpp"
#include "columns.hpp"
#include "notify/render.hpp"
#include "pages.hpp"
#include "plan/compare.hpp"
#include "report/export.hpp"
#include "rows.hpp"
#include "unit/report/sample.hpp"

// hostile_outputs FOLDER: for each row of rows.hpp a folder with everything that clawback writes
// about it, for check.py. The folder "samples" has the same of honest names.
namespace clawback::tests {
namespace {

struct Everything {
  report::Scan scan;
  plan::Plan plan;
  report::RunView run;
  report::LogView log;
  report::AskSheet sheet;
  notify::Message message;
  Error error;
};

struct Output {
  std::string file;  // its ending says what it is
  std::function<std::string(const Everything&)> text;
};

std::string lines_of(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) out += line + "\n";
  return out;
}

// What `show --against` says of an honest plan and this one.
plan::Difference difference_of(const Everything& all) {
  return plan::compare(sample_plan(), all.plan);
}

// What goes to standard error while a command works.
std::string log_lines(const Everything& all) {
  std::ostringstream out;
  std::ostringstream err;
  cli::Style style;
  style.verbose = true;
  cli::Console console(out, err, style);
  console.note(all.error.message);
  console.trace(all.error.message);
  console.event("journal verified: " + all.error.message,
                {.run = all.run.id, .action = all.error.message, .event = "verified"});
  console.failure(all.error);
  return err.str() + out.str();
}

// A page or a format that is added to clawback is added here, and nowhere else.
std::vector<Output> outputs() {
  const report::TextOptions text{.details = true, .file = "plan.json"};
  return {
      {"findings.text", [=](const auto& a) { return findings_text(a.scan, text); }},
      {"plan.text", [=](const auto& a) { return plan_text(a.plan, text); }},
      {"run.text", [=](const auto& a) { return run_text(a.run, text); }},
      {"difference.text", [=](const auto& a) { return difference_text(difference_of(a), text); }},
      {"log.text", [=](const auto& a) { return log_text(a.log, text); }},
      {"error.text", [](const auto& a) { return cli::error_text(a.error); }},
      {"stderr.text", log_lines},
      {"findings.json",
       [](const auto& a) { return report::json_text(report::findings_json(a.scan)); }},
      {"plan.json", [](const auto& a) { return report::harmless_json(plan::to_text(a.plan)); }},
      {"run.json", [](const auto& a) { return report::json_text(report::run_json(a.run)); }},
      {"difference.json",
       [](const auto& a) { return report::json_text(report::difference_json(difference_of(a))); }},
      {"log.json", [](const auto& a) { return report::json_text(report::log_json(a.log)); }},
      {"error.json", [](const auto& a) { return report::json_text(report::error_json(a.error)); }},
      {"findings.html", [](const auto& a) { return findings_html(a.scan); }},
      {"plan.html", [](const auto& a) { return plan_html(a.plan, &a.scan, "plan.json"); }},
      {"run.html", [](const auto& a) { return run_html(a.run, &a.scan); }},
      {"findings.csv", [](const auto& a) { return report::findings_csv(a.scan); }},
      {"plan.csv", [](const auto& a) { return report::actions_csv(a.plan); }},
      {"run.csv", [](const auto& a) { return report::actions_csv(a.run); }},
      {"findings.sarif", [](const auto& a) { return report::findings_sarif(a.scan); }},
      {"findings.ocsf", [](const auto& a) { return report::findings_ocsf(a.scan); }},
      {"plan.ocsf", [](const auto& a) { return report::actions_ocsf(a.plan); }},
      {"run.ocsf", [](const auto& a) { return report::actions_ocsf(a.run); }},
      {"findings.stix", [](const auto& a) { return report::findings_stix(a.scan); }},
      {"findings.md", [](const auto& a) { return report::findings_markdown(a.scan); }},
      {"plan.md", [](const auto& a) { return report::plan_markdown(a.plan, "plan.json"); }},
      {"run.md", [](const auto& a) { return report::run_markdown(a.run); }},
      {"sheet.text", [](const auto& a) { return sheet_text(a.sheet); }},
      {"sheet.html", [](const auto& a) { return sheet_html(a.sheet); }},
      {"sheet.json",
       [](const auto& a) { return report::json_text(report::sheets_json({a.sheet})); }},
      {"message.json", [](const auto& a) { return notify::to_json(a.message); }},
      {"message.teams", [](const auto& a) { return notify::to_teams(a.message); }},
      {"message.cef",
       [](const auto& a) { return lines_of(notify::to_syslog(a.message, "host.example")); }},
  };
}

void write(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream out(file, std::ios::binary);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

constexpr std::size_t long_row = 100'000;

// A megabyte stands in one place of each model, and once in each format.
void write_long(const std::filesystem::path& folder, const std::string& text) {
  std::filesystem::create_directories(folder);
  Everything all{.scan = sample_scan(),
                 .plan = sample_plan(),
                 .run = sample_run(),
                 .log = hostile_log_of(text),
                 .sheet = hostile_sheet_of(text),
                 .message = hostile_message_of(text),
                 .error = {.message = text, .hint = text}};
  all.scan.findings.front().app.display_name = text;
  all.scan.findings.front().app.reply_urls = {{text}};
  all.scan.findings.front().grants.front().scopes = {text};
  all.scan.findings.front().signals.front().reason = text;
  all.plan.actions.front().target.display_name = text;
  all.plan.actions.front().effect = text;
  all.run.plan = all.plan;
  for (auto& [id, state] : all.run.state.actions) state.detail = text;
  for (const Output& output : outputs()) write(folder / output.file, output.text(all));
  write(folder / "value", text);
}

void write_all(const std::filesystem::path& folder, const Everything& all) {
  std::filesystem::create_directories(folder);
  for (const Output& output : outputs()) write(folder / output.file, output.text(all));
}

}  // namespace
}  // namespace clawback::tests

int main(int argc, char** argv) {
  using namespace clawback;
  using namespace clawback::tests;
  const bool samples_only = argc == 3 && std::string_view(argv[2]) == "--samples";
  if (argc != 2 && !samples_only) {
    std::fputs("hostile_outputs FOLDER [--samples]\n", stderr);
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  write_all(folder / "samples",
            {.scan = sample_scan(),
             .plan = sample_plan(),
             .run = sample_run(),
             .sheet = hostile_sheet_of("contoso"),
             .message = hostile_message_of("contoso"),
             .error = {.message = "it could not be read", .hint = "try again"}});
  if (samples_only) return 0;
  for (const Row& row : hostile_rows()) {
    const bool is_long = row.value.size() > long_row;
    if (is_long) write_long(folder / "rows" / row.name, row.value);
    if (!is_long)
      write_all(folder / "rows" / row.name, {.scan = hostile_scan_of(row.value),
                                             .plan = hostile_plan_of(row.value),
                                             .run = hostile_run_of(row.value),
                                             .log = hostile_log_of(row.value),
                                             .sheet = hostile_sheet_of(row.value),
                                             .message = hostile_message_of(row.value),
                                             .error = {.message = row.value, .hint = row.value}});
    for (const auto& [file, page] : hostile_pages_of(row.value)) {
      write(folder / "rows" / row.name / file, page);
    }
    write(folder / "rows" / row.name / "value", row.value);
  }
  return 0;
}
