#include "cli/waiting_plans.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <system_error>

#include "base/safe_text.hpp"
#include "cli/plan_file.hpp"

namespace clawback::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t waiting_max = 200;
constexpr std::string_view evidence_end = ".evidence.json";

void remove_with_signatures(const fs::path& file) {
  std::error_code ec;
  for (const char* end : {"", ".approvals"}) {
    fs::remove(file.string() + end, ec);
  }
}

// Of which file; where in it is no more than a hint.
std::string named(const fs::path& file, const Error& error) {
  const std::string name = printable(file.string());
  return error.message.starts_with(name) ? error.message : name + ": " + error.message;
}

}  // namespace

fs::path plans_folder(const fs::path& database) { return database.parent_path() / "plans"; }

Result<PlansThere> plans_in(const fs::path& folder, journal::Store& store, Time now) {
  PlansThere out;
  std::error_code ec;
  if (!fs::exists(folder, ec)) return out;
  const auto runs = store.run_marks();
  if (!runs) return runs.error();
  std::set<std::string> used;
  for (const journal::RunMark& run : *runs) used.insert(run.plan_digest);
  std::vector<fs::path> files;
  for (fs::directory_iterator at(folder, ec), end; !ec && at != end; at.increment(ec)) {
    const std::string name = at->path().filename().string();
    if (name.ends_with(".json") && !name.ends_with(evidence_end)) files.push_back(at->path());
  }
  if (ec) {
    return Error{.code = Errc::io,
                 .message = printable(folder.string()) + ": can't be listed: " + ec.message()};
  }
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    auto plan = read_plan(file.string());
    if (!plan) {
      out.unreadable.push_back(named(file, plan.error()));
    } else if (now >= plan->expires || used.contains(plan->digest)) {
      out.over.push_back(file);
    } else {
      out.waiting.push_back({.file = file, .plan = std::move(*plan)});
    }
  }
  return out;
}

Result<std::vector<WaitingPlan>> waiting_plans(const fs::path& folder, journal::Store& store,
                                               const Context& context) {
  auto there = plans_in(folder, store, context.now());
  if (!there) return there.error();
  for (const std::string& why : there->unreadable) {
    context.console.note(fmt::format("a waiting plan is left alone: {}", why));
  }
  for (const fs::path& file : there->over) remove_with_signatures(file);
  return std::move(there->waiting);
}

Result<fs::path> place_for(const plan::Plan& plan, const fs::path& folder,
                           const std::vector<WaitingPlan>& there) {
  if (there.size() >= waiting_max) {
    return Error{.code = Errc::guard,
                 .message = fmt::format("{}: {} plans wait already; no more are written",
                                        printable(folder.string()), there.size()),
                 .hint = "approve, reject or remove them"};
  }
  std::error_code ec;
  if (!fs::exists(folder, ec)) {
    fs::create_directories(folder, ec);
    if (!ec) fs::permissions(folder, fs::perms::owner_all, ec);
    if (ec) {
      return Error{.code = Errc::io,
                   .message = printable(folder.string()) + ": can't be made: " + ec.message()};
    }
  }
  return folder / (plan.id + ".json");
}

}  // namespace clawback::cli
