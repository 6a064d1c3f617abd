#pragma once

#include <cstdint>
#include <string>

#include "base/json.hpp"
#include "base/time.hpp"
#include "lab/random.hpp"
#include "lab/tenant.hpp"

namespace clawback::lab {

// What only beta shows of a sign-in.
struct Device {
  std::string user_agent =
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
      "Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0";
  std::int64_t as_number = 7922;  // of an internet provider
  std::string risk = "none";
};

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
  bool interactive = true;  // v1.0 does not show the others
  Device device{};
  std::string app_owner{};  // tenant id
};

// A record of /auditLogs/signIns, v1.0.
json::value sign_in_record(const SignInSpec& spec, const User& user, Random& random);
// The same sign-in as beta shows it: with its device, its network, its risk.
json::value beta_sign_in_record(json::value record, const SignInSpec& spec,
                                const std::string& home_tenant);

}  // namespace clawback::lab
