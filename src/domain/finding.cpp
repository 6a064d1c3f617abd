#include "domain/finding.hpp"

namespace clawback::domain {

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::info:
      return "info";
    case Verdict::watch:
      return "watch";
    case Verdict::alert:
      return "alert";
  }
  return "info";
}

std::string_view name_of(Mode mode) {
  switch (mode) {
    case Mode::off:
      return "off";
    case Mode::report:
      return "report";
    case Mode::approve:
      return "approve";
    case Mode::contain:
      return "contain";
    case Mode::automatic:
      return "auto";
  }
  return "off";
}

std::string_view name_of(Says says) {
  switch (says) {
    case Says::mine:
      return "mine";
    case Says::not_mine:
      return "not-mine";
    case Says::unsure:
      return "unsure";
  }
  return "unsure";
}

std::string_view name_of(Channel channel) {
  switch (channel) {
    case Channel::phone:
      return "phone";
    case Channel::in_person:
      return "in-person";
    case Channel::other:
      return "other";
  }
  return "other";
}

std::string_view name_of(ActionKind kind) {
  switch (kind) {
    case ActionKind::disable_app:
      return "disable-app";
    case ActionKind::block_app:
      return "block-app";
    case ActionKind::confirm_block:
      return "confirm-block";
    case ActionKind::disable_user:
      return "disable-user";
    case ActionKind::revoke_grant:
      return "revoke-grant";
    case ActionKind::narrow_grant:
      return "narrow-grant";
    case ActionKind::remove_app_role:
      return "remove-app-role";
    case ActionKind::remove_assignment:
      return "remove-assignment";
    case ActionKind::revoke_sessions:
      return "revoke-sessions";
    case ActionKind::disable_inbox_rule:
      return "disable-inbox-rule";
    case ActionKind::restrict_consent:
      return "restrict-consent";
    case ActionKind::require_admin_consent:
      return "require-admin-consent";
    case ActionKind::require_managed_client:
      return "require-managed-client";
    case ActionKind::withdraw_managed_client:
      return "withdraw-managed-client";
    case ActionKind::restore_admin_consent:
      return "restore-admin-consent";
    case ActionKind::restore_consent:
      return "restore-consent";
    case ActionKind::enable_inbox_rule:
      return "enable-inbox-rule";
    case ActionKind::restore_assignment:
      return "restore-assignment";
    case ActionKind::restore_app_role:
      return "restore-app-role";
    case ActionKind::restore_scopes:
      return "restore-scopes";
    case ActionKind::restore_grant:
      return "restore-grant";
    case ActionKind::enable_user:
      return "enable-user";
    case ActionKind::enable_app:
      return "enable-app";
  }
  return "disable-app";
}

std::string_view name_of(SignalState state) {
  switch (state) {
    case SignalState::hit:
      return "hit";
    case SignalState::miss:
      return "miss";
    case SignalState::not_evaluable:
      return "not-evaluable";
  }
  return "not-evaluable";
}

std::string_view name_of(Existence existence) {
  switch (existence) {
    case Existence::unknown:
      return "unknown";
    case Existence::in_window:
      return "in-window";
    case Existence::pre_existing:
      return "pre-existing";
  }
  return "unknown";
}

std::string_view name_of(TimelineKind kind) {
  switch (kind) {
    case TimelineKind::directory:
      return "directory";
    case TimelineKind::sign_in:
      return "sign-in";
    case TimelineKind::mail_read:
      return "mail-read";
    case TimelineKind::mail_rule:
      return "mail-rule";
  }
  return "directory";
}

std::optional<TimelineKind> timeline_kind_from(std::string_view text) {
  for (const TimelineKind kind : {TimelineKind::directory, TimelineKind::sign_in,
                                  TimelineKind::mail_read, TimelineKind::mail_rule}) {
    if (name_of(kind) == text) return kind;
  }
  return std::nullopt;
}

std::string_view name_of(CaseState state) {
  switch (state) {
    case CaseState::untracked:
      return "untracked";
    case CaseState::fresh:
      return "new";
    case CaseState::unchanged:
      return "unchanged";
    case CaseState::changed:
      return "changed";
  }
  return "untracked";
}

namespace {

template <class Enum>
std::optional<Enum> named(std::string_view text, Enum last) {
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    if (name_of(static_cast<Enum>(i)) == text) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace

std::optional<Verdict> verdict_from(std::string_view text) { return named(text, Verdict::alert); }
std::optional<Says> says_from(std::string_view text) { return named(text, Says::unsure); }
std::optional<Channel> channel_from(std::string_view text) { return named(text, Channel::other); }
std::optional<Mode> mode_from(std::string_view text) { return named(text, Mode::automatic); }
std::optional<ActionKind> action_kind_from(std::string_view text) {
  return named(text, ActionKind::enable_app);
}

bool is_inverse(ActionKind kind) { return kind > ActionKind::require_managed_client; }

}  // namespace clawback::domain
