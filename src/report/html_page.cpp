#include "report/html_page.hpp"

#include <fmt/format.h>

#include "base/safe_text.hpp"

namespace clawback::report {
namespace {

constexpr std::string_view style = R"css(
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--line:#d0d7de;--ground:#fff;--panel:#f6f8fa;
--alert:#a40e26;--watch:#7d4e00;--info:#57606a;--good:#116329}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9da7b3;--line:#3a424c;--ground:#0f141a;
--panel:#171d25;--alert:#ff9492;--watch:#f0b849;--info:#9da7b3;--good:#6fdd8b}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:72rem;padding:1.5rem;background:var(--ground);color:var(--ink);
font:1rem/1.5 system-ui,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}
h1{font-size:1.6rem;line-height:1.25;margin:0}h2{font-size:1.25rem;margin:2.25rem 0 .5rem;
border-bottom:1px solid var(--line);padding-bottom:.3rem}h3{font-size:1.08rem;margin:1.6rem 0 .4rem}
h4{font-size:1rem;margin:1rem 0 .3rem}p{margin:.4rem 0}header p{color:var(--soft)}
.figures{display:flex;flex-wrap:wrap;gap:.75rem;margin:1.25rem 0;padding:0;list-style:none}
.figures li{border:1px solid var(--line);border-radius:.5rem;padding:.5rem 1rem;min-width:8rem;
background:var(--panel)}.figures b{display:block;font-size:1.7rem;line-height:1.2}
.alert{color:var(--alert)}.watch{color:var(--watch)}.info{color:var(--info)}.good{color:var(--good)}
.note{border-left:.3rem solid var(--watch);background:var(--panel);padding:.5rem .9rem;margin:.8rem 0}
.stop{border-left-color:var(--alert)}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;margin:.5rem 0}
caption{text-align:left;color:var(--soft);padding:.2rem 0}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid var(--line);
overflow-wrap:break-word;min-width:4rem;max-width:28rem}td code{overflow-wrap:anywhere}thead th{color:var(--soft);font-weight:600;white-space:nowrap}tbody th{font-weight:600}
dl{display:grid;grid-template-columns:minmax(7rem,11rem) 1fr;gap:.2rem .9rem;margin:.5rem 0}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
code,pre{font:.92em/1.45 ui-monospace,"Cascadia Mono",Menlo,Consolas,monospace}
pre{background:var(--panel);border:1px solid var(--line);border-radius:.4rem;padding:.6rem .8rem;margin:.4rem 0;
white-space:pre-wrap;overflow-wrap:anywhere}
article{border:1px solid var(--line);border-radius:.5rem;padding:.2rem 1rem .8rem;margin:1rem 0}
footer{margin-top:2.5rem;color:var(--soft);font-size:.9rem;border-top:1px solid var(--line)}
@media (max-width:40rem){body{padding:.9rem}dl{grid-template-columns:1fr}dd{margin-bottom:.4rem}}
@media print{:root{color-scheme:light;--ink:#000;--soft:#333;--line:#999;--ground:#fff;--panel:#fff;
--alert:#8c0018;--watch:#5c3a00;--info:#333;--good:#0b4a20}body{max-width:none;padding:0;font-size:10pt}
article,tr,pre{break-inside:avoid}h2,h3,h4{break-after:avoid}.scroll{overflow:visible}}
)css";

std::string attribute(std::string_view classes) {
  return classes.empty() ? std::string() : fmt::format(" class=\"{}\"", classes);
}

}  // namespace

Html& operator+=(Html& left, const Html& right) {
  left.markup += right.markup;
  return left;
}

Html escaped(std::string_view text) { return {html_escape(text)}; }

Html element(std::string_view name, const Html& inside, std::string_view classes) {
  return {fmt::format("<{0}{1}>{2}</{0}>\n", name, attribute(classes), inside.markup)};
}

Html element(std::string_view name, std::string_view text, std::string_view classes) {
  // No line end: these stand within a sentence.
  return {fmt::format("<{0}{1}>{2}</{0}>", name, attribute(classes), html_escape(text))};
}

Html code(std::string_view text) { return text.empty() ? Html{} : element("code", text); }

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
    head += {fmt::format("<th scope=\"col\">{}</th>", html_escape(title))};
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
      "<div class=\"scroll\" role=\"region\" aria-label=\"{}\" tabindex=\"0\">{}</div>\n",
      html_escape(caption), element("table", inside).markup)};
}

Html figure(std::size_t number, std::string_view label, std::string_view classes) {
  Html inside = element("b", std::string_view(fmt::format("{}", number)), classes);
  inside += escaped(label);
  return element("li", inside);
}

Html section(std::string_view id, std::string_view heading, const Html& inside, int level) {
  return {
      fmt::format("<section aria-labelledby=\"{0}\"><h{1} id=\"{0}\">{2}</h{1}>\n{3}</section>\n",
                  html_escape(id), level, html_escape(heading), inside.markup)};
}

std::string page(std::string_view title, std::string_view subtitle, const Html& main) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"referrer\" "
      "content=\"no-referrer\">\n<title>{0}</title>\n<style>{2}</style>\n</head>\n"
      "<body>\n<header>\n<h1>{0}</h1>\n<p>{1}</p>\n</header>\n<main>\n{3}</main>\n"
      "<footer><p>Written by clawback " CLAWBACK_VERSION
      ". This file loads nothing and sends nothing.</p></footer>\n</body>\n</html>\n",
      html_escape(title), html_escape(subtitle), style, main.markup);
}

}  // namespace clawback::report
