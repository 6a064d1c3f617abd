#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

#include "cli/command_tree.hpp"

// Pages in roff's man macros, for man(1) and mandoc(1).
namespace clawback::cli {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 11> exit_codes = {
    {{"0", "Done, and nothing is left to do."},
     {"1", "An error that is none of the others."},
     {"2", "Unusable arguments, configuration, policy, catalog, plan or evidence file."},
     {"3", "There is something: a finding that no exception covers, or a plan with actions."},
     {"4", "Approval is missing, insufficient, expired, rejected or does not match."},
     {"5", "Refused by a guard: protected object, limit, kill switch."},
     {"6", "Stale: the tenant differs from the plan, or the plan was used or is expired."},
     {"7", "Partial: an action failed or could not be verified; resume goes on."},
     {"8", "Incomplete evidence, and nothing was found."},
     {"9", "Sign-in failed, or a permission is missing."},
     {"12", "The audit log is not what was written to it."}}};

// Text that roff prints as it is, wherever it stands in a line.
std::string roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '\\':
        out += "\\e";
        break;
      case '-':
        out += "\\-";
        break;
      case '"':
        out += "\\(dq";
        break;
      case '\'':
        out += "\\(aq";
        break;
      case '`':
        out += "\\(ga";
        break;
      case '^':
        out += "\\(ha";
        break;
      case '~':
        out += "\\(ti";
        break;
      case '\n':
      case '\r':
        out += ' ';
        break;
      default:
        out += c;
    }
  }
  return out.starts_with('.') ? "\\&" + out : out;
}

// A sentence: hyphens within words are hyphens.
std::string prose(std::string_view text) {
  std::string out;
  const std::string escaped = roff(text);
  for (std::size_t i = 0; i < escaped.size(); ++i) {
    const bool hyphen = escaped.compare(i, 2, "\\-") == 0 && i > 0 && escaped[i - 1] != ' ' &&
                        escaped[i - 1] != '-' && i + 2 < escaped.size() && escaped[i + 2] != '\\';
    if (hyphen) continue;
    out += escaped[i];
  }
  return out;
}

std::string sentence(std::string text) {
  if (!text.empty() && text.find_last_of(".?!") != text.size() - 1) text += '.';
  return prose(text) + "\n";
}

std::string page_name(const CommandInfo& command) {
  std::string out = "clawback";
  if (!command.path.empty()) out += "-" + command.path.front();
  return out;
}

std::string usage_of(const CommandInfo& command) {
  std::string out = ".B clawback";
  for (const std::string& word : command.path) out += " " + roff(word);
  out += "\n";
  if (!command.commands.empty()) {
    out += command.is_group ? "\\fICOMMAND\\fR\n" : "[\\fICOMMAND\\fR]\n";
  }
  for (const Option& option : command.options) {
    if (!option.required || option.global) continue;
    out += fmt::format("\\fB{}\\fR \\fI{}\\fR\n", roff(option.names.back()), roff(option.value));
  }
  out += "[\\fIOPTIONS\\fR]\n";
  for (const Option& place : command.positionals) {
    const std::string name =
        fmt::format("\\fI{}\\fR{}", roff(place.value), place.many ? "..." : "");
    out += place.required ? name + "\n" : "[" + name + "]\n";
  }
  return out;
}

std::string option_of(const Option& option) {
  std::string out = ".TP\n";
  std::vector<std::string> names;
  for (const std::string& name : option.names) names.push_back("\\fB" + roff(name) + "\\fR");
  out += fmt::format("{}", fmt::join(names, ", "));
  if (!option.value.empty()) {
    out += fmt::format(" \\fI{}\\fR{}", roff(option.value), option.many ? "..." : "");
  }
  out += "\n" + sentence(option.what);
  if (option.required) out += "Needed.\n";
  return out;
}

std::string options_of(const CommandInfo& command, bool global) {
  std::string out;
  for (const Option& place : command.positionals) {
    if (global) continue;
    out += fmt::format(".TP\n\\fI{}\\fR{}\n", roff(place.value), place.many ? "..." : "");
    out += sentence(place.what);
  }
  for (const Option& option : command.options) {
    if (option.global == global) out += option_of(option);
  }
  return out;
}

bool is_inside(const CommandInfo& one, const CommandInfo& group) {
  return one.path.size() == group.path.size() + 1 &&
         std::equal(group.path.begin(), group.path.end(), one.path.begin());
}

// `after_text`: a paragraph ends what stands before them.
std::string examples_in(const std::vector<std::string>& lines, bool after_text) {
  std::string out;
  for (const std::string& line : lines) {
    if (after_text || !out.empty()) out += ".PP\n";
    out += ".nf\n" + roff(line) + "\n.fi\n";
  }
  return out;
}

// The commands of clawback itself: each has a page of its own.
std::string commands_of(const std::vector<CommandInfo>& tree, const CommandInfo& program) {
  std::string out = ".SH COMMANDS\n";
  for (const CommandInfo& one : tree) {
    if (!is_inside(one, program)) continue;
    out += fmt::format(".TP\n.BR {} (1)\n", roff(page_name(one))) + sentence(one.what);
  }
  return out;
}

// Those inside a command share its page.
std::string inner_of(const std::vector<CommandInfo>& tree, const CommandInfo& group) {
  std::string out;
  for (const CommandInfo& one : tree) {
    if (!is_inside(one, group)) continue;
    out += fmt::format(".SS {}\n", roff("clawback " + name_of(one))) + sentence(one.what);
    out += options_of(one, false) + examples_in(one.examples, true);
  }
  return out.empty() ? out : ".SH COMMANDS\n" + out;
}

std::string exit_of() {
  std::string out = ".SH EXIT STATUS\n";
  for (const auto& [code, meaning] : exit_codes) {
    out += fmt::format(".TP\n.B {}\n{}\n", code, prose(meaning));
  }
  return out;
}

constexpr std::string_view files = R"(.SH FILES
.TP
.I clawback.toml
The configuration: where \fB\-\-config\fR or \fBCLAWBACK_CONFIG\fR says, else in the working folder,
else in
.IR /etc/clawback .
.SH ENVIRONMENT
.TP
.B CLAWBACK_CONFIG
The configuration to use.
.TP
.B NO_COLOR
If it is set and not empty, no colours are used.
.TP
.B COLUMNS
The width of what is printed, in place of the terminal's.
)";

}  // namespace

std::string man_page(const std::vector<CommandInfo>& tree, const std::string& command) {
  const auto found = std::find_if(tree.begin(), tree.end(),
                                  [&](const CommandInfo& one) { return name_of(one) == command; });
  if (found == tree.end()) return {};
  const bool program = found->path.empty();
  std::string title = page_name(*found);
  std::transform(title.begin(), title.end(), title.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  std::string out =
      fmt::format(".\\\" Made by `clawback man`.\n.TH {} 1 \"\" \"clawback {}\" \"clawback\"\n",
                  roff(title), roff(CLAWBACK_VERSION));
  out += fmt::format(".SH NAME\n{} \\- {}\n", roff(page_name(*found)),
                     program ? "finds and takes back mail\\-client grants in a Microsoft 365 tenant"
                             : prose(found->what));
  out += ".SH SYNOPSIS\n" + usage_of(*found);
  out += ".SH DESCRIPTION\n" + sentence(found->what);
  out += program ? commands_of(tree, *found) : inner_of(tree, *found);
  const std::string own = options_of(*found, false);
  if (!own.empty()) out += ".SH OPTIONS\n" + own;
  const std::string global = options_of(*found, true);
  if (!global.empty()) out += ".SH OPTIONS OF EVERY COMMAND\n" + global;
  out += exit_of() + std::string(files);
  if (!found->examples.empty()) out += ".SH EXAMPLES\n" + examples_in(found->examples, false);
  out += ".SH SEE ALSO\n";
  out += program ? std::string("The documentation in\n.IR /usr/share/doc/clawback .\n")
                 : std::string(".BR clawback (1)\n");
  return out;
}

}  // namespace clawback::cli
