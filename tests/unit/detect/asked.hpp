#pragma once

#include "asking.hpp"
#include "detect/case.hpp"
#include "detect/signal.hpp"
#include "domain/permissions.hpp"

// One signal asked of one application, without the rest of judging.
namespace clawback::test {

struct Asked {
  domain::ServicePrincipal app = service_principal("sp", app_guid(1));
  domain::Snapshot all = snapshot({}, {grant("g", "sp", "ada", {"Mail.Read"})});
  std::optional<domain::Memory> memory;
  std::optional<Time> window_start = days_ago(30);
  policy::Policy policy = shipped_policy();
  bool app_is_read = true;
};

inline domain::SignalResult ask(Asked asked, std::string_view id) {
  if (asked.app_is_read) asked.all.service_principals.push_back(asked.app);
  domain::normalise(asked.all);
  return ask(Question{.all = asked.all,
                      .policy = asked.policy,
                      .memory = asked.memory ? &*asked.memory : nullptr,
                      .window_start = asked.window_start},
             id);
}

struct AskedCase {
  std::string_view name;
  domain::SignalState state;
  int weight;
  std::string_view reason;  // a part of it
  std::function<void(Asked&)> change;
};

template <std::size_t N>
void ask_all(std::string_view id, const AskedCase (&cases)[N]) {
  for (const AskedCase& c : cases) {
    CAPTURE(id);
    CAPTURE(c.name);
    Asked asked;
    c.change(asked);
    const auto answer = ask(asked, id);
    CAPTURE(answer.reason);
    CHECK(answer.state == c.state);
    CHECK(answer.weight == c.weight);
    CHECK(answer.reason.find(c.reason) != std::string::npos);
    CHECK(answer.evidence.empty() == (c.state != domain::SignalState::hit));
    CHECK(answer.missing.has_value() == (c.state == domain::SignalState::not_evaluable));
  }
}

}  // namespace clawback::test
