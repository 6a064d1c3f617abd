#include "cli/serve_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>

#include "base/file.hpp"
#include "base/safe_text.hpp"
#include "cli/credential_path.hpp"

namespace clawback::cli {
namespace {

constexpr std::size_t pem_max = 1u << 20u;
// A page with all that it needs fits many times; a form is a few hundred bytes.
constexpr std::size_t header_max = 16u << 10u;
constexpr std::size_t body_max = 64u << 10u;
constexpr std::size_t connections_max = 512;
constexpr std::size_t connections_per_address = 128;
constexpr std::chrono::seconds idle_max{30};
constexpr std::chrono::seconds request_max{10};
constexpr std::chrono::seconds write_max{15};

bool is_loopback(const std::string& address) {
  boost::system::error_code failed;
  const auto parsed = boost::asio::ip::make_address(address, failed);
  return !failed && parsed.is_loopback();
}

Result<std::string> read_there(const std::filesystem::path& path, const Environment& environment) {
  const auto file = locate(path, environment);
  if (!file) return file.error();
  return read_file(*file, pem_max);
}

Result<Secret> read_secret_there(const std::filesystem::path& path,
                                 const Environment& environment) {
  const auto file = locate(path, environment);
  if (!file) return file.error();
  return read_secret_file(*file);
}

// Origin of a name: what a Host header says, without the scheme.
std::string authority(const http::Origin& origin) {
  return origin.url().substr(std::string_view("https://").size());
}

void add_names(const Config& config, std::uint16_t port, console::Settings& settings) {
  const ConsoleConfig& console = config.console;
  if (console.base_url) {
    settings.base_url = console.base_url->url();
    settings.hosts.push_back(authority(*console.base_url));
  }
  if (is_loopback(console.address)) {
    for (const char* const name : {"localhost", "127.0.0.1", "[::1]"}) {
      settings.hosts.push_back(fmt::format("{}:{}", name, port));
    }
  }
  if (!console.base_url) {
    settings.base_url =
        fmt::format("{}://localhost:{}", console.certificate.empty() ? "http" : "https", port);
  }
  settings.tls = settings.base_url.starts_with("https://");
  settings.hsts = console.base_url.has_value();
  // Behind a name there may be a proxy on this machine, which lets others in.
  settings.open_metrics = is_loopback(console.address) && !console.base_url;
}

void add_people(const Config& config, console::Settings& settings) {
  std::vector<approval::Approver> registered;
  const auto add = [&](const approval::Approver& one, bool approver) {
    if (one.entra.object.empty()) return;
    settings.people.push_back({.name = one.name, .account = one.entra, .approver = approver});
    registered.push_back({.name = one.name, .ed25519 = {}, .entra = one.entra, .account = {}});
  };
  for (const approval::Approver& one : config.approvers) add(one, true);
  for (const approval::Approver& one : config.viewers) add(one, false);
  settings.registry = {std::move(registered),
                       {.login = config.login.url(),
                        .client_id = config.approve_client_id.value_or(""),
                        .keys = {}}};
  // Of several tenants nobody knows which one somebody is of before he has signed in.
  settings.tenant = settings.people.front().account.tenant;
  for (const console::Person& one : settings.people) {
    if (one.account.tenant != settings.tenant) settings.tenant = "organizations";
  }
}

}  // namespace

Result<http::TlsServerOptions> listen_options(const Config& config,
                                              const Environment& environment) {
  const ConsoleConfig& console = config.console;
  http::TlsServerOptions options{.address = console.address,
                                 .port = console.port,
                                 .header_max = header_max,
                                 .body_max = body_max,
                                 .idle_max = idle_max,
                                 .request_max = request_max,
                                 .write_max = write_max,
                                 .connections_max = connections_max,
                                 .connections_per_address = connections_per_address};
  if (console.certificate.empty()) {
    if (!is_loopback(console.address)) {
      return Error{
          .code = Errc::invalid,
          .message = fmt::format("{} is not a loopback address: the console needs TLS there",
                                 console.address),
          .hint = "certificate and key in [console], or listen on 127.0.0.1"};
    }
    options.plain = true;
    return options;
  }
  if (!is_loopback(console.address) && !console.base_url) {
    return Error{.code = Errc::invalid,
                 .message = "[console] needs base_url: how do browsers reach it?",
                 .hint = "base_url = \"https://console.example\", as registered in Entra"};
  }
  auto certificate = read_there(console.certificate, environment);
  if (!certificate) return within("[console] certificate", certificate.error());
  const auto key = read_secret_there(console.key, environment);
  if (!key) return within("[console] key", key.error());
  options.certificate_pem = std::move(*certificate);
  options.key_pem = key->reveal();
  return options;
}

Result<console::Settings> console_settings(const Config& config, std::uint16_t port,
                                           const Environment& environment) {
  if (!config.approve_client_id) {
    return Error{
        .code = Errc::invalid,
        .message = fmt::format("{}: there is no [identity.approve]: people sign in with it",
                               printable(config.file.string())),
        .hint = "client_id = \"…\" of a public client; docs/how-to/console.md says how"};
  }
  console::Settings settings;
  settings.login = config.login;
  settings.client_id = *config.approve_client_id;
  settings.tenant_name = config.tenant_name;
  add_names(config, port, settings);
  const auto has_account = [](const approval::Approver& one) { return !one.entra.object.empty(); };
  if (std::ranges::none_of(config.approvers, has_account) && config.viewers.empty()) {
    return Error{.code = Errc::invalid,
                 .message = fmt::format("{}: nobody could sign in: no [[approver]] has an account",
                                        printable(config.file.string())),
                 .hint =
                     "entra = { tenant = \"…\", object = \"…\" }, and role = \"viewer\" for who "
                     "only looks"};
  }
  add_people(config, settings);
  if (!config.console.metrics_token.empty()) {
    auto token = read_secret_there(config.console.metrics_token, environment);
    if (!token) return within("[console] metrics_token", token.error());
    settings.metrics_token = std::move(*token);
  }
  return settings;
}

}  // namespace clawback::cli
