#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "graph/client.hpp"
#include "graph/exchange.hpp"
#include "graph/page.hpp"
#include "graph/signal.hpp"

namespace clawback::graph {

// All pages of one collection. Several lanes run side by side: while one receives or parses a page,
// the next one has already asked for the page after it, because the link stands at the beginning of
// a page. Pages are judged and handed over strictly in order; a link that was seen early is only a
// reason to ask, what the parsed page says is what counts.
class Chain {
 public:
  using OnPage = std::function<Result<void>(const json::array&)>;

  Chain(Exchange& exchange, Call call, OnPage on_page, Reader::PageLimits limits,
        const asio::any_io_executor& executor);

  static constexpr std::size_t lanes = Reader::pages_ahead + 1;
  // Run `lanes` of these at the same time; when all are done, `result` holds.
  asio::awaitable<void> lane();
  [[nodiscard]] Result<void> result() const;

 private:
  struct Job {
    std::size_t number = 0;
    std::string target;
  };

  [[nodiscard]] bool over() const { return complete_ || ended_ || failure_.has_value(); }
  asio::awaitable<void> work(Job job);
  asio::awaitable<Result<http::Response>> fetch(Job job, Call call);
  void offer(std::size_t number, std::string_view link);
  void deliver(const Job& job, const Result<http::Response>& response);
  Result<void> follow(const std::optional<std::string>& link);
  Result<void> judge(const Job& job, const Result<http::Response>& response);

  Exchange& exchange_;
  Call call_;
  std::string version_;  // "/v1.0/": every page is below it
  OnPage on_page_;
  Reader::PageLimits limits_;
  Signal signal_;
  PageParser parser_;

  std::optional<Job> pending_;      // asked for by nobody yet
  std::size_t last_asked_ = 0;      // highest page number that was pending
  std::set<std::string> asked_;     // targets that were asked for early
  std::size_t turn_ = 0;            // the page that is handed over next…
  std::string confirmed_;           // …and where it must come from
  std::set<std::string> followed_;  // confirmed targets
  std::size_t records_ = 0;
  bool complete_ = false;
  bool ended_ = false;  // a lane was left, if only by an exception: no other waits for it
  std::optional<Error> failure_;
};

}  // namespace clawback::graph
