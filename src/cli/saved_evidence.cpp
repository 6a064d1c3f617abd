#include "cli/saved_evidence.hpp"

#include <fmt/format.h>

#include <system_error>
#include <vector>

#include "base/digest.hpp"
#include "base/file.hpp"
#include "base/safe_text.hpp"

namespace clawback::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view prefix = "sha256:";
constexpr std::size_t hex_digits = 64;
constexpr std::size_t evidence_max = 1u << 30u;

// The digest becomes a file's name: nothing else than a digest may.
bool is_digest(std::string_view text) {
  return text.starts_with(prefix) && text.size() == prefix.size() + hex_digits &&
         text.substr(prefix.size()).find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::optional<fs::path> in_state(const std::string& digest, const std::optional<fs::path>& folder) {
  if (!folder || !is_digest(digest)) return std::nullopt;
  return *folder / (digest.substr(prefix.size()) + ".json");
}

std::optional<fs::path> beside(const std::string& plan_file) {
  if (plan_file.empty() || plan_file == "-") return std::nullopt;
  return fs::path(plan_file + ".evidence.json");
}

Result<bool> fits(const fs::path& file, const std::string& digest) {
  const auto text = read_file(file, evidence_max);
  if (!text) {
    if (text.error().code == Errc::not_found) return false;
    return text.error();
  }
  return sha256_text(*text) == digest;
}

Error refused(std::string message) {
  return Error{.code = Errc::guard,
               .message = std::move(message),
               .hint = "name it with --saved-evidence FILE, or make a new plan"};
}

}  // namespace

std::optional<fs::path> place_of_evidence(const std::string& digest,
                                          const std::optional<Config>& config,
                                          const std::string& plan_file) {
  if (config && config->evidence) return in_state(digest, config->evidence);
  return beside(plan_file);
}

Config keeping_evidence(Config config) {
  if (!config.evidence && config.database) {
    config.evidence = config.database->parent_path() / "evidence";
  }
  return config;
}

Result<void> save_evidence(const std::string& document, const std::string& digest,
                           const std::optional<Config>& config, const std::string& plan_file,
                           const Context& context) {
  const auto place = place_of_evidence(digest, config, plan_file);
  if (!place) {
    context.console.note(
        "The evidence is not saved: a plan on standard output has no place for it without [state] "
        "evidence. `apply` refuses this plan.");
    return {};
  }
  std::error_code ec;
  if (config && config->evidence && !fs::exists(place->parent_path(), ec)) {
    fs::create_directories(place->parent_path(), ec);
    if (!ec) fs::permissions(place->parent_path(), fs::perms::owner_all, ec);
    if (ec) {
      return Error{.code = Errc::io,
                   .message = fmt::format("{}: can't make this folder: {}",
                                          printable(place->parent_path().string()), ec.message())};
    }
  }
  const auto known = fits(*place, digest);
  if (known && *known) return {};
  return write_file(*place, document);
}

Result<void> check_evidence(const plan::Plan& plan, const Config& config,
                            const std::string& plan_file, const std::string& given) {
  if (!plan.undo_of.empty()) return {};
  if (!is_digest(plan.evidence)) return refused("the plan names no saved evidence");
  std::vector<fs::path> places;
  if (!given.empty()) {
    places.emplace_back(given);
  } else {
    const auto folder = keeping_evidence(config).evidence;
    if (const auto place = in_state(plan.evidence, folder)) places.push_back(*place);
    if (const auto place = beside(plan_file)) places.push_back(*place);
  }
  std::string looked;
  for (const fs::path& place : places) {
    const auto fit = fits(place, plan.evidence);
    if (!fit) return fit.error();
    if (*fit) return {};
    looked += (looked.empty() ? "" : ", ") + printable(place.string());
  }
  return refused(fmt::format("the evidence {} that the plan rests on is not there (looked at {})",
                             plan.evidence, looked.empty() ? "no place" : looked));
}

}  // namespace clawback::cli
