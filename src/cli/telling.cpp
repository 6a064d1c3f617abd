#include "cli/telling.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <boost/asio/this_coro.hpp>

#include "base/digest.hpp"
#include "base/safe_text.hpp"
#include "cli/credential_path.hpp"
#include "http/run.hpp"
#include "http/tls_client.hpp"

namespace clawback::cli {
namespace {

namespace asio = boost::asio;
using Deliveries = std::vector<notify::Delivery>;

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return {};
  return name.data();
}

notify::Settings settings_for(const Config& config, bool keep, const Context& context) {
  notify::Settings out;
  out.means.environment = context.environment;
  out.means.locate = [environment = context.environment](const std::filesystem::path& path) {
    return locate(path, environment);
  };
  // A receiver compares with its own clock: --now is about judging.
  out.means.now = system_now;
  out.host = host_name();
  if (keep && config.database) out.outbox = config.database->parent_path() / "outbox";
  return out;
}

asio::awaitable<Result<Deliveries>> send_all(http::TlsClientOptions options,
                                             std::vector<notify::Target> targets,
                                             notify::Message message, notify::Settings settings) {
  const auto executor = co_await asio::this_coro::executor;
  auto client = http::TlsClient::make(executor, options);
  if (!client) co_return client.error();
  Deliveries out = co_await notify::flush(**client, targets, settings);
  const Deliveries now = co_await notify::deliver(**client, targets, message, settings);
  out.insert(out.end(), now.begin(), now.end());
  (*client)->close_idle();
  co_return out;
}

void note(const notify::Delivery& delivery, Console& console) {
  const std::string whom = delivery.target.empty() ? "outbox" : delivery.target;
  switch (delivery.state) {
    case notify::Delivery::State::sent:
      return console.trace(fmt::format("notify {}: sent {}", whom, delivery.message));
    case notify::Delivery::State::kept:
      return console.note(
          fmt::format("notify {}: not sent, kept for the next pass: {}", whom, delivery.detail));
    case notify::Delivery::State::failed:
      return console.note(fmt::format("notify {}: not sent: {}", whom, delivery.detail));
    case notify::Delivery::State::dropped:
      return console.note(fmt::format("notify {}: given up: {}", whom, delivery.detail));
  }
}

}  // namespace

Result<Deliveries> tell(const Config& config, const notify::Message& message,
                        const Context& context) {
  if (config.notify_targets.empty()) return Deliveries();
  http::TlsClientOptions options;
  if (config.ca_file) options.ca_file = config.ca_file->string();
  const notify::Settings settings = settings_for(config, !message.test, context);
  auto deliveries = http::await<Result<Deliveries>>([&]() -> asio::awaitable<Result<Deliveries>> {
    return send_all(options, config.notify_targets, message, settings);
  });
  if (!deliveries) return deliveries.error();
  for (const notify::Delivery& delivery : *deliveries) note(delivery, context.console);
  return deliveries;
}

notify::Message new_message(const Config& config, const Context& context) {
  return {.id = random_guid(),
          .time = context.now(),
          .tenant = config.tenant_id,
          .tenant_name = config.tenant_name,
          .tool = "clawback " CLAWBACK_VERSION};
}

}  // namespace clawback::cli
