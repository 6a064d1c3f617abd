#include "evidence/csv.hpp"

#include <doctest/doctest.h>

using namespace clawback;

namespace {

struct Seen {
  std::vector<std::string> heading;
  std::vector<std::pair<std::uint32_t, std::string>> rows;  // line; cells joined by |
  std::vector<std::uint32_t> refused;
};

Seen read(std::string_view text, std::size_t portion) {
  Seen seen;
  evidence::CsvReader reader(
      [&](const std::vector<std::string>& heading) { seen.heading = heading; },
      [&](const evidence::CsvRow& row) {
        std::string joined;
        for (const std::string& cell : row.cells) joined += cell + "|";
        seen.rows.emplace_back(row.line, joined);
      },
      [&](std::uint32_t line, const std::string&) { seen.refused.push_back(line); });
  for (; !text.empty(); text.remove_prefix(std::min(portion, text.size()))) {
    reader.feed(text.substr(0, portion));
  }
  reader.finish();
  return seen;
}

}  // namespace

TEST_CASE("csv: rows with their lines, however the bytes come") {
  using Rows = std::vector<std::pair<std::uint32_t, std::string>>;
  struct Case {
    std::string_view name;
    std::string_view text;
    Rows rows;
    std::vector<std::uint32_t> refused;
  };
  const Case cases[] = {
      {"plain", "a,b\n1,2\n3,4\n", {{2, "1|2|"}, {3, "3|4|"}}, {}},
      {"no last line end, CRLF, blank lines",
       "a,b\r\n\r\n1,2\r\n\r\n3,4",
       {{3, "1|2|"}, {5, "3|4|"}},
       {}},
      {"line ends within quotes", "a,b\n\"x\n\ny\",2\n3,4\n", {{2, "x\n\ny|2|"}, {5, "3|4|"}}, {}},
      {"quotes within quotes", "a,b\n\"x\"\"y,\",\"\"\n", {{2, "x\"y,||"}}, {}},
      {"too few and too many cells", "a,b\n1\n1,2,3\n3,4\n", {{4, "3|4|"}}, {2, 3}},
      {"a quote in the midst of a cell", "a,b\n1,x\"y\n3,4\n", {{3, "3|4|"}}, {2}},
      {"text behind a quote", "a,b\n\"1\"x,2\n3,4\n", {{3, "3|4|"}}, {2}},
      {"a quote that is not closed", "a,b\n1,2\n3,\"4\n5,6\n", {{2, "1|2|"}}, {3}},
      {"a broken heading", "a,b\"c\n1,2\n", {}, {1}},
      {"a lone CR ends a row", "a,b\n\"1\n2\",3\r\"4\",5\n", {{2, "1\n2|3|"}, {3, "4|5|"}}, {}},
      {"nothing", "", {}, {}},
  };
  for (const Case& c : cases) {
    for (const std::size_t portion : {std::size_t{1}, std::size_t{3}, std::size_t{1000}}) {
      CAPTURE(c.name);
      CAPTURE(portion);
      const Seen seen = read(c.text, portion);
      CHECK(seen.rows == c.rows);
      CHECK(seen.refused == c.refused);
    }
  }
}

TEST_CASE("csv: a cell, a row and a heading have limits, and the rest is read") {
  const std::string huge(evidence::csv_cell_bytes_max + 100'000, 'x');
  const Seen cell = read("a,b\n1," + huge + "\n3,4\n", 1u << 20u);
  CHECK(cell.refused == std::vector<std::uint32_t>{2});
  CHECK(cell.rows.size() == 1);
  CHECK(cell.rows.at(0).first == 3);
  const std::string large(evidence::csv_cell_bytes_max - 10, 'x');
  const Seen row = read("a,b,c\n" + large + "," + large + "," + large + "\n1,2,3\n", 1u << 20u);
  CHECK(row.refused == std::vector<std::uint32_t>{2});
  CHECK(row.rows.size() == 1);
  const Seen heading = read(std::string(100'000, ',') + "\n1\n", 4096);
  CHECK(heading.heading.empty());
  CHECK(heading.rows.empty());
}

TEST_CASE("csv: cells by name") {
  evidence::CsvReader reader([](const auto&) {},
                             [](const evidence::CsvRow& row) {
                               CHECK(row.at("b") == "2");
                               CHECK(row.at("c").empty());
                               CHECK(row.at("nothing").empty());
                             },
                             [](std::uint32_t, const std::string&) { CHECK(false); });
  reader.feed("a,b,c\n1,2,\n");
  reader.finish();
}
