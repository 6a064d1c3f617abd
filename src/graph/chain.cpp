#include "graph/chain.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/digest.hpp"
#include "base/safe_text.hpp"
#include "graph/next_link.hpp"

namespace clawback::graph {
namespace {

Error too_many(std::string_view what, std::size_t limit) {
  return Error{.code = Errc::incomplete,
               .message = fmt::format("more than {} {}", limit, what),
               .hint = {},
               .position = std::nullopt,
               .details = {}};
}

}  // namespace

Chain::Chain(Exchange& exchange, Call call, OnPage on_page, Reader::PageLimits limits,
             const asio::any_io_executor& executor)
    : exchange_(exchange),
      call_(std::move(call)),
      version_(std::string(operation(call_.operation).version) + "/"),
      on_page_(std::move(on_page)),
      limits_(limits),
      signal_(executor),
      pending_(Job{.number = 0, .target = call_.path}),
      asked_{call_.path},
      confirmed_(call_.path),
      followed_{call_.path} {}

Result<void> Chain::result() const {
  if (failure_) return *failure_;
  return {};
}

asio::awaitable<void> Chain::lane() {
  struct Leaving {
    Chain& chain;
    ~Leaving() {
      chain.ended_ = true;
      chain.signal_.notify();
    }
  };
  const Leaving leaving{*this};
  while (true) {
    while (!pending_ && !over()) co_await signal_.wait();
    if (over()) co_return;
    Job job = std::move(*pending_);
    pending_.reset();
    co_await work(std::move(job));
  }
}

asio::awaitable<void> Chain::work(Job job) {
  auto response = co_await fetch(job, call_);
  while (turn_ != job.number && !over()) co_await signal_.wait();
  // The page before was asked for again and now links elsewhere than at first.
  while (!over() && job.target != confirmed_) {
    job.target = confirmed_;
    response = co_await fetch(job, call_);
  }
  if (over()) co_return;
  deliver(job, response);
  signal_.notify();
}

asio::awaitable<Result<http::Response>> Chain::fetch(Job job, Call call) {
  call.path = job.target;
  http::Request request = exchange_.request(call, random_guid());
  request.early = [this, number = job.number](std::string_view body) {
    const EarlyLink early = find_next_link(body);
    if (early.state == EarlyLink::State::found) offer(number + 1, early.link);
    return early.state != EarlyLink::State::more;
  };
  auto response = co_await exchange_.send(request);
  if (!response) co_return no_answer(call, request, response.error());
  if (response->status != 200) co_return to_error(call, to_answer(request, *response));
  co_return response;
}

// Asks early for a page if that is harmless; if not, the parsed page will say what is wrong.
void Chain::offer(std::size_t number, std::string_view link) {
  if (over() || number <= last_asked_ || number >= limits_.pages_max) return;
  auto target = own_target(exchange_.graph(), link, version_);
  if (!target || !asked_.insert(*target).second) return;
  last_asked_ = number;
  pending_ = Job{.number = number, .target = std::move(*target)};
  signal_.notify();
}

void Chain::deliver(const Job& job, const Result<http::Response>& response) {
  const auto judged = judge(job, response);
  if (judged) return;
  // A sign-in that fails is about no page.
  failure_ = judged.error().code == Errc::unauthenticated
                 ? judged.error()
                 : within(fmt::format("page {}", job.number + 1), judged.error());
  const bool named = std::any_of(failure_->details.begin(), failure_->details.end(),
                                 [](const auto& detail) { return detail.first == "operation"; });
  if (!named && failure_->code != Errc::unauthenticated) {
    failure_->details.emplace_back("operation", call_.operation);
  }
}

Result<void> Chain::judge(const Job& job, const Result<http::Response>& response) {
  if (!response) return response.error();
  const auto page = parser_.parse(response->body);
  if (!page) return within(call_.operation, page.error());
  records_ += page->records->size();
  if (records_ > limits_.records_max) return too_many("records", limits_.records_max);
  const auto followed = follow(page->next_link);
  if (!followed) return within(call_.operation, followed.error());
  const auto taken = on_page_(*page->records);
  if (!taken) return taken.error();
  turn_ = job.number + 1;
  complete_ = !page->next_link;
  return {};
}

// What the next page is, now for sure; it is asked for unless that has happened.
Result<void> Chain::follow(const std::optional<std::string>& link) {
  if (!link) return {};
  auto target = own_target(exchange_.graph(), *link, version_);
  if (!target) return target.error();
  if (!followed_.insert(*target).second) {
    return Error{.code = Errc::protocol,
                 .message = "a page links to a page that was already read: " + printable(*link),
                 .hint = {},
                 .position = std::nullopt,
                 .details = {}};
  }
  const std::size_t number = turn_ + 1;
  if (number >= limits_.pages_max) return too_many("pages", limits_.pages_max);
  confirmed_ = std::move(*target);
  if (last_asked_ < number) {
    last_asked_ = number;
    asked_.insert(confirmed_);
    pending_ = Job{.number = number, .target = confirmed_};
    signal_.notify();
  }
  return {};
}

}  // namespace clawback::graph
