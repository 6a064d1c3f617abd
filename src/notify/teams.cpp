#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include "base/json.hpp"
#include "base/safe_text.hpp"
#include "notify/render.hpp"

namespace clawback::notify {
namespace {

constexpr std::size_t lines_max = 12;  // of each list
// Teams refuses a card over 28 KB; past this only "and N more" and the foot are added.
constexpr std::size_t bytes_max = 22'000;
constexpr std::size_t name_max = 60;
constexpr std::size_t text_max = 160;

bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (static_cast<unsigned char>(c) & 0x80u) != 0;
}

// TextRuns show Markdown as it is written. Should a client read it all the same, or look for
// addresses, it finds none: what has a meaning there becomes its full-width twin, which reads
// alike.
std::string inert(std::string_view text, std::size_t columns_max) {
  static constexpr std::array<std::pair<char, std::string_view>, 16> twins = {{{'<', "＜"},
                                                                               {'>', "＞"},
                                                                               {'[', "［"},
                                                                               {']', "］"},
                                                                               {'(', "（"},
                                                                               {')', "）"},
                                                                               {'*', "＊"},
                                                                               {'_', "＿"},
                                                                               {'`', "｀"},
                                                                               {'~', "～"},
                                                                               {'@', "＠"},
                                                                               {'\\', "＼"},
                                                                               {'|', "｜"},
                                                                               {'#', "＃"},
                                                                               {'&', "＆"},
                                                                               {'{', "｛"}}};
  const std::string clean = printable(text, columns_max);
  std::string out;
  for (std::size_t i = 0; i < clean.size(); ++i) {
    const char c = clean[i];
    const auto twin =
        std::find_if(twins.begin(), twins.end(), [&](const auto& pair) { return pair.first == c; });
    const bool inside = i > 0 && is_word(clean[i - 1]) && i + 1 < clean.size();
    if (twin != twins.end()) {
      out += twin->second;
    } else if (c == '.' && inside && is_word(clean[i + 1])) {
      out += "．";  // no host name
    } else if (c == ':' && inside && !(clean[i + 1] == ' ')) {
      out += "：";  // no scheme
    } else {
      out += c;
    }
  }
  return out;
}

// Our own words, or text that is inert already.
json::value line(std::string text, std::string_view style = {}) {
  json::object run{{"type", "TextRun"}, {"text", std::move(text)}};
  if (style == "title") {
    run["weight"] = "Bolder";
    run["size"] = "Medium";
  } else if (style == "head") {
    run["weight"] = "Bolder";
  } else if (style == "bad") {
    run["color"] = "Attention";
  } else if (style == "faint") {
    run["isSubtle"] = true;
    run["size"] = "Small";
  }
  return json::object{{"type", "RichTextBlock"}, {"inlines", json::array{std::move(run)}}};
}

// The card's blocks and how many bytes they take.
class Body {
 public:
  void add(json::value block) {
    bytes_ += compact_json(block).size();
    blocks_.push_back(std::move(block));
  }
  template <class T, class Make>
  void section(std::string title, const std::vector<T>& items, Make make) {
    if (items.empty()) return;
    add(line(std::move(title), "head"));
    std::size_t shown = 0;
    while (shown < std::min(items.size(), lines_max) && bytes_ < bytes_max) {
      add(make(items[shown++]));
    }
    if (items.size() > shown) add(line(fmt::format("and {} more", items.size() - shown), "faint"));
  }
  [[nodiscard]] json::array blocks() && { return std::move(blocks_); }

 private:
  json::array blocks_;
  std::size_t bytes_ = 0;
};

std::string counted(std::int64_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

json::value line_of(const Case& found) {
  const std::string whom = found.tenant_wide ? "everyone" : counted(found.users, "user");
  std::string text =
      fmt::format("{}: {}, app id {}, {}", domain::name_of(found.verdict),
                  inert(found.display_name, name_max), inert(found.app_id, name_max), whom);
  if (!found.rule.empty()) text += ", rule " + inert(found.rule, name_max);
  if (!found.state.empty()) text += ", " + inert(found.state, 20);
  return line(std::move(text), found.verdict == domain::Verdict::alert ? "bad" : "");
}

json::value line_of(const Done& done) {
  return line(fmt::format("{} {} {}, run {}", done.count, domain::name_of(done.kind),
                          journal::name_of(done.state), inert(done.run, name_max)));
}

json::value line_of(const Waiting& waiting) {
  return line(fmt::format("{}, {} until {}: {}, digest {}", counted(waiting.actions, "action"),
                          counted(waiting.quorum, "approval"), format_time(waiting.expires),
                          printable(waiting.file, text_max), printable(waiting.digest, 80)));
}

json::value line_of(const FollowUp& found) {
  std::string text = std::string(name_of(found.kind)) + ": ";
  const auto add = [&](std::string_view label, const std::string& value) {
    if (!value.empty()) text += fmt::format("{}{}, ", label, inert(value, name_max));
  };
  add("", found.display_name);
  add("account ", found.object_id);
  add("app id ", found.app_id);
  text += inert(found.detail, text_max);
  if (!found.run.empty()) text += ", run " + inert(found.run, name_max);
  return line(std::move(text), "bad");
}

json::value line_of(const Escalation& escalation) {
  return line(
      fmt::format("run {} by {} at {}, to be ratified by {}: {}", inert(escalation.run, name_max),
                  inert(escalation.approver, name_max), format_time(escalation.since),
                  format_time(escalation.due), inert(escalation.detail, text_max)),
      "bad");
}

}  // namespace

std::string to_teams(const Message& message) {
  const auto any = [](const auto& item) { return line_of(item); };
  const auto text = [](const std::string& error) { return line(inert(error, text_max), "bad"); };
  Body body;
  body.add(line("clawback: " + headline(message), "title"));
  const std::string tenant =
      message.tenant_name.empty() ? message.tenant : inert(message.tenant_name, name_max);
  body.add(line(fmt::format("tenant {}, {}", tenant, format_time(message.time)), "faint"));
  body.section("Break-glass that nobody ratified", message.escalations, any);
  body.section("Back again after a run", message.followup, any);
  body.section("Found", message.found, any);
  body.section("Done", message.done, any);
  body.section("Waits for approval, on the machine itself", message.waits, any);
  body.section("Errors", message.errors, text);
  if (!message.audit_head.empty()) {
    body.add(line("audit head " + printable(message.audit_head, 100), "faint"));
  }
  body.add(line("message " + message.id, "faint"));
  const json::object card{{"$schema", "http://adaptivecards.io/schemas/adaptive-card.json"},
                          {"type", "AdaptiveCard"},
                          {"version", "1.4"},
                          {"body", std::move(body).blocks()}};
  const json::object attachment{{"contentType", "application/vnd.microsoft.card.adaptive"},
                                {"contentUrl", nullptr},
                                {"content", card}};
  return canonical_json(
      json::object{{"type", "message"}, {"attachments", json::array{attachment}}});
}

}  // namespace clawback::notify
