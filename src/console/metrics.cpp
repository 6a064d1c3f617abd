#include "console/metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace clawback::console {
namespace {

void head(std::string& out, std::string_view name, std::string_view type, std::string_view help) {
  fmt::format_to(std::back_inserter(out), "# HELP clawback_{0} {1}\n# TYPE clawback_{0} {2}\n",
                 name, help, type);
}

template <class Number>
void one(std::string& out, std::string_view name, std::string_view type, std::string_view help,
         Number value) {
  head(out, name, type, help);
  fmt::format_to(std::back_inserter(out), "clawback_{} {}\n", name, value);
}

void connections(std::string& out, const http::ServerCounts& server) {
  one(out, "connections_open", "gauge", "Connections to the console.", server.open);
  one(out, "connections_total", "counter", "Connections that were accepted.", server.accepted);
  head(out, "connections_ended_total", "counter", "Connections that the console ended itself.");
  const auto ended = [&](std::string_view why, std::uint64_t count) {
    fmt::format_to(std::back_inserter(out), "clawback_connections_ended_total{{why=\"{}\"}} {}\n",
                   why, count);
  };
  ended("no-room", server.turned_away);
  ended("displaced", server.displaced);
  ended("deadline", server.timed_out);
  ended("no-tls", server.no_tls);
  ended("unusable", server.unusable);
}

void house(std::string& out, const Health& health) {
  if (health.last_pass) {
    const auto since_epoch = health.last_pass->time_since_epoch();
    one(out, "last_pass_timestamp_seconds", "gauge", "When the newest pass looked at the tenant.",
        std::chrono::duration_cast<std::chrono::seconds>(since_epoch).count());
  }
  // What is not known is left out: 0 would be an answer.
  if (health.waiting_plans) {
    one(out, "plans_waiting", "gauge", "Plans that wait for people.", *health.waiting_plans);
    one(out, "plans_unreadable", "gauge", "Files among the waiting plans that can't be read.",
        health.unreadable.size());
  }
  if (health.open_runs) {
    one(out, "runs_open", "gauge", "Runs that did not end, or ended with something left to do.",
        *health.open_runs);
  }
  if (health.stop_file || health.halted) {
    const bool halted = health.halted && health.halted->has_value();
    one(out, "kill_switch", "gauge", "1: nothing is sent.", halted || health.stop_file ? 1 : 0);
  }
  one(out, "policy_usable", "gauge", "1: the policy of now can be used.",
      health.policy_problem.empty() ? 1 : 0);
  one(out, "database_usable", "gauge", "1: the state database can be read.",
      health.problem.empty() ? 1 : 0);
}

}  // namespace

std::string_view name_of(Refused why) {
  constexpr std::array<std::string_view, refusals> names = {"host",    "origin", "csrf",    "pace",
                                                            "session", "role",   "unusable"};
  return names.at(static_cast<std::size_t>(why));
}

void Metrics::answered(Place place, int status, std::chrono::steady_clock::duration took) {
  ++answered_[{place, status}];
  const double seconds = std::chrono::duration<double>(took).count();
  Histogram& histogram = took_.at(static_cast<std::size_t>(place));
  const auto* const bound = std::ranges::lower_bound(bounds, seconds);
  ++histogram.counts.at(static_cast<std::size_t>(bound - bounds.begin()));
  histogram.sum += seconds;
}

std::string Metrics::text(const Gauges& now) const {
  std::string out;
  const auto into = std::back_inserter(out);
  head(out, "http_requests_total", "counter", "Requests to the console that were answered.");
  for (const auto& [what, count] : answered_) {
    fmt::format_to(into, "clawback_http_requests_total{{place=\"{}\",status=\"{}\"}} {}\n",
                   name_of(what.first), what.second, count);
  }
  head(out, "http_request_seconds", "histogram", "Until the answer was ready to be sent.");
  for (std::size_t i = 0; i < places; ++i) {
    const Histogram& histogram = took_.at(i);
    const std::string_view place = name_of(static_cast<Place>(i));
    std::uint64_t so_far = 0;
    for (std::size_t k = 0; k < bounds.size(); ++k) {
      so_far += histogram.counts.at(k);
      fmt::format_to(into, "clawback_http_request_seconds_bucket{{place=\"{}\",le=\"{}\"}} {}\n",
                     place, bounds.at(k), so_far);
    }
    so_far += histogram.counts.back();
    fmt::format_to(into,
                   "clawback_http_request_seconds_bucket{{place=\"{0}\",le=\"+Inf\"}} {1}\n"
                   "clawback_http_request_seconds_sum{{place=\"{0}\"}} {2}\n"
                   "clawback_http_request_seconds_count{{place=\"{0}\"}} {1}\n",
                   place, so_far, histogram.sum);
  }
  head(out, "http_refused_total", "counter", "Requests that were turned down, by reason.");
  for (std::size_t i = 0; i < refusals; ++i) {
    fmt::format_to(into, "clawback_http_refused_total{{why=\"{}\"}} {}\n",
                   name_of(static_cast<Refused>(i)), refused_.at(i));
  }
  one(out, "sessions", "gauge", "People who are signed in, each browser once.", now.sessions);
  one(out, "streams", "gauge", "Followed runs.", now.streams);
  connections(out, now.server);
  house(out, now.health);
  return out;
}

}  // namespace clawback::console
