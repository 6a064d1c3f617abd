#include "lab/server.hpp"

#include <fmt/format.h>
#include <pthread.h>

#include <boost/json/object.hpp>
#include <csignal>
#include <filesystem>

#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/lab_faults.hpp"
#include "cli/policy_files.hpp"

namespace clawback::cli {
namespace {

// Blocked in this thread and in every one that it starts: only `wait` takes them.
class Signals {
 public:
  Signals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGINT);
    sigaddset(&set_, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  ~Signals() { ::pthread_sigmask(SIG_UNBLOCK, &set_, nullptr); }
  void wait() const {
    int number = 0;
    while (sigwait(&set_, &number) != 0) {
    }
  }

 private:
  sigset_t set_{};
};

}  // namespace

Result<int> execute(const LabArguments& arguments, const Context& context) {
  lab::Options options;
  options.tenant.seed = arguments.seed;
  options.tenant.users = arguments.users;
  options.tenant.service_principals = arguments.apps;
  options.tenant.grants = arguments.grants;
  options.tenant.now = context.now();
  options.port = arguments.port;
  options.latency = std::chrono::milliseconds(arguments.latency_ms);
  options.visibility = std::chrono::milliseconds(arguments.visibility_ms);
  options.tenant.planted = !arguments.no_planted;
  options.tenant.premium = !arguments.no_premium;
  options.create_ignores_disabled = arguments.create_ignores_disabled;
  options.uncreatable = arguments.uncreatable;
  options.mailbox_settings = arguments.mailbox_settings;
  options.read_denied = arguments.deny_read;
  options.write_denied = arguments.deny_write;
  options.redirect_uris = arguments.redirects;
  if (!arguments.faults.empty()) {
    auto faults = read_faults(arguments.faults);
    if (!faults) return faults.error();
    options.faults = std::move(*faults);
  }
  const auto policy = policy_folder({}, nullptr);
  if (!policy) return policy.error();
  const Signals signals;
  const auto server = lab::Server::start(options);
  if (!server) return server.error();
  std::error_code ec;
  std::filesystem::create_directories(arguments.output, ec);
  const auto written = (*server)->write_config(arguments.output, *policy);
  if (!written) return written.error();
  const std::string config = (std::filesystem::path(arguments.output) / "clawback.toml").string();
  context.console.result(
      json::object{{"schema", "clawback.lab/1"},
                   {"url", (*server)->url()},
                   {"tenant", (*server)->tenant_id()},
                   {"config", config}},
      fmt::format("Simulated tenant at {}\nTry:  clawback --config {} scan\nStop: Ctrl-C\n",
                  (*server)->url(), config));
  signals.wait();
  context.console.note("stopped");
  return exit_code::done;
}

}  // namespace clawback::cli
