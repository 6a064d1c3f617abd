#include "cli/plan_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "base/file.hpp"
#include "base/safe_text.hpp"
#include "cli/standard_input.hpp"

namespace clawback::cli {
namespace {

constexpr std::size_t plan_max = 64u << 20u;
constexpr std::size_t approvals_max = 4u << 20u;

// How much of it was written; errno says why not all.
std::size_t write_most(int file, std::string_view bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t put = ::write(file, bytes.data() + done, bytes.size() - done);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) break;
    done += static_cast<std::size_t>(put);
  }
  return done;
}

off_t size_of(int file) {
  struct stat about{};
  return ::fstat(file, &about) == 0 ? about.st_size : -1;
}

// All of it or nothing: the next one would be added to half a line, and be lost with it. errno says
// why nothing.
bool append_all(int file, std::string_view bytes) {
  const off_t before = size_of(file);
  const std::size_t put = write_most(file, bytes);
  if (put == bytes.size() && ::fsync(file) == 0) return true;
  const int error = errno;
  // If nobody else has added to it meanwhile. Where this fails too, nothing better is known.
  const bool ours = before >= 0 && put > 0 && size_of(file) == before + static_cast<off_t>(put);
  if (ours && ::ftruncate(file, before) == 0) ::fsync(file);
  errno = error;
  return false;
}

struct EnvelopeLine {
  std::string text;
  std::uint32_t number = 0;  // in the file, from 1
};

Result<std::vector<EnvelopeLine>> envelope_lines(const std::string& file) {
  std::error_code ec;
  if (!std::filesystem::exists(file, ec)) return std::vector<EnvelopeLine>();
  const auto text = read_file(file, approvals_max);
  if (!text) return text.error();
  std::vector<EnvelopeLine> out;
  EnvelopeLine line{.text = {}, .number = 1};
  for (const char c : *text + "\n") {
    if (c != '\n') {
      line.text += c;
      continue;
    }
    if (line.text.find_first_not_of(" \t\r") != std::string::npos) out.push_back(line);
    line = {.text = {}, .number = line.number + 1};
  }
  return out;
}

}  // namespace

Result<plan::Plan> read_plan(const std::string& file) {
  auto text = file == "-" ? read_standard_input(plan_max) : read_file(file, plan_max);
  if (!text) {
    Error error = text.error();
    if (error.code == Errc::not_found) error.hint = "`clawback plan -o FILE` makes one";
    return error;
  }
  auto plan = plan::parse(*text);
  if (plan) return plan;
  Error error = plan.error();
  if (error.hint.empty()) error.hint = "a plan is a file that `clawback plan -o FILE` made";
  if (error.position && error.position->file.empty()) {
    error.position->file = file;
    return error;
  }
  return within(printable(file), std::move(error));
}

std::string approvals_of(const std::string& plan_file, const std::string& given) {
  return given.empty() ? plan_file + ".approvals" : given;
}

Result<void> must_exist(const std::string& given) {
  std::error_code ec;
  if (given.empty() || std::filesystem::exists(given, ec)) return {};
  return Error{.code = Errc::invalid,
               .message = printable(given) + ": there is no such file of approvals",
               .hint = "without --approvals, FILE.approvals beside the plan is read"};
}

Result<std::vector<std::string>> read_envelopes(const std::string& file) {
  const auto lines = envelope_lines(file);
  if (!lines) return lines.error();
  std::vector<std::string> out;
  for (const EnvelopeLine& line : *lines) out.push_back(line.text);
  return out;
}

Error in_approvals(Error error, const std::string& file) {
  if (!error.position || !error.position->file.empty() || error.position->line == 0) return error;
  const auto lines = envelope_lines(file);
  const std::size_t index = error.position->line - 1;
  error.position.reset();
  // What comes after the file's own is from the state database.
  if (!lines || index >= lines->size()) return error;
  error.position = Position{.file = file, .line = (*lines)[index].number, .column = 1};
  if (error.hint.empty()) {
    error.hint = "find out who wrote that line: nothing is sent as long as it is there";
  }
  return error;
}

Result<void> append_envelope(const std::string& file, const std::string& envelope,
                             const Context& context) {
  if (file == "-") {
    context.console.print(envelope + "\n");
    return {};
  }
  const int handle = ::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  bool written = handle >= 0 && append_all(handle, envelope + "\n");
  const int error = errno;
  if (handle >= 0) written = ::close(handle) == 0 && written;
  if (written) return {};
  return Error{.code = Errc::io,
               .message = fmt::format("{}: can't append to it: {}", printable(file),
                                      std::generic_category().message(error))};
}

Result<std::unique_ptr<journal::Store>> open_store(const Config& config) {
  if (!config.database) {
    return Error{
        .code = Errc::invalid,
        .message = fmt::format("{}: there is no state database", printable(config.file.string())),
        .hint = "[state] with database = \"sqlite:///var/lib/clawback/clawback.db\""};
  }
  return journal::open_sqlite(*config.database);
}

Result<std::unique_ptr<journal::Store>> open_store_if_there(const Config& config) {
  std::error_code ec;
  if (!config.database || !std::filesystem::exists(*config.database, ec)) {
    return std::unique_ptr<journal::Store>();
  }
  return journal::open_sqlite(*config.database);
}

}  // namespace clawback::cli
