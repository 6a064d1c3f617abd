#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/json.hpp"
#include "base/time.hpp"
#include "lab/reply.hpp"

// $filter: comparisons, in, startswith, endswith, any() joined by and, or, not.
namespace clawback::lab {

enum class FilterOp : std::uint8_t { eq, ne, ge, gt, le, lt, in, starts_with, ends_with };

struct Literal {
  std::string text{};
  bool is_null = false;
  std::optional<Time> time{};  // an unquoted date
};

struct Filter {
  enum class Kind : std::uint8_t { compare, any, both, either, negation };
  Kind kind = Kind::compare;
  std::string path{};  // of the property, or of the collection for any; "" is the item itself
  FilterOp op = FilterOp::eq;
  std::vector<Literal> literals{};  // one, but for in
  std::vector<Filter> parts{};
};

Parsed<Filter> parse_filter(std::string_view text);

// A property's value; monostate is null or absent.
using Field = std::variant<std::monostate, bool, std::int64_t, std::string_view>;

// One item as a filter sees it.
class Fields {
 public:
  Fields() = default;
  Fields(const Fields&) = delete;
  Fields& operator=(const Fields&) = delete;
  virtual ~Fields() = default;
  [[nodiscard]] virtual Field get(std::string_view path) const = 0;
  [[nodiscard]] virtual const json::array* items(std::string_view path) const;
};

class JsonFields final : public Fields {
 public:
  explicit JsonFields(const json::value& value) : value_(value) {}
  [[nodiscard]] Field get(std::string_view path) const override;
  [[nodiscard]] const json::array* items(std::string_view path) const override;

 private:
  const json::value& value_;
};
Field field_of(const json::value& value);

bool matches(const Filter& filter, const Fields& item);

// What a collection can be filtered by. `advanced` operators need ConsistencyLevel and $count.
struct Filterable {
  std::string_view path;
  std::string_view operators;  // e.g. "eq ge le", advanced ones after '+': "eq in + ne not"
};
std::optional<Refusal> check_filter(const Filter& filter, std::span<const Filterable> allowed,
                                    std::string_view resource, bool advanced);

}  // namespace clawback::lab
