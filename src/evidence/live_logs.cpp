#include <fmt/format.h>

#include <iterator>

#include "evidence/collection.hpp"
#include "evidence/question.hpp"
#include "graph/parse.hpp"

namespace clawback::evidence {
namespace {

constexpr std::string_view activities[] = {
    "Consent to application",
    "Add delegated permission grant",
    "Remove delegated permission grant",
    "Add app role assignment to service principal",
    "Remove app role assignment from service principal",
    "Add app role assignment grant to user",
    "Add service principal",
    "Update service principal",
    "Remove service principal",
    "Add service principal credentials",
    "Add application",
    "Update application",
    // As Entra writes it, with the dash and the blank at the end.
    "Update application \u2013 Certificates and secrets management ",
    "Update authorization policy",
};

}  // namespace

asio::awaitable<void> read_audits(Collection& to) {
  const graph::Gate::Opener opener(to.audits_known);
  const std::vector<std::string> wanted(std::begin(activities), std::end(activities));
  const std::string filter =
      fmt::format("$filter=activityDateTime ge {} and {}&$top=999", format_time(to.logs_since),
                  any_of("activityDisplayName", wanted));
  const Take take = [&to](const json::value& value) -> Result<void> {
    auto event = graph::parse_audit_event(value);
    if (!event) return event.error();
    to.snapshot.audits.push_back(std::move(*event));
    return {};
  };
  to.audits = co_await read_collection(to, domain::source::audits,
                                       graph::make_call("directoryAudit_list", {}, filter), take);
}

asio::awaitable<void> read_app_activities(Collection& to) {
  const Take take = [&to](const json::value& value) -> Result<void> {
    auto activity = graph::parse_app_activity(value);
    if (!activity) return activity.error();
    to.snapshot.app_activities.push_back(std::move(*activity));
    return {};
  };
  to.app_activities = co_await read_collection(
      to, domain::source::app_activities,
      graph::make_call("servicePrincipalSignInActivity_list", {}, "$top=999"), take);
}

}  // namespace clawback::evidence
