#pragma once

#include <string>
#include <string_view>

#include "base/time.hpp"
#include "lab/random.hpp"
#include "lab/tenant.hpp"

namespace clawback::lab {

inline constexpr std::string_view zero_guid = "00000000-0000-0000-0000-000000000000";
inline constexpr std::string_view graph_app_id = "00000003-0000-0000-c000-000000000000";
inline constexpr std::string_view exchange_app_id = "00000002-0000-0ff1-ce00-000000000000";
inline constexpr std::string_view legacy_app_id = "00000002-0000-0000-c000-000000000000";
inline constexpr std::string_view management_app_id = "c5393580-f805-4401-95e8-94b7a6ef2fc2";
inline constexpr std::string_view microsoft_tenant = "f8cdef31-a31e-4b4a-93e4-5f571e91255a";

// 43 characters; the first sixteen bytes are the principal's, the rest is random.
std::string assignment_id(Random& random, const std::string& principal_id);

// "2026-09-13T01:22:12.5603524Z": Graph's reports print ticks of 100 ns.
std::string ticks(Time time, Random& random);
// "2025-02-13T10:17:06": error bodies print the date without a zone.
std::string bare_seconds(Time time);

// The object with that appId, or nullptr. Linear: for generation and small lookups.
const ServicePrincipal* find_app(const Tenant& tenant, std::string_view app_id);

}  // namespace clawback::lab
