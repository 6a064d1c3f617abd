#include "report/ask_sheet.hpp"

#include <fmt/format.h>

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/safe_text.hpp"
#include "report/text_layout.hpp"
#include "report/words.hpp"

namespace clawback::report {
namespace {

constexpr std::size_t width = 78;  // of paper, whatever the terminal has
constexpr std::size_t question_width = 30;
constexpr std::size_t name_max = 300;  // that somebody else chose
constexpr std::string_view title = "Programs and websites that can use your work account";
constexpr std::string_view please =
    "Please answer for every entry of this list. There are no wrong answers, and \"not sure\" is "
    "one. Please answer on the phone or in person, not by e-mail.";

struct Question {
  std::string_view text;
  bool choice;  // yes, no, not sure; else a line to write on
};
constexpr std::array questions = {Question{.text = "Do you know it?", .choice = true},
                                  Question{.text = "Who set it up?", .choice = false},
                                  Question{.text = "When, roughly?", .choice = false},
                                  Question{.text = "On which device?", .choice = false},
                                  Question{.text = "Do you still use it?", .choice = true}};
constexpr std::string_view choices = "[ ] yes   [ ] no   [ ] not sure";
constexpr std::string_view blank_line = "________________________________";

std::string name_of(const AskSheet::Program& program) {
  return program.name.empty() ? std::string("(without a name)") : printable(program.name, name_max);
}

std::string person_name(const domain::User& person) {
  return printable(person.display_name.value_or(""), name_max);
}

std::string account(const domain::User& person) {
  return printable(person.user_principal_name ? *person.user_principal_name : person.id.str(),
                   name_max);
}

std::string program_html(const AskSheet::Program& program) {
  std::string out = fmt::format("<li><h2>{}</h2><p>id {}</p><table>", html_escape(name_of(program)),
                                html_escape(printable(program.app_id, name_max)));
  for (const Question& question : questions) {
    out += fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td></tr>", html_escape(question.text),
                       html_escape(question.choice ? choices : blank_line));
  }
  return out + "</table></li>\n";
}

}  // namespace

std::string sheet_text(const AskSheet& sheet) {
  const TextOptions options{.width = width};
  std::string out = std::string(title) + "\n\n";
  const std::string name = person_name(sheet.person);
  if (!name.empty()) out += labelled("Name", name, 10, options);
  out += labelled("Account", account(sheet.person), 10, options);
  out += labelled("Date", printable(sheet.date), 10, options) + "\n";
  out += paragraph(please, options);
  std::size_t number = 0;
  for (const AskSheet::Program& program : sheet.programs) {
    out += "\n" + labelled(fmt::format("{}.", ++number), name_of(program), 5, options);
    out += labelled("", "id " + printable(program.app_id, name_max), 5, options);
    for (const Question& question : questions) {
      out += fmt::format("     {}{}\n", padded(question.text, question_width),
                         question.choice ? choices : blank_line);
    }
  }
  return out + "\nSpoken with on ______________ by ______________________\n";
}

std::string sheet_html(const AskSheet& sheet) {
  std::string out = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'\">\n<meta name=\"viewport\" content=\"width=device-width, "
      "initial-scale=1\">\n<title>{0}</title>\n<style>body{{font:1rem/1.4 sans-serif;max-width:"
      "45rem;margin:1rem auto;padding:0 1rem;color:#000;background:#fff;overflow-wrap:anywhere}}"
      "h1{{font-size:1.4rem}}h2{{font-size:1rem;margin:0}}li{{margin:1rem 0;break-inside:avoid}}"
      "li p{{margin:0;font-size:.85rem}}th{{text-align:left;font-weight:normal;padding-right:2rem}}"
      "</style></head><body><main>\n<h1>{0}</h1>\n",
      title);
  const std::string name = person_name(sheet.person);
  if (!name.empty()) out += fmt::format("<p>Name: {}</p>\n", html_escape(name));
  out += fmt::format("<p>Account: {}</p>\n<p>Date: {}</p>\n<p>{}</p>\n<ol>\n",
                     html_escape(account(sheet.person)), html_escape(printable(sheet.date)),
                     html_escape(please));
  for (const AskSheet::Program& program : sheet.programs) out += program_html(program);
  return out +
         "</ol>\n<p>Spoken with on ______________ by ______________________</p>\n"
         "</main></body></html>\n";
}

json::value sheets_json(const std::vector<AskSheet>& sheets) {
  json::array asked;
  for (const Question& question : questions) asked.emplace_back(question.text);
  json::array list;
  for (const AskSheet& sheet : sheets) {
    json::array programs;
    for (const AskSheet::Program& program : sheet.programs) {
      programs.push_back(json::object{{"name", program.name}, {"appId", program.app_id}});
    }
    const auto text = [](const std::optional<std::string>& value) {
      return value ? json::value(*value) : json::value(nullptr);
    };
    list.push_back(json::object{
        {"person", json::object{{"id", sheet.person.id.str()},
                                {"userPrincipalName", text(sheet.person.user_principal_name)},
                                {"displayName", text(sheet.person.display_name)}}},
        {"date", sheet.date},
        {"programs", std::move(programs)}});
  }
  return json::object{
      {"schema", "clawback.ask/1"}, {"questions", std::move(asked)}, {"sheets", std::move(list)}};
}

}  // namespace clawback::report
