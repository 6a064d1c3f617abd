#include <fmt/format.h>

#include <algorithm>
#include <boost/json/object.hpp>

#include "approval/approval.hpp"
#include "base/digest.hpp"
#include "base/file.hpp"
#include "base/safe_text.hpp"
#include "cli/apply_checks.hpp"
#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/plan_file.hpp"
#include "cli/terminal.hpp"
#include "report/model.hpp"

// approve and reject.
namespace clawback::cli {
namespace {

constexpr std::size_t nonce_bytes = 16;
constexpr std::size_t reason_max = 2000;

struct Key {
  Secret pem;
  Secret passphrase;
};

Result<Key> open_key(const std::string& file, const Context& context) {
  auto pem = read_secret_file(file);
  if (!pem) return pem.error();
  Key key{.pem = std::move(*pem), .passphrase = {}};
  if (key.pem.reveal().find("ENCRYPTED") == std::string_view::npos) return key;
  auto given = passphrase_from_environment(context);
  if (!given) return given.error();
  if (*given) {
    key.passphrase = std::move(**given);
    return key;
  }
  if (!can_ask(context)) {
    return Error{.code = Errc::invalid,
                 .message = fmt::format(
                     "{}: the key has a passphrase, and there is no terminal to ask for it",
                     printable(file)),
                 .hint = "--passphrase-env NAME"};
  }
  auto asked = ask_passphrase(fmt::format("Passphrase of {}: ", printable(file)), context);
  if (!asked) return asked.error();
  key.passphrase = std::move(*asked);
  return key;
}

// Whoever signs must be registered with this very key: a signature that `apply` would refuse helps
// nobody.
Result<void> check_owner(const Key& key, const std::string& name, const Config& config) {
  const auto mine = approval::public_key_of(key.pem, key.passphrase);
  if (!mine) return mine.error();
  const auto& registry = config.approvers;
  const bool known = std::any_of(registry.begin(), registry.end(),
                                 [&](const approval::Approver& one) { return one.name == name; });
  if (!known) {
    return Error{.code = Errc::approval,
                 .message = fmt::format("\"{}\" is not a registered approver", printable(name, 80)),
                 .hint = fmt::format("an administrator adds an [[approver]] to {}",
                                     printable(config.file.string()))};
  }
  const bool fits = std::any_of(
      registry.begin(), registry.end(),
      [&](const approval::Approver& one) { return one.name == name && one.ed25519 == *mine; });
  if (fits) return {};
  return Error{.code = Errc::approval,
               .message = fmt::format("this key is not one that is registered for \"{}\"",
                                      printable(name, 80)),
               .hint = fmt::format("its public half is {}", base64(*mine))};
}

Result<void> check_plan(const plan::Plan& plan, const SignArguments& arguments,
                        const Config& config, Time now) {
  if (plan.tenant != config.tenant_id) {
    return Error{.code = Errc::stale,
                 .message = fmt::format("the plan is for tenant {}, this configuration for {}",
                                        printable(plan.tenant, 60), config.tenant_id)};
  }
  if (arguments.rejects) return {};
  if (plan.actions.empty()) {
    return Error{.code = Errc::invalid,
                 .message = "the plan is empty: there is nothing to approve"};
  }
  if (now >= plan.expires) {
    return Error{.code = Errc::stale,
                 .message = "the plan expired on " + format_time(plan.expires),
                 .hint = "make a new one with `clawback plan`"};
  }
  if (!plan.breaches.empty()) {
    return Error{.code = Errc::guard,
                 .message = fmt::format(
                     "the plan goes over the limit {}: it can't be applied, so it is not approved",
                     printable(plan.breaches.front().limit, 80))};
  }
  if (auto open = check_inspect_only(plan); !open) return open;
  if (arguments.expires && *arguments.expires > plan.approval_expires) {
    return Error{.code = Errc::invalid,
                 .message = fmt::format(
                     "--expires: the policy lets an approval of this plan hold for {} at most",
                     format_duration(plan.approval_expires))};
  }
  return {};
}

Result<void> confirm(const plan::Plan& plan, const SignArguments& arguments,
                     const Context& context) {
  if (context.global.yes) return {};
  if (!can_ask(context)) {
    return Error{.code = Errc::invalid,
                 .message = "there is no terminal to confirm on",
                 .hint = "read the plan with `clawback show`, then sign with --yes"};
  }
  report::TextOptions options = context.console.text_options();
  options.color = false;
  options.file = arguments.plan;
  context.console.ask(report::plan_text(plan, options) + "\n");
  const std::string question =
      arguments.rejects ? "Reject this plan for good?" : "Approve exactly this plan?";
  if (ask_yes(question, context)) return {};
  return Error{.code = Errc::approval, .message = "nothing was signed"};
}

approval::Statement statement_on(const plan::Plan& plan, const SignArguments& arguments, Time now) {
  const Duration holds = arguments.expires.value_or(plan.approval_expires);
  return {.plan_digest = plan.digest,
          .tenant = plan.tenant,
          .decision = arguments.rejects ? approval::Decision::reject : approval::Decision::approve,
          .approver = arguments.as,
          .reason = arguments.reason,
          .issued = now,
          .expires = arguments.rejects ? plan.expires : std::min(now + holds, plan.expires),
          .nonce = base64url(random_bytes(nonce_bytes))};
}

Result<void> keep(const std::string& envelope, const plan::Plan& plan,
                  const SignArguments& arguments, const Config& config, const Context& context) {
  // The database first: once a no is there, losing the file does not matter.
  if (arguments.rejects && config.database) {
    const auto store = open_store(config);
    if (!store) return store.error();
    auto stored = (*store)->reject(plan.digest, envelope);
    if (!stored) return stored;
  }
  return append_envelope(approvals_of(arguments.plan, arguments.output), envelope, context);
}

}  // namespace

Result<int> execute(const SignArguments& arguments, const Context& context) {
  if (arguments.plan == "-" && arguments.output.empty()) {
    return Error{.code = Errc::invalid,
                 .message = "a plan from standard input needs -o FILE for the signature"};
  }
  if (arguments.reason.size() > reason_max) {
    return Error{.code = Errc::invalid, .message = "--reason: longer than anybody reads"};
  }
  const auto config = require_config(context);
  if (!config) return config.error();
  const auto plan = read_plan(arguments.plan);
  if (!plan) return plan.error();
  const auto usable = check_plan(*plan, arguments, *config, context.now());
  if (!usable) return usable.error();
  const auto key = open_key(arguments.key, context);
  if (!key) return key.error();
  const auto owner = check_owner(*key, arguments.as, *config);
  if (!owner) return owner.error();
  const auto confirmed = confirm(*plan, arguments, context);
  if (!confirmed) return confirmed.error();

  const approval::Statement statement = statement_on(*plan, arguments, context.now());
  const auto envelope = approval::sign(statement, key->pem, key->passphrase);
  if (!envelope) return envelope.error();
  const auto kept = keep(*envelope, *plan, arguments, *config, context);
  if (!kept) return kept.error();
  if (arguments.output == "-") return exit_code::done;
  const std::string decision = arguments.rejects ? "reject" : "approve";
  const std::string file = approvals_of(arguments.plan, arguments.output);
  context.console.result(
      json::object{{"schema", "clawback.signed/1"},
                   {"decision", decision},
                   {"approver", statement.approver},
                   {"plan", statement.plan_digest},
                   {"expires", format_time(statement.expires)},
                   {"file", file}},
      arguments.rejects
          ? fmt::format("Rejected by {}: {}\n", printable(statement.approver), plan->digest)
          : fmt::format("Approved by {} until {}: {}\n", printable(statement.approver),
                        format_time(statement.expires), plan->digest));
  return exit_code::done;
}

}  // namespace clawback::cli
