#include "evidence/line_filter.hpp"

#include <algorithm>
#include <bit>
#include <optional>

#include "domain/permissions.hpp"
#include "evidence/line_end.hpp"
#include "evidence/line_members.hpp"
#include "evidence/line_seen.hpp"

namespace clawback::evidence {
namespace {

constexpr std::uint32_t audit_members =
    Seen::bit(Member::id) | Seen::bit(Member::activity) | Seen::bit(Member::activity_time);
constexpr std::uint32_t sign_in_members = Seen::bit(Member::id) | Seen::bit(Member::app_id) |
                                          Seen::bit(Member::user_id) | Seen::bit(Member::created) |
                                          Seen::bit(Member::error_code);

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

class Pass {
 public:
  Pass(std::string_view block, const MicrosoftApps& microsoft, Countries& countries)
      : block_(block), microsoft_(microsoft), countries_(countries) {}

  Filtered run() {
    for (std::size_t at = 0; at < block_.size();) at = read_line(at) + 1;
    return std::move(out_);
  }

 private:
  static constexpr std::size_t tile_chunks = 6;

  // Where the line ends.
  std::size_t read_line(std::size_t begin) {
    line_.start(begin);
    MaskCarry carry;
    chunks_[tile_chunks] = {};
    for (std::size_t at = begin; at < block_.size(); at += tile_chunks * chunk_bytes) {
      chunks_[0] = chunks_[tile_chunks];
      const std::size_t left = (block_.size() - at + chunk_bytes - 1) / chunk_bytes;
      const std::size_t count = std::min(left, tile_chunks);
      mark(block_.data() + at, count, carry, &chunks_[1]);
      for (std::size_t i = 1; i <= count; ++i) {
        look(i, at + (i - 1) * chunk_bytes);
        if (line_.end != no_place) return line_.end;
      }
    }
    end_line(block_.size());
    return line_.end;
  }

  void look(std::size_t index, std::size_t base) {
    Chunk& chunk = chunks_[index];
    if (base + chunk_bytes > block_.size()) cut(chunk, block_.size() - base);
    if (stays_inside(chunk)) {
      line_.depth += static_cast<std::size_t>(std::popcount(chunk.opens));
      line_.depth -= static_cast<std::size_t>(std::popcount(chunk.closes));
      return;
    }
    std::uint64_t turns = chunk.opens | chunk.closes | chunk.newlines;
    std::uint64_t colons = chunk.colons;
    for (;;) {
      const auto next = static_cast<unsigned>(std::countr_zero(turns));  // 64: none
      if (is_followed()) {
        std::uint64_t here = next < chunk_bytes ? colons & below(next) : colons;
        for (; here != 0; here &= here - 1) {
          on_colon(index, base, static_cast<unsigned>(std::countr_zero(here)));
          if (line_.end != no_place) return;
        }
      }
      if (next == chunk_bytes) return;
      colons &= ~below(next);
      turns &= turns - 1;
      const std::uint64_t bit = std::uint64_t{1} << next;
      if ((chunk.opens & bit) != 0) {
        on_open(base + next);
      } else if ((chunk.closes & bit) != 0) {
        on_close();
      } else {
        end_line(base + next);
        return;
      }
    }
  }

  // Nothing in the chunk can lead back to the outermost object: brackets that close what the chunk
  // itself opened do not count. Most of a line is like that, and is then only counted.
  [[nodiscard]] bool stays_inside(const Chunk& chunk) const {
    if (line_.depth < 2 || line_.inside != Member::none || chunk.newlines != 0) return false;
    const std::uint64_t brackets = chunk.opens | chunk.closes;
    // A carry runs from behind each opening bracket to the next bracket.
    const std::uint64_t next = ((chunk.opens << 1) + ~brackets) & brackets;
    const std::uint64_t unmatched = chunk.closes & ~next;
    return line_.depth >= 2 + static_cast<std::size_t>(std::popcount(unmatched));
  }

  [[nodiscard]] bool is_followed() const {
    return line_.depth == 1 || (line_.depth == 2 && line_.inside != Member::none);
  }

  void on_open(std::size_t at) {
    if (line_.depth++ != 0) return;
    if (line_.first != no_place) line_.doubt = true;  // a second value on the line
    line_.first = at;
  }

  void on_close() {
    if (line_.depth == 0) {
      line_.doubt = true;
      return;
    }
    if (--line_.depth == 1) line_.inside = Member::none;
  }

  // The last quote before `at` in this chunk or the one before.
  [[nodiscard]] std::size_t quote_before(std::size_t index, std::size_t base,
                                         std::size_t at) const {
    if (at > base) {
      const std::uint64_t here = chunks_[index].quotes & below(static_cast<unsigned>(at - base));
      if (here != 0) return base + 63 - static_cast<unsigned>(std::countl_zero(here));
    }
    std::uint64_t before = chunks_[index - 1].quotes;
    if (at < base) before &= below(static_cast<unsigned>(at - (base - chunk_bytes)));
    if (before == 0) return no_place;
    return base - 1 - static_cast<unsigned>(std::countl_zero(before));
  }

  void on_colon(std::size_t index, std::size_t base, unsigned bit) {
    const std::size_t colon = base + bit;
    const bool escapes = (chunks_[index].escapes | chunks_[index - 1].escapes) != 0;
    if (!escapes && colon > 4 && block_[colon - 1] == '"' &&
        !may_be_named(block_.data() + colon - 1)) {
      return;
    }
    const std::size_t close = quote_before(index, base, colon);
    const std::size_t open = close == no_place ? no_place : quote_before(index, base, close);
    if (open == no_place || open < line_.begin) {
      line_.doubt = true;  // longer than any name that is known, if it is one
      return;
    }
    const std::string_view key = block_.substr(open + 1, close - open - 1);
    if (escapes && key.find('\\') != std::string_view::npos) {
      line_.doubt = true;
      return;
    }
    const Member member = line_.depth == 1 ? member_named(key) : member_named_in(line_.inside, key);
    if (member != Member::none) on_member(member, colon + 1);
  }

  void on_member(Member member, std::size_t value) {
    while (value < block_.size() && is_blank(block_[value])) ++value;
    if (line_.has(member)) line_.doubt = true;
    line_.members |= Seen::bit(member);
    line_.values[static_cast<std::size_t>(member)] = value;
    if (member == Member::location || member == Member::status) {
      if (value < block_.size() && block_[value] == '{') line_.inside = member;
    } else if (!line_.to_the_end && is_decided(member)) {
      stop(value);
    }
  }

  // Whether the members so far tell what becomes of the line. A sign-in to an application that is
  // not known for Microsoft's may still name its owner.
  bool is_decided(Member member) {
    if (line_.doubt || member == Member::other_kind || member == Member::several_records) {
      return true;
    }
    if (line_.has(Member::activity)) return line_.has_all(audit_members);
    if (!line_.has_all(sign_in_members)) return false;
    if (!line_.has(Member::country) && succeeded().value_or(true)) return false;
    const auto app = text(Member::app_id);
    line_.microsoft = app && is_microsoft(*app);
    return !app || line_.microsoft;
  }

  // Nothing of what follows matters: goes on to the line's end.
  void stop(std::size_t from) {
    const LineEnd line_end = find_line_end(block_.data(), from, block_.size());
    std::size_t last = line_end.at;
    if (last > from && block_[last - 1] == '\r') --last;
    const std::size_t first = first_of_line(last);
    const bool whole = !line_end.more_values && line_.first == first && block_[first] == '{' &&
                       block_[last - 1] == '}';
    if (!whole) {
      line_.to_the_end = true;
      return;
    }
    ++out_.lines;
    line_.end = line_end.at;
    if (line_.doubt || !leave_out()) pass();
  }

  [[nodiscard]] std::size_t first_of_line(std::size_t end) const {
    std::size_t first = line_.begin;
    while (first < end && is_blank(block_[first])) ++first;
    return first;
  }

  void pass() {
    out_.to_parse.push_back(
        {.text = block_.substr(line_.begin, line_.end - line_.begin), .number = out_.lines});
  }

  void end_line(std::size_t end) {
    ++out_.lines;
    line_.end = end;
    std::size_t last = end;
    const std::size_t begin = first_of_line(end);
    while (last > begin && is_blank(block_[last - 1])) --last;
    if (begin == last) return;
    const bool whole = !line_.doubt && line_.depth == 0 && line_.first == begin &&
                       block_[begin] == '{' && block_[last - 1] == '}';
    if (!whole || !leave_out()) pass();
  }

  [[nodiscard]] std::optional<std::string_view> text(Member member) const {
    if (!line_.has(member)) return std::nullopt;
    return plain_string(block_.substr(line_.value(member)));
  }

  bool leave_out() {
    if (line_.has(Member::other_kind) || line_.has(Member::several_records)) return false;
    const auto id = text(Member::id);
    if (!id || id->empty()) return false;
    return line_.has(Member::activity) ? leave_out_audit() : leave_out_sign_in();
  }

  bool leave_out_audit() {
    const auto activity = text(Member::activity);
    if (!activity || !is_plain_activity(*activity) || is_relevant_activity(*activity)) return false;
    const auto written = text(Member::activity_time);
    const auto time = written ? times_.read(*written) : std::nullopt;
    if (!time || activity->find_first_not_of(" .") == std::string_view::npos) return false;
    out_.earliest.add(Kind::audit, time);
    ++out_.audits;
    return true;
  }

  [[nodiscard]] bool is_microsoft(std::string_view app) const {
    if (microsoft_.contains(app)) return true;
    const auto owner = text(Member::app_owner);
    return owner && domain::is_microsoft_tenant(domain::TenantId(std::string(*owner)));
  }

  // Only a sign-in that succeeded shows where a user usually is; anybody can fail from anywhere.
  [[nodiscard]] std::optional<bool> succeeded() const {
    if (!line_.has(Member::error_code)) return false;
    return is_zero(block_.substr(line_.value(Member::error_code)));
  }

  bool leave_out_sign_in() {
    const auto app = text(Member::app_id);
    const auto user = text(Member::user_id);
    const auto created = text(Member::created);
    if (!app || app->empty() || !user || !created || !(line_.microsoft || is_microsoft(*app))) {
      return false;
    }
    const auto time = times_.read(*created);
    const auto success = succeeded();
    if (!time || user->empty() || !success) return false;
    if (*success && line_.has(Member::country)) {
      const auto country = text(Member::country);
      if (!country || !countries_.add(*user, *country, *time)) return false;
    }
    out_.earliest.add(Kind::sign_in, time);
    ++out_.sign_ins;
    return true;
  }

  std::string_view block_;
  const MicrosoftApps& microsoft_;
  Countries& countries_;
  TimeReader times_;
  Filtered out_;
  Seen line_;
  // The last chunk before these comes first: a name may begin in it.
  std::array<Chunk, tile_chunks + 1> chunks_{};
};

}  // namespace

Filtered LineFilter::filter(std::string_view block, Countries& countries) {
  return Pass(block, microsoft_, countries).run();
}

}  // namespace clawback::evidence
