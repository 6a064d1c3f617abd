#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "console/pages.hpp"
#include "report/html_page.hpp"

// What the console's pages are made of, beside the report's building blocks (report/html_page.hpp).
// Functions that take text escape it; addresses are ours, with their parts percent-encoded.
namespace clawback::console {

using report::Html;

// The whole document: skip link, navigation, heading, notice, `main`. `here` is the address of the
// navigation's entry that the page belongs to.
std::string document(const Shell& shell, std::string_view title, std::string_view here,
                     const Html& main);

// "/cases/sha256%3A1111"
std::string address_of(std::string_view folder, std::string_view id);
Html link(std::string_view address, std::string_view text, std::string_view classes = {});
Html paragraph(std::string_view text, std::string_view classes = {});

// A form that posts, with the session's token in it.
Html post_form(const Shell& shell, std::string_view address, const Html& inside,
               std::string_view classes = {});
Html hidden(std::string_view name, std::string_view value);
Html submit(std::string_view text, std::string_view classes = {});

// A verdict as a word, with its colour.
Html verdict_mark(domain::Verdict verdict);
// A name that somebody else chose: the text, and its code points where letters can deceive.
Html name_of_others(std::string_view name);
// The same as a link.
Html named(std::string_view address, std::string_view name);
// A list of sentences; nothing for an empty list.
Html lines(const std::vector<std::string>& texts);
// That files in the folder of waiting plans can't be read; nothing for an empty list.
Html unreadable_plans(const std::vector<std::string>& why);
// That the policy of now is not the one that is shown; nothing for an empty text.
Html policy_note(const std::string& problem);
// "2026-11-23T09:00:00Z" for programs and people.
Html moment(Time time);

}  // namespace clawback::console
