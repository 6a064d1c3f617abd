#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// Building blocks of the HTML reports. Functions that take text escape it; `Html` is markup
// already.
namespace clawback::report {

struct Html {
  std::string markup;
};
Html& operator+=(Html& left, const Html& right);

// Nothing here is longer than this: what is cut ends with "…".
inline constexpr std::size_t text_max = 4000;   // bytes
inline constexpr std::size_t code_max = 20000;  // of <pre> and <code>
std::string html_text(std::string_view text, std::size_t most = text_max);
Html escaped(std::string_view text);
// <name class="classes">inside</name>; `name` and `classes` are ours, never from outside.
Html element(std::string_view name, const Html& inside, std::string_view classes = {});
Html element(std::string_view name, std::string_view text, std::string_view classes = {});
// <pre> that keeps its line ends; only for text whose line ends are ours, like laid-out JSON.
Html block(std::string_view text);
Html code(std::string_view text);  // nothing for an empty text
// A name that somebody else chose: on its own, whatever its direction of writing, cut when it is
// long, and with the code points that mislead beside it.
Html named(std::string_view name);
// To a place within the same file. `id` is ours.
Html link(std::string_view id, const Html& inside);
// "a, b and 3 more", each bounded.
Html listed_html(const std::vector<std::string>& list, std::size_t most);
Html paragraph(std::string_view text, std::string_view classes = {});

// A list of facts: term and description.
struct Fact {
  std::string term;
  Html value;
};
Html facts(const std::vector<Fact>& list);
Html bullets(const std::vector<Html>& items);
// A table with a caption, column headings, and the first cell of each row as its heading.
Html table(std::string_view caption, const std::vector<std::string>& heads,
           const std::vector<std::vector<Html>>& rows);
// A big number with its meaning.
Html figure(std::size_t number, std::string_view label, std::string_view classes = {});
// The same for many rows, the first `most` of them: in tables of a few hundred, which a browser can
// leave aside until they are looked at. `rest` says where the others are, if there are any.
Html long_table(std::string_view caption, const std::vector<std::string>& heads,
                const std::vector<std::vector<Html>>& rows, std::size_t all, std::string_view rest);
// A section named by its heading. Level 2 to 4.
Html section(std::string_view id, std::string_view heading, const Html& inside, int level = 2);

// One part of a report; without anything inside it is left out.
struct Chapter {
  std::string id;
  std::string heading;
  Html inside;
};
// The whole document: the first chapter, the contents, the others.
std::string page(std::string_view title, std::string_view subtitle,
                 const std::vector<Chapter>& chapters);

}  // namespace clawback::report
