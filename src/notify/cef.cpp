#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/safe_text.hpp"
#include "notify/render.hpp"

// ArcSight Common Event Format 0 (Micro Focus, "Implementing ArcSight CEF", revision 25), in RFC
// 5424.
namespace clawback::notify {
namespace {

constexpr std::size_t name_max = 80;  // code points
constexpr std::size_t text_max = 240;
constexpr std::size_t value_max = 400;  // bytes of one value before escaping
// RFC 5424: facility 13 is the log audit.
constexpr int facility = 13;

// Whole code points only.
std::string cut_bytes(std::string text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u) --end;
  text.resize(end);
  return text;
}

// In the header `\` and `|` are escaped, and there is no line end.
std::string header(std::string_view text) {
  std::string out;
  for (const char c : cut_bytes(printable(text, name_max), value_max)) {
    if (c == '\\' || c == '|') out += '\\';
    out += c;
  }
  return out;
}

// In an extension's value `\` and `=` are escaped, and line ends are written as \r and \n.
std::string value(std::string_view text, std::size_t columns_max) {
  std::string clean;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find_first_of("\r\n", begin), text.size());
    clean += printable(text.substr(begin, end - begin), columns_max);
    if (end == text.size() || clean.size() > value_max) break;
    clean += text[end];
    begin = end + 1;
  }
  std::string out;
  for (const char c : cut_bytes(std::move(clean), value_max)) {
    switch (c) {
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\\':
      case '=':
        out += '\\';
        [[fallthrough]];
      default:
        out += c;
    }
  }
  return out;
}

// One message while it grows. A value that would make the line too long is left out whole, so that
// no escape is cut in two; the tenant's own texts come last.
class Line {
 public:
  struct Class {
    std::string_view id;
    std::string_view name;
    int severity;  // 0 to 10
  };
  Line(const Message& message, const std::string& host, const Class& what) {
    // RFC 5424 severities: 1 alert, 4 warning, 6 informational.
    const int level = what.severity >= 8 ? 1 : what.severity >= 5 ? 4 : 6;
    text_ = fmt::format("<{}>1 {} {} clawback - {} - CEF:0|clawback|clawback|{}|{}|{}|{}|",
                        facility * 8 + level, format_time(message.time), host_name(host), what.id,
                        header(version_of(message.tool)), what.id, what.name, what.severity);
    add("rt", fmt::format("{}", message.time.time_since_epoch().count()));
    add("externalId", message.id);
    labelled("cs1", "tenant", message.tenant);
    labelled("cs2", "auditHead", message.audit_head);
  }
  Line& add(std::string_view key, std::string_view text, std::size_t columns_max = name_max) {
    if (text.empty()) return *this;
    const std::string pair =
        fmt::format("{}{}={}", text_.ends_with('|') ? "" : " ", key, value(text, columns_max));
    if (text_.size() + pair.size() <= syslog_line_max) text_ += pair;
    return *this;
  }
  Line& labelled(std::string_view key, std::string_view label, std::string_view text) {
    if (text.empty()) return *this;
    add(fmt::format("{}Label", key), label);
    return add(key, text);
  }
  Line& number(std::string_view key, std::string_view label, std::int64_t count) {
    return labelled(key, label, fmt::format("{}", count));
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  static std::string_view version_of(std::string_view tool) {
    return tool.substr(tool.rfind(' ') + 1);
  }
  // RFC 5424: printable ASCII without blanks, at most 255; "-" for none.
  static std::string host_name(std::string_view host) {
    std::string out;
    for (const char c : host.substr(0, 255)) {
      if (c > 0x20 && c < 0x7F) out += c;
    }
    return out.empty() ? "-" : out;
  }
  std::string text_;
};

int severity_of(domain::Verdict verdict) {
  switch (verdict) {
    case domain::Verdict::alert:
      return 8;
    case domain::Verdict::watch:
      return 5;
    case domain::Verdict::info:
      return 2;
  }
  return 8;
}

class Writer {
 public:
  Writer(const Message& message, const std::string& host) : message_(message), host_(host) {}

  template <class T>
  void all(const std::vector<T>& items, std::string_view what) {
    const std::size_t count = std::min(items.size(), listed_max);
    for (std::size_t i = 0; i < count; ++i) one(items[i]);
    if (items.size() == count) return;
    out_.push_back(begin({"more", "Not listed", 5})
                       .labelled("cs3", "of", what)
                       .add("cnt", fmt::format("{}", items.size() - count))
                       .text());
  }
  void test() {
    out_.push_back(begin({"test", "Test message", 1}).add("msg", headline(message_)).text());
  }
  [[nodiscard]] std::vector<std::string> lines() && { return std::move(out_); }

 private:
  [[nodiscard]] Line begin(const Line::Class& what) const { return {message_, host_, what}; }

  void one(const Case& found) {
    const Line::Class what{"found", "Suspicious application", severity_of(found.verdict)};
    out_.push_back(begin(what)
                       .labelled("cs3", "case", found.key)
                       .labelled("cs4", "appId", found.app_id)
                       .labelled("cs5", "rule", found.rule)
                       .labelled("cs6", "state", found.state)
                       .number("cn1", "users", found.users)
                       .add("cat", domain::name_of(found.verdict))
                       .add("reason", found.tenant_wide ? "tenant-wide" : "")
                       .add("destinationServiceName", found.display_name)
                       .text());
  }
  void one(const Done& done) {
    const bool good = done.state == journal::Phase::done || done.state == journal::Phase::satisfied;
    const Line::Class what{good ? "done" : "failed", good ? "Actions done" : "Actions not done",
                           good ? 4 : 8};
    out_.push_back(begin(what)
                       .labelled("cs3", "run", done.run)
                       .add("act", domain::name_of(done.kind))
                       .add("outcome", journal::name_of(done.state))
                       .add("cnt", fmt::format("{}", done.count))
                       .text());
  }
  void one(const Waiting& waiting) {
    out_.push_back(begin({"waits", "Plan waits for approval", 5})
                       .number("cn1", "quorum", waiting.quorum)
                       .number("cn2", "actions", waiting.actions)
                       .labelled("deviceCustomDate1", "expires",
                                 fmt::format("{}", waiting.expires.time_since_epoch().count()))
                       .add("fileHash", waiting.digest)
                       .add("filePath", waiting.file, text_max)
                       .text());
  }
  void one(const FollowUp& found) {
    out_.push_back(begin({"followup", "Back again after a run", 9})
                       .labelled("cs3", "run", found.run)
                       .labelled("cs4", "appId", found.app_id)
                       .add("act", name_of(found.kind))
                       .add("duid", found.object_id)
                       .add("destinationServiceName", found.display_name)
                       .add("msg", found.detail, text_max)
                       .text());
  }
  void one(const Escalation& escalation) {
    out_.push_back(begin({"escalation", "Break-glass not ratified", 10})
                       .labelled("cs3", "run", escalation.run)
                       .labelled("deviceCustomDate1", "due",
                                 fmt::format("{}", escalation.due.time_since_epoch().count()))
                       .add("suser", escalation.approver)
                       .add("msg", escalation.detail, text_max)
                       .text());
  }
  void one(const std::string& error) {
    out_.push_back(begin({"failed", "Error in a pass", 7}).add("msg", error, text_max).text());
  }

  const Message& message_;
  const std::string& host_;
  std::vector<std::string> out_;
};

}  // namespace

std::vector<std::string> to_syslog(const Message& message, const std::string& host) {
  Writer writer(message, host);
  if (message.test) writer.test();
  writer.all(message.escalations, "escalations");
  writer.all(message.followup, "follow-up findings");
  writer.all(message.found, "cases");
  writer.all(message.done, "kinds of action");
  writer.all(message.waits, "plans");
  writer.all(message.errors, "errors");
  return std::move(writer).lines();
}

}  // namespace clawback::notify
