#include "cli/signing.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include "auth/issuer.hpp"
#include "auth/sign_in.hpp"
#include "base/digest.hpp"
#include "base/file.hpp"
#include "base/safe_text.hpp"
#include "cli/browser.hpp"
#include "cli/session.hpp"
#include "cli/terminal.hpp"

namespace clawback::cli {
namespace {

constexpr std::size_t nonce_bytes = 16;
constexpr std::size_t reason_max = 2000;
constexpr std::chrono::minutes sign_in_max{9};

Result<KeySigner> open_key(const std::string& file, const Context& context) {
  auto pem = read_secret_file(file);
  if (!pem) return pem.error();
  KeySigner key{.pem = std::move(*pem), .passphrase = {}};
  if (key.pem.reveal().find("ENCRYPTED") == std::string_view::npos) return key;
  auto given = passphrase_from_environment(context);
  if (!given) return given.error();
  if (*given) {
    key.passphrase = std::move(**given);
    return key;
  }
  if (!can_ask(context)) {
    return Error{.code = Errc::invalid,
                 .message = fmt::format(
                     "{}: the key has a passphrase, and there is no terminal to ask for it",
                     printable(file)),
                 .hint = "--passphrase-env NAME"};
  }
  auto asked = ask_passphrase(fmt::format("Passphrase of {}: ", printable(file)), context);
  if (!asked) return asked.error();
  key.passphrase = std::move(*asked);
  return key;
}

Result<void> check_known(const std::string& name, const Config& config) {
  const auto& registry = config.approvers;
  const bool known = std::any_of(registry.begin(), registry.end(),
                                 [&](const approval::Approver& one) { return one.name == name; });
  if (known) return {};
  return Error{.code = Errc::approval,
               .message = fmt::format("\"{}\" is not a registered approver", printable(name, 80)),
               .hint = fmt::format("an administrator adds an [[approver]] to {}",
                                   printable(config.file.string()))};
}

Result<void> check_owner(const KeySigner& key, const std::string& name, const Config& config) {
  const auto mine = approval::public_key_of(key.pem, key.passphrase);
  if (!mine) return mine.error();
  const auto& registry = config.approvers;
  const bool fits = std::any_of(
      registry.begin(), registry.end(),
      [&](const approval::Approver& one) { return one.name == name && one.ed25519 == *mine; });
  if (fits) return {};
  return Error{.code = Errc::approval,
               .message = fmt::format("this key is not one that is registered for \"{}\"",
                                      printable(name, 80)),
               .hint = fmt::format("its public half is {}", base64(*mine))};
}

Result<EntraSigner> entra_account(const std::string& name, const Config& config) {
  if (!config.approve_client_id) {
    return Error{.code = Errc::invalid,
                 .message = fmt::format("{}: there is no [identity.approve]",
                                        printable(config.file.string())),
                 .hint = "client_id = \"…\" of the registration that approvers sign in with"};
  }
  for (const approval::Approver& one : config.approvers) {
    if (one.name == name && !one.entra.object.empty()) return EntraSigner{.account = one.entra};
  }
  return Error{
      .code = Errc::approval,
      .message = fmt::format("\"{}\" has no registered Entra account", printable(name, 80)),
      .hint = "entra = { tenant = \"…\", object = \"…\" } in an [[approver]]"};
}

// The address is always printed; a program that opens it is run only if one is named, by
// $BROWSER only where somebody sits.
void show_address(const std::string& address, const SignerArguments& arguments,
                  const Context& context) {
  context.console.ask(fmt::format("Sign in as {} at:\n{}\n", printable(arguments.as, 80), address));
  std::string program = arguments.browser;
  if (program.empty() && ::isatty(STDERR_FILENO) == 1) {
    program = context.environment("BROWSER").value_or("");
  }
  if (program.empty()) return;
  const auto opened = open_in_browser(program, address);
  if (!opened) context.console.note(opened.error().message);
}

Result<std::string> sign_with_entra(const EntraSigner& signer, const SignerArguments& arguments,
                                    const std::function<approval::Statement(Time)>& make,
                                    const Config& config, const Context& context) {
  // The token carries the time of the sign-in: the statement is made right before it.
  const auto clock = context.running_clock();
  const approval::Statement statement = make(clock());
  auth::SignIn wanted{
      .login = config.login,
      .tenant = signer.account.tenant,
      .client_id = *config.approve_client_id,
      .nonce = approval::sign_in_nonce(statement),
      .show = [&](const std::string& address) { show_address(address, arguments, context); }};
  if (arguments.sign_in_timeout) wanted.timeout = *arguments.sign_in_timeout;
  std::optional<Result<Secret>> token;
  std::optional<Result<std::string>> keys;
  const auto use = [&](http::Transport& transport) -> asio::awaitable<void> {
    // Whether the issuer can be reached is found out before somebody signs in.
    auto fetched = co_await auth::fetch_keys(config.login, signer.account.tenant, transport);
    keys.emplace(std::move(fetched));
    if (!*keys) co_return;
    auto signed_in = co_await auth::sign_in(std::move(wanted), transport);
    token.emplace(std::move(signed_in));
  };
  if (const auto ran = with_transport(config, use); !ran) return ran.error();
  if (!*keys) return keys->error();
  if (!*token) return token->error();
  return approval::seal_token(statement, **token,
                              config.registry({{signer.account.tenant, {**keys}}}), clock());
}

}  // namespace

std::string new_nonce() { return base64url(random_bytes(nonce_bytes)); }

Result<void> check_reason(const std::string& reason) {
  if (reason.find_first_not_of(" \t\r\n") == std::string::npos) {
    return Error{.code = Errc::invalid, .message = "--reason: say why"};
  }
  if (reason.size() <= reason_max) return {};
  return Error{.code = Errc::invalid, .message = "--reason: longer than anybody reads"};
}

Result<Signer> prepare_signer(const SignerArguments& arguments, const Config& config,
                              const Context& context) {
  if (arguments.key.empty() != arguments.sign_in) {
    return Error{.code = Errc::invalid,
                 .message = "either --key FILE or --sign-in says how you sign",
                 .hint = "`clawback key new` makes a key"};
  }
  if (const auto known = check_known(arguments.as, config); !known) return known.error();
  if (arguments.sign_in_timeout.value_or(Duration{}) > sign_in_max) {
    return Error{
        .code = Errc::invalid,
        .message = "--sign-in-timeout: 9m at most",
        .hint = "what is signed in ten minutes after the statement was made does not count"};
  }
  if (arguments.sign_in) {
    auto account = entra_account(arguments.as, config);
    if (!account) return account.error();
    return Signer(std::move(*account));
  }
  auto key = open_key(arguments.key, context);
  if (!key) return key.error();
  const auto owner = check_owner(*key, arguments.as, config);
  if (!owner) return within(printable(arguments.key), owner.error());
  return Signer(std::move(*key));
}

Result<std::string> sign_statement(const Signer& signer, const SignerArguments& arguments,
                                   const std::function<approval::Statement(Time)>& make,
                                   const Config& config, const Context& context) {
  if (const auto* account = std::get_if<EntraSigner>(&signer)) {
    return sign_with_entra(*account, arguments, make, config, context);
  }
  const auto& key = std::get<KeySigner>(signer);
  return approval::sign(make(context.now()), key.pem, key.passphrase);
}

}  // namespace clawback::cli
