#include <fmt/format.h>

#include "base/listed.hpp"
#include "base/safe_text.hpp"
#include "report/html_parts.hpp"
#include "report/words.hpp"

namespace clawback::report {
namespace {

constexpr std::size_t words_max = 600;

// As it is sent, unless somebody wrote a request that nobody could read anyway.
Html exact(std::string_view text) {
  if (text.size() <= code_max) return {html_text(text, code_max)};
  return {html_text(text, code_max) +
          html_text(fmt::format(" {} more bytes are in the plan's file", text.size() - code_max))};
}

Html exact_code(std::string_view text) {
  return text.empty() ? Html{} : element("code", exact(text), "exact");
}

// The body on a line of its own.
Html request_html(const plan::Request& request) {
  Html inside = exact(request_words(request));
  const std::string body = body_words(request);
  if (!body.empty()) {
    inside += {"\n"};
    inside += exact(body);
  }
  return element("pre", inside);
}

Html value_html(const json::value& value) {
  return value.is_null() ? Html{} : exact_code(canonical_json(value));
}

std::string why_words(const plan::Action& action) {
  std::string why = printable(action.because.rule);
  if (!action.because.signals.empty()) why += ": " + listed(action.because.signals, names_max);
  return why;
}

std::string_view class_of(journal::Phase phase) {
  switch (phase) {
    case journal::Phase::done:
    case journal::Phase::satisfied:
      return "good";
    case journal::Phase::failed:
    case journal::Phase::unverified:
      return "alert";
    case journal::Phase::skipped:
    case journal::Phase::intended:
    case journal::Phase::acknowledged:
    case journal::Phase::waiting:
      return "watch";
  }
  return "watch";
}

Html outcome_html(journal::Phase phase) {
  return element("span", std::string_view(outcome_words(phase)), class_of(phase));
}

std::string target_name(const plan::Action& action) {
  return action.target.display_name.empty() ? action.target.id : action.target.display_name;
}

// The place of an action of the plan, from 1.
std::size_t place_of(const plan::Plan& plan, const plan::Action& action) {
  return static_cast<std::size_t>(&action - plan.actions.data()) + 1;
}

Html result_html(const journal::ActionState& state) {
  std::string when;
  if (state.phase != journal::Phase::waiting) when = format_time(state.at);
  return facts({{.term = "Outcome", .value = outcome_html(state.phase)},
                {.term = "At", .value = escaped(when)},
                {.term = "Said", .value = escaped(printable(trouble_words(state), words_max))},
                {.term = "Before", .value = value_html(state.observed)},
                {.term = "After", .value = value_html(state.after)}});
}

}  // namespace

Html lines_html(const std::vector<std::string>& lines) {
  std::vector<Html> items;
  for (const std::string& line : lines) items.push_back(escaped(printable(line, 2 * words_max)));
  return bullets(items);
}

Html action_html(const plan::Plan& plan, const plan::Action& action,
                 const journal::ActionState* state) {
  const std::string title = fmt::format("{}: {} {}", printable(action.id, 20), name_of(action.kind),
                                        printable(target_name(action), 120));
  const std::string target = fmt::format("{} {}", action.target.kind, action.target.id);
  Html inside;
  if (state != nullptr) inside += result_html(*state);
  inside += facts(
      {{.term = "Target", .value = code(printable(target))},
       {.term = "Whose", .value = escaped(printable(whom_words(plan, action)))},
       {.term = "Why", .value = escaped(why_words(action))},
       {.term = "After", .value = escaped(listed(action.depends, 2 * names_max))},
       {.term = state == nullptr ? "Sends" : "Planned request",
        .value = request_html(action.request)},
       {.term = "Reads before", .value = exact_code(request_words(action.precondition.request))},
       {.term = "Only if", .value = exact_code(must_show_words(action))},
       {.term = "Effect", .value = escaped(printable(action.effect, words_max))},
       {.term = "Remains", .value = escaped(printable(action.residual, words_max))},
       {.term = "Undo", .value = exact_code(undo_words(action))}});
  if (!action.notes.empty()) {
    inside += paragraph("What the records say:");
    inside += lines_html(action.notes);
  }
  return element("div", section(fmt::format("action-{}", place_of(plan, action)), title, inside, 4),
                 "action");
}

Html actions_table(const plan::Plan& plan, const RunView* run) {
  std::vector<std::vector<Html>> rows;
  for (const plan::Action& action : plan.actions) {
    if (rows.size() == rows_max) break;
    Html id = escaped(printable(action.id, 20));
    if (rows.size() < actions_max) {
      id = link(fmt::format("action-{}", place_of(plan, action)), id);
    }
    std::string request = request_words(action.request);
    if (const std::string body = body_words(action.request); !body.empty()) request += " " + body;
    std::vector<Html> row = {id, escaped(name_of(action.kind)), named(target_name(action)),
                             code(printable(request, words_max))};
    if (run != nullptr) {
      const journal::ActionState state = state_of(*run, action.id);
      row.insert(row.begin() + 1, outcome_html(state.phase));
      row.push_back(escaped(state.status == 0 ? std::string() : fmt::format("{}", state.status)));
    }
    rows.push_back(std::move(row));
  }
  std::vector<std::string> heads = {"Id", "Action", "Target", "Request"};
  if (run != nullptr) {
    heads.insert(heads.begin() + 1, "Outcome");
    heads.emplace_back("Status");
  }
  return long_table("Requests in the order of sending", heads, rows, plan.actions.size(),
                    "The plan's file has all.");
}

}  // namespace clawback::report
