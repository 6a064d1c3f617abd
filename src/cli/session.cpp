#include "cli/session.hpp"

#include <fmt/format.h>

#include <boost/asio/this_coro.hpp>
#include <optional>

#include "base/file.hpp"
#include "base/safe_text.hpp"
#include "cli/credential_path.hpp"
#include "http/run.hpp"
#include "http/tls_client.hpp"

namespace clawback::cli {
namespace {

constexpr std::size_t pem_max = 1u << 20u;

std::string_view name_of(Role role) {
  switch (role) {
    case Role::read:
      return "read";
    case Role::write:
      return "write";
  }
  return "read";
}

Result<auth::Credential> load_secret(const CredentialSource& source,
                                     const Environment& environment) {
  if (source.env.empty()) {
    const auto file = locate(source.file, environment);
    if (!file) return file.error();
    auto secret = read_secret_file(*file);
    if (!secret) return secret.error();
    return auth::Credential(auth::ClientSecret{std::move(*secret)});
  }
  auto value = environment(source.env);
  if (!value || value->empty()) {
    return Error{.code = Errc::invalid,
                 .message = fmt::format("the variable {} that holds the client secret is not set",
                                        printable(source.env, 80))};
  }
  return auth::Credential(auth::ClientSecret{Secret(std::move(*value))});
}

Result<auth::Credential> load_certificate(const CredentialSource& source,
                                          const Environment& environment) {
  const auto file = locate(source.certificate, environment);
  if (!file) return file.error();
  const auto key_file = locate(source.key, environment);
  if (!key_file) return key_file.error();
  auto certificate = read_file(*file, pem_max);
  if (!certificate) return certificate.error();
  auto key = read_secret_file(*key_file);
  if (!key) return key.error();
  return auth::Credential(auth::ClientCertificate{.certificate_pem = std::move(*certificate),
                                                  .key_pem = std::move(*key)});
}

using Use = std::function<asio::awaitable<void>(http::Transport&, auth::TokenSource&)>;

asio::awaitable<void> connect(http::TlsClientOptions options, auth::Identity identity,
                              const Use& use, std::optional<Error>& failure) {
  const auto executor = co_await asio::this_coro::executor;
  auto client = http::TlsClient::make(executor, options);
  if (!client) {
    failure = client.error();
    co_return;
  }
  {
    // Tokens go by the real clock: --now is about judging, and the service has its own.
    auth::TokenSource tokens(std::move(identity), **client, system_now);
    co_await use(**client, tokens);
  }
  (*client)->close_idle();
}

asio::awaitable<void> connect(http::TlsClientOptions options,
                              const std::function<asio::awaitable<void>(http::Transport&)>& use,
                              std::optional<Error>& failure) {
  const auto executor = co_await asio::this_coro::executor;
  auto client = http::TlsClient::make(executor, options);
  if (!client) {
    failure = client.error();
    co_return;
  }
  co_await use(**client);
  (*client)->close_idle();
}

http::TlsClientOptions options_of(const Config& config) {
  http::TlsClientOptions options;
  if (config.ca_file) options.ca_file = config.ca_file->string();
  return options;
}

Result<void> with_connection(const Config& config, Role role, const Environment& environment,
                             const Use& use) {
  auto identity = load_identity(config, role, environment);
  if (!identity) return identity.error();
  const http::TlsClientOptions options = options_of(config);
  std::optional<Error> failure;
  // Moved in once: the task is run once.
  http::run([&]() -> asio::awaitable<void> {
    return connect(options, std::move(*identity), use, failure);
  });
  if (failure) return *failure;
  return {};
}

}  // namespace

Result<auth::Identity> load_identity(const Config& config, Role role,
                                     const Environment& environment) {
  const std::optional<IdentityConfig>& wanted = role == Role::read ? config.read : config.write;
  if (!wanted) {
    return Error{
        .code = Errc::invalid,
        .message = fmt::format("{}: there is no [identity.{}]", printable(config.file.string()),
                               name_of(role)),
        .hint = role == Role::write
                    ? "this installation can only read; add the identity that may change the tenant"
                    : "add the identity that reads, or give exported files with --evidence"};
  }
  auto credential = wanted->credential.kind == CredentialSource::Kind::secret
                        ? load_secret(wanted->credential, environment)
                        : load_certificate(wanted->credential, environment);
  if (!credential) {
    Error error = within(fmt::format("[identity.{}]", name_of(role)), credential.error());
    error.code = Errc::invalid;
    return error;
  }
  return auth::Identity{.name = std::string(name_of(role)),
                        .tenant_id = config.tenant_id,
                        .client_id = wanted->client_id,
                        .login = config.login,
                        .graph = config.graph,
                        .credential = std::move(*credential)};
}

Result<void> with_transport(const Config& config,
                            const std::function<asio::awaitable<void>(http::Transport&)>& use) {
  const http::TlsClientOptions options = options_of(config);
  std::optional<Error> failure;
  http::run([&]() -> asio::awaitable<void> { return connect(options, use, failure); });
  if (failure) return *failure;
  return {};
}

Result<void> with_tokens(
    const Config& config, Role role, const Environment& environment,
    const std::function<asio::awaitable<void>(auth::TokenSource&, graph::Reader&)>& use) {
  const Use inner = [&](http::Transport& transport,
                        auth::TokenSource& tokens) -> asio::awaitable<void> {
    graph::Reader reader(transport, tokens, config.graph, http::system_hooks());
    co_await use(tokens, reader);
  };
  return with_connection(config, role, environment, inner);
}

Result<void> with_reader(const Config& config, const Environment& environment,
                         const std::function<asio::awaitable<void>(graph::Reader&)>& use) {
  const auto inner = [&](auth::TokenSource&, graph::Reader& reader) -> asio::awaitable<void> {
    co_await use(reader);
  };
  return with_tokens(config, Role::read, environment, inner);
}

Result<void> with_writer(const Config& config, const Environment& environment,
                         const std::function<asio::awaitable<void>(graph::Writer&)>& use) {
  const Use inner = [&](http::Transport& transport,
                        auth::TokenSource& tokens) -> asio::awaitable<void> {
    graph::Writer writer(transport, tokens, config.graph, http::system_hooks());
    co_await use(writer);
  };
  return with_connection(config, Role::write, environment, inner);
}

}  // namespace clawback::cli
