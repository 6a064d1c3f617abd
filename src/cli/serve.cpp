#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <ostream>

#include "base/safe_text.hpp"
#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/serve_house.hpp"
#include "cli/serve_settings.hpp"
#include "console/console.hpp"
#include "http/tls_client.hpp"

// serve: the web console, until SIGTERM or SIGINT. It has no identity that could change a tenant,
// and asks for none.
namespace clawback::cli {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::seconds grace{3};  // for answers that are under way
constexpr std::chrono::milliseconds look_again{20};
constexpr std::chrono::seconds unwinding_max{5};

// One request as a line of words: no query, cookie, token or form is in it.
std::string line_of(const console::Answered& one) {
  std::string line =
      fmt::format("request place={} method={} status={} ms={} peer={}", name_of(one.place),
                  printable(one.method, 10), one.status, one.took.count(), printable(one.peer, 60));
  if (!one.id.empty()) line += fmt::format(" id=\"{}\"", printable(one.id, 100));
  if (!one.person.empty()) line += fmt::format(" person=\"{}\"", printable(one.person, 80));
  if (!one.why.empty()) line += fmt::format(" refused={}", one.why);
  return line;
}

// Ends the loop when a signal has come and nothing is under way any more.
class Ending {
 public:
  Ending(asio::io_context& loop, asio::signal_set& signals, http::TlsServer& server)
      : loop_(loop), server_(server), timer_(loop) {
    signals.async_wait([this](const boost::system::error_code& failed, int) {
      if (failed) return;
      server_.stop();
      until_ = std::chrono::steady_clock::now() + grace;
      look();
    });
  }

 private:
  void look() {
    if (server_.counts().open == 0 || std::chrono::steady_clock::now() >= until_) {
      return loop_.stop();
    }
    timer_.expires_after(look_again);
    timer_.async_wait([this](const boost::system::error_code& failed) {
      if (!failed) look();
    });
  }
  asio::io_context& loop_;
  http::TlsServer& server_;
  asio::steady_timer timer_;
  std::chrono::steady_clock::time_point until_;
};

Result<Config> config_for(const ServeArguments& arguments, const Context& context) {
  auto config = require_config(context);
  if (!config || arguments.listen.empty()) return config;
  const auto read = read_listen(arguments.listen, config->console);
  if (!read) return within("--listen", read.error());
  return config;
}

http::TlsClientOptions client_options(const Config& config) {
  http::TlsClientOptions options;
  if (config.ca_file) options.ca_file = config.ca_file->string();
  return options;
}

Result<int> serve(const Config& config, console::House& house, const Context& context) {
  auto options = listen_options(config, context.environment);
  if (!options) return options.error();
  asio::io_context loop(1);
  const auto client = http::TlsClient::make(loop.get_executor(), client_options(config));
  if (!client) return client.error();
  std::optional<console::Console> console;
  options->refusal = [&console](int status) { return console->refusal(status); };
  auto server = http::TlsServer::make(
      loop.get_executor(), *options,
      [&console](http::Request request) { return console->answer(std::move(request)); });
  if (!server) return server.error();
  auto settings = console_settings(config, (*server)->port(), context.environment);
  if (!settings) return settings.error();
  const std::string address = settings->base_url;
  const auto log = [&context](const console::Answered& one) {
    const bool bad = !one.why.empty() || one.status >= 500;
    context.console.event(line_of(one), {.run = {}, .action = {}, .event = {}, .bad = bad});
  };
  console.emplace(std::move(*settings),
                  console::Console::Tools{.house = house,
                                          .transport = **client,
                                          .clock = context.running_clock(),
                                          .log = log,
                                          .server = [&server] { return (*server)->counts(); }});
  // Beyond the loop: a second signal does not cut off what is being unwound.
  asio::signal_set signals(loop, SIGINT, SIGTERM);
  {
    const Ending ending(loop, signals, **server);
    context.console.note(fmt::format("Console at {}", address));
    loop.run();
  }
  // What is still under way is unwound while everything that it refers to is there.
  console->set_server({});
  (*server).reset();
  console->close();
  (*client)->close_idle();
  loop.restart();
  loop.run_for(unwinding_max);
  context.console.note("serve: asked to end");
  return exit_code::done;
}

}  // namespace

Result<int> execute(const ServeArguments& arguments, const Context& context) {
  if (context.global.now) {
    return Error{.code = Errc::invalid,
                 .message = "serve goes by the clock: --now has no place here",
                 .hint = "leave it out"};
  }
  const auto config = config_for(arguments, context);
  if (!config) return config.error();
  // The house works on a thread of its own, where nothing is printed.
  std::ostream nowhere(nullptr);
  Console silent(nowhere, nowhere, {.quiet = true});
  const Context quiet{.global = context.global,
                      .console = silent,
                      .environment = context.environment,
                      .started = context.started,
                      .begun = context.begun,
                      .clock = context.clock};
  const auto house = open_house(*config, arguments.policy, quiet);
  if (!house) return house.error();
  return serve(*config, **house, context);
}

}  // namespace clawback::cli
