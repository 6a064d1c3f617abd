#include "auth/sign_in.hpp"

#include <boost/asio/this_coro.hpp>

#include "auth/loopback.hpp"

namespace clawback::auth {

asio::awaitable<Result<Secret>> sign_in(SignIn wanted, http::Transport& transport) {
  const auto executor = co_await asio::this_coro::executor;
  CodeFlow flow = begin_flow({});
  const auto loopback = Loopback::listen(executor, flow.state);
  if (!loopback) co_return loopback.error();
  flow.redirect_uri = "http://localhost:" + std::to_string((*loopback)->port());
  Asked asked{.login = wanted.login,
              .tenant = wanted.tenant,
              .client_id = wanted.client_id,
              .nonce = wanted.nonce};
  if (wanted.show) wanted.show(address_of(asked, flow));
  auto redirect = co_await (*loopback)->answer(wanted.timeout);
  if (!redirect) co_return redirect.error();
  auto token =
      co_await finish_flow(std::move(asked), std::move(flow), std::move(*redirect), transport);
  co_return token;
}

}  // namespace clawback::auth
