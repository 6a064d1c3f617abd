#include "cli/pass.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/safe_text.hpp"
#include "cli/exit_code.hpp"
#include "report/text_layout.hpp"
#include "report/words.hpp"

namespace clawback::cli {
namespace {

constexpr std::array worst_first{exit_code::audit,     exit_code::guard,  exit_code::partial,
                                 exit_code::denied,    exit_code::failed, exit_code::unusable,
                                 exit_code::approval,  exit_code::stale,  exit_code::found,
                                 exit_code::incomplete};

bool found_something(const Pass& pass) {
  const bool changed = std::any_of(pass.looks.begin(), pass.looks.end(),
                                   [](const PassLook& look) { return !look.changes.empty(); });
  return pass.alert + pass.watch > 0 || pass.waiting || changed || !pass.escalations.empty();
}

json::array changes_json(const std::vector<remediate::Change>& changes) {
  json::array out;
  for (const remediate::Change& one : changes) {
    out.push_back(json::object{{"kind", remediate::name_of(one.kind)},
                               {"action", one.action},
                               {"appId", one.app_id},
                               {"displayName", one.display_name},
                               {"detail", one.detail}});
  }
  return out;
}

json::value waiting_json(const PassWaiting& waiting) {
  return json::object{
      {"file", waiting.file},
      {"digest", waiting.digest},
      {"actions", static_cast<std::int64_t>(waiting.actions)},
      {"expires", format_time(waiting.expires)},
      {"kept", waiting.kept},
      {"rejected", waiting.rejected},
      {"refused", waiting.refused.empty() ? json::value(nullptr) : json::value(waiting.refused)}};
}

std::string waiting_text(const PassWaiting& waiting) {
  std::string how = waiting.kept ? "as before" : "new";
  if (waiting.rejected) how = "rejected";
  if (!waiting.refused.empty()) how = "can't be applied: " + waiting.refused;
  return fmt::format("a plan of {} ({}), good until {}: {}",
                     report::count_of(waiting.actions, "action"), how, format_time(waiting.expires),
                     waiting.file);
}

std::string look_text(const PassLook& look) {
  const bool all = look.unread.empty();
  std::string out = all ? "all as it was left" : "what could be read is as it was left";
  if (!look.changes.empty()) out = report::count_of(look.changes.size(), "change");
  if (!all)
    out += fmt::format("; {} could not be read", report::count_of(look.unread.size(), "object"));
  return out;
}

}  // namespace

int code_of(const Pass& pass) {
  std::vector<int> codes;
  if (!pass.stopped.empty()) codes.push_back(exit_code::guard);
  for (const PassRun& run : pass.runs) {
    // A run of which only a part is done, for whatever reason, is partial here.
    if (run.code != exit_code::done) {
      codes.push_back(run.code == exit_code::denied ? exit_code::denied : exit_code::partial);
    }
  }
  for (const Error& error : pass.errors) codes.push_back(exit_code_of(error.code));
  if (found_something(pass)) codes.push_back(exit_code::found);
  if (pass.scanned && !pass.complete) codes.push_back(exit_code::incomplete);
  for (const int code : worst_first) {
    if (std::find(codes.begin(), codes.end(), code) != codes.end()) return code;
  }
  return exit_code::done;
}

json::value pass_json(const Pass& pass) {
  json::array runs;
  for (const PassRun& run : pass.runs) {
    runs.push_back(json::object{{"run", run.id},
                                {"done", static_cast<std::int64_t>(run.done)},
                                {"actions", static_cast<std::int64_t>(run.actions)},
                                {"resumed", run.resumed},
                                {"exit", run.code}});
  }
  json::array looks;
  for (const PassLook& look : pass.looks) {
    looks.push_back(json::object{{"run", look.run},
                                 {"look", look.look},
                                 {"changes", changes_json(look.changes)},
                                 {"unread", json::array(look.unread.begin(), look.unread.end())}});
  }
  json::array escalations;
  for (const PassEscalation& one : pass.escalations) {
    escalations.push_back(json::object{
        {"run", one.run}, {"approver", one.approver}, {"until", format_time(one.until)}});
  }
  json::array stopped;
  for (const std::string& line : pass.stopped) stopped.emplace_back(line);
  json::array errors;
  for (const Error& error : pass.errors) errors.push_back(report::error_json(error));
  return json::object{
      {"schema", "clawback.pass/1"},
      {"time", format_time(pass.time)},
      {"tenant", pass.tenant},
      {"scanned", pass.scanned},
      {"complete", pass.complete},
      {"findings", json::object{{"alert", static_cast<std::int64_t>(pass.alert)},
                                {"watch", static_cast<std::int64_t>(pass.watch)}}},
      {"runs", std::move(runs)},
      {"waiting", pass.waiting ? waiting_json(*pass.waiting) : json::value(nullptr)},
      {"stopped", std::move(stopped)},
      {"errors", std::move(errors)},
      {"followUps", std::move(looks)},
      {"escalations", std::move(escalations)},
      {"auditHead", pass.head.seq > 0 ? json::value(journal::to_text(pass.head)) : nullptr},
      {"exit", code_of(pass)}};
}

std::string pass_text(const Pass& pass, const report::TextOptions& options) {
  constexpr std::size_t indent = 12;
  std::string out =
      report::paragraph(fmt::format("Pass over {} at {}", pass.tenant, format_time(pass.time)),
                        options, report::Tone::strong);
  const auto line = [&](std::string_view label, const std::string& text) {
    out += report::labelled("  " + std::string(label), text, indent, options);
  };
  if (pass.scanned) {
    line("found", fmt::format("{} alert, {} watch{}", pass.alert, pass.watch,
                              pass.complete ? "" : "; not everything could be read"));
  }
  for (const PassRun& run : pass.runs) {
    line(run.resumed ? "resumed" : "sent",
         fmt::format("run {}: {} of {} done{}", run.id, run.done,
                     report::count_of(run.actions, "action"),
                     run.code == exit_code::done ? "" : fmt::format(", exit {}", run.code)));
  }
  if (pass.waiting) {
    line("waits", waiting_text(*pass.waiting));
    line("", fmt::format("`clawback show {}` prints it", pass.waiting->file));
  }
  for (const std::string& text : pass.stopped) line("stopped", text);
  for (const PassLook& look : pass.looks) {
    line("looked", fmt::format("{} after run {}: {}", look.look, look.run, look_text(look)));
    for (const remediate::Change& one : look.changes) {
      line("", fmt::format("{} {} {}: {}", remediate::name_of(one.kind), one.display_name,
                           one.action, one.detail));
    }
  }
  for (const PassEscalation& one : pass.escalations) {
    line("ESCALATED", fmt::format("run {} was approved by {} alone and nobody ratified it by {}",
                                  one.run, one.approver, format_time(one.until)));
  }
  for (const Error& error : pass.errors) line("error", error.message);
  if (pass.head.seq > 0) out += report::head_text(pass.head, options);
  return out;
}

}  // namespace clawback::cli
