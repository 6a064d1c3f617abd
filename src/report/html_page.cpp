#include "report/html_page.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/listed.hpp"
#include "base/safe_text.hpp"
#include "report/html_style.hpp"
#include "report/words.hpp"

namespace clawback::report {
namespace {

std::string attribute(std::string_view classes) {
  return classes.empty() ? std::string() : fmt::format(" class=\"{}\"", classes);
}

}  // namespace

Html& operator+=(Html& left, const Html& right) {
  left.markup += right.markup;
  return left;
}

std::string html_text(std::string_view text, std::size_t most) {
  if (text.size() <= most) return html_escape(text);
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0u) == 0x80u) --most;
  return html_escape(text.substr(0, most)) + "…";
}

Html escaped(std::string_view text) { return {html_text(text)}; }

Html element(std::string_view name, const Html& inside, std::string_view classes) {
  return {fmt::format("<{0}{1}>{2}</{0}>\n", name, attribute(classes), inside.markup)};
}

Html element(std::string_view name, std::string_view text, std::string_view classes) {
  // No line end: these stand within a sentence. What is a request or a command is shown longer.
  const std::size_t most = name == "pre" || name == "code" ? code_max : text_max;
  return {fmt::format("<{0}{1}>{2}</{0}>", name, attribute(classes), html_text(text, most))};
}

Html block(std::string_view text) {
  const std::string_view shown = text.substr(0, code_max);
  std::string inside;
  for (std::size_t at = 0; at <= shown.size();) {
    const std::size_t end = std::min(shown.find('\n', at), shown.size());
    inside += (at == 0 ? "" : "\n") + html_text(shown.substr(at, end - at), code_max);
    at = end + 1;
  }
  if (shown.size() < text.size()) {
    inside += fmt::format("… {} more bytes are in the file", text.size() - shown.size());
  }
  return element("pre", Html{inside});
}

Html code(std::string_view text) { return text.empty() ? Html{} : element("code", text); }

Html named(std::string_view name) {
  constexpr std::size_t name_max = 120;
  Html out = {fmt::format("<bdi>{}</bdi>", html_text(printable(name, name_max)))};
  const std::string note = code_points_note(name);
  if (!note.empty()) {
    out += {" "};
    out += element("span", std::string_view("(" + note + ")"), "points");
  }
  return out;
}

Html link(std::string_view id, const Html& inside) {
  return {fmt::format("<a href=\"#{}\">{}</a>", html_text(id), inside.markup)};
}

Html listed_html(const std::vector<std::string>& list, std::size_t most) {
  return escaped(listed(list, most));
}

Html paragraph(std::string_view text, std::string_view classes) {
  Html out = element("p", text, classes);
  out += {"\n"};
  return out;
}

Html facts(const std::vector<Fact>& list) {
  Html inside;
  for (const Fact& fact : list) {
    if (fact.value.markup.empty()) continue;
    inside += element("dt", std::string_view(fact.term));
    inside += element("dd", fact.value);
  }
  return element("dl", inside);
}

Html bullets(const std::vector<Html>& items) {
  Html inside;
  for (const Html& item : items) inside += element("li", item);
  return element("ul", inside);
}

Html table(std::string_view caption, const std::vector<std::string>& heads,
           const std::vector<std::vector<Html>>& rows) {
  Html inside = element("caption", caption);
  Html head;
  for (const std::string& title : heads) {
    head += {fmt::format("<th scope=\"col\">{}</th>", html_text(title))};
  }
  inside += element("thead", element("tr", head));
  Html body;
  for (const std::vector<Html>& row : rows) {
    Html cells;
    for (std::size_t i = 0; i < row.size(); ++i) {
      cells += i == 0 ? Html{fmt::format("<th scope=\"row\">{}</th>", row[i].markup)}
                      : Html{fmt::format("<td>{}</td>", row[i].markup)};
    }
    body += element("tr", cells);
  }
  inside += element("tbody", body);
  // Wide tables scroll by themselves; the keyboard reaches them too.
  return {fmt::format(
      "<div class=\"scroll\" role=\"group\" aria-label=\"{}\" tabindex=\"0\">{}</div>\n",
      html_text(caption), element("table", inside).markup)};
}

Html long_table(std::string_view caption, const std::vector<std::string>& heads,
                const std::vector<std::vector<Html>>& rows, std::size_t all,
                std::string_view rest) {
  constexpr std::size_t at_once = 250;
  if (rows.empty()) return {};
  Html out;
  for (std::size_t from = 0; from < rows.size(); from += at_once) {
    const std::size_t to = std::min(rows.size(), from + at_once);
    const auto at = [&](std::size_t i) { return rows.begin() + static_cast<std::ptrdiff_t>(i); };
    const std::string which =
        rows.size() <= at_once ? std::string() : fmt::format(", {} to {}", from + 1, to);
    Html part = table(fmt::format("{}{}", caption, which), heads, {at(from), at(to)});
    out += rows.size() <= at_once ? std::move(part) : element("div", part, "part");
  }
  if (all > rows.size()) {
    out += paragraph(fmt::format("{} more are not listed here. {}", all - rows.size(), rest));
  }
  return out;
}

Html figure(std::size_t number, std::string_view label, std::string_view classes) {
  Html inside = element("b", std::string_view(fmt::format("{}", number)), classes);
  inside += escaped(label);
  return element("li", inside);
}

Html section(std::string_view id, std::string_view heading, const Html& inside, int level) {
  return {
      fmt::format("<section aria-labelledby=\"{0}\"><h{1} id=\"{0}\">{2}</h{1}>\n{3}</section>\n",
                  html_text(id), level, html_text(heading), inside.markup)};
}

std::string page(std::string_view title, std::string_view subtitle,
                 const std::vector<Chapter>& chapters) {
  Html first;
  Html contents;
  Html others;
  for (const Chapter& chapter : chapters) {
    if (chapter.inside.markup.empty()) continue;
    Html& into = first.markup.empty() ? first : others;
    into += section(chapter.id, chapter.heading, chapter.inside);
    contents += {fmt::format("<li>{}</li>\n", link(chapter.id, escaped(chapter.heading)).markup)};
  }
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'; img-src data:\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"referrer\" "
      "content=\"no-referrer\">\n<title>{0}</title>\n<style>{2}</style>\n</head>\n"
      "<body class=\"report\">\n<a class=\"skip\" href=\"#main\">Skip to the report</a>\n"
      "<header>\n<h1>{0}</h1>\n<p>{1}</p>\n</header>\n<main id=\"main\" tabindex=\"-1\">\n{3}"
      "<nav aria-labelledby=\"contents\"><h2 id=\"contents\">Contents</h2>\n<ol>\n{4}</ol></nav>\n"
      "{5}</main>\n<footer><p>Written by clawback " CLAWBACK_VERSION
      ". This file loads nothing and sends nothing.</p></footer>\n</body>\n</html>\n",
      html_text(title), html_text(subtitle), report_style(), first.markup, contents.markup,
      others.markup);
}

}  // namespace clawback::report
