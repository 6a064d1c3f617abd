#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "domain/snapshot.hpp"
#include "evidence/begin.hpp"
#include "evidence/blocks.hpp"
#include "evidence/keeper.hpp"
#include "evidence/kind.hpp"
#include "evidence/line_filter.hpp"
#include "evidence/line_parser.hpp"

namespace clawback::evidence {

inline constexpr std::size_t warnings_per_file_max = 50;

struct Refusal {
  std::uint32_t line = 1;  // within the block, like all lines here
  std::optional<Kind> kind;
  std::string why;
};

// A line that is no single record: a page, an evidence document, or no JSON object.
struct OddLine {
  std::uint32_t line = 1;
  std::string text;
};

// What came of a block, besides what the keeper took.
struct BlockOutcome {
  std::uint32_t lines = 0;
  std::size_t records = 0;
  std::size_t passed_over = 0;
  std::size_t of_no_user = 0;  // sign-ins among those
  Begin earliest;              // of the records of logs
  std::array<bool, all_kinds.size()> met{};
  std::vector<Refusal> refusals;  // the first of them…
  std::array<std::size_t, all_kinds.size() + 1>
      refused{};  // …and how many more, by kind; last: unknown
  std::vector<OddLine> odd;
  domain::Snapshot directory;  // objects of the directory
};

// Filters and parses blocks of lines, on one thread.
class LineReader {
 public:
  LineReader(const MicrosoftApps& microsoft, const KeepLimits& limits)
      : filter_(microsoft), keeper_(microsoft, limits) {}

  // `parse_all`: without the filter; the same result, slower.
  BlockOutcome read(const Block& block, bool parse_all = false);
  // Of the blocks so far.
  Keeper& keeper();
  [[nodiscard]] std::size_t keeper_bytes() const { return keeper_.bytes(); }

 private:
  void parse(const Line& line, BlockOutcome& out);
  static void refuse(BlockOutcome& out, std::uint32_t line, std::optional<Kind> kind,
                     std::string why);
  static std::vector<Line> lines_of(std::string_view text, std::uint32_t& count);

  LineFilter filter_;
  Countries countries_;
  Keeper keeper_;
  domain::Snapshot scratch_;
  LineParser parser_;
};

struct LinesOptions {
  unsigned threads = 0;  // 0: one for each core
  bool parse_all = false;
  KeepLimits limits;
};

// Reads all blocks on several threads. `fold` is given their outcomes in the order of the text, one
// at a time; an error of it ends the reading.
Result<void> read_lines(Blocks& blocks, const MicrosoftApps& microsoft, const LinesOptions& options,
                        Keeper& keeper, const std::function<Result<void>(BlockOutcome&&)>& fold);

}  // namespace clawback::evidence
