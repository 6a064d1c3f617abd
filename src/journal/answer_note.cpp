#include "journal/answer_note.hpp"

#include <fmt/format.h>

#include <boost/json/object.hpp>

#include "base/safe_text.hpp"

namespace clawback::journal {
namespace {

std::string text_at(const AuditNote& note, std::string_view key) {
  return string_at(note.record, key).value_or("");
}

Error unknown_note(const AuditNote& note, std::string_view key) {
  return Error{.code = Errc::io,
               .message = fmt::format("the audit log holds a row \"{}\" with an unusable {}",
                                      printable(note.kind, 40), key),
               .hint =
                   "it was written by another version, or changed by hand: `clawback log "
                   "verify` tells which"};
}

}  // namespace

AuditNote to_note(const Asked& asked, Time time) {
  return {.kind = std::string(asked_kind),
          .run = {},
          .time = time,
          .record = json::object{{"tenant", asked.tenant.str()},
                                 {"case", valid_utf8(asked.case_key)},
                                 {"app", valid_utf8(asked.app.str())},
                                 {"user", valid_utf8(asked.user.str())},
                                 {"userPrincipalName", printable(asked.user_principal_name)},
                                 {"account", printable(asked.account)}}};
}

AuditNote to_note(const domain::UserAnswer& answer, const domain::TenantId& tenant) {
  return {.kind = std::string(answered_kind),
          .run = {},
          .time = answer.time,
          .record = json::object{{"tenant", tenant.str()},
                                 {"case", valid_utf8(answer.case_key)},
                                 {"user", valid_utf8(answer.user.str())},
                                 {"userPrincipalName", printable(answer.user_principal_name)},
                                 {"says", domain::name_of(answer.says)},
                                 {"channel", domain::name_of(answer.channel)},
                                 {"by", printable(answer.by)},
                                 {"account", printable(answer.account)},
                                 {"note", valid_utf8(answer.note)}}};
}

Result<Asked> asked_from(const AuditNote& note) {
  Asked out{.tenant = domain::TenantId(tenant_of(note)),
            .case_key = text_at(note, "case"),
            .app = domain::AppId(text_at(note, "app")),
            .user = domain::UserId(text_at(note, "user")),
            .user_principal_name = text_at(note, "userPrincipalName"),
            .account = text_at(note, "account")};
  if (out.case_key.empty()) return unknown_note(note, "case");
  return out;
}

Result<domain::UserAnswer> answer_from(const AuditNote& note) {
  const auto says = domain::says_from(text_at(note, "says"));
  if (!says) return unknown_note(note, "answer");
  const auto channel = domain::channel_from(text_at(note, "channel"));
  if (!channel) return unknown_note(note, "channel");
  domain::UserAnswer out{.case_key = text_at(note, "case"),
                         .user = domain::UserId(text_at(note, "user")),
                         .user_principal_name = text_at(note, "userPrincipalName"),
                         .says = *says,
                         .channel = *channel,
                         .time = note.time,
                         .by = text_at(note, "by"),
                         .account = text_at(note, "account"),
                         .note = text_at(note, "note")};
  if (out.case_key.empty()) return unknown_note(note, "case");
  return out;
}

std::string tenant_of(const AuditNote& note) { return text_at(note, "tenant"); }

}  // namespace clawback::journal
