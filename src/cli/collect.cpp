#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/judged.hpp"
#include "cli/policy_files.hpp"
#include "cli/session.hpp"
#include "detect/judge.hpp"
#include "evidence/files.hpp"
#include "evidence/second_look.hpp"

namespace clawback::cli {
namespace {

// What Graph does not have at all was not missed.
bool all_read(const domain::Coverage& coverage) {
  for (const domain::Source& source : coverage.sources) {
    const bool fine =
        source.state == domain::SourceState::read || source.state == domain::SourceState::absent;
    if (!fine) return false;
  }
  return true;
}

json::value summary(const domain::Snapshot& snapshot, const std::string& folder,
                    const std::string& digest) {
  json::array sources;
  for (const domain::Source& source : snapshot.coverage.sources) {
    sources.push_back(json::object{
        {"name", source.name},
        {"state", domain::name_of(source.state)},
        {"records", static_cast<std::int64_t>(source.records)},
        {"reason", source.reason ? json::value(*source.reason) : json::value(nullptr)}});
  }
  return json::object{{"schema", "clawback.collected/1"},
                      {"folder", folder},
                      {"manifest", digest},
                      {"tenant", snapshot.tenant.str()},
                      {"sources", std::move(sources)}};
}

std::string text(const domain::Snapshot& snapshot, const std::string& folder,
                 const std::string& digest) {
  std::string out = fmt::format("Evidence saved in {}\nmanifest {}\n", folder, digest);
  for (const domain::Source& source : snapshot.coverage.sources) {
    out += fmt::format("  {:<32} {:<8} {}{}\n", source.name, domain::name_of(source.state),
                       source.records, source.reason ? "  " + *source.reason : std::string());
  }
  return out;
}

// Whoever plans from this evidence later may have rules about them.
Result<void> look_at_policies(domain::Snapshot& snapshot, const Config& config,
                              const Context& context) {
  const evidence::Wanted wanted{.admin_consent_requests = true, .conditional_access = true};
  std::optional<Result<void>> looked;
  const auto use = [&](graph::Reader& reader) -> asio::awaitable<void> {
    auto done = co_await evidence::look_closer(reader, snapshot, wanted, {});
    looked.emplace(std::move(done));
  };
  if (const auto ran = with_reader(config, context.environment, use); !ran) return ran;
  return *looked;
}

}  // namespace

Result<int> execute(const CollectArguments& arguments, const Context& context) {
  const auto config = require_config(context);
  if (!config) return config.error();
  const auto same = check_tenant(arguments.tenant, config->tenant_id, config->tenant_name);
  if (!same) return same.error();
  // Not after a long pass over the tenant that there is no place for it.
  const auto place = evidence::make_empty_folder(arguments.folder);
  if (!place) return place.error();
  auto snapshot = read_tenant(*config, arguments.since, context);
  if (!snapshot) return snapshot.error();
  const auto looked = look_at_policies(*snapshot, *config, context);
  if (!looked) return looked.error();
  const auto digest = evidence::save(*snapshot, arguments.folder);
  if (!digest) return digest.error();
  context.console.result(summary(*snapshot, arguments.folder, *digest),
                         text(*snapshot, arguments.folder, *digest));
  return all_read(snapshot->coverage) ? exit_code::done : exit_code::incomplete;
}

}  // namespace clawback::cli
