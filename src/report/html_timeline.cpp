#include "report/html_timeline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/safe_text.hpp"
#include "report/time_axis.hpp"
#include "report/words.hpp"

namespace clawback::report {
namespace {

constexpr int lane_height = 42;
constexpr int baseline = 28;       // of a lane, from its top
constexpr int cluster_width = 30;  // of 1000: marks that are closer become one
constexpr std::size_t bars_max = 20;
constexpr std::size_t rows_max = 60;
constexpr std::size_t failed_max = 1000;  // of these no more are dropped than a page can't bear
constexpr std::size_t text_max = 160;

std::string percent(int at) { return fmt::format("{}.{}%", at / 10, at % 10); }

std::string short_escaped(std::string_view text) { return html_escape(printable(text, text_max)); }

// Marks of one lane that stand too close to be told apart.
struct Cluster {
  int at = 0;
  Mark mark = Mark::event;
  std::size_t count = 0;
  std::vector<const Moment*> first;  // a few, for the words
};

std::vector<Cluster> clusters(const std::vector<const Moment*>& lane, const TimeAxis& axis) {
  constexpr std::size_t named = 3;
  std::vector<Cluster> out;
  int begin = 0;
  for (const Moment* moment : lane) {
    if (moment->until) continue;
    const int at = axis.at(moment->time);
    if (out.empty() || at - begin >= cluster_width) {
      out.push_back({.at = at, .mark = moment->mark, .count = 0, .first = {}});
      begin = at;
    }
    Cluster& cluster = out.back();
    // What went wrong, and the first read, are not hidden by what stands beside them.
    if (moment->mark == Mark::first_read || moment->mark == Mark::failed) {
      cluster.mark = moment->mark;
    }
    ++cluster.count;
    if (cluster.first.size() < named) cluster.first.push_back(moment);
  }
  return out;
}

std::string_view shape(Lane lane, Mark mark) {
  switch (mark) {
    case Mark::first_read:
      return R"(<path d="M0-8 8 0 0 8-8 0z"/>)";
    case Mark::planned:
      return R"(<rect x="-6" y="-6" width="12" height="12" class="hollow"/>)";
    case Mark::done:
      return R"(<rect x="-8" y="-8" width="16" height="16" rx="3"/><path d="M-4 0l3 3 5-6" class="on"/>)";
    case Mark::failed:
      return R"(<path d="M-6-6 6 6M6-6-6 6" class="cross"/>)";
    case Mark::event:
      break;
  }
  switch (lane) {
    case Lane::sign_in:
      return R"(<path d="M0-7 7 6H-7z"/>)";
    case Lane::mail_read:
      return R"(<path d="M0-6 6 0 0 6-6 0z" class="hollow"/>)";
    case Lane::mail_rule:
      return R"(<rect x="-5" y="-5" width="10" height="10"/>)";
    case Lane::consent:
    case Lane::remediation:
      break;
  }
  return R"(<circle r="6"/>)";
}

std::string_view class_of(Lane lane, Mark mark) {
  if (mark == Mark::done) return "good";
  if (mark == Mark::failed || mark == Mark::first_read || lane == Lane::mail_rule) return "alert";
  if (mark == Mark::planned) return "info";
  return lane == Lane::consent ? "watch" : "info";
}

std::string mark_svg(const Cluster& cluster, Lane lane, int y) {
  std::string title;
  for (const Moment* moment : cluster.first) {
    if (!title.empty()) title += "\n";
    title += fmt::format("{} {}", format_time(moment->time), short_escaped(moment->words));
  }
  if (cluster.count > cluster.first.size()) {
    title += fmt::format("\nand {} more", cluster.count - cluster.first.size());
  }
  const std::string number =
      cluster.count < 2
          ? std::string()
          : fmt::format(R"(<text x="10" y="-4" class="count">{}</text>)", cluster.count);
  return fmt::format(
      "<svg x=\"{}\" y=\"{}\" overflow=\"visible\" class=\"mark {}\"><title>{}</title>"
      "{}{}</svg>\n",
      percent(cluster.at), y, class_of(lane, cluster.mark), title, shape(lane, cluster.mark),
      number);
}

// What happened between two times.
std::string bars_svg(const std::vector<const Moment*>& lane, const TimeAxis& axis, int y) {
  std::map<std::pair<int, int>, std::size_t> bars;
  for (const Moment* moment : lane) {
    if (!moment->until || bars.size() == bars_max) continue;
    const int step = cluster_width / 2;
    const int from = axis.at(moment->time) / step * step;
    const int to = std::max(from + step, (axis.at(*moment->until) + step - 1) / step * step);
    ++bars[{from, to}];
  }
  std::string out;
  for (const auto& [bar, count] : bars) {
    out += fmt::format(
        "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"8\" class=\"between\"><title>{}, given or "
        "changed at a time that is only known to lie between these two</title></rect>\n",
        percent(bar.first), y - 4, percent(bar.second - bar.first), count_of(count, "grant"));
  }
  return out;
}

std::string empty_words(Lane lane, const TimelineOptions& options) {
  if (lane == Lane::remediation) return std::string(options.if_not_remediated);
  if (options.coverage == nullptr) return "no record";
  const domain::Source* source = domain::find(*options.coverage, source_behind(lane));
  if (source == nullptr || source->state == domain::SourceState::absent) return "not asked for";
  if (source->state == domain::SourceState::denied) return "could not be read";
  if (source->state == domain::SourceState::partial) return "none in what could be read";
  return "none in the log";
}

struct Lanes {
  std::map<Lane, std::vector<const Moment*>> of;
  std::map<Lane, std::string> words;  // how many, or why none
};

Lanes by_lane(const std::vector<Moment>& list, const TimelineOptions& options) {
  Lanes out;
  for (const Moment& moment : list) out.of[moment.lane].push_back(&moment);
  for (const Lane lane : all_lanes) {
    const std::size_t count = out.of[lane].size();
    out.words[lane] = count == 0 ? empty_words(lane, options) : fmt::format("{}", count);
  }
  return out;
}

std::string lane_svg(Lane lane, const Lanes& lanes, const TimeAxis& axis, int top) {
  const std::vector<const Moment*>& list = lanes.of.at(lane);
  const int y = top + baseline;
  std::string out = fmt::format(
      "<text x=\"0\" y=\"{}\"><tspan class=\"lane\">{}</tspan> {}</text>\n"
      "<line x1=\"0\" x2=\"100%\" y1=\"{}\" y2=\"{}\" class=\"{}\"/>\n",
      top + 11, name_of(lane), html_escape(lanes.words.at(lane)), y, y,
      list.empty() ? "none" : "base");
  out += bars_svg(list, axis, y);
  for (const Cluster& cluster : clusters(list, axis)) out += mark_svg(cluster, lane, y);
  return out;
}

std::string axis_svg(const TimeAxis& axis, int top, int bottom) {
  std::string out;
  for (const Tick& tick : axis.ticks()) {
    const std::string x = percent(tick.at);
    out += fmt::format(
        "<line x1=\"{0}\" x2=\"{0}\" y1=\"{1}\" y2=\"{2}\" class=\"tick\"/>"
        "<text x=\"{0}\" y=\"{3}\" text-anchor=\"middle\">{4}</text>",
        x, top, bottom, bottom + 13, tick.upper);
    if (!tick.lower.empty()) {
      out += fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>", x, bottom + 27,
                         tick.lower);
    }
    out += "\n";
  }
  for (const Gap& gap : axis.gaps()) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(gap.length).count();
    out += fmt::format(
        "<line x1=\"{0}\" x2=\"{0}\" y1=\"{1}\" y2=\"{2}\" class=\"gap\"/>"
        "<text x=\"{0}\" y=\"11\" text-anchor=\"middle\">{3}</text>\n",
        percent(gap.at), top, bottom, duration_words(seconds));
  }
  return out;
}

std::string description(const std::vector<Moment>& list, const Lanes& lanes, const TimeAxis& axis) {
  std::string out = fmt::format("From {} to {}.", format_time(axis.from()), format_time(axis.to()));
  for (const Lane lane : all_lanes) {
    out += fmt::format(" {}: {}.", name_of(lane), lanes.words.at(lane));
  }
  const auto read = std::ranges::find(list, Mark::first_read, &Moment::mark);
  if (read != list.end()) out += fmt::format(" First read {}.", format_time(read->time));
  if (!axis.gaps().empty()) {
    out += " Long stretches without anything are cut out, marked by a broken line.";
  }
  return out + " The table after the picture says the same.";
}

Html picture(const domain::Finding& finding, const std::vector<Moment>& list, const Lanes& lanes,
             std::string_view id) {
  std::vector<Time> times;
  for (const Moment& moment : list) {
    times.push_back(moment.time);
    if (moment.until) times.push_back(*moment.until);
  }
  const TimeAxis axis(std::move(times));
  const int top = axis.gaps().empty() ? 4 : 22;  // a line for the lengths of the gaps
  const int bottom = top + lane_height * static_cast<int>(all_lanes.size());
  std::string inside = axis_svg(axis, top, bottom);
  int lane_top = top;
  for (const Lane lane : all_lanes) {
    inside += lane_svg(lane, lanes, axis, lane_top);
    lane_top += lane_height;
  }
  return {fmt::format(
      "<figure class=\"timeline\"><svg role=\"img\" aria-labelledby=\"{0}-title {0}-desc\" "
      "width=\"100%\" height=\"{1}\" font-size=\"12\" fill=\"currentColor\">\n"
      "<title id=\"{0}-title\">Timeline of {2}</title>\n<desc id=\"{0}-desc\">{3}</desc>\n"
      "{4}</svg>\n<figcaption>Times are UTC. A number beside a mark counts what stands too close "
      "to be told apart.{5}</figcaption></figure>\n",
      html_escape(id), bottom + 34, short_escaped(finding.app.display_name),
      description(list, lanes, axis), inside,
      axis.gaps().empty() ? "" : " At a broken line the time named above it is cut out.")};
}

// Each has another place where all of it stands.
struct LeftOut {
  std::size_t events = 0;
  std::size_t requests = 0;
};

std::string left_out_words(const LeftOut& left_out, std::string_view requests_at) {
  std::string out = "The oldest and the newest are shown;";
  if (left_out.events != 0) {
    out += fmt::format(" {} more are in the JSON: clawback scan --json", left_out.events);
  }
  if (left_out.requests != 0) {
    out += fmt::format("{} {} more that were planned or sent are in {}",
                       left_out.events != 0 ? ";" : "", left_out.requests, requests_at);
  }
  return out + ".";
}

Html facts_table(const std::vector<Moment>& list, std::string_view requests_at) {
  std::vector<std::vector<Html>> rows;
  LeftOut left_out;
  std::size_t failed = 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const Moment& moment = list[i];
    const bool middle = i >= rows_max / 2 && i + rows_max / 2 < list.size();
    const bool kept =
        moment.mark == Mark::first_read || (moment.mark == Mark::failed && ++failed <= failed_max);
    if (middle && !kept) {
      ++(moment.lane == Lane::remediation ? left_out.requests : left_out.events);
      continue;
    }
    std::string time = format_time(moment.time);
    if (moment.until) time += " to " + format_time(*moment.until);
    rows.push_back({escaped(time), escaped(name_of(moment.lane)),
                    escaped(printable(moment.words, 2 * text_max)),
                    code(printable(moment.record, text_max))});
  }
  Html out = table("Timeline, times in UTC", {"Time", "What", "Event", "Record"}, rows);
  if (left_out.events + left_out.requests != 0) {
    out += paragraph(left_out_words(left_out, requests_at));
  }
  return out;
}

}  // namespace

Html timeline_html(const domain::Finding& finding, const TimelineOptions& options,
                   std::string_view id) {
  const std::vector<Moment> list = moments(finding, options.remediation);
  if (list.empty()) return {};
  Html out = picture(finding, list, by_lane(list, options), id);
  out += facts_table(list, options.requests_at);
  return out;
}

}  // namespace clawback::report
