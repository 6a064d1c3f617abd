#include "report/html_tenant.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <map>
#include <tuple>

#include "base/safe_text.hpp"
#include "report/words.hpp"

namespace clawback::report {
namespace {

using domain::Verdict;

// Across in thousandths of the width, downwards in pixels.
constexpr int left = 60;
constexpr int nobody = 90;
constexpr int first_user = 140;
constexpr int last_user = 840;
constexpr int divide = 890;
constexpr int everyone = 945;
constexpr int top = 30;  // a line for the name of the scale
constexpr int height = 240;
constexpr int column = 25;  // of one cell
constexpr int row = 16;
constexpr std::size_t named_max = 6;
constexpr std::size_t label_max = 22;
constexpr std::size_t name_max = 60;

std::string percent(int at) { return fmt::format("{}.{}%", at / 10, at % 10); }

std::string short_escaped(std::string_view text, std::size_t most) {
  return html_escape(printable(text, most));
}

// 64 times the binary logarithm, with straight lines between the powers of two: grows with every
// number and needs no floating point.
int log_of(std::size_t number) {
  const int power = static_cast<int>(std::bit_width(number)) - 1;
  const std::size_t rest = number - (std::size_t{1} << power);
  const auto part = power >= 6 ? rest >> (power - 6) : rest << (6 - power);
  return power * 64 + static_cast<int>(part);
}

// The scales of one picture.
struct Scales {
  std::size_t users = 10;  // at the right end, a power of ten
  int score = 100;         // at the top
  bool known = true;       // false: of some it is not known whether they have any users
};

Scales scales_of(const std::vector<Spot>& list) {
  Scales out;
  for (const Spot& spot : list) {
    out.known = out.known && spot.known;
    while (out.users < spot.users && out.users < 1'000'000'000) out.users *= 10;
    while (out.score < spot.score && out.score < 1'000'000) out.score += 50;
  }
  return out;
}

int across(const Spot& spot, const Scales& scales) {
  if (spot.everyone) return everyone;
  if (spot.users == 0) return nobody;
  const int log = log_of(std::min(spot.users, scales.users));
  return first_user + log * (last_user - first_user) / log_of(scales.users);
}

int down(int score, const Scales& scales) {
  return top + height - std::clamp(score, 0, scales.score) * height / scales.score;
}

struct Cell {
  Verdict worst = Verdict::info;
  int x = 0;  // of the worst
  int y = 0;
  std::size_t count = 0;
  std::vector<const Spot*> first;
};

// By verdict, so that what is drawn last, and on top, is the worst.
std::vector<Cell> cells_of(const std::vector<const Spot*>& worst_first, const Scales& scales) {
  constexpr std::size_t told = 3;
  std::map<std::pair<int, int>, Cell> grid;
  for (const Spot* spot : worst_first) {
    const int x = across(*spot, scales);
    const int y = down(spot->score, scales);
    Cell& cell = grid[{x / column, y / row}];
    if (cell.count == 0) {
      cell.worst = spot->verdict;
      cell.x = x;
      cell.y = y;
    }
    ++cell.count;
    if (cell.first.size() < told) cell.first.push_back(spot);
  }
  std::vector<Cell> out;
  for (auto& [place, cell] : grid) out.push_back(std::move(cell));
  std::ranges::sort(out, [](const Cell& a, const Cell& b) {
    return std::tie(a.worst, a.y, a.x) < std::tie(b.worst, b.y, b.x);
  });
  return out;
}

std::string_view shape(Verdict verdict) {
  switch (verdict) {
    case Verdict::alert:
      return R"(<path d="M0-9 9 0 0 9-9 0z"/>)";
    case Verdict::watch:
      return R"(<path d="M0-7 7 6H-7z"/>)";
    case Verdict::info:
      break;
  }
  return R"(<circle r="4.5" class="hollow"/>)";
}

std::string reach_words(const Spot& spot) {
  if (!spot.known) return "users not known";
  return spot.everyone ? std::string("everyone") : count_of(spot.users, "user");
}

std::string cell_svg(const Cell& cell) {
  std::string title;
  for (const Spot* spot : cell.first) {
    title += fmt::format("{}{}: {}, score {}, {}", title.empty() ? "" : "\n",
                         short_escaped(spot->name, name_max), name_of(spot->verdict), spot->score,
                         reach_words(*spot));
  }
  if (cell.count > cell.first.size()) {
    title += fmt::format("\nand {} more", cell.count - cell.first.size());
  }
  const std::string number =
      cell.count < 2 ? std::string()
                     : fmt::format(R"(<text x="9" y="-5" class="count">{}</text>)", cell.count);
  return fmt::format(
      "<svg x=\"{}\" y=\"{}\" overflow=\"visible\" class=\"mark {}\"><title>{}</title>{}{}</svg>\n",
      percent(cell.x), cell.y, name_of(cell.worst), title, shape(cell.worst), number);
}

// Names of the worst, each where no other name stands.
std::string labels_svg(const std::vector<const Spot*>& worst_first, const Scales& scales) {
  constexpr int line = 15;
  constexpr int width = 420;  // what a name may take on a phone
  std::string out;
  std::vector<std::pair<int, int>> taken;
  for (std::size_t i = 0; i < worst_first.size() && taken.size() < named_max; ++i) {
    const Spot& spot = *worst_first[i];
    if (spot.verdict == Verdict::info) break;
    const int x = across(spot, scales);
    const int y = down(spot.score, scales);
    const bool to_left = x > 500;
    const int from = to_left ? x - width : x;
    const bool clash = std::ranges::any_of(taken, [&](const auto& other) {
      return std::abs(other.first - from) < width && std::abs(other.second - y) < line;
    });
    if (clash) continue;
    taken.emplace_back(from, y);
    out += fmt::format(
        "<svg x=\"{}\" y=\"{}\" overflow=\"visible\"><text x=\"{}\" y=\"4\"{} class=\"name\">{}"
        "</text></svg>\n",
        percent(x), y, to_left ? -14 : 14, to_left ? " text-anchor=\"end\"" : "",
        short_escaped(spot.name, label_max));
  }
  return out;
}

std::string axes_svg(const Scales& scales) {
  const int bottom = top + height;
  std::string out;
  for (int score = 0; score <= scales.score; score += scales.score / 4) {
    const int y = down(score, scales);
    out += fmt::format(
        "<line x1=\"{0}\" x2=\"100%\" y1=\"{1}\" y2=\"{1}\" class=\"tick\"/>"
        "<text x=\"{2}\" y=\"{3}\" text-anchor=\"end\">{4}</text>\n",
        percent(left), y, percent(left - 12), y + 4, score);
  }
  const auto label = [&](int x, std::string_view text) {
    out += fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n", percent(x),
                       bottom + 20, text);
  };
  label(nobody, scales.known ? "0" : "0/?");
  for (std::size_t users = 1; users <= scales.users; users *= 10) {
    label(first_user + log_of(users) * (last_user - first_user) / log_of(scales.users),
          users < 1000      ? fmt::format("{}", users)
          : users < 1000000 ? fmt::format("{}k", users / 1000)
                            : fmt::format("{}M", users / 1000000));
  }
  label(everyone, "all");
  out += fmt::format("<line x1=\"{0}\" x2=\"{0}\" y1=\"{1}\" y2=\"{2}\" class=\"gap\"/>\n",
                     percent(divide), top, bottom);
  out += fmt::format("<text x=\"50%\" y=\"{}\" text-anchor=\"middle\">users who let it in</text>\n",
                     bottom + 37);
  out += fmt::format("<text x=\"0\" y=\"{}\">score</text>\n", 11);
  return out;
}

constexpr std::array<std::pair<std::string_view, std::size_t>, 6> classes = {
    std::pair("nobody by name", 0),     std::pair("1 user", 1),
    std::pair("2 to 9 users", 9),       std::pair("10 to 99 users", 99),
    std::pair("100 to 999 users", 999), std::pair("1000 users or more", std::size_t(-1)),
};

constexpr std::string_view unknown_class = "not known";

std::string_view class_of(const Spot& spot) {
  if (!spot.known) return unknown_class;
  if (spot.everyone) return "everyone";
  return std::ranges::find_if(classes, [&](const auto& one) { return spot.users <= one.second; })
      ->first;
}

Html counts_table(const std::vector<Spot>& list) {
  struct Row {
    std::array<std::size_t, 3> verdicts{};
    int highest = 0;
  };
  std::map<std::string_view, Row> rows;
  for (const Spot& spot : list) {
    Row& one = rows[class_of(spot)];
    ++one.verdicts.at(static_cast<std::size_t>(spot.verdict));
    one.highest = std::max(one.highest, spot.score);
  }
  std::vector<std::string_view> order = {"everyone"};
  for (auto one = classes.rbegin(); one != classes.rend(); ++one) order.push_back(one->first);
  order.push_back(unknown_class);
  std::vector<std::vector<Html>> cells;
  for (const std::string_view name : order) {
    const auto found = rows.find(name);
    if (found == rows.end()) continue;
    const Row& one = found->second;
    cells.push_back({escaped(name), escaped(fmt::format("{}", one.verdicts[2])),
                     escaped(fmt::format("{}", one.verdicts[1])),
                     escaped(fmt::format("{}", one.verdicts[0])),
                     escaped(fmt::format("{}", one.highest))});
  }
  return table("Applications by whom they reach",
               {"Reach", "Alert", "Watch", "Info", "Highest score"}, cells);
}

std::string key_svg(Verdict verdict) {
  return fmt::format(
      "<svg class=\"key mark {}\" width=\"20\" height=\"20\" viewBox=\"-10 -10 20 20\" "
      "aria-hidden=\"true\">{}</svg>{}",
      name_of(verdict), shape(verdict), name_of(verdict));
}

}  // namespace

std::vector<Spot> spots(const Scan& scan) {
  std::vector<Spot> out;
  for (const domain::Finding& finding : scan.findings) {
    const Affected reach = affected(finding, scan.coverage);
    out.push_back({.name = finding.app.display_name,
                   .verdict = finding.verdict,
                   .score = finding.score,
                   .everyone = reach.everyone,
                   .users = reach.users,
                   .known = reach.known()});
  }
  return out;
}

Html tenant_html(const std::vector<Spot>& list, std::string_view id) {
  if (list.empty()) return {};
  const Scales scales = scales_of(list);
  std::vector<const Spot*> worst_first;
  for (const Spot& spot : list) worst_first.push_back(&spot);
  std::ranges::sort(worst_first, [](const Spot* a, const Spot* b) {
    return std::tie(b->verdict, b->score, b->everyone, b->users, a->name) <
           std::tie(a->verdict, a->score, a->everyone, a->users, b->name);
  });
  std::string inside = axes_svg(scales);
  for (const Cell& cell : cells_of(worst_first, scales)) inside += cell_svg(cell);
  inside += labels_svg(worst_first, scales);
  const Spot& worst = *worst_first.front();
  Html out = {fmt::format(
      "<figure class=\"tenant\"><svg role=\"img\" aria-labelledby=\"{0}-title {0}-desc\" "
      "width=\"100%\" height=\"{1}\" font-size=\"12\" fill=\"currentColor\">\n"
      "<title id=\"{0}-title\">Applications by reach and risk</title>\n"
      "<desc id=\"{0}-desc\">{2}. The worst is {3}: {4}, score {5}, {6}. The table after the "
      "picture counts them.</desc>\n{7}</svg>\n"
      "<figcaption>{8} {9} {10}. A number counts what stands too close to be told apart; the shape "
      "is that of the worst of them.</figcaption></figure>\n",
      html_escape(id), top + height + 44, count_of(list.size(), "application"),
      short_escaped(worst.name, name_max), name_of(worst.verdict), worst.score, reach_words(worst),
      inside, key_svg(Verdict::alert), key_svg(Verdict::watch), key_svg(Verdict::info))};
  out += counts_table(list);
  return out;
}

}  // namespace clawback::report
