#include <fmt/format.h>

#include <algorithm>

#include "base/digest.hpp"
#include "base/safe_text.hpp"
#include "cli/commands.hpp"
#include "cli/follow_ups.hpp"
#include "cli/judged.hpp"
#include "cli/pass.hpp"
#include "cli/pass_telling.hpp"
#include "cli/plan_file.hpp"
#include "cli/plan_output.hpp"
#include "cli/policy_files.hpp"
#include "cli/second_look.hpp"
#include "cli/unattended.hpp"
#include "evidence/document.hpp"
#include "journal/kill_switch.hpp"
#include "plan/split.hpp"

// run: one pass for a timer. It goes on after whatever fails, so that one thing that is broken
// hides no other, and says all of it at its end.
namespace clawback::cli {
namespace {

std::string guid_of(const std::string& text) {
  const Sha256 hash = sha256(text);
  std::string bytes(hash.begin(), hash.begin() + 16);
  bytes[6] = static_cast<char>((static_cast<unsigned char>(bytes[6]) & 0x0Fu) | 0x80u);
  bytes[8] = static_cast<char>((static_cast<unsigned char>(bytes[8]) & 0x3Fu) | 0x80u);
  const auto guid = guid_from_bytes(bytes);
  return guid ? *guid : random_guid();
}

void count_findings(const std::vector<domain::Finding>& findings, Pass& pass) {
  for (const domain::Finding& finding : findings) {
    if (finding.exception) continue;
    pass.alert += finding.verdict == domain::Verdict::alert ? 1 : 0;
    pass.watch += finding.verdict == domain::Verdict::watch ? 1 : 0;
  }
}

void scan_and_act(const RunArguments& arguments, const Unattended& with, Pass& pass,
                  const Context& context) {
  auto judged = judge_only(arguments.input, context);
  if (!judged) {
    return pass.errors.push_back(judged.error());
  }
  if (const auto looked = look_closer(*judged, arguments.input, context); !looked) {
    pass.errors.push_back(looked.error());
  }
  pass.scanned = true;
  pass.complete = judged->judgement.coverage.complete;
  count_findings(judged->judgement.findings, pass);
  const std::string document = evidence::document_text(judged->snapshot);
  const plan::Plan whole =
      plan::build(judged->snapshot, judged->judgement, judged->policy,
                  options_for(*judged, sha256_text(document), "clawback run", context));
  plan::Split parts = plan::split(whole, with.policy, whole.id, guid_of(whole.id + " waiting"));
  if (!with.config.write) {
    if (!parts.now.actions.empty()) {
      context.console.note(
          "There is no [identity.write]: what could be sent at once waits with the rest.");
    }
    parts.now.actions.clear();
    parts.waiting = whole;
  }
  // What waits is on disk, and who is to know has it or will get it, before anything is sent: a
  // pass may end anywhere. What was not told is news again in the next one.
  const auto waits = leave_waiting(with, parts.waiting, document, pass, context);
  if (tell_found(pass, judged->judgement, waits, with, context)) {
    if (const auto kept = remember(*judged, context); !kept) pass.errors.push_back(kept.error());
  }
  if (!parts.now.actions.empty()) send_now(with, parts.now, document, pass, context);
}

Result<std::unique_ptr<journal::Lease>> only_one(journal::Store& store, const Config& config) {
  auto lease = store.lease("pass " + config.tenant_id);
  if (lease || lease.error().code != Errc::guard) return lease;
  return Error{.code = Errc::guard,
               .message = fmt::format("another `clawback run` is at work on tenant {}",
                                      printable(config.tenant_id, 60)),
               .hint = "wait until it has ended; a timer starts the next one anyway"};
}

}  // namespace

Result<int> execute(const RunArguments& arguments, const Context& context) {
  const auto config = require_config(context);
  if (!config) return config.error();
  const auto same = check_tenant(arguments.input.tenant, config->tenant_id, config->tenant_name);
  if (!same) return same.error();
  const auto policy = load_policy(arguments.input.policy, &*config);
  if (!policy) return policy.error();
  const auto store = open_store(*config);
  if (!store) return store.error();
  const auto alone = only_one(**store, *config);
  if (!alone) return alone.error();
  if (const auto free = journal::check_kill_switch(**store, *config->database); !free) {
    context.console.note(free.error().message);
  }

  Pass pass{.time = context.now(), .tenant = config->tenant_id};
  const Unattended with{.config = *config,
                        .policy = *policy,
                        .store = **store,
                        .verify_window = arguments.verify_window,
                        .verify_gap = arguments.verify_gap};
  if (config->write) resume_own(with, pass, context);
  scan_and_act(arguments, with, pass, context);
  const FollowUps after{.config = *config, .policy = *policy, .store = **store};
  std::vector<journal::AuditNote> seen = look_again(after, pass, context);
  const std::vector<journal::AuditNote> late = escalate(after, pass, context);
  seen.insert(seen.end(), late.begin(), late.end());
  if (tell_rest(pass, with, context)) {
    for (const journal::AuditNote& note : seen) {
      if (const auto noted = (*store)->note(note); !noted) pass.errors.push_back(noted.error());
    }
  }
  const auto head = (*store)->head();
  if (head) {
    pass.head = *head;
  } else {
    pass.errors.push_back(head.error());
  }
  context.console.result(pass_json(pass), pass_text(pass, context.console.text_options()));
  return code_of(pass);
}

}  // namespace clawback::cli
