#include <fmt/format.h>

#include <boost/asio/ip/address.hpp>
#include <charconv>

#include "base/safe_text.hpp"
#include "cli/config_parts.hpp"
#include "cli/credential_path.hpp"

namespace clawback::cli {
namespace {

using policy::TomlTable;

Error unusable(const std::string& text) {
  return Error{.code = Errc::invalid,
               .message = fmt::format("\"{}\" is no address to listen on", printable(text, 60)),
               .hint = "127.0.0.1:8750, or [::1]:8750"};
}

}  // namespace

Result<void> read_listen(const std::string& text, ConsoleConfig& into) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return unusable(text);
  std::string address = text.substr(0, colon);
  const bool bracketed = address.size() > 2 && address.starts_with('[') && address.ends_with(']');
  if (bracketed) address = address.substr(1, address.size() - 2);
  boost::system::error_code failed;
  const auto parsed = boost::asio::ip::make_address(address, failed);
  if (failed || parsed.is_v6() != bracketed) return unusable(text);
  const std::string number = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, wrong] = std::from_chars(number.data(), number.data() + number.size(), port);
  if (wrong != std::errc() || end != number.data() + number.size()) return unusable(text);
  into.address = parsed.to_string();
  into.port = port;
  return {};
}

void read_console(TomlTable& root, Config& config) {
  auto table = root.table("console");
  if (!table) return;
  ConsoleConfig& console = config.console;
  if (const auto listen = table->text("listen")) {
    const auto read = read_listen(*listen, console);
    if (!read) table->fail("listen", read.error().message, read.error().hint);
  }
  if (table->has("certificate") != table->has("key")) {
    table->fail(table->has("key") ? "key" : "certificate",
                "\"certificate\" and \"key\" belong together");
  }
  if (const auto path = table->text("certificate")) {
    console.certificate = secret_path(*table, "certificate", *path, config.file);
  }
  if (const auto path = table->text("key")) {
    console.key = secret_path(*table, "key", *path, config.file);
  }
  if (const auto path = table->text("metrics_token")) {
    console.metrics_token = secret_path(*table, "metrics_token", *path, config.file);
  }
  if (const auto url = table->text("base_url")) {
    const auto origin = http::parse_origin(*url);
    if (origin) {
      console.base_url = *origin;
    } else {
      table->fail("base_url",
                  fmt::format("\"base_url\" is not an https address: {}", origin.error().message),
                  "https://host or https://host:port, and nothing after it");
    }
  }
}

}  // namespace clawback::cli
