#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "approval/registry.hpp"
#include "base/secret.hpp"
#include "base/time.hpp"
#include "console/house.hpp"
#include "http/message.hpp"

namespace clawback::console {

// So many at once, and so many a second in the long run.
struct Pace {
  double burst = 1;
  double per_second = 1;
};

struct Limits {
  Duration session_idle = std::chrono::minutes(30);
  Duration session_max = std::chrono::hours(8);
  std::size_t sessions_max = 500;
  std::size_t sessions_per_person = 5;
  Duration sign_in_max = std::chrono::minutes(9);  // from the form to the browser's return
  std::size_t sign_ins_max = 256;                  // under way
  std::size_t streams_max = 64;
  std::size_t streams_per_session = 4;
  Duration stream_poll = std::chrono::milliseconds(300);
  Duration stream_comment = std::chrono::seconds(15);  // said when there is nothing to say
  // Per address (of IPv6: per /64).
  Pace pages = {.burst = 240, .per_second = 20};
  Pace sign_ins = {.burst = 20, .per_second = 0.2};
  Pace signings = {.burst = 20, .per_second = 0.2};  // per person
  std::size_t addresses_max = 10'000;
};

// How the console is reached and who may come in.
struct Settings {
  std::string base_url = {};            // "https://console.example", without a slash at the end
  std::vector<std::string> hosts = {};  // Host headers that are us, lower case; the first is
                                        // base_url's
  bool tls = false;                     // as browsers see it
  bool hsts = false;                    // this name is ours alone: never again without TLS
  bool open_metrics = false;            // /metrics is for everybody who reaches us
  Secret metrics_token = {};            // else for who shows this, or is signed in; may be empty
  http::Origin login = {};
  std::string tenant = {};  // that people sign in at, or "organizations"
  std::string client_id = {};
  std::string tenant_name = {};  // for people
  std::vector<Person> people = {};
  approval::Registry registry = {std::vector<approval::Approver>()};  // viewers too: whose tokens
                                                                      // are looked at at all
  Limits limits = {};
};

}  // namespace clawback::console
