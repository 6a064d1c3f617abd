#include <doctest/doctest.h>

#include "base/safe_text.hpp"
#include "report/text_layout.hpp"

using namespace clawback;
using namespace clawback::report;

namespace {

std::size_t widest(const std::string& text) {
  std::size_t most = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    most = std::max(most, display_width(std::string_view(text).substr(at, end - at)));
    at = end + 1;
  }
  return most;
}

}  // namespace

TEST_CASE("layout: what is wide, combining or long fits every width") {
  std::string combining = "e";
  for (int i = 0; i < 60; ++i) combining += "\u0301";
  const std::vector<std::string> names = {
      "eM Client", "邮件客户端 受信任的程序", "メールクライアント株式会社", std::string(300, 'x'),
      combining,   "a\u200bb\u202ec",         "한국어 메일 프로그램",       "👩‍💻 mail"};
  for (const std::size_t width : {std::size_t{40}, std::size_t{80}, std::size_t{200}}) {
    CAPTURE(width);
    const TextOptions options{.width = width};
    Table table({{.title = "VERDICT", .flexible = false},
                 {.title = "APPLICATION"},
                 {.title = "OWNER"},
                 {.title = "USERS", .right = true, .flexible = false}});
    for (const std::string& name : names) {
      CAPTURE(name);
      table.add({"alert", name, name, "12"});
      CHECK(widest(paragraph(name + " " + name, options)) <= width);
      CHECK(widest(labelled("    label", name, 16, options)) <= width);
      CHECK(display_width(cut(name, 10)) <= 10);
      CHECK(display_width(padded(name, 10)) == 10);
    }
    CHECK(widest(table.text(options)) <= width);
  }
}
