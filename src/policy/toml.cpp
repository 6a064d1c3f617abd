#include "policy/toml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/safe_text.hpp"
#include "policy/nearest.hpp"
#include "policy/toml_problems.hpp"

// toml++ 3.3 asserts that a table header begins with a key before it reports that it does not:
// "[#%" would end the process. The checks behind its assertions report the error with its place.
#define TOML_ASSERT(expr) static_cast<void>(0)
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

namespace clawback::policy {
namespace {

constexpr std::size_t bytes_max = 4u << 20u;

std::string_view kind_of(toml::node_type type) {
  switch (type) {
    case toml::node_type::none:
      return "nothing";
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "an array";
    case toml::node_type::string:
      return "a text";
    case toml::node_type::integer:
      return "a whole number";
    case toml::node_type::floating_point:
      return "a decimal number";
    case toml::node_type::boolean:
      return "true or false";
    case toml::node_type::date:
      return "a date";
    case toml::node_type::time:
      return "a time of day";
    case toml::node_type::date_time:
      return "a date with a time";
  }
  return "something else";
}

Position place(std::string_view file, const toml::source_region& region) {
  return {.file = std::string(file), .line = region.begin.line, .column = region.begin.column};
}

Error problem(Position where, std::string message, std::string hint) {
  return {.code = Errc::invalid,
          .message = std::move(message),
          .hint = std::move(hint),
          .position = std::move(where),
          .details = {}};
}

}  // namespace

struct TomlTable::Document {
  std::string file;
  toml::table root;
  std::map<const toml::table*, std::set<std::string, std::less<>>>
      asked;  // tables that were opened
  TomlProblems problems;
};

// What the readers share, kept out of the header because it speaks toml++.
struct TomlTable::Access {
  static const toml::table& table(const TomlTable& self) {
    return *static_cast<const toml::table*>(self.table_);
  }
  static const toml::node* ask(TomlTable& self, std::string_view key) {
    self.document_->asked[&table(self)].emplace(key);
    return table(self).get(key);
  }
  static void wrong_type(TomlTable& self, std::string_view key, std::string_view wanted,
                         const toml::node& found) {
    self.fail(key, fmt::format("\"{}\" must be {}, not {}", key, wanted, kind_of(found.type())));
  }
  static TomlTable open(const TomlTable& self, const toml::table& inner) {
    return {self.document_, &inner};
  }
  // Problems for keys that nobody asked for, in tables that somebody opened.
  static void find_unknown(Document& document, const toml::table& table) {
    const auto& asked = document.asked[&table];
    for (const auto& [key, node] : table) {
      if (!asked.contains(key.str())) {
        const std::vector<std::string> known(asked.begin(), asked.end());
        document.problems.wrong(problem(place(document.file, key.source()),
                                        fmt::format("unknown key \"{}\"", printable(key.str(), 60)),
                                        suggestion(key.str(), known)),
                                &table);
      } else if (const toml::table* inner = node.as_table()) {
        if (document.asked.contains(inner)) find_unknown(document, *inner);
      } else if (const toml::array* items = node.as_array()) {
        for (const toml::node& item : *items) {
          const toml::table* element = item.as_table();
          if (element != nullptr && document.asked.contains(element)) {
            find_unknown(document, *element);
          }
        }
      }
    }
  }
};

Result<TomlTable> parse_toml(std::string_view file, std::string_view text) {
  if (text.size() > bytes_max) {
    return problem({.file = std::string(file)}, "the file is larger than 4 MiB", {});
  }
  toml::parse_result parsed = toml::parse(text, file);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    return problem(place(file, error.source()), printable(error.description()),
                   "the file is not valid TOML");
  }
  auto document = std::make_shared<TomlTable::Document>();
  document->file = std::string(file);
  document->root = std::move(parsed).table();
  const void* root = &document->root;
  return TomlTable(std::move(document), root);
}

TomlTable::TomlTable(std::shared_ptr<Document> document, const void* table)
    : document_(std::move(document)), table_(table) {
  document_->asked.try_emplace(static_cast<const toml::table*>(table));
}

bool TomlTable::has(std::string_view key) const { return Access::table(*this).get(key) != nullptr; }

std::optional<std::string> TomlTable::text(std::string_view key) {
  const toml::node* node = Access::ask(*this, key);
  if (node == nullptr) return std::nullopt;
  if (const auto* value = node->as_string()) return value->get();
  Access::wrong_type(*this, key, "a text", *node);
  return std::nullopt;
}

std::optional<std::int64_t> TomlTable::integer(std::string_view key) {
  const toml::node* node = Access::ask(*this, key);
  if (node == nullptr) return std::nullopt;
  if (const auto* value = node->as_integer()) return value->get();
  Access::wrong_type(*this, key, "a whole number", *node);
  return std::nullopt;
}

std::optional<bool> TomlTable::boolean(std::string_view key) {
  const toml::node* node = Access::ask(*this, key);
  if (node == nullptr) return std::nullopt;
  if (const auto* value = node->as_boolean()) return value->get();
  Access::wrong_type(*this, key, "true or false", *node);
  return std::nullopt;
}

std::optional<Duration> TomlTable::duration(std::string_view key) {
  const auto value = text(key);
  if (!value) return std::nullopt;
  const auto parsed = parse_duration(*value);
  if (parsed) return *parsed;
  fail(key, fmt::format("\"{}\" is not a duration: \"{}\"", key, printable(*value, 40)),
       "a whole number and s, m, h, d or w, e.g. \"30d\"");
  return std::nullopt;
}

std::optional<Time> TomlTable::date(std::string_view key) {
  using std::chrono::milliseconds;
  const toml::node* node = Access::ask(*this, key);
  if (node == nullptr) return std::nullopt;
  const auto midnight = [](const toml::date& day) {
    return Time(std::chrono::sys_days(std::chrono::year_month_day(
        std::chrono::year(day.year), std::chrono::month(day.month), std::chrono::day(day.day))));
  };
  if (const auto* value = node->as_date()) return midnight(value->get());
  if (const auto* value = node->as_date_time()) {
    const toml::date_time& when = value->get();
    if (!when.offset) {
      fail(key, fmt::format("\"{}\" has a time of day without an offset", key),
           "e.g. 2027-06-30T12:00:00Z, or a date alone");
      return std::nullopt;
    }
    return midnight(when.date) + std::chrono::hours(when.time.hour) +
           std::chrono::minutes(when.time.minute) + std::chrono::seconds(when.time.second) +
           milliseconds(when.time.nanosecond / 1'000'000) -
           std::chrono::minutes(when.offset->minutes);
  }
  Access::wrong_type(*this, key, "a date such as 2027-06-30", *node);
  return std::nullopt;
}

std::optional<std::vector<std::string>> TomlTable::texts(std::string_view key) {
  const toml::node* node = Access::ask(*this, key);
  if (node == nullptr) return std::nullopt;
  const toml::array* items = node->as_array();
  if (items == nullptr) {
    Access::wrong_type(*this, key, "an array of texts", *node);
    return std::nullopt;
  }
  std::vector<std::string> values;
  for (std::size_t i = 0; i < items->size(); ++i) {
    const auto* value = items->get(i)->as_string();
    if (value == nullptr) {
      fail_item(key, i,
                fmt::format("\"{}\" must hold texts, not {}", key, kind_of(items->get(i)->type())));
      return std::nullopt;
    }
    values.push_back(value->get());
  }
  return values;
}

std::optional<TomlTable> TomlTable::table(std::string_view key) {
  const toml::node* node = Access::ask(*this, key);
  if (node == nullptr) return std::nullopt;
  if (const toml::table* inner = node->as_table()) return Access::open(*this, *inner);
  Access::wrong_type(*this, key, "a table", *node);
  return std::nullopt;
}

std::vector<TomlTable> TomlTable::tables(std::string_view key) {
  std::vector<TomlTable> opened;
  const toml::node* node = Access::ask(*this, key);
  if (node == nullptr) return opened;
  const toml::array* items = node->as_array();
  const bool fits = items != nullptr && std::all_of(items->begin(), items->end(),
                                                    [](const auto& n) { return n.is_table(); });
  if (!fits) {
    Access::wrong_type(*this, key, fmt::format("an array of tables ([[{}]])", key), *node);
    return opened;
  }
  for (const toml::node& item : *items) opened.push_back(Access::open(*this, *item.as_table()));
  return opened;
}

std::vector<std::string> TomlTable::keys() const {
  std::vector<std::string> names;
  for (const auto& [key, node] : Access::table(*this)) names.emplace_back(key.str());
  return names;
}

void TomlTable::fail(std::string_view key, std::string message, std::string hint) {
  if (key.empty() || !has(key)) {
    document_->problems.absent(problem(position(), std::move(message), std::move(hint)), table_);
    return;
  }
  document_->problems.wrong(problem(position(key), std::move(message), std::move(hint)), table_);
}

void TomlTable::fail_item(std::string_view key, std::size_t item, std::string message,
                          std::string hint) {
  const toml::node* node = Access::table(*this).get(key);
  const toml::array* items = node == nullptr ? nullptr : node->as_array();
  if (items == nullptr || item >= items->size()) {
    return fail(key, std::move(message), std::move(hint));
  }
  document_->problems.wrong(problem(place(document_->file, items->get(item)->source()),
                                    std::move(message), std::move(hint)),
                            table_);
}

Position TomlTable::position(std::string_view key) const {
  const toml::table& table = Access::table(*this);
  const auto found = key.empty() ? table.end() : table.find(key);
  if (found != table.end()) return place(document_->file, found->first.source());
  return place(document_->file, table.source());
}

Result<void> TomlTable::check() const { return document_->problems.first(); }

std::vector<Error> TomlTable::problems() const { return document_->problems.all(); }

Result<void> TomlTable::finish() {
  Access::find_unknown(*document_, document_->root);
  return check();
}

}  // namespace clawback::policy
