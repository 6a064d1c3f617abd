#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <string_view>

#include "asking.hpp"
#include "detect/signal.hpp"

// One application that one user let into her mail three days ago, for tests of single signals.
namespace clawback::test {

inline Time consented() { return days_ago(3); }

struct OneApp {
  domain::Snapshot all;
  policy::Policy policy = shipped_policy();

  OneApp() {
    all = snapshot({service_principal("sp", em_client_id, "eM Client")},
                   {grant("g", "sp", "ada", {"Mail.Read", "offline_access"})});
    all.users = {user("ada"), user("bob"), user("cy")};
    all.audits = {consent_to("au", consented(), "sp", "ada",
                             consent_entry("sp", "sp-graph", "ada", "Mail.Read offline_access"))};
    all.audits[0].ip_address = "20.190.0.1";  // the token service's
  }
  policy::CatalogEntry& entry() {
    for (auto& one : policy.catalog.entries) {
      if (one.app_id && one.app_id->str() == em_client_id) return one;
    }
    std::abort();
  }
  domain::ServicePrincipal& app() {
    for (auto& one : all.service_principals) {
      if (one.id.str() == "sp") return one;
    }
    std::abort();
  }
};

inline domain::SignalResult result_of(const OneApp& world, std::string_view id) {
  return ask(Question{.all = world.all,
                      .policy = world.policy,
                      .memory = nullptr,
                      .window_start = world.all.coverage.logs_since},
             id);
}

struct SignalCase {
  std::string_view name;
  domain::SignalState state;
  int weight;
  std::string_view reason;  // a part of it
  std::function<void(OneApp&)> change;
};

template <std::size_t N>
void check_signal(
    std::string_view id, const SignalCase (&cases)[N],
    const std::function<void(OneApp&)>& before_each = [](OneApp&) {}) {
  for (const SignalCase& c : cases) {
    CAPTURE(id);
    CAPTURE(c.name);
    OneApp world;
    before_each(world);
    c.change(world);
    const auto answer = result_of(world, id);
    CAPTURE(answer.reason);
    CHECK(answer.state == c.state);
    CHECK(answer.weight == c.weight);
    CHECK(answer.reason.find(c.reason) != std::string::npos);
    CHECK(answer.evidence.empty() == (c.state != domain::SignalState::hit));
    CHECK(answer.missing.has_value() == (c.state == domain::SignalState::not_evaluable));
    CHECK(answer.reason.size() < 2000);
    CHECK(answer.reason.find('\x1b') == std::string::npos);
  }
}

inline domain::MailAccess mail_access(const std::string& id, Time time, const std::string& name,
                                      const std::string& app_id = em_client_id) {
  domain::MailAccess out;
  out.id = domain::RecordId(id);
  out.first = out.last = time;
  out.mailbox = name + "@contoso.example";
  out.client_app = domain::AppId(app_id);
  out.items = 120;
  return out;
}

inline domain::MailboxChange mailbox_change(const std::string& id, Time time,
                                            const std::string& name) {
  domain::MailboxChange out;
  out.id = domain::RecordId(id);
  out.time = time;
  out.operation = "New-InboxRule";
  out.mailbox = name + "@contoso.example";
  return out;
}

}  // namespace clawback::test
