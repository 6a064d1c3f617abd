#include <doctest/doctest.h>

#include "report/ask_sheet.hpp"
#include "support/makers.hpp"

using namespace clawback;
using namespace clawback::test;

namespace {

report::AskSheet sheet(std::vector<report::AskSheet::Program> programs) {
  return {.person = user("ada"), .date = "2026-11-23", .programs = std::move(programs)};
}

}  // namespace

TEST_CASE("sheet: it says nothing of why it is asked") {
  const auto one = sheet({{"eM Client", em_client_id}, {"Harborly", app_guid(7)}});
  for (std::string text : {report::sheet_text(one), report::sheet_html(one),
                           compact_json(report::sheets_json({one}))}) {
    for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    for (const std::string_view word :
         {"risk", "score", "verdict", "alert", "suspicio", "suspect", "investigat", "incident",
          "attack", "abuse", "malicious", "sha256", "clawback finding", "case"}) {
      CAPTURE(word);
      CHECK(text.find(word) == std::string::npos);
    }
    for (const std::string_view wanted :
         {"do you know it?", "who set it up?", "when, roughly?", "on which device?", "em client",
          "harborly", "ada@contoso.example"}) {
      CAPTURE(wanted);
      CHECK(text.find(wanted) != std::string::npos);
    }
  }
}

TEST_CASE("sheet: hostile names stay text, and lines fit on paper") {
  const auto one = sheet(
      {{"<script>alert(1)</script>\n\x1b[31m\u202e" + std::string(300, 'x'), "\"><img src=x>"},
       {"", app_guid(7)}});
  const std::string text = report::sheet_text(one);
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find("\u202e") == std::string::npos);
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find('\n', at);
    CHECK(end - at <= 120);  // bytes: escapes are wide
    at = end + 1;
  }
  const std::string html = report::sheet_html(one);
  CHECK(html.find("<script") == std::string::npos);
  CHECK(html.find("<img") == std::string::npos);
  CHECK(html.find("(without a name)") != std::string::npos);
}
