#include <fmt/format.h>

#include "report/model.hpp"
#include "report/text_layout.hpp"
#include "report/words.hpp"

namespace clawback::report {
namespace {

constexpr std::size_t indent = 14;

std::string head_text(const plan::Plan& plan, const TextOptions& options) {
  std::string out =
      paragraph(fmt::format("Plan {} for tenant {}", plan.id, plan.tenant), options, Tone::strong);
  if (!plan.undo_of.empty()) {
    out += labelled("  undoes", fmt::format("run {}", plan.undo_of), indent, options);
  }
  out += labelled("  made",
                  fmt::format("{} by {}, good until {}", format_time(plan.created), plan.tool,
                              format_time(plan.expires)),
                  indent, options);
  if (!plan.requested_by.empty()) {
    out += labelled("  asked by", asked_by_words(plan), indent, options);
  }
  out += labelled("  evidence", plan.evidence.empty() ? "none was saved" : plan.evidence, indent,
                  options);
  out += labelled("  policy", plan.policy, indent, options);
  out += labelled("  catalog", plan.catalog, indent, options);
  out += labelled(
      "  identity",
      plan.identity.empty() ? "none configured: this installation can only read" : plan.identity,
      indent, options);
  out += labelled("  approval",
                  fmt::format("{}, each good for {}",
                              count_of(static_cast<std::size_t>(plan.quorum), "person", "people"),
                              format_duration(plan.approval_expires)),
                  indent, options);
  return out;
}

// What an action does and leaves is told once for the actions that have it in common.
struct Told {
  std::string id;
  std::string effect;
  std::string residual;
};

std::string effect_text(const plan::Action& action, Told& told, const TextOptions& options) {
  if (action.effect == told.effect && action.residual == told.residual) {
    return labelled("    effect", fmt::format("as {}", told.id), indent, options);
  }
  told = {.id = action.id, .effect = action.effect, .residual = action.residual};
  return labelled("    effect", action.effect, indent, options) +
         labelled("    remains", action.residual, indent, options);
}

std::string action_text(const plan::Plan& plan, const plan::Action& action, Told& told,
                        const TextOptions& options) {
  const std::string title = fmt::format(
      "{}  {}  {}", action.id, name_of(action.kind),
      action.target.display_name.empty() ? action.target.id : action.target.display_name);
  std::string out = "\n" + paint(cut(title, options.width), Tone::strong, options) + "\n";
  std::string why = action.because.rule;
  for (std::size_t i = 0; i < action.because.signals.size(); ++i) {
    why += (i == 0 ? ": " : ", ") + action.because.signals[i];
  }
  out += labelled("    target", fmt::format("{} {}", action.target.kind, action.target.id), indent,
                  options);
  if (const std::string note = code_points_note(action.target.display_name); !note.empty()) {
    out += labelled("    its name", "has " + note, indent, options);
  }
  const std::string whom = whom_words(plan, action);
  if (!whom.empty() && whom != action.target.id) {
    out += labelled("    whose", whom, indent, options);
  }
  if (!why.empty()) out += labelled("    why", why, indent, options);
  std::string after;
  for (const std::string& id : action.depends) after += (after.empty() ? "" : ", ") + id;
  if (!after.empty()) out += labelled("    after", after, indent, options);
  out += labelled("    sends", request_words(action.request), indent, options);
  out += labelled("    body", body_words(action.request), indent, options);
  out += labelled("    reads", request_words(action.precondition.request), indent, options);
  out += labelled("    only if", must_show_words(action), indent, options);
  out += effect_text(action, told, options);
  for (const std::string& note : action.notes) {
    out += labelled("    records", note, indent, options);
  }
  return out + labelled("    undo", undo_words(action), indent, options);
}

std::string limits_text(const plan::Plan& plan, const TextOptions& options) {
  std::string out;
  for (const std::string& line : plan.inspect_only) {
    out += paragraph(fmt::format("INSPECT-ONLY: {}. This plan can't be approved or applied.", line),
                     options, Tone::bad);
  }
  for (const plan::Breach& breach : plan.breaches) {
    out += paragraph(
        fmt::format("REFUSED BY LIMIT {}: {} planned, {} allowed. apply will not send any of it.",
                    breach.limit, breach.planned, breach.allowed),
        options, Tone::bad);
  }
  for (const plan::Refusal& refusal : plan.refused) {
    out += paragraph(fmt::format("LEFT ALONE {}: {}. Nothing is planned for it.",
                                 left_alone_words(plan, refusal), refusal.reason),
                     options, Tone::caution);
  }
  if (out.empty() && !plan.actions.empty()) out = "Within all limits of the policy.\n";
  return out;
}

std::string affected_text(const plan::Plan& plan, const TextOptions& options) {
  if (plan.affected.empty()) return {};
  const std::size_t all = plan.affected.size();
  std::string out = count_of(all, "user is", "users are") + " affected:\n";
  for (const std::string& line : affected_words(plan)) out += labelled("  -", line, 4, options);
  return out;
}

std::string consent_text(const plan::Plan& plan, const TextOptions& options) {
  if (plan.consent_after.empty()) return {};
  std::string out = "\nWho could still consent to it:\n";
  for (const std::string& line : plan.consent_after) out += labelled("  -", line, 4, options);
  return out;
}

std::string ways_back_text(const plan::Plan& plan, const TextOptions& options) {
  const std::vector<std::string> lines = ways_back(plan);
  if (lines.empty()) return {};
  std::string out = "\nWays to stay or come back, and what is done about each:\n";
  for (const std::string& line : lines) out += labelled("  -", line, 4, options);
  return out;
}

std::string coverage_text(const plan::Plan& plan, const TextOptions& options) {
  const std::vector<std::string> gaps = unseen(plan.coverage);
  if (gaps.empty()) return {};
  std::string out = "\nNot seen when this was planned:\n";
  for (const std::string& gap : gaps) out += labelled("  -", gap, 4, options);
  return out;
}

std::string cases_text(const plan::Plan& plan, const TextOptions& options) {
  std::string out;
  for (const plan::CaseReasons& one : plan.cases) {
    const std::string app = case_app_words(plan, one);
    const std::string title = fmt::format("Why {}{}{}", one.rule, app.empty() ? "" : ": ", app);
    out += "\n" + paint(cut(title, options.width), Tone::strong, options);
    out += "\n" + labelled("  case", one.finding, indent, options);
    out += labelled("  because", one.why, indent, options);
    for (const plan::Reason& reason : one.reasons) {
      out += labelled("   -", reason_words(reason), 5, options);
    }
  }
  return out;
}

}  // namespace

std::string plan_text(const plan::Plan& plan, const TextOptions& options) {
  std::string out = head_text(plan, options);
  out += "\n" + paragraph(summary_words(plan), options);
  out += affected_text(plan, options);
  out += limits_text(plan, options);
  Told told;
  for (const plan::Action& action : plan.actions) out += action_text(plan, action, told, options);
  out += cases_text(plan, options);
  if (!plan.remarks.empty()) out += "\n";
  for (const std::string& line : plan.remarks) out += labelled("  -", line, 4, options);
  out += ways_back_text(plan, options);
  out += consent_text(plan, options);
  out += coverage_text(plan, options);
  out += "\n" + labelled("digest", plan.digest, 8, options);
  if (!options.closed.empty()) return out + labelled("closed", options.closed, 8, options);
  const std::string command = approve_command(plan, options.file);
  if (!command.empty()) out += labelled("approve", command, 8, options);
  return out;
}

}  // namespace clawback::report
