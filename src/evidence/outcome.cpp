#include "evidence/outcome.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "graph/operations.hpp"

namespace clawback::evidence {
namespace {

std::string detail(const Error& error, std::string_view name) {
  const auto found = std::find_if(error.details.begin(), error.details.end(),
                                  [&](const auto& one) { return one.first == name; });
  return found != error.details.end() ? found->second : std::string();
}

std::string reason_of(const Error& error) {
  const std::string status = fmt::format("{} {}", detail(error, "status"), detail(error, "code"));
  const std::string operation = detail(error, "operation");
  if (error.code == Errc::not_licensed) return "needs Entra ID P1 (" + status + ")";
  if (error.code == Errc::denied && !operation.empty()) {
    const auto& permissions = graph::operation(operation).permissions;
    if (!permissions.empty()) {
      return fmt::format("needs the application permission {} ({})", permissions.front(), status);
    }
  }
  return error.message;
}

}  // namespace

Outcome operator+(Outcome a, const Outcome& b) {
  // A refusal of one part must not hide that another one broke off, nor the other way round: the
  // part that says more about the service wins.
  if (!a.error || (b.error && is_refusal(*a.error) && !is_refusal(*b.error))) {
    if (b.error) a.error = b.error;
  }
  if (a.unusable == 0) a.first_unusable = b.first_unusable;
  a.unusable += b.unusable;
  if (!a.gap) a.gap = b.gap;
  return a;
}

domain::Source to_source(std::string_view name, const Outcome& outcome, std::size_t records) {
  domain::Source source{.name = std::string(name),
                        .state = domain::SourceState::read,
                        .records = records,
                        .reason = std::nullopt};
  if (outcome.error) {
    const bool denied = records == 0 && is_refusal(*outcome.error);
    source.state = denied ? domain::SourceState::denied : domain::SourceState::partial;
    source.reason = reason_of(*outcome.error);
  } else if (outcome.unusable > 0) {
    source.state = domain::SourceState::partial;
    source.reason =
        fmt::format("{} records are unusable: {}", outcome.unusable, outcome.first_unusable);
  } else if (outcome.gap) {
    source.state = domain::SourceState::partial;
    source.reason = outcome.gap;
  }
  return source;
}

bool is_refusal(const Error& error) {
  return error.code == Errc::denied || error.code == Errc::not_licensed ||
         error.code == Errc::unauthenticated || error.code == Errc::not_found;
}

bool is_sign_in_failure(const Error& error) {
  return error.code == Errc::unauthenticated && detail(error, "operation").empty();
}

bool is_out_of_reach(const Error& error) {
  return error.code == Errc::unavailable || error.code == Errc::outcome_unknown ||
         error.code == Errc::throttled;
}

}  // namespace clawback::evidence
