#include "lab/ids.hpp"

#include <fmt/format.h>

#include "base/digest.hpp"

namespace clawback::lab {
namespace {

// A short id that a test made up has no GUID bytes: its hash stands in for them.
std::string sixteen_bytes(const std::string& id) {
  auto bytes = guid_bytes(id);
  if (bytes) return *std::move(bytes);
  const Sha256 digest = sha256(id);
  return {digest.begin(), digest.begin() + 16};
}

}  // namespace

std::string grant_id(const std::string& client_id, const std::string& resource_id,
                     const std::string& principal_id) {
  std::string bytes = sixteen_bytes(client_id) + sixteen_bytes(resource_id);
  if (!principal_id.empty()) bytes += sixteen_bytes(principal_id);
  return base64url(bytes);
}

std::string assignment_id(Random& random, const std::string& principal_id) {
  return base64url(sixteen_bytes(principal_id) + random.bytes(16));
}

std::string bare_seconds(Time time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

std::string ticks(Time time, Random& random) {
  const auto part = time - std::chrono::floor<std::chrono::seconds>(time);
  return fmt::format("{}.{:03}{:04}Z", bare_seconds(time), part.count(), random.below(10'000));
}

const ServicePrincipal* find_app(const Tenant& tenant, std::string_view app_id) {
  for (const auto& [id, app] : tenant.service_principals) {
    if (app.app_id == app_id) return &app;
  }
  return nullptr;
}

}  // namespace clawback::lab
