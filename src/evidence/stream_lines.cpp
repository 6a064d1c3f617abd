#include "evidence/stream_lines.hpp"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "evidence/line_members.hpp"
#include "evidence/record.hpp"

namespace clawback::evidence {
namespace {

// What a thread has kept goes to the common keeper when it takes so much memory.
constexpr std::size_t own_bytes_max = 8u << 20u;
constexpr std::size_t own_countries_max = 8192;
// Blocks that may be done before one that is not.
constexpr std::size_t ahead_max = 4;

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

// A page or an evidence document may be on the line.
bool is_odd(const json::object& object) {
  return std::any_of(object.begin(), object.end(), [](const json::key_value_pair& entry) {
    return member_named(entry.key()) == Member::several_records;
  });
}

bool has_rows(const domain::Snapshot& scratch) {
  return !scratch.audits.empty() || !scratch.sign_ins.empty() || !scratch.mail_accesses.empty() ||
         !scratch.mailbox_changes.empty() || !scratch.user_countries.empty();
}

}  // namespace

void LineReader::refuse(BlockOutcome& out, std::uint32_t line, std::optional<Kind> kind,
                        std::string why) {
  if (out.refusals.size() < warnings_per_file_max) {
    out.refusals.push_back({.line = line, .kind = kind, .why = std::move(why)});
  } else {
    ++out.refused[kind ? static_cast<std::size_t>(*kind) : all_kinds.size()];
  }
}

void LineReader::parse(const Line& line, BlockOutcome& out) {
  const json::value* parsed = parser_.parse(line.text);
  if (parsed == nullptr || !parsed->is_object() || is_odd(parsed->get_object())) {
    out.odd.push_back({.line = line.number, .text = std::string(line.text)});
    return;
  }
  const json::value& value = *parsed;
  ++out.records;
  const auto context = string_at(value, "@odata.context");
  const Taken taken =
      take_record(scratch_, value, context ? kind_of_context(*context) : std::nullopt);
  if (taken.kind) out.met[static_cast<std::size_t>(*taken.kind)] = true;
  out.earliest.add(taken.kind, taken.time);
  if (taken.fate == Fate::refused) refuse(out, line.number, taken.kind, taken.why);
  if (taken.fate == Fate::passed_over) {
    ++out.passed_over;
    if (taken.kind == Kind::sign_in) ++out.of_no_user;
  }
  if (has_rows(scratch_)) keeper_.take(scratch_, &countries_);
}

std::vector<Line> LineReader::lines_of(std::string_view text, std::uint32_t& count) {
  std::vector<Line> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const Line line{.text = text.substr(0, end), .number = ++count};
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!is_blank(line.text)) out.push_back(line);
  }
  return out;
}

BlockOutcome LineReader::read(const Block& block, bool parse_all) {
  BlockOutcome out;
  if (block.too_long) {
    out.lines = 1;
    ++out.records;
    refuse(out, 1, std::nullopt, "a line of more than 16 MiB");
    return out;
  }
  Filtered filtered;
  if (parse_all) {
    filtered.to_parse = lines_of(block.text(), filtered.lines);
  } else {
    filtered = filter_.filter(block.text(), countries_);
  }
  out.lines = filtered.lines;
  out.records = filtered.audits + filtered.sign_ins;
  out.earliest = filtered.earliest;
  out.met[static_cast<std::size_t>(Kind::audit)] = filtered.audits > 0;
  out.met[static_cast<std::size_t>(Kind::sign_in)] = filtered.sign_ins > 0;
  for (const Line& line : filtered.to_parse) parse(line, out);
  if (countries_.size() > own_countries_max) keeper_.take(countries_.take());
  out.directory = std::move(scratch_);
  scratch_ = {};
  return out;
}

Keeper& LineReader::keeper() {
  keeper_.take(countries_.take());
  return keeper_;
}

namespace {

// The threads' common ground.
class Run {
 public:
  Run(Blocks& blocks, Keeper& keeper, std::size_t threads,
      const std::function<Result<void>(BlockOutcome&&)>& fold)
      : blocks_(blocks), keeper_(keeper), pending_max_(threads * ahead_max), fold_(fold) {}

  void work(LineReader& reader, bool parse_all) {
    Block block;
    while (next(block)) {
      BlockOutcome outcome = reader.read(block, parse_all);
      if (reader.keeper_bytes() > own_bytes_max) give(reader);
      hand_in(block.index, std::move(outcome));
    }
    give(reader);
  }

  Result<void> result() { return error_ ? Result<void>(*error_) : Result<void>(); }

 private:
  bool next(Block& block) {
    const std::lock_guard reading(reading_);
    {
      const std::lock_guard lock(folding_);
      if (error_) return false;
    }
    const auto more = blocks_.next(block);
    if (more) return *more;
    fail(more.error());
    return false;
  }

  void give(LineReader& reader) {
    const std::lock_guard lock(keeping_);
    keeper_.merge(reader.keeper());
  }

  void hand_in(std::uint64_t index, BlockOutcome&& outcome) {
    std::unique_lock lock(folding_);
    folded_.wait(lock, [&] { return index < next_ + pending_max_ || error_; });
    if (error_) return;
    pending_.emplace(index, std::move(outcome));
    while (!pending_.empty() && pending_.begin()->first == next_) {
      const auto done = fold(std::move(pending_.begin()->second));
      pending_.erase(pending_.begin());
      ++next_;
      if (!done && !error_) error_ = done.error();
    }
    folded_.notify_all();
  }

  // What `fold_` takes of odd lines goes to the common keeper as well.
  Result<void> fold(BlockOutcome&& outcome) {
    const std::lock_guard lock(keeping_);
    return fold_(std::move(outcome));
  }

  void fail(const Error& error) {
    const std::lock_guard lock(folding_);
    if (!error_) error_ = error;
    folded_.notify_all();
  }

  std::mutex reading_;
  Blocks& blocks_;

  std::mutex keeping_;
  Keeper& keeper_;

  std::mutex folding_;
  std::condition_variable folded_;
  std::map<std::uint64_t, BlockOutcome> pending_;
  std::uint64_t next_ = 0;
  std::size_t pending_max_;
  const std::function<Result<void>(BlockOutcome&&)>& fold_;
  std::optional<Error> error_;
};

}  // namespace

Result<void> read_lines(Blocks& blocks, const MicrosoftApps& microsoft, const LinesOptions& options,
                        Keeper& keeper, const std::function<Result<void>(BlockOutcome&&)>& fold) {
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  const std::size_t threads = options.threads != 0 ? options.threads : cores;
  Run run(blocks, keeper, threads, fold);
  const auto work = [&] {
    LineReader reader(microsoft, options.limits);
    run.work(reader, options.parse_all);
  };
  std::vector<std::jthread> others;
  others.reserve(threads - 1);
  for (std::size_t i = 1; i < threads; ++i) others.emplace_back(work);
  work();
  others.clear();
  return run.result();
}

}  // namespace clawback::evidence
