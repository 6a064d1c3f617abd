#include "console/page_parts.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "base/safe_text.hpp"

namespace clawback::console {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> places{{
    {"/findings", "Findings"},
    {"/plans", "Plans"},
    {"/runs", "Runs"},
    {"/rules", "Rules"},
    {"/catalog", "Catalog"},
    {"/health", "Coverage and health"},
}};

std::string navigation(std::string_view here) {
  std::string items;
  for (const auto& [address, name] : places) {
    items += fmt::format("<li><a href=\"{}\"{}>{}</a></li>\n", address,
                         address == here ? " aria-current=\"page\"" : "", name);
  }
  return fmt::format("<nav aria-label=\"Console\"><ul>\n{}</ul></nav>\n", items);
}

std::string who(const Shell& shell) {
  if (!shell.person) return {};
  const Html form = post_form(shell, "/sign-out", submit("Sign out", "quiet"), "inline");
  return fmt::format("<p class=\"who\">{} ({})</p>\n{}", report::html_text(shell.person->name),
                     shell.person->approver ? "approver" : "viewer", form.markup);
}

std::string said(const Shell& shell) {
  if (shell.notice.empty()) return {};
  return fmt::format("<p class=\"note\" role=\"status\">{}</p>\n", report::html_text(shell.notice));
}

std::string class_of(std::string_view classes) {
  return classes.empty() ? std::string() : fmt::format(" class=\"{}\"", classes);
}

}  // namespace

std::string document(const Shell& shell, std::string_view title, std::string_view here,
                     const Html& main) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n<title>{0} · clawback</title>\n"
      "<link rel=\"icon\" href=\"data:,\">\n"
      "<link rel=\"stylesheet\" href=\"/static/console.css\">\n"
      "<script src=\"/static/console.js\" defer></script>\n</head>\n<body>\n"
      "<a class=\"skip\" href=\"#main\">Skip to the content</a>\n"
      "<header class=\"bar\"><p class=\"brand\">clawback<span> {1}</span></p>\n{2}{3}</header>\n"
      "<main id=\"main\" tabindex=\"-1\">\n<h1>{0}</h1>\n{4}{5}</main>\n"
      "<footer><p>clawback " CLAWBACK_VERSION ", {6}</p></footer>\n</body>\n</html>\n",
      report::html_text(title), report::html_text(shell.tenant),
      shell.person ? navigation(here) : std::string(), who(shell), said(shell), main.markup,
      format_time(shell.now));
}

std::string address_of(std::string_view folder, std::string_view id) {
  // An id of ours is shorter; one that is not leads nowhere.
  constexpr std::size_t id_max = 200;
  return fmt::format("{}/{}", folder, percent_encode(id.substr(0, id_max)));
}

Html link(std::string_view address, std::string_view text, std::string_view classes) {
  return {fmt::format("<a href=\"{}\"{}>{}</a>", report::html_text(address), class_of(classes),
                      report::html_text(text))};
}

Html paragraph(std::string_view text, std::string_view classes) {
  Html out = report::element("p", text, classes);
  out += {"\n"};
  return out;
}

Html post_form(const Shell& shell, std::string_view address, const Html& inside,
               std::string_view classes) {
  return {fmt::format("<form method=\"post\" action=\"{}\"{}>\n{}{}</form>\n",
                      report::html_text(address), class_of(classes),
                      hidden("csrf", shell.csrf).markup, inside.markup)};
}

Html hidden(std::string_view name, std::string_view value) {
  return {fmt::format("<input type=\"hidden\" name=\"{}\" value=\"{}\">\n", report::html_text(name),
                      report::html_text(value))};
}

Html submit(std::string_view text, std::string_view classes) {
  return {fmt::format("<button type=\"submit\"{}>{}</button>\n", class_of(classes),
                      report::html_text(text))};
}

Html verdict_mark(domain::Verdict verdict) {
  const std::string_view word = domain::name_of(verdict);
  return report::element("span", word, word);
}

Html name_of_others(std::string_view name) {
  return report::named(name.empty() ? std::string_view("(no name)") : name);
}

Html named(std::string_view address, std::string_view name) {
  return {fmt::format("<a href=\"{}\">{}</a>", report::html_text(address),
                      name_of_others(name).markup)};
}

Html lines(const std::vector<std::string>& texts) {
  std::vector<Html> items;
  items.reserve(texts.size());
  for (const std::string& text : texts) items.push_back(report::escaped(text));
  return items.empty() ? Html{} : report::bullets(items);
}

Html unreadable_plans(const std::vector<std::string>& why) {
  if (why.empty()) return {};
  Html out = paragraph(
      "Files in the folder of waiting plans that can't be read. Nobody is asked about them, and "
      "nothing removes them:",
      "note stop");
  out += lines(why);
  return out;
}

Html policy_note(const std::string& problem) {
  if (problem.empty()) return {};
  return paragraph(
      fmt::format("The policy as it is now can't be used: {}. Passes refuse it, and so does "
                  "`clawback apply`. What is shown here is by the last one that was good.",
                  problem),
      "note stop");
}

Html moment(Time time) {
  const std::string text = format_time(time);
  return {fmt::format("<time datetime=\"{0}\">{0}</time>", text)};
}

}  // namespace clawback::console
