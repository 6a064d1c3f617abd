#include "cli/judged.hpp"

#include <fmt/format.h>

#include "base/digest.hpp"
#include "base/file.hpp"
#include "base/safe_text.hpp"
#include "cli/kept_pass.hpp"
#include "cli/pace.hpp"
#include "cli/policy_files.hpp"
#include "cli/session.hpp"
#include "cli/standard_input.hpp"
#include "evidence/files.hpp"
#include "evidence/live.hpp"

namespace clawback::cli {
namespace {

Result<evidence::FromFiles> read_evidence(const std::vector<std::string>& paths,
                                          const evidence::FileOptions& options) {
  if (paths.size() == 1 && paths.front() == "-") {
    return evidence::read_stream("standard input", read_some_standard_input, options);
  }
  return evidence::read_files({paths.begin(), paths.end()}, options);
}

Result<domain::Snapshot> import(const Input& input, const std::optional<Config>& config,
                                const policy::Catalog& catalog, const Context& context) {
  evidence::FileOptions options{.tenant = {}, .tenant_name = {}, .now = context.now()};
  options.microsoft_apps = catalog.microsoft_apps;
  options.progress = [&console = context.console, pace = Pace(since_boot)](
                         std::string_view name, std::uint64_t bytes) mutable {
    console.progress(pace.bytes(name, bytes));
  };
  if (config) {
    options.tenant = domain::TenantId(config->tenant_id);
    options.tenant_name = config->tenant_name;
  } else if (is_guid(input.tenant)) {
    options.tenant = domain::TenantId(to_lower(input.tenant));
  } else {
    options.tenant_name = input.tenant;
  }
  auto read = read_evidence(input.evidence, options);
  if (!read) {
    Error error = read.error();
    if (error.code == Errc::not_found && error.hint.empty()) {
      error.hint = "--evidence takes files and folders: docs/how-to/exports.md says which";
    }
    return error;
  }
  for (const evidence::Warning& warning : read->warnings) {
    const Position& at = warning.position;
    const std::string place = at.file.empty() ? std::string()
                              : at.line == 0  ? at.file + ": "
                                              : fmt::format("{}:{}: ", at.file, at.line);
    context.console.note(fmt::format("warning: {}{}", place, warning.message));
  }
  return std::move(read->snapshot);
}

}  // namespace

Result<void> check_tenant(const std::string& wanted, const std::string& id,
                          const std::string& name) {
  if (wanted.empty() || to_lower(wanted) == id || wanted == name) return {};
  return Error{.code = Errc::invalid,
               .message = fmt::format("--tenant {}: this is tenant {} ({})", printable(wanted, 80),
                                      printable(name, 80), printable(id, 80)),
               .hint = "leave --tenant out, or take the configuration or evidence of that tenant"};
}

Result<domain::Snapshot> read_tenant(const Config& config, Duration since, const Context& context) {
  evidence::LiveOptions options{
      .tenant = domain::TenantId(config.tenant_id),
      .tenant_name = config.tenant_name,
      .now = context.now(),
      .since = since,
      .progress = [&console = context.console, pace = Pace(since_boot)](
                      std::string_view source, std::size_t records) mutable {
        console.progress(pace.records(source, records));
      }};
  std::optional<Result<domain::Snapshot>> snapshot;
  const auto use = [&](graph::Reader& reader) -> asio::awaitable<void> {
    auto collected = co_await evidence::collect(reader, options);
    snapshot.emplace(std::move(collected));
  };
  if (const auto ran = with_reader(config, context.environment, use); !ran) return ran.error();
  return std::move(*snapshot);
}

Result<Judged> judge_only(const Input& input, const Context& context) {
  Judged out;
  const bool live = input.evidence.empty();
  auto config = find_config(context);
  if (!config) return config.error();
  out.config = std::move(*config);
  if (live && !out.config) {
    Error error = require_config(context).error();
    error.hint = "name one with --config FILE, or give exported files with --evidence PATH";
    return error;
  }
  if (live) {
    const auto same = check_tenant(input.tenant, out.config->tenant_id, out.config->tenant_name);
    if (!same) return same.error();
  }
  // The policy first: a mistake in it should not cost a pass over the tenant.
  auto policy = load_policy(input.policy, out.config ? &*out.config : nullptr);
  if (!policy) return policy.error();
  out.policy = std::move(*policy);
  auto state = State::open(input, out.config);
  if (!state) return state.error();

  auto snapshot = live ? read_tenant(*out.config, input.since, context)
                       : import(input, out.config, out.policy.catalog, context);
  if (!snapshot) return snapshot.error();
  out.snapshot = std::move(*snapshot);
  const auto same = check_tenant(input.tenant, out.snapshot.tenant.str(), out.snapshot.tenant_name);
  if (!same) return same.error();

  detect::JudgeOptions options{.now = context.now(), .ceiling = domain::Mode::approve};
  if (out.config) {
    options.ceiling = out.config->ceiling;
    for (const auto* identity : {&out.config->read, &out.config->write}) {
      if (*identity) options.own_apps.emplace_back(to_lower((*identity)->client_id));
    }
  }
  if (*state) {
    const auto memory = (*state)->load(out.snapshot);
    if (!memory) return memory.error();
    options.memory = *memory;
  }
  out.judgement = detect::judge(out.snapshot, out.policy, options);
  out.state = std::move(*state);
  return out;
}

Result<void> remember(Judged& judged, const Context& context) {
  // Evidence of another tenant than the configured one is judged without memory.
  if (!judged.state || !judged.judgement.memory) return {};
  const auto saved = judged.state->save(judged.judgement.memory, judged.snapshot, context);
  if (!saved) return saved.error();
  return judged.state->keep(kept_pass(scan_of(judged)));
}

Result<Judged> judge(const Input& input, const Context& context) {
  auto judged = judge_only(input, context);
  if (!judged) return judged;
  if (const auto saved = remember(*judged, context); !saved) return saved.error();
  return judged;
}

report::Scan scan_of(const Judged& judged) {
  return {.tenant = judged.snapshot.tenant.str(),
          .tenant_name = judged.snapshot.tenant_name,
          .observed = judged.snapshot.observed,
          .catalog = judged.policy.catalog.digest,
          .policy = judged.policy.digest,
          .coverage = judged.judgement.coverage,
          .missing = judged.judgement.missing,
          .findings = judged.judgement.findings};
}

Result<void> write_output(const std::string& file, std::string_view text, const Context& context) {
  if (file == "-") {
    context.console.print(text);
    return {};
  }
  return write_file(file, text);
}

}  // namespace clawback::cli
