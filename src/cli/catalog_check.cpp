#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/file.hpp"
#include "base/safe_text.hpp"
#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/policy_files.hpp"

namespace clawback::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t file_max = 4u << 20u;

bool is_same_file(const std::string& a, const std::string& b) {
  std::error_code ec;
  return fs::equivalent(a, b, ec) && !ec;
}

// The policy's own catalog files, and after them those that were named and are not among them.
Result<std::vector<policy::File>> files_to_check(const CatalogCheckArguments& arguments,
                                                 const fs::path& folder) {
  auto own = read_catalog_files(folder);
  if (!own) return own.error();
  for (const std::string& path : arguments.files) {
    const bool known = std::any_of(own->begin(), own->end(), [&](const policy::File& file) {
      return is_same_file(file.path, path);
    });
    if (known) continue;
    auto text = read_file(path, file_max);
    if (!text) {
      Error error = text.error();
      error.code = Errc::invalid;
      error.hint = "a catalog file is TOML with [[app]] entries: docs/how-to/own-catalog.md";
      return error;
    }
    own->push_back({.path = path, .text = std::move(*text)});
  }
  return own;
}

// Without names everything is asked for; with them only what concerns these files is noted.
bool concerns(const CatalogCheckArguments& arguments, const Error& note) {
  if (arguments.files.empty() || !note.position) return true;
  return std::any_of(arguments.files.begin(), arguments.files.end(), [&](const std::string& path) {
    return is_same_file(path, note.position->file);
  });
}

json::array listed(const std::vector<Error>& errors) {
  json::array out;
  for (const Error& error : errors) {
    const Position where = error.position.value_or(Position());
    out.push_back(json::object{
        {"file", where.file},
        {"line", where.line},
        {"column", where.column},
        {"message", error.message},
        {"hint", error.hint.empty() ? json::value(nullptr) : json::value(error.hint)}});
  }
  return out;
}

Error refusal(const std::vector<Error>& problems) {
  return {.code = Errc::invalid,
          .message = fmt::format("the catalog can't be used: {} problem{}", problems.size(),
                                 problems.size() == 1 ? "" : "s")};
}

void print_problems(const policy::CatalogCheck& check, Console& console) {
  const Error summary = refusal(check.problems);
  if (console.style().json) {
    json::value out = report::error_json(summary);
    auto& details = out.as_object()["details"].as_object();
    details["problems"] = listed(check.problems);
    details["notes"] = listed(check.notes);
    console.print(out);
    return;
  }
  for (const Error& problem : check.problems) console.failure(problem);
  console.failure(summary);
}

}  // namespace

Result<int> execute(const CatalogCheckArguments& arguments, const Context& context) {
  const auto config = find_config(context);
  if (!config) return config.error();
  const auto folder = policy_folder(arguments.policy, *config ? &**config : nullptr);
  if (!folder) return folder.error();
  const auto files = files_to_check(arguments, *folder);
  if (!files) return files.error();
  policy::CatalogCheck check = policy::check_catalog(*files, context.now());
  std::erase_if(check.notes, [&](const Error& note) { return !concerns(arguments, note); });
  if (!context.console.style().json) {
    for (const Error& note : check.notes) {
      std::string line = "note: " + error_text(note).substr(std::string("clawback: ").size());
      if (line.ends_with('\n')) line.pop_back();
      context.console.note(line.substr(0, line.find('\n')));
    }
  }
  if (!check.problems.empty()) {
    print_problems(check, context.console);
    return exit_code::unusable;
  }
  const policy::Catalog& catalog = check.catalog;
  const auto number = [](std::size_t count) { return static_cast<std::int64_t>(count); };
  context.console.result(
      json::object{{"schema", "clawback.catalog-check/1"},
                   {"catalog", catalog.digest},
                   {"files", number(files->size())},
                   {"applications", number(catalog.entries.size())},
                   {"networks", number(catalog.hosting.size())},
                   {"notes", listed(check.notes)}},
      fmt::format("{} files are sound: {} applications, {} of Microsoft's that are never touched, "
                  "{} hosting networks, {} notes\ncatalog {}\n",
                  files->size(), catalog.entries.size(), catalog.microsoft_apps.size(),
                  catalog.hosting.size(), check.notes.size(), catalog.digest));
  return exit_code::done;
}

}  // namespace clawback::cli
