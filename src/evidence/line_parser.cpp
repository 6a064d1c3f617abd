#include "evidence/line_parser.hpp"

#include <algorithm>
#include <array>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/value_stack.hpp>
#include <cstddef>
#include <string>
#include <vector>

namespace clawback::evidence {
namespace {

constexpr std::size_t buffer_bytes = 256u << 10u;

// More than half of a sign-in.
constexpr std::string_view unread[] = {
    "deviceDetail",
    "authenticationDetails",
    "networkLocationDetails",
    "sessionLifetimePolicies",
    "authenticationProcessingDetails",
    "authenticationRequirementPolicies",
    "appliedConditionalAccessPolicies",
};

// What Boost's own handler does, without the members of `unread`.
struct Builder {
  using Code = boost::system::error_code;
  using View = json::string_view;
  static constexpr std::size_t max_object_size = json::object::max_size();
  static constexpr std::size_t max_array_size = json::array::max_size();
  static constexpr std::size_t max_key_size = json::string::max_size();
  static constexpr std::size_t max_string_size = json::string::max_size();

  json::value_stack stack;
  std::size_t depth = 0;
  std::size_t skipped = 0;  // members of the outermost object
  bool skips = false;       // the value of one of them
  bool in_parts = false;    // the key

  void reset(json::storage_ptr memory) {
    stack.reset(std::move(memory));
    depth = skipped = 0;
    skips = in_parts = false;
  }
  // Whether a value at this depth is built; the one that was skipped ends here.
  bool builds() {
    if (!skips) return true;
    if (depth == 1) skips = false;
    return false;
  }

  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_object_begin(Code&) {
    ++depth;
    return true;
  }
  bool on_object_end(std::size_t count, Code&) {
    --depth;
    if (builds()) stack.push_object(depth == 0 ? count - skipped : count);
    return true;
  }
  bool on_array_begin(Code&) {
    ++depth;
    return true;
  }
  bool on_array_end(std::size_t count, Code&) {
    --depth;
    if (builds()) stack.push_array(count);
    return true;
  }
  bool on_key_part(View text, std::size_t, Code&) {
    if (skips) return true;
    in_parts = true;
    stack.push_chars(text);
    return true;
  }
  bool on_key(View text, std::size_t, Code&) {
    if (skips) return true;
    if (depth == 1 && !in_parts &&
        std::find(std::begin(unread), std::end(unread), std::string_view(text)) !=
            std::end(unread)) {
      skips = true;
      ++skipped;
      return true;
    }
    in_parts = false;
    stack.push_key(text);
    return true;
  }
  bool on_string_part(View text, std::size_t, Code&) {
    if (!skips) stack.push_chars(text);
    return true;
  }
  bool on_string(View text, std::size_t, Code&) {
    if (builds()) stack.push_string(text);
    return true;
  }
  bool on_number_part(View, Code&) { return true; }
  bool on_int64(std::int64_t number, View, Code&) {
    if (builds()) stack.push_int64(number);
    return true;
  }
  bool on_uint64(std::uint64_t number, View, Code&) {
    if (builds()) stack.push_uint64(number);
    return true;
  }
  bool on_double(double number, View, Code&) {
    if (builds()) stack.push_double(number);
    return true;
  }
  bool on_bool(bool is, Code&) {
    if (builds()) stack.push_bool(is);
    return true;
  }
  bool on_null(Code&) {
    if (builds()) stack.push_null();
    return true;
  }
  bool on_comment_part(View, Code&) { return true; }
  bool on_comment(View, Code&) { return true; }
};

json::parse_options options() {
  json::parse_options out;
  out.max_depth = JsonLimits{}.depth;
  return out;
}

}  // namespace

struct LineParser::State {
  std::vector<unsigned char> buffer = std::vector<unsigned char>(buffer_bytes);
  std::optional<json::monotonic_resource> memory;
  std::optional<json::value> value;
  json::basic_parser<Builder> parser{options()};
};

LineParser::LineParser() : state_(std::make_unique<State>()) {}
LineParser::~LineParser() = default;

const json::value* LineParser::parse(std::string_view line) {
  State& state = *state_;
  Builder& builder = state.parser.handler();
  builder.stack.reset();
  state.value.reset();
  state.memory.emplace(state.buffer.data(), state.buffer.size());
  state.parser.reset();
  builder.reset(json::storage_ptr(&*state.memory));
  boost::system::error_code ec;
  const std::size_t used = state.parser.write_some(false, line.data(), line.size(), ec);
  if (ec || line.find_first_not_of(" \t\r\n", used) != std::string_view::npos) return nullptr;
  return &state.value.emplace(builder.stack.release());
}

}  // namespace clawback::evidence
