#pragma once

#include <string>

#include "notify/message.hpp"
#include "support/makers.hpp"

namespace clawback::notify::test {

using clawback::test::at;

// A pass in which everything happened.
inline Message full() {
  Message message{.id = "0c7a4e7e-91d3-4f0a-8b52-2f6f3f1f7f10",
                  .time = at("2026-11-23T09:00:00Z"),
                  .tenant = "aaaabbbb-0000-cccc-1111-dddd2222eeee",
                  .tenant_name = "contoso",
                  .tool = "clawback 0.1.0",
                  .audit_head = "42:3f5a"};
  message.runs = {"r-20261123-1"};
  message.found = {{.key = "sha256:aa",
                    .verdict = domain::Verdict::alert,
                    .app_id = clawback::test::em_client_id,
                    .display_name = "eM Client",
                    .users = 2,
                    .rule = "known-abused-mail-client",
                    .state = "new"},
                   {.key = "sha256:bb",
                    .verdict = domain::Verdict::watch,
                    .app_id = clawback::test::app_guid(7),
                    .display_name = "QuickReply",
                    .users = 0,
                    .tenant_wide = true,
                    .state = "unchanged"}};
  message.done = {{.run = "r-20261123-1",
                   .kind = domain::ActionKind::disable_app,
                   .state = journal::Phase::done,
                   .count = 1},
                  {.run = "r-20261123-1",
                   .kind = domain::ActionKind::revoke_sessions,
                   .state = journal::Phase::unverified,
                   .count = 2}};
  message.waits = {{.file = "/var/lib/clawback/waiting/p1.json",
                    .digest = "sha256:cc",
                    .quorum = 2,
                    .actions = 5,
                    .expires = at("2026-11-24T09:00:00Z")}};
  message.followup = {{.kind = FollowUpKind::re_consent,
                       .run = "r-20261116-1",
                       .app_id = clawback::test::em_client_id,
                       .display_name = "eM Client",
                       .detail = "a grant is there again"},
                      {.kind = FollowUpKind::re_enabled,
                       .run = "r-20261116-1",
                       .app_id = clawback::test::em_client_id,
                       .object_id = "33333333-0000-4000-8000-000000000001",
                       .detail = "the account is enabled again"},
                      {.kind = FollowUpKind::gone,
                       .run = "r-20261116-1",
                       .app_id = clawback::test::em_client_id,
                       .display_name = "eM Client",
                       .detail = "its service principal was deleted"},
                      {.kind = FollowUpKind::policy_changed,
                       .run = "r-20261116-1",
                       .display_name = "what users may consent to",
                       .detail = "it is not what the run left"}};
  message.escalations = {{.run = "r-20261121-1",
                          .approver = "Dana Reyes",
                          .since = at("2026-11-21T08:00:00Z"),
                          .due = at("2026-11-22T08:00:00Z"),
                          .detail = "nobody ratified it"}};
  message.errors = {"auditLogs/signIns could not be read"};
  return message;
}

inline Message test_message() {
  Message message = full();
  message = {.id = message.id,
             .time = message.time,
             .tenant = message.tenant,
             .tenant_name = message.tenant_name,
             .tool = message.tool,
             .test = true};
  return message;
}

// Every text that the tenant or a person could have chosen is `text`.
inline Message hostile(const std::string& text) {
  Message message = full();
  for (Case& found : message.found) {
    found.display_name = found.app_id = found.key = found.rule = text;
  }
  message.followup[0].display_name = message.followup[0].detail = text;
  message.escalations[0].approver = message.escalations[0].detail = text;
  message.errors = {text};
  message.tenant_name = text;
  message.waits[0].file = text;
  return message;
}

// As long as a list can get, each text as long as it can get.
inline Message huge(const std::string& unit) {
  std::string text;
  while (text.size() < 100'000) text += unit;
  Message message = hostile(text);
  message.found.resize(5'000, message.found[0]);
  message.followup.resize(5'000, message.followup[0]);
  message.escalations.resize(5'000, message.escalations[0]);
  message.errors.resize(5'000, text);
  message.waits.resize(5'000, message.waits[0]);
  message.done.resize(5'000, message.done[0]);
  return message;
}

}  // namespace clawback::notify::test
