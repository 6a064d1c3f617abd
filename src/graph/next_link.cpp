#include "graph/next_link.hpp"

#include <boost/json/parse.hpp>
#include <optional>

#include "base/digest.hpp"
#include "base/json.hpp"
#include "base/safe_text.hpp"

namespace clawback::graph {
namespace {

constexpr std::size_t head_max = 64u << 10u;

// A cursor over the head of a page. Each step answers whether it could be made; `short_of_bytes`
// tells "not yet" from "not at all".
class Head {
 public:
  explicit Head(std::string_view text) : text_(text) {}

  [[nodiscard]] bool short_of_bytes() const { return short_; }

  bool take(char wanted) {
    if (!skip_blanks() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }

  // A string token, quotes included.
  std::optional<std::string_view> take_string() {
    if (!skip_blanks() || text_[at_] != '"') return std::nullopt;
    const std::size_t start = at_;
    for (std::size_t i = at_ + 1; i < text_.size(); ++i) {
      if (text_[i] == '\\') {
        ++i;
      } else if (text_[i] == '"') {
        at_ = i + 1;
        return text_.substr(start, at_ - start);
      }
    }
    short_ = true;
    return std::nullopt;
  }

  // Any value: brackets are counted, strings are respected, nothing is checked further.
  bool skip_value() {
    std::size_t depth = 0;
    do {
      if (!skip_blanks()) return false;
      const char c = text_[at_];
      if (c == '"') {
        if (!take_string()) return false;
        continue;
      }
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') {
        if (depth == 0) return false;
        --depth;
      }
      if (depth == 0 && c != '}' && c != ']') return skip_scalar();
      ++at_;
    } while (depth > 0);
    return true;
  }

 private:
  bool skip_blanks() {
    at_ = text_.find_first_not_of(" \t\r\n", at_);
    if (at_ != std::string_view::npos) return true;
    at_ = text_.size();
    short_ = true;
    return false;
  }

  bool skip_scalar() {
    const std::size_t end = text_.find_first_of(",}] \t\r\n", at_);
    if (end == std::string_view::npos) {
      short_ = true;
      return false;
    }
    const bool moved = end != at_;
    at_ = end;
    return moved;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool short_ = false;
};

std::optional<std::string> unescape(std::string_view token) {
  boost::system::error_code ec;
  const json::value value = json::parse(token, ec);
  if (ec || !value.is_string()) return std::nullopt;
  return std::string(value.get_string());
}

std::optional<EarlyLink> next_member(Head& head) {
  const auto token = head.take_string();
  if (!token || !head.take(':')) return EarlyLink{.state = EarlyLink::State::hidden, .link = {}};
  const auto key = unescape(*token);
  if (key == "@odata.nextLink") {
    const auto value = head.take_string();
    auto link = value ? unescape(*value) : std::nullopt;
    if (link) return EarlyLink{.state = EarlyLink::State::found, .link = std::move(*link)};
    return EarlyLink{.state = EarlyLink::State::hidden, .link = {}};
  }
  if (!key || key == "value" || !head.skip_value() || !head.take(',')) {
    return EarlyLink{.state = EarlyLink::State::hidden, .link = {}};
  }
  return std::nullopt;
}

Error foreign(std::string_view link, std::string_view why) {
  return Error{.code = Errc::protocol,
               .message = "the link to the next page leads away from Graph (" + std::string(why) +
                          "), no token was sent there: " + printable(link),
               .hint = "check [cloud] graph in the configuration; otherwise report it"};
}

}  // namespace

EarlyLink find_next_link(std::string_view body_so_far) {
  Head head(body_so_far.substr(0, head_max));
  std::optional<EarlyLink> answer;
  if (head.take('{')) {
    while (!answer) answer = next_member(head);
  } else {
    answer = EarlyLink{.state = EarlyLink::State::hidden, .link = {}};
  }
  const bool may_grow = body_so_far.size() < head_max && head.short_of_bytes();
  if (answer->state == EarlyLink::State::hidden && may_grow) answer->state = EarlyLink::State::more;
  return std::move(*answer);
}

Result<std::string> own_target(const http::Origin& graph, std::string_view link,
                               std::string_view version) {
  const auto url = http::parse_url(link);
  if (!url) return foreign(link, url.error().message);
  if (url->origin != graph) return foreign(link, "another origin than " + graph.url());
  const std::string path = to_lower(url->target.substr(0, url->target.find('?')));
  const bool climbs = path.find("/.") != std::string::npos ||
                      path.find("%2e") != std::string::npos ||
                      path.find("%2f") != std::string::npos || path.find('\\') != std::string::npos;
  if (!path.starts_with(version) || climbs) {
    return foreign(link, "not below " + std::string(version));
  }
  return url->target;
}

}  // namespace clawback::graph
