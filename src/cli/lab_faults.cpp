#include "cli/lab_faults.hpp"

#include <fmt/format.h>

#include <array>

#include "base/file.hpp"
#include "base/json.hpp"
#include "base/safe_text.hpp"

namespace clawback::cli {
namespace {

using Kind = lab::Fault::Kind;

struct Named {
  std::string_view name;
  Kind kind;
};
constexpr std::array<Named, 8> kinds = {{{"status", Kind::status},
                                         {"delay", Kind::delay},
                                         {"reset-before", Kind::reset_before},
                                         {"reset-after", Kind::reset_after},
                                         {"truncate", Kind::truncate},
                                         {"garbage", Kind::garbage},
                                         {"expired-token", Kind::expired_token},
                                         {"id-token", Kind::id_token}}};

Result<lab::Fault> parse_fault(const json::value& value, const std::string& where) {
  lab::Fault fault;
  const auto name = require_string(value, "kind", where);
  if (!name) return name.error();
  bool known = false;
  for (const Named& one : kinds) {
    if (one.name != *name) continue;
    fault.kind = one.kind;
    known = true;
  }
  if (!known) {
    return Error{
        .code = Errc::invalid,
        .message = fmt::format("{}: \"{}\" is not a kind of fault", where, printable(*name, 40)),
        .hint =
            "status, delay, reset-before, reset-after, truncate, garbage, expired-token, id-token"};
  }
  fault.operation = string_at(value, "operation").value_or("*");
  fault.after = static_cast<int>(int_at(value, "after").value_or(fault.after));
  fault.times = static_cast<int>(int_at(value, "times").value_or(fault.times));
  fault.status = static_cast<int>(int_at(value, "status").value_or(fault.status));
  fault.retry_after = string_at(value, "retryAfter");
  fault.forgery = string_at(value, "forgery").value_or("");
  fault.delay = std::chrono::milliseconds(int_at(value, "delayMs").value_or(0));
  return fault;
}

}  // namespace

Result<std::vector<lab::Fault>> read_faults(const std::string& file) {
  const auto text = read_file(file);
  if (!text) return text.error();
  auto value = parse_json(*text);
  if (!value) {
    Error error = value.error();
    if (error.position) error.position->file = file;
    return error;
  }
  if (!value->is_array()) {
    return Error{.code = Errc::invalid, .message = printable(file) + ": not a list of faults"};
  }
  std::vector<lab::Fault> faults;
  for (const json::value& entry : value->get_array()) {
    auto fault =
        parse_fault(entry, fmt::format("{}: fault {}", printable(file), faults.size() + 1));
    if (!fault) return fault.error();
    faults.push_back(std::move(*fault));
  }
  return faults;
}

}  // namespace clawback::cli
