// Reading 1 GiB of audit and sign-in lines with a few planted consents, side by side with a bare
// parse of every line (Boost.JSON's SAX parser with a handler that does nothing; simdjson where the
// build found it) and with jq. Each contestant is a process of its own and reads the same file with
// the same block size. `bench_ingest [BYTES]`, or `bench_ingest --memory [BYTES]`: the file ten
// times as one stream, for peak memory.
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include <boost/json/basic_parser_impl.hpp>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "base/digest.hpp"
#include "base/file.hpp"
#include "evidence/blocks.hpp"
#include "evidence/files.hpp"
#include "evidence/inflate.hpp"
#include "ingest_lines.hpp"
#ifdef CLAWBACK_SIMDJSON
#include <simdjson.h>
#endif

namespace {

using namespace clawback;
namespace fs = std::filesystem;

constexpr std::size_t planted = 5;
constexpr int rounds = 3;

struct Usage {
  double wall_s = 0;
  double peak_mib = 0;
  std::string said;
};

[[noreturn]] void die(const std::string& message) {
  fmt::print(stderr, "bench: {}\n", message);
  std::_Exit(1);
}

// Runs `work` in a child, so that peak memory is its own.
Usage measure(const std::function<std::string()>& work) {
  int ends[2];
  if (::pipe(ends) != 0) die("no pipe");
  const auto from = std::chrono::steady_clock::now();
  const pid_t child = ::fork();
  if (child == 0) {
    const std::string said = work();
    std::_Exit(::write(ends[1], said.data(), said.size()) < 0 ? 1 : 0);
  }
  ::close(ends[1]);
  Usage out;
  char buffer[4096];
  for (ssize_t got; (got = ::read(ends[0], buffer, sizeof buffer)) > 0;) {
    out.said.append(buffer, static_cast<std::size_t>(got));
  }
  ::close(ends[0]);
  int status = 0;
  rusage used{};
  ::wait4(child, &status, 0, &used);
  if (status != 0) die("a contestant failed");
  out.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - from).count();
  out.peak_mib = static_cast<double>(used.ru_maxrss) / 1024.0;
  return out;
}

Usage best(const std::function<std::string()>& work) {
  Usage out = measure(work);
  for (int i = 1; i < rounds; ++i) {
    Usage next = measure(work);
    if (next.wall_s < out.wall_s) out = std::move(next);
  }
  return out;
}

void generate(const fs::path& file, std::size_t bytes) {
  std::FILE* out = std::fopen(file.c_str(), "wb");
  if (out == nullptr) die("the temporary file can't be written");
  bench::Lines lines(20261123);
  std::string text;
  std::size_t written = 0, plants = 0;
  while (written < bytes) {
    text.clear();
    while (text.size() < (1u << 20u)) lines.add(text);
    if (plants < planted && written >= plants * bytes / planted) {
      lines.plant(text);
      ++plants;
    }
    if (std::fwrite(text.data(), 1, text.size(), out) != text.size()) die("the disk is full");
    written += text.size();
  }
  std::fclose(out);
}

void compress(const fs::path& from, const fs::path& to) {
  auto file = InputFile::open(from);
  gzFile out = gzopen(to.c_str(), "wb1");
  std::string buffer(1u << 20u, '\0');
  for (;;) {
    const auto got = file->read(buffer.data(), buffer.size());
    if (!got || *got == 0) break;
    gzwrite(out, buffer.data(), static_cast<unsigned>(*got));
  }
  gzclose(out);
}

evidence::FileOptions options(unsigned threads) {
  evidence::FileOptions out{
      .tenant = domain::TenantId("bench"), .tenant_name = "bench", .now = Time{}};
  for (const bench::App& app : bench::microsoft_apps) {
    out.microsoft_apps.emplace_back(std::string(app.id));
  }
  out.threads = threads;
  return out;
}

std::string summary(const Result<evidence::FromFiles>& read) {
  if (!read) die(read.error().message);
  std::size_t consents = 0, sign_ins = 0;
  for (const auto& event : read->snapshot.audits) {
    if (event.app_id && event.app_id->str() == bench::em_client) ++consents;
  }
  for (const auto& one : read->snapshot.sign_ins) {
    if (one.app_id.str() == bench::em_client) ++sign_ins;
  }
  if (consents != planted || sign_ins != planted) die("a planted case was not found");
  return fmt::format("found {} of {} planted; kept {} audits, {} sign-ins, {} user countries",
                     consents, planted, read->snapshot.audits.size(),
                     read->snapshot.sign_ins.size(), read->snapshot.user_countries.size());
}

std::string clawback_reads(const fs::path& file, unsigned threads) {
  return summary(evidence::read_files({file}, options(threads)));
}

struct Nothing {
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = max_object_size;
  static constexpr std::size_t max_key_size = max_object_size;
  static constexpr std::size_t max_string_size = max_object_size;
  using Code = boost::system::error_code;
  using View = boost::json::string_view;
  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_object_begin(Code&) { return true; }
  bool on_object_end(std::size_t, Code&) { return true; }
  bool on_array_begin(Code&) { return true; }
  bool on_array_end(std::size_t, Code&) { return true; }
  bool on_key_part(View, std::size_t, Code&) { return true; }
  bool on_key(View, std::size_t, Code&) { return true; }
  bool on_string_part(View, std::size_t, Code&) { return true; }
  bool on_string(View, std::size_t, Code&) { return true; }
  bool on_number_part(View, Code&) { return true; }
  bool on_int64(std::int64_t, View, Code&) { return true; }
  bool on_uint64(std::uint64_t, View, Code&) { return true; }
  bool on_double(double, View, Code&) { return true; }
  bool on_bool(bool, Code&) { return true; }
  bool on_null(Code&) { return true; }
  bool on_comment_part(View, Code&) { return true; }
  bool on_comment(View, Code&) { return true; }
};

// Every line of the file, as a view followed by readable bytes.
std::string each_line(const fs::path& path, const std::function<bool(std::string_view)>& use) {
  auto file = InputFile::open(path);
  if (!file) die(file.error().message);
  const evidence::Read read = [&](char* to, std::size_t size) { return file->read(to, size); };
  evidence::Blocks blocks({}, read);
  evidence::Block block;
  std::size_t good = 0;
  for (auto more = blocks.next(block); more && *more; more = blocks.next(block)) {
    const char* at = block.buffer.data();
    const char* const end = at + block.size;
    while (at < end) {
      const auto* stop =
          static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
      if (stop == nullptr) stop = end;
      if (use({at, static_cast<std::size_t>(stop - at)})) ++good;
      at = stop + 1;
    }
  }
  return fmt::format("{} lines", good);
}

std::string bare_parse(const fs::path& path) {
  boost::json::basic_parser<Nothing> parser({});
  return each_line(path, [&](std::string_view line) {
    boost::system::error_code ec;
    parser.reset();
    parser.write_some(false, line.data(), line.size(), ec);
    return !ec;
  });
}

#ifdef CLAWBACK_SIMDJSON
std::string simdjson_parse(const fs::path& path) {
  simdjson::dom::parser parser;
  return each_line(path, [&](std::string_view line) {
    return parser.parse(line.data(), line.size(), false).error() == simdjson::SUCCESS;
  });
}
#endif

std::string bare_inflate(const fs::path& path) {
  auto file = InputFile::open(path);
  if (!file) die(file.error().message);
  const evidence::Read read = [&](char* to, std::size_t size) { return file->read(to, size); };
  evidence::Inflate inflate({}, read);
  std::string buffer(evidence::block_bytes, '\0');
  std::size_t sum = 0;
  for (;;) {
    const auto got = inflate.read(buffer.data(), buffer.size());
    if (!got) die(got.error().message);
    if (*got == 0) return fmt::format("{} bytes", sum);
    sum += *got;
  }
}

std::string jq_picks(const fs::path& file) {
  const std::string command =
      "jq -c '[.id,.activityDisplayName,.activityDateTime,.appId,.userId,.createdDateTime,"
      ".location.countryOrRegion,.status.errorCode]' '" +
      file.string() + "' > /dev/null";
  if (std::system(command.c_str()) != 0) die("jq failed");
  return "of a part of the file";
}

double print(std::string_view name, const Usage& usage, std::size_t bytes) {
  const double rate = static_cast<double>(bytes) / 1e6 / usage.wall_s;
  fmt::print("  {:<31} {:7.0f} MB/s   wall {:6.2f} s   peak {:5.1f} MiB   {}\n", name, rate,
             usage.wall_s, usage.peak_mib, usage.said);
  std::fflush(stdout);
  return rate;
}

void memory(const fs::path& path, std::size_t bytes) {
  const auto ten_times = [&](int times) {
    return measure([&path, times] {
      auto file = InputFile::open(path);
      int left = times;
      const evidence::Read read = [&](char* to, std::size_t size) -> Result<std::size_t> {
        for (;;) {
          const auto got = file->read(to, size);
          if (!got || *got > 0 || --left == 0) return got;
          auto again = InputFile::open(path);
          if (!again) return again.error();
          std::destroy_at(&*file);
          std::construct_at(&*file, std::move(*again));
        }
      };
      return summary(evidence::read_stream("ten times", read, options(0)));
    });
  };
  const Usage once = ten_times(1), ten = ten_times(10);
  print("once", once, bytes);
  print("ten times, one stream", ten, bytes * 10);
  fmt::print("  aim: under 150 MiB, however long: {}\n", ten.peak_mib < 150 ? "reached" : "MISSED");
}

}  // namespace

int main(int count, char** arguments) {
  const bool of_memory = count > 1 && std::string_view(arguments[1]) == "--memory";
  const int size_at = of_memory ? 2 : 1;
  const std::size_t wanted = count > size_at ? std::stoull(arguments[size_at]) : 1u << 30u;
  const fs::path folder = fs::temp_directory_path() / ("clawback-ingest-" + random_guid());
  fs::create_directories(folder);
  const fs::path file = folder / "logs.json", zipped = folder / "logs.json.gz",
                 part = folder / "part.json";
  measure([&] {
    generate(file, wanted);
    return std::string();
  });
  const std::size_t bytes = fs::file_size(file);
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  fmt::print("ingest: {} MiB of audit and sign-in lines, {} cores, best of {} rounds\n",
             bytes >> 20u, cores, rounds);
  if (of_memory) {
    memory(file, bytes);
    fs::remove_all(folder);
    return 0;
  }
  const double sax =
      print("bare parse, Boost.JSON SAX", best([&] { return bare_parse(file); }), bytes);
#ifdef CLAWBACK_SIMDJSON
  print("bare parse, simdjson DOM", best([&] { return simdjson_parse(file); }), bytes);
#endif
  const double one =
      print("clawback, one core", best([&] { return clawback_reads(file, 1); }), bytes);
  const double all =
      print("clawback, all cores", best([&] { return clawback_reads(file, 0); }), bytes);
  generate(part, std::min<std::size_t>(bytes, 32u << 20u));
  double jq = 0;
  if (std::system("command -v jq > /dev/null") == 0) {
    jq = print("jq", measure([&] { return jq_picks(part); }), fs::file_size(part));
  }
  compress(file, zipped);
  const double inflated =
      print("bare inflating", best([&] { return bare_inflate(zipped); }), bytes);
  const double gzip =
      print("clawback of gzip, all cores", best([&] { return clawback_reads(zipped, 0); }), bytes);
  fs::remove_all(folder);
  const auto aim = [](std::string_view what, double ratio, bool good) {
    fmt::print("  {:<46} {:6.2f}   {}\n", what, ratio, good ? "reached" : "MISSED");
    return good;
  };
  bool good = aim("one core to the bare parse, aim 2", one / sax, one >= 2 * sax);
  good =
      aim("all cores to one, aim 0.8 of their number", all / one, all >= 0.8 * cores * one) && good;
  if (jq > 0) {
    good = aim("all cores to jq (extrapolated), aim 50", all / jq, all >= 50 * jq) && good;
  }
  good =
      aim("gzip: time to bare inflating, aim 1.2", inflated / gzip, inflated <= 1.2 * gzip) && good;
  return good ? 0 : 1;
}
