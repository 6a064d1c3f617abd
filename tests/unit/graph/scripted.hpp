#pragma once

#include <boost/asio/this_coro.hpp>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "graph/client.hpp"
#include "graph/signal.hpp"
#include "http/run.hpp"

namespace clawback::tests {

namespace asio = boost::asio;

// A Graph that answers from a script. It also plays the token service: tokens are "t1", "t2"…
class ScriptedGraph final : public http::Transport {
 public:
  struct Asked {
    std::string method;
    std::string origin;
    std::string target;
    std::string authorization;
    std::string client_request_id;
    std::string body;
  };
  using Handler = std::function<Result<http::Response>(const http::Request&)>;

  // Answers of a target, one after the other; the last one stays.
  void on(std::string target, std::vector<Result<http::Response>> answers) {
    scripts_[std::move(target)] = {answers.begin(), answers.end()};
  }
  void otherwise(Handler handler) { handler_ = std::move(handler); }

  asio::awaitable<Result<http::Response>> send(const http::Request& request) override {
    if (request.target.ends_with("/oauth2/v2.0/token")) {
      const std::string token = "t" + std::to_string(++tokens);
      const std::string body =
          R"({"token_type":"Bearer","expires_in":3599,"access_token":")" + token + "\"}";
      co_return http::Response{.status = 200, .headers = {}, .body = body};
    }
    note(request);
    auto answer = choose(request);
    if (answer && answer->status == 200) feed(request, answer->body);
    co_return answer;
  }

  static void feed(const http::Request& request, std::string_view body) {
    if (!request.early) return;
    for (std::size_t size = 1; size <= body.size(); size += 7) {
      if (request.early(body.substr(0, size))) return;
    }
  }

  [[nodiscard]] std::vector<std::string> targets() const {
    std::vector<std::string> out;
    out.reserve(asked.size());
    for (const Asked& one : asked) out.push_back(one.target);
    return out;
  }

  void note(const http::Request& request) {
    const std::string* authorization = http::find(request.headers, "Authorization");
    const std::string* id = http::find(request.headers, "client-request-id");
    asked.push_back({.method = request.method,
                     .origin = request.origin.url(),
                     .target = request.target,
                     .authorization = authorization != nullptr ? *authorization : "",
                     .client_request_id = id != nullptr ? *id : "",
                     .body = request.body});
  }

  std::vector<Asked> asked;
  int tokens = 0;

 private:
  Result<http::Response> choose(const http::Request& request) {
    const auto script = scripts_.find(request.target);
    if (script == scripts_.end()) {
      if (handler_) return handler_(request);
      return http::Response{.status = 404, .headers = {}, .body = "{}"};
    }
    auto answer = script->second.front();
    if (script->second.size() > 1) script->second.pop_front();
    return answer;
  }

  std::map<std::string, std::deque<Result<http::Response>>> scripts_;
  Handler handler_;
};

inline const http::Origin graph_origin{.host = "graph.example", .port = 443};

inline auth::Identity test_identity() {
  return {.name = "read",
          .tenant_id = "aaaabbbb-0000-cccc-1111-dddd2222eeee",
          .client_id = "11111111-0000-0000-0000-000000000001",
          .login = http::Origin{.host = "login.example", .port = 443},
          .graph = graph_origin,
          .credential = auth::ClientSecret{.value = Secret("s")}};
}

// A Reader and a Writer over a transport, with a clock that stands and sleeps that are only
// counted.
struct Rig {
  explicit Rig(http::Transport& through)
      : tokens(test_identity(), through, [] { return Time{}; }),
        reader(through, tokens, graph_origin, hooks()),
        writer(through, tokens, graph_origin, hooks()) {}

  http::RetryHooks hooks() {
    return {.now = [] { return Time{}; },
            .jitter = [] { return 0.0; },
            .sleep = [this](std::chrono::milliseconds delay) -> asio::awaitable<void> {
              slept.push_back(delay);
              co_return;
            }};
  }

  std::vector<std::chrono::milliseconds> slept;
  auth::TokenSource tokens;
  graph::Reader reader;
  graph::Writer writer;
};

inline http::Response ok(std::string body) {
  return {
      .status = 200, .headers = {{.name = "request-id", .value = "r-1"}}, .body = std::move(body)};
}

inline http::Response status(int code, std::string body = "{}", http::Headers headers = {}) {
  return {.status = code, .headers = std::move(headers), .body = std::move(body)};
}

inline Error failed(Errc code, std::string message = "the connection was lost") {
  return {.code = code, .message = std::move(message), .hint = {}, .position = {}, .details = {}};
}

// A page of records {"id":"…"}; `next` is a whole link or empty.
inline std::string page(const std::vector<std::string>& ids, const std::string& next = {}) {
  std::string body = "{";
  if (!next.empty()) body += "\"@odata.nextLink\":\"" + next + "\",";
  body += "\"value\":[";
  for (std::size_t i = 0; i < ids.size(); ++i) {
    body += (i == 0 ? "" : ",");
    body += R"({"id":")" + ids[i] + "\"}";
  }
  return body + "]}";
}

struct Read {
  Result<void> result;
  std::vector<std::string> ids;
};

inline Read read_pages(graph::Reader& reader, graph::Reader::PageLimits limits = {}) {
  Read read;
  http::run([&]() -> asio::awaitable<void> {
    const graph::Call call = graph::make_call("oauth2PermissionGrant_list");
    const auto on_page = [&](const json::array& records) -> Result<void> {
      for (const json::value& record : records) {
        read.ids.push_back(string_at(record, "id").value_or("?"));
      }
      return {};
    };
    read.result = co_await reader.pages(call, on_page, limits);
  });
  return read;
}

}  // namespace clawback::tests
