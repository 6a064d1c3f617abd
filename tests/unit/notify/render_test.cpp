#include "notify/render.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "base/json.hpp"
#include "messages.hpp"
#include "support/golden.hpp"

using namespace clawback;
using namespace clawback::notify;
using namespace clawback::notify::test;

namespace {

std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) out += line + "\n";
  return out;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// The text of every TextRun of a card.
std::vector<std::string> texts_of(const std::string& card) {
  std::vector<std::string> out;
  const json::value value = *parse_json(card);
  const auto& content = value.at("attachments").at(0).at("content");
  for (const json::value& block : content.at("body").as_array()) {
    CHECK(block.at("type").as_string() == "RichTextBlock");
    for (const json::value& run : block.at("inlines").as_array()) {
      out.emplace_back(run.at("text").as_string());
    }
  }
  return out;
}

// What a display name may be made of to break out of a format.
const std::vector<std::string> attacks = {
    "[pay](https://evil.example/x) <at>Dana</at> **b** _i_ `c` ~~s~~ https://evil.example",
    "a|b\\c=d\r\nCEF:0|x|y|1|z|z|10|act=none\n<13>1 - -",
    "name act=none outcome=done cs1=other",
    "\xE2\x80\xAE"
    "gpj.exe \x1b[31m \x07\x00 end",
    "\xff\xfe broken \xC3( utf-8",
    "{{DATE(2026-01-01,LONG)}} ${tenant} "
    "\"},{\"type\":\"Action.OpenUrl\",\"url\":\"https://e.example\"}"};

}  // namespace

TEST_CASE("notify: a whole message, byte for byte") {
  tests::check_golden("notify/full.json", to_json(full()) + "\n");
  tests::check_golden("notify/full.teams.json", to_teams(full()) + "\n");
  tests::check_golden("notify/full.cef", joined(to_syslog(full(), "mx1.contoso.example")));
}

TEST_CASE("notify: a test message says that it is one") {
  CHECK(contains(to_json(test_message()), R"("summary":"a test: nothing happened","tenant")"));
  CHECK(contains(to_json(test_message()), R"("test":true)"));
  CHECK(contains(to_teams(test_message()), "clawback: a test: nothing happened"));
  const auto lines = to_syslog(test_message(), "");
  REQUIRE(lines.size() == 1);
  CHECK(contains(lines[0], "1 2026-11-23T09:00:00Z - clawback - test - CEF:0|clawback|"));
}

TEST_CASE("notify: the headline counts what matters, the worst first") {
  CHECK(headline(full()) ==
        "1 break-glass not ratified in time; 4 follow-up findings; 1 alert, 1 watch found; "
        "1 action done, 2 not done; 1 plan waits; 1 error");
  CHECK(headline({}) == "nothing to tell");
}

TEST_CASE("notify: a card holds no link, no mention, no Markdown and no template of the tenant's") {
  for (const std::string& attack : attacks) {
    CAPTURE(attack);
    const std::string card = to_teams(hostile(attack));
    CHECK_FALSE(contains(card,
                         "Action."
                         "OpenUrl\",\"url"));
    for (const std::string& text : texts_of(card)) {
      CAPTURE(text);
      if (contains(text, "waits") || text.starts_with("5 actions"))
        continue;  // our own file's name
      CHECK(text.find_first_of("[]()<>*_`~@\\|#&{") == std::string::npos);
      CHECK_FALSE(contains(text, "://"));
      CHECK_FALSE(contains(text, "evil.example"));
      CHECK_FALSE(contains(text, "\n"));
    }
  }
}

TEST_CASE("notify: no CEF value ends its line, its field or its header") {
  for (const std::string& attack : attacks) {
    CAPTURE(attack);
    const auto lines = to_syslog(hostile(attack), "h");
    CHECK(lines.size() == to_syslog(full(), "h").size());
    for (const std::string& line : lines) {
      CAPTURE(line);
      CHECK(line.find_first_of("\r\n\x1b\x07") == std::string::npos);
      const std::size_t cef = line.find("CEF:0|");
      REQUIRE(cef != std::string::npos);
      // Seven pipes end the header; the extension holds no unescaped "=" that is not ours.
      std::size_t at = cef;
      int pipes = 0;
      for (; pipes < 7 && at < line.size(); ++at) {
        if (line[at] == '|' && line[at - 1] != '\\') ++pipes;
      }
      CHECK(pipes == 7);
      const std::string rest = line.substr(at);
      CHECK_FALSE(contains(rest, " act=none"));
      CHECK_FALSE(contains(rest, " outcome=done cs1="));
      CHECK(rest.starts_with("rt=1795424400000 externalId="));
    }
  }
}

TEST_CASE("notify: a display name can't change the class or the severity of a CEF line") {
  Message message = full();
  message.followup.clear();
  message.escalations.clear();
  message.found.resize(1);
  message.found[0].display_name = "x|y|1|info|info|0|cat=info";
  const auto lines = to_syslog(message, "h");
  CHECK(
      lines[0].starts_with("<105>1 2026-11-23T09:00:00Z h clawback - found - "
                           "CEF:0|clawback|clawback|0.1.0|found|Suspicious application|8|rt="));
  CHECK(contains(lines[0], "destinationServiceName=x|y|1|info|info|0|cat\\=info"));
}

TEST_CASE("notify: line ends in an extension are written as \\n and \\r") {
  Message message = full();
  message.errors = {"one\r\ntwo\\n=three"};
  CHECK(contains(to_syslog(message, "h").back(), "msg=one\\r\\ntwo\\\\n\\=three"));
}

// ThreadSanitizer's allocator runs out of the kernel's 65,530 maps on it; it has one thread.
TEST_CASE("notify: whatever the tenant holds, what is sent stays small" *
          doctest::skip(__has_feature(thread_sanitizer))) {
  for (const std::string& unit : {std::string("="), std::string("\xE2\x80\xAE"),
                                  std::string("\xF0\x9F\x98\x80"), std::string("\\|\"\n")}) {
    CAPTURE(unit);
    const Message message = huge(unit);
    CHECK(to_teams(message).size() < 28'000);
    CHECK(parse_json(to_teams(message)));
    CHECK(to_json(message).size() < (4u << 20u));
    const auto lines = to_syslog(message, std::string(1000, 'h'));
    CHECK(lines.size() <= 6 * (listed_max + 1));
    for (const std::string& line : lines) CHECK(line.size() <= syslog_line_max);
    CHECK(contains(to_teams(message), " more\""));
  }
}

TEST_CASE("notify: JSON is one canonical line with valid UTF-8 and nothing hidden") {
  for (const std::string& attack : attacks) {
    const std::string text = to_json(hostile(attack));
    const auto value = parse_json(text);
    REQUIRE(value);
    CHECK(canonical_json(*value) == text);
    CHECK(text.find_first_of("\n\r\x1b") == std::string::npos);
    CHECK_FALSE(contains(text, "\xE2\x80\xAE"));
  }
}

TEST_CASE("notify: who is told of what") {
  struct Row {
    std::string_view name;
    Message message;
    std::vector<Event> on;
    bool told;
  };
  Message waits;
  waits.waits = full().waits;
  Message failed;
  failed.done = {full().done[1]};
  Message good;
  good.done = {full().done[0]};
  Message escalated;
  escalated.escalations = full().escalations;
  const Row rows[] = {{"nothing happened", {}, {Event::found, Event::done, Event::waits}, false},
                      {"asked for it", waits, {Event::waits}, true},
                      {"asked for something else", waits, {Event::found, Event::failed}, false},
                      {"an unverified action has failed", failed, {Event::failed}, true},
                      {"a verified one has not", good, {Event::failed}, false},
                      {"an escalation is told to everyone", escalated, {}, true},
                      {"and so is a test", test_message(), {}, true}};
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(concerns(row.message, row.on) == row.told);
  }
}
