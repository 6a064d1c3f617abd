#include "lab/filter.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/digest.hpp"

namespace clawback::lab {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::ranges::equal(a, b, {}, lower, lower);
}

bool ordered(FilterOp op, int order) {
  switch (op) {
    case FilterOp::ge:
      return order >= 0;
    case FilterOp::gt:
      return order > 0;
    case FilterOp::le:
      return order <= 0;
    case FilterOp::lt:
      return order < 0;
    case FilterOp::eq:
    case FilterOp::in:
      return order == 0;
    case FilterOp::ne:
      return order != 0;
    case FilterOp::starts_with:
    case FilterOp::ends_with:
      break;
  }
  return false;
}

int compare_text(std::string_view value, const Literal& literal) {
  if (literal.time) {
    const auto time = parse_time(value);
    if (!time) return 1;
    return *time < *literal.time ? -1 : (*time > *literal.time ? 1 : 0);
  }
  return to_lower(value).compare(to_lower(literal.text));
}

bool edge(FilterOp op, std::string_view value, std::string_view part) {
  if (value.size() < part.size()) return false;
  return same(op == FilterOp::starts_with ? value.substr(0, part.size())
                                          : value.substr(value.size() - part.size()),
              part);
}

bool compare(const Field& field, FilterOp op, const Literal& literal) {
  const bool null = std::holds_alternative<std::monostate>(field);
  if (literal.is_null || null) {
    const bool equal = literal.is_null && null;
    return op == FilterOp::ne ? !equal : ((op == FilterOp::eq || op == FilterOp::in) && equal);
  }
  if (const auto* flag = std::get_if<bool>(&field)) {
    return ordered(op, same(literal.text, *flag ? "true" : "false") ? 0 : 1);
  }
  if (const auto* number = std::get_if<std::int64_t>(&field)) {
    return ordered(op, std::to_string(*number) == literal.text ? 0 : 1);
  }
  const auto text = std::get<std::string_view>(field);
  if (op == FilterOp::starts_with || op == FilterOp::ends_with) return edge(op, text, literal.text);
  const bool equality = op == FilterOp::eq || op == FilterOp::in || op == FilterOp::ne;
  if (equality && !literal.time) return ordered(op, same(text, literal.text) ? 0 : 1);
  return ordered(op, compare_text(text, literal));
}

const json::value* walk(const json::value& from, std::string_view path) {
  const json::value* at = &from;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const json::object* object = at->if_object();
    if (object == nullptr) return nullptr;
    const std::string_view name = path.substr(0, slash);
    at = object->if_contains(name);
    if (at == nullptr) return nullptr;
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  }
  return at;
}

std::string_view name_of(FilterOp op) {
  switch (op) {
    case FilterOp::eq:
      return "eq";
    case FilterOp::ne:
      return "ne";
    case FilterOp::ge:
      return "ge";
    case FilterOp::gt:
      return "gt";
    case FilterOp::le:
      return "le";
    case FilterOp::lt:
      return "lt";
    case FilterOp::in:
      return "in";
    case FilterOp::starts_with:
      return "startswith";
    case FilterOp::ends_with:
      return "endswith";
  }
  return "";
}

bool listed(std::string_view operators, std::string_view name) {
  const std::size_t at = operators.find(name);
  return at != std::string_view::npos;
}

Refusal not_filterable(std::string_view path, std::string_view resource) {
  return {.code = "Request_UnsupportedQuery",
          .message = "Unsupported or invalid query filter clause specified for property '" +
                     std::string(path) + "' of resource '" + std::string(resource) + "'."};
}

Refusal needs_advanced(std::string_view name) {
  return {.code = "Request_UnsupportedQuery",
          .message = "Operator '" + std::string(name) +
                     "' is not supported because the required parameters might be missing. Try "
                     "adding $count=true query parameter and ConsistencyLevel:eventual header."};
}

std::optional<Refusal> check_comparison(const Filter& filter, std::span<const Filterable> allowed,
                                        std::string_view resource, bool advanced) {
  const auto found = std::ranges::find_if(
      allowed, [&](const Filterable& entry) { return same(entry.path, filter.path); });
  if (found == allowed.end()) return not_filterable(filter.path, resource);
  const std::string_view operators = found->operators;
  const std::size_t plus = operators.find('+');
  const std::string_view name = name_of(filter.op);
  if (listed(operators.substr(0, plus), name)) return std::nullopt;
  if (plus == std::string_view::npos || !listed(operators.substr(plus), name)) {
    return not_filterable(filter.path, resource);
  }
  if (!advanced) return needs_advanced(name);
  return std::nullopt;
}

}  // namespace

const json::array* Fields::items(std::string_view /*path*/) const { return nullptr; }

Field field_of(const json::value& value) {
  if (const auto* flag = value.if_bool()) return *flag;
  if (const auto* number = value.if_int64()) return *number;
  if (const auto* text = value.if_string()) return std::string_view(*text);
  return std::monostate{};
}

Field JsonFields::get(std::string_view path) const {
  const json::value* found = walk(value_, path);
  return found == nullptr ? Field{} : field_of(*found);
}

const json::array* JsonFields::items(std::string_view path) const {
  const json::value* found = walk(value_, path);
  return found == nullptr ? nullptr : found->if_array();
}

bool matches(const Filter& filter, const Fields& item) {
  const auto holds = [&item](const Filter& part) { return matches(part, item); };
  switch (filter.kind) {
    case Filter::Kind::both:
      return std::ranges::all_of(filter.parts, holds);
    case Filter::Kind::either:
      return std::ranges::any_of(filter.parts, holds);
    case Filter::Kind::negation:
      return !matches(filter.parts.front(), item);
    case Filter::Kind::any: {
      const json::array* items = item.items(filter.path);
      if (items == nullptr) return false;
      return std::ranges::any_of(*items, [&filter](const json::value& inner) {
        return matches(filter.parts.front(), JsonFields(inner));
      });
    }
    case Filter::Kind::compare:
      break;
  }
  const Field field = item.get(filter.path);
  return std::ranges::any_of(
      filter.literals, [&](const Literal& literal) { return compare(field, filter.op, literal); });
}

std::optional<Refusal> check_filter(const Filter& filter, std::span<const Filterable> allowed,
                                    std::string_view resource, bool advanced) {
  if (filter.kind == Filter::Kind::compare) {
    return check_comparison(filter, allowed, resource, advanced);
  }
  if (filter.kind == Filter::Kind::negation && !advanced) return needs_advanced("not");
  for (const Filter& part : filter.parts) {
    Filter inner = part;
    // Properties inside any() are listed as "targetResources/id".
    if (filter.kind == Filter::Kind::any) {
      if (inner.kind == Filter::Kind::compare) {
        inner.path = filter.path + (inner.path.empty() ? "" : "/" + inner.path);
      }
      for (Filter& deeper : inner.parts) {
        deeper.path = filter.path + (deeper.path.empty() ? "" : "/" + deeper.path);
      }
    }
    if (auto refusal = check_filter(inner, allowed, resource, advanced)) return refusal;
  }
  return std::nullopt;
}

}  // namespace clawback::lab
