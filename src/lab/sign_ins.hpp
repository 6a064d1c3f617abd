#pragma once

#include <cstdint>
#include <string>

#include "base/json.hpp"
#include "base/time.hpp"
#include "lab/random.hpp"
#include "lab/tenant.hpp"

namespace clawback::lab {

struct SignInSpec {
  Time time{};
  std::string app_id{};
  std::string app_name{};
  std::string resource_app_id{};
  std::string ip_address = "198.51.100.20";
  std::string country = "US";
  std::string city = "Seattle";
  std::string client_app = "Browser";
  std::int64_t error_code = 0;
};

// A record of /auditLogs/signIns, v1.0.
json::value sign_in_record(const SignInSpec& spec, const User& user, Random& random);

}  // namespace clawback::lab
