#include "base/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parser.hpp>
#include <boost/json/serialize.hpp>
#include <cstdlib>
#include <vector>

#include "base/safe_text.hpp"

namespace clawback {
namespace {

Position place(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const auto lines = static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n'));
  const std::size_t start = before.rfind('\n');
  const std::size_t column =
      start == std::string_view::npos ? before.size() : before.size() - start - 1;
  return {.file = {}, .line = lines + 1, .column = static_cast<std::uint32_t>(column + 1)};
}

// RFC 8785 orders by UTF-16 code units, which differs from UTF-8 bytes above the basic plane only.
bool utf16_less(std::string_view a, std::string_view b) {
  const auto [x, y] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (y == b.end()) return false;
  if (x == a.end()) return true;
  const auto ux = static_cast<unsigned char>(*x);
  const auto uy = static_cast<unsigned char>(*y);
  const bool x_high = ux >= 0xF0;  // a four-byte sequence: surrogates, D800–DFFF in UTF-16
  const bool y_high = uy >= 0xF0;
  if (x_high != y_high && ux >= 0xEE && uy >= 0xEE) return x_high;
  return ux < uy;
}

void append_string(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

void append_number(std::string& out, const json::value& value) {
  if (value.is_int64()) {
    out += fmt::format("{}", value.get_int64());
  } else if (value.is_uint64()) {
    out += fmt::format("{}", value.get_uint64());
  } else {
    std::fputs("canonical JSON holds no floating-point numbers\n", stderr);
    std::abort();
  }
}

class Writer {
 public:
  explicit Writer(int indent) : indent_(indent) {}

  void write(const json::value& value) {
    switch (value.kind()) {
      case json::kind::null:
        out += "null";
        break;
      case json::kind::bool_:
        out += value.get_bool() ? "true" : "false";
        break;
      case json::kind::int64:
      case json::kind::uint64:
      case json::kind::double_:
        append_number(out, value);
        break;
      case json::kind::string:
        append_string(out, value.get_string());
        break;
      case json::kind::array:
        write_array(value.get_array());
        break;
      case json::kind::object:
        write_object(value.get_object());
        break;
    }
  }

  std::string out;

 private:
  void line_break() {
    if (indent_ < 0) return;
    out += '\n';
    out.append(static_cast<std::size_t>(indent_) * static_cast<std::size_t>(depth_), ' ');
  }

  void write_array(const json::array& array) {
    out += '[';
    ++depth_;
    bool first = true;
    for (const json::value& item : array) {
      if (!first) out += ',';
      first = false;
      line_break();
      write(item);
    }
    --depth_;
    if (!first) line_break();
    out += ']';
  }

  void write_object(const json::object& object) {
    std::vector<const json::key_value_pair*> members;
    members.reserve(object.size());
    for (const auto& member : object) members.push_back(&member);
    std::sort(members.begin(), members.end(),
              [](const auto* a, const auto* b) { return utf16_less(a->key(), b->key()); });
    out += '{';
    ++depth_;
    bool first = true;
    for (const json::key_value_pair* entry : members) {
      if (!first) out += ',';
      first = false;
      line_break();
      append_string(out, entry->key());
      out += indent_ < 0 ? ":" : ": ";
      write(entry->value());
    }
    --depth_;
    if (!first) line_break();
    out += '}';
  }

  int indent_;
  int depth_ = 0;
};

}  // namespace

Result<json::value> parse_json(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.bytes) {
    return Error{.code = Errc::invalid,
                 .message = fmt::format("JSON of {} bytes, more than the {} that are read",
                                        text.size(), limits.bytes),
                 .hint = {}};
  }
  json::parse_options options;
  options.max_depth = limits.depth;
  json::parser parser({}, options);
  boost::system::error_code ec;
  const std::size_t used = parser.write_some(text.data(), text.size(), ec);
  if (!ec) {
    const std::string_view rest = text.substr(used);
    if (rest.find_first_not_of(" \t\r\n") != std::string_view::npos) {
      ec = json::error::extra_data;
    }
  }
  if (ec) {
    return Error{.code = Errc::invalid,
                 .message = "not JSON: " + ec.message(),
                 .hint = {},
                 .position = place(text, used)};
  }
  return parser.release();
}

bool has_fraction(const json::value& value) {
  if (value.is_double()) return true;
  if (const json::array* list = value.if_array()) {
    return std::any_of(list->begin(), list->end(), has_fraction);
  }
  if (const json::object* object = value.if_object()) {
    return std::any_of(object->begin(), object->end(),
                       [](const auto& pair) { return has_fraction(pair.value()); });
  }
  return false;
}

std::string canonical_json(const json::value& value) {
  Writer writer(-1);
  writer.write(value);
  return std::move(writer.out);
}

std::string pretty_json(const json::value& value) {
  Writer writer(2);
  writer.write(value);
  writer.out += '\n';
  return std::move(writer.out);
}

std::string compact_json(const json::value& value) { return json::serialize(value); }

const json::value* member(const json::value& object, std::string_view key) {
  const json::object* fields = object.if_object();
  if (fields == nullptr) return nullptr;
  const json::value* found = fields->if_contains(key);
  return found != nullptr && !found->is_null() ? found : nullptr;
}

const json::object* object_at(const json::value& object, std::string_view key) {
  const json::value* found = member(object, key);
  return found != nullptr ? found->if_object() : nullptr;
}

const json::array* array_at(const json::value& object, std::string_view key) {
  const json::value* found = member(object, key);
  return found != nullptr ? found->if_array() : nullptr;
}

std::optional<std::string> string_at(const json::value& object, std::string_view key) {
  const json::value* found = member(object, key);
  if (found == nullptr || !found->is_string()) return std::nullopt;
  return std::string(found->get_string());
}

std::optional<bool> bool_at(const json::value& object, std::string_view key) {
  const json::value* found = member(object, key);
  if (found == nullptr || !found->is_bool()) return std::nullopt;
  return found->get_bool();
}

std::optional<std::int64_t> int_at(const json::value& object, std::string_view key) {
  const json::value* found = member(object, key);
  if (found == nullptr) return std::nullopt;
  boost::system::error_code ec;
  const auto number = found->to_number<std::int64_t>(ec);
  if (ec || found->is_double()) return std::nullopt;
  return number;
}

namespace {

Error lacks(std::string_view key, std::string_view where, std::string_view what) {
  return Error{.code = Errc::invalid,
               .message = fmt::format("{}: \"{}\" is missing or not {}", where, key, what),
               .hint = {}};
}

}  // namespace

Result<std::string> require_string(const json::value& object, std::string_view key,
                                   std::string_view where) {
  auto found = string_at(object, key);
  if (!found) return lacks(key, where, "a string");
  return std::move(*found);
}

Result<std::int64_t> require_int(const json::value& object, std::string_view key,
                                 std::string_view where) {
  const auto found = int_at(object, key);
  if (!found) return lacks(key, where, "a whole number");
  return *found;
}

Result<bool> require_bool(const json::value& object, std::string_view key, std::string_view where) {
  const auto found = bool_at(object, key);
  if (!found) return lacks(key, where, "true or false");
  return *found;
}

}  // namespace clawback
