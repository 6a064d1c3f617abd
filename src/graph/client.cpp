#include "graph/client.hpp"

#include <boost/asio/this_coro.hpp>

#include "base/digest.hpp"
#include "base/safe_text.hpp"
#include "graph/batch.hpp"
#include "graph/chain.hpp"
#include "graph/exchange.hpp"
#include "http/run.hpp"

namespace clawback::graph {
namespace {

Error refused(const Call& call, std::string_view why) {
  return Error{.code = Errc::guard,
               .message = "refused to send " + printable(call.method) + " " + printable(call.path) +
                          ": " + std::string(why),
               .hint = {},
               .position = std::nullopt,
               .details = {}};
}

bool is_read(const Call& call) {
  const Operation* found = match(call.method, call.path);
  return found != nullptr && found->id == call.operation && call.method == "GET" &&
         call.path.starts_with(std::string(found->version) + "/");
}

std::optional<std::string> no_write(const Call& call) {
  const Operation* of = match(call.method, call.path);
  if (of == nullptr || !of->writes) return "it is not a write that clawback knows";
  if (of->id != call.operation) return "it is not the operation " + printable(call.operation);
  if (!call.path.starts_with("/v1.0/") || call.path.find('?') != std::string::npos) {
    return "the path is not in the form in which clawback writes it";
  }
  return std::nullopt;
}

}  // namespace

Reader::Reader(http::Transport& transport, auth::TokenSource& tokens, http::Origin graph,
               http::RetryHooks hooks, http::RetryPolicy policy)
    : state_(std::make_unique<State>(
          State{Exchange(transport, tokens, std::move(graph), std::move(hooks), policy)})) {}

Reader::~Reader() = default;

asio::awaitable<Result<Answer>> Reader::get(Call call) {
  if (!is_read(call)) co_return refused(call, "it is not a read that clawback knows");
  Exchange& exchange = state_->exchange;
  const http::Request request = exchange.request(call, random_guid());
  const auto response = co_await exchange.send(request);
  if (!response) co_return no_answer(call, request, response.error());
  co_return to_answer(request, *response);
}

asio::awaitable<Result<void>> Reader::pages(Call call,
                                            std::function<Result<void>(const json::array&)> on_page,
                                            PageLimits limits) {
  if (!is_read(call)) co_return refused(call, "it is not a read that clawback knows");
  const auto executor = co_await asio::this_coro::executor;
  Chain chain(state_->exchange, std::move(call), std::move(on_page), limits, executor);
  std::vector<std::function<asio::awaitable<void>()>> lanes(Chain::lanes,
                                                            [&chain]() { return chain.lane(); });
  co_await http::run_all(std::move(lanes), Chain::lanes);
  co_return chain.result();
}

asio::awaitable<Result<void>> Reader::pages(
    Call call, std::function<Result<void>(const json::array&)> on_page) {
  return pages(std::move(call), std::move(on_page), PageLimits{});
}

asio::awaitable<Result<std::vector<Answer>>> Reader::batch(std::vector<Call> calls) {
  for (const Call& call : calls) {
    // An envelope is of one version.
    if (!is_read(call) || !call.path.starts_with("/v1.0/")) {
      co_return refused(call, "it is not a read that clawback knows");
    }
  }
  Batch batch(state_->exchange, std::move(calls));
  co_return co_await batch.run();
}

Writer::Writer(http::Transport& transport, auth::TokenSource& tokens, http::Origin graph,
               http::RetryHooks hooks, http::RetryPolicy policy)
    : reader_(transport, tokens, std::move(graph), std::move(hooks), policy) {}

Writer::~Writer() = default;

asio::awaitable<void> Writer::ready(std::string_view path, std::size_t count) {
  Exchange& exchange = reader_.state_->exchange;
  http::Brake& brake = exchange.brake(traffic_of("POST", path));
  co_await brake.pass(exchange.hooks(), static_cast<double>(count));
  co_await exchange.sign_in();
}

void Writer::not_sent(std::string_view path, std::size_t count) {
  http::Brake& brake = reader_.state_->exchange.brake(traffic_of("POST", path));
  brake.refund(static_cast<double>(count));
}

bool Writer::held(std::string_view path) const {
  Exchange& exchange = reader_.state_->exchange;
  const http::Brake& brake = exchange.brake(traffic_of("POST", path));
  return brake.held(exchange.hooks().now()) || !exchange.signed_in();
}

asio::awaitable<Result<Answer>> Writer::send(Call call, std::string client_request_id) {
  if (const auto why = no_write(call)) co_return refused(call, *why);
  Exchange& exchange = reader_.state_->exchange;
  http::Request request = exchange.request(call, std::move(client_request_id));
  // The caller has just read what it is about to change: a longer wait is the caller's, who reads
  // again.
  request.patience = patience;
  const Traffic traffic = traffic_of(call.method, call.path);
  const auto response = co_await exchange.send(request, traffic, {.load = 0, .hand_over = true});
  if (!response) co_return no_answer(call, request, response.error());
  co_return to_answer(request, *response);
}

asio::awaitable<std::vector<Result<Answer>>> Writer::send_batch(std::vector<Write> writes) {
  for (const Write& write : writes) {
    auto why = no_write(write.call);
    if (!why && goes_alone(write.call.path)) why = "it can't be sent with others";
    if (!why && writes.size() > batch_size) why = "an envelope holds twenty";
    if (!why) continue;
    co_return std::vector<Result<Answer>>(writes.size(), refused(write.call, *why));
  }
  co_return co_await send_writes(reader_.state_->exchange, std::move(writes));
}

Reader& Writer::reader() { return reader_; }

bool goes_alone(std::string_view path) {
  const Traffic traffic = traffic_of("POST", path);
  return traffic == Traffic::policies || traffic == Traffic::mailbox;
}

}  // namespace clawback::graph
