#include <fmt/format.h>

#include "report/export_parts.hpp"
#include "report/markdown_parts.hpp"
#include "report/words.hpp"

namespace clawback::report {
namespace {

// So that a ticket can hold it (GitHub: 65,536 characters).
constexpr std::size_t cases_max = 20;
constexpr std::size_t lines_max = 12;
constexpr std::size_t bytes_max = 60000;

std::string spans(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < std::min(names.size(), lines_max); ++i) {
    out += (i == 0 ? "" : ", ") + code_span(name_shown(names[i]));
  }
  if (names.size() > lines_max) out += fmt::format(" and {} more", names.size() - lines_max);
  return out;
}

std::string application(const domain::Finding& finding) {
  std::string out = code_span(name_shown(finding.app.display_name));
  const std::string note = code_points_note(finding.app.display_name);
  if (!note.empty()) out += fmt::format(" (in its name: {})", code_span(note));
  return out;
}

std::string publisher(const domain::Finding& finding) {
  std::string out = prose(name_shown(publisher_words(finding)));
  const auto& publisher = finding.app.verified_publisher;
  const std::string note =
      publisher && publisher->display_name ? code_points_note(*publisher->display_name) : "";
  if (!note.empty()) out += fmt::format(" (in its name: {})", code_span(note));
  return out;
}

std::string signals(const domain::Finding& finding) {
  std::string hits;
  std::string against;
  std::size_t open = 0;
  std::size_t lines = 0;
  for (const domain::SignalResult& signal : finding.signals) {
    if (signal.state == domain::SignalState::not_evaluable) ++open;
    const bool hit = signal.state == domain::SignalState::hit;
    if (!hit && !(signal.state == domain::SignalState::miss && signal.against)) continue;
    if (++lines > 2 * lines_max) continue;
    const std::string line =
        hit ? fmt::format("- {} ({:+}) {}\n", code_span(signal.id), signal.weight,
                          prose(signal.reason))
            : fmt::format("- {} {}\n", code_span(signal.id), prose(signal.reason));
    (hit ? hits : against) += line;
  }
  std::string out;
  if (!hits.empty()) out += "\nSpeaks for abuse:\n\n" + hits;
  if (!against.empty()) out += "\nSpeaks against it:\n\n" + against;
  if (open != 0) {
    out += fmt::format("\n{} could not be evaluated.\n", count_of(open, "signal"));
  }
  return out;
}

std::string history(const domain::Finding& finding) {
  std::string out;
  std::size_t lines = 0;
  for (const domain::GrantHistory& grant : finding.history) {
    if (++lines > lines_max) continue;
    out += fmt::format("- {}: {}\n", code_span(name_shown(history_subject(finding, grant))),
                       prose(history_words(grant)));
  }
  if (lines > lines_max) out += fmt::format("- and {} more\n", lines - lines_max);
  return out.empty() ? out : "\nWhen, who, where:\n\n" + out;
}

std::string answers(const domain::Finding& finding) {
  std::string out;
  std::size_t lines = 0;
  for (const domain::UserAnswer& answer : finding.answers) {
    if (++lines <= lines_max) out += "- " + prose(answer_words(answer)) + "\n";
  }
  if (lines > lines_max) out += fmt::format("- and {} more\n", lines - lines_max);
  return out.empty() ? out : "\nWho was asked:\n\n" + out;
}

std::string case_markdown(const domain::Finding& finding, const domain::Coverage& coverage) {
  std::string out = fmt::format("\n## {}, score {}: {}\n\n", name_of(finding.verdict),
                                finding.score, application(finding));
  out += fact_line("Case", code_span(finding.key));
  out += fact_line("Application id", code_span(name_shown(finding.app.app_id.str())));
  out += fact_line("Owner", prose(owner_words(finding)));
  out += fact_line("Publisher", publisher(finding));
  out += fact_line("State", prose(enabled_words(finding)));
  if (finding.app.reply_urls) out += fact_line("Reply URLs", spans(*finding.app.reply_urls));
  out += fact_line("Reaches", words_users(affected(finding, coverage)));
  out += fact_line("Users", spans(user_names(finding)));
  out += fact_line("Scopes", spans(scope_names(finding)));
  out += fact_line("Application permissions", spans(role_names(finding)));
  out += fact_line("Known as", prose(case_words(finding)));
  out += fact_line("Access", prose(existence_words(finding)));
  out += fact_line("Done with it", prose(blast_words(finding.blast)));
  out += fact_line("Rule", prose(rule_words(finding)));
  if (finding.exception) out += fact_line("Exception", prose(*finding.exception));
  return out + signals(finding) + answers(finding) + history(finding);
}

std::string coverage_markdown(const domain::Coverage& coverage,
                              const std::vector<std::string>& missing) {
  std::string out;
  if (!coverage.complete) {
    out += "\n**Incomplete:** the policy needs more than could be read";
    out += missing.empty() ? ".\n" : ": " + spans(missing) + ".\n";
  }
  std::string lines;
  for (const std::string& gap : unseen(coverage)) lines += "- " + prose(gap) + "\n";
  if (!lines.empty()) out += "\nNot seen:\n\n" + lines;
  return out;
}

std::string phase_line(const ActionRow& row) {
  std::string out = fmt::format("**{}**", phase_words(row));
  if (row.state == nullptr) return out;
  if (row.state->status != 0) out += fmt::format(", answered {}", row.state->status);
  if (!row.state->detail.empty()) out += ": " + prose(row.state->detail);
  return out;
}

std::string action_markdown(const plan::Plan& plan, const ActionRow& row) {
  const plan::Action& action = *row.action;
  std::string target = code_span(name_shown(action.target.display_name));
  if (action.target.display_name.empty()) target = code_span(name_shown(action.target.id));
  const std::string note = code_points_note(action.target.display_name);
  if (!note.empty()) target += fmt::format(" (in its name: {})", code_span(note));
  std::string out = fmt::format("\n### {} {} {}\n\n", code_span(name_shown(action.id)),
                                domain::name_of(action.kind), target);
  if (row.state != nullptr) out += fact_line("Came to", phase_line(row));
  const std::string whom = whom_words(plan, action);
  if (!whom.empty()) out += fact_line("Whose access", code_span(name_shown(whom)));
  out += fact_line("Effect", prose(action.effect));
  out += fact_line("Request", code_span(request_words(action.request)));
  const std::string body = body_words(action.request);
  if (!body.empty()) out += fact_line("Body", code_span(body));
  out += fact_line("Undo", prose(undo_words(action)));
  out += fact_line("What stays", prose(action.residual));
  return out;
}

// Whole parts as long as there is room; then how many are left out.
class Bounded {
 public:
  explicit Bounded(std::string head) : text_(std::move(head)) {}
  void add(const std::string& part) {
    if (left_out_ > 0 || text_.size() + part.size() > bytes_max) {
      ++left_out_;
    } else {
      text_ += part;
    }
  }
  std::string text(std::string_view what) const {
    if (left_out_ == 0) return text_;
    return text_ +
           fmt::format("\n{} {} not written here: the report has them all.\n", left_out_, what);
  }

 private:
  std::string text_;
  std::size_t left_out_ = 0;
};

}  // namespace

std::string findings_markdown(const Scan& scan) {
  std::string head = fmt::format("# Mail access of third parties in {}\n\n",
                                 code_span(tenant_words(scan.tenant, scan.tenant_name)));
  head += prose(summary_words(scan)) + "\n\n";
  head += fact_line("Observed", code_span(format_time(scan.observed)));
  head += fact_line("Logs", prose(window_words(scan.coverage)));
  head += coverage_markdown(scan.coverage, scan.missing);
  Bounded out(std::move(head));
  std::size_t told = 0;
  std::size_t informative = 0;
  for (const domain::Finding& finding : scan.findings) {
    if (finding.verdict == domain::Verdict::info) {
      ++informative;
    } else {
      // A part that never fits is counted as left out.
      out.add(++told > cases_max ? std::string(bytes_max, ' ')
                                 : case_markdown(finding, scan.coverage));
    }
  }
  std::string text = out.text("cases are");
  if (informative != 0) {
    text += fmt::format("\n{} of verdict info not written here.\n",
                        count_of(informative, "application is", "applications are"));
  }
  return text;
}

std::string plan_markdown(const plan::Plan& plan, std::string_view file) {
  std::string head = fmt::format("# Plan for {}\n\n", code_span(tenant_words(plan.tenant, {})));
  head += prose(summary_words(plan)) + "\n\n";
  head += fact_line("Plan", code_span(plan.id));
  head += fact_line("Digest", code_span(plan.digest));
  if (!plan.undo_of.empty()) head += fact_line("Undoes run", code_span(plan.undo_of));
  head += fact_line("Asked for by", prose(asked_by_words(plan)));
  head += fact_line("Expires", code_span(format_time(plan.expires)));
  head += fact_line("Signatures needed", fmt::format("{}", plan.quorum));
  const std::string command = approve_command(plan, file);
  if (!command.empty()) head += fact_line("Approve with", code_span(command));
  for (const std::string& line : ways_back(plan)) head += "- " + prose(line) + "\n";
  Bounded out(std::move(head));
  for (const ActionRow& row : rows_of(plan)) out.add(action_markdown(plan, row));
  return out.text("actions are");
}

std::string run_markdown(const RunView& run) {
  std::string head = fmt::format("# Run {}\n\n", code_span(run.id));
  head += prose(summary_words(run.plan)) + "\n\n";
  head += fact_line("Tenant", code_span(run.plan.tenant));
  head += fact_line("Plan", code_span(run.plan.digest));
  if (!run.plan.undo_of.empty()) head += fact_line("Undoes run", code_span(run.plan.undo_of));
  head += fact_line("Approved by", prose(approved_by_words(run)));
  head += fact_line("Ended", run.state.ended ? "yes" : "no: `clawback resume` goes on with it");
  head += fact_line("Audit head", code_span(journal::to_text(run.head)));
  Bounded out(std::move(head));
  for (const ActionRow& row : rows_of(run)) out.add(action_markdown(run.plan, row));
  return out.text("actions are");
}

}  // namespace clawback::report
