#include "console/console.hpp"

// The progress of a run, as server-sent events.
namespace clawback::console {
namespace {

// What several look at is looked up once.
constexpr std::chrono::milliseconds fresh_for{200};
constexpr std::size_t watched_max = 256;

// One stream, counted from the moment when it is allowed until its reply is gone, sent or not.
class Followed {
 public:
  Followed(std::size_t& all, std::shared_ptr<Session> session)
      : all_(all), session_(std::move(session)) {
    ++all_;
    ++session_->streams;
  }
  ~Followed() {
    --all_;
    --session_->streams;
  }
  Followed(const Followed&) = delete;
  Followed& operator=(const Followed&) = delete;

 private:
  std::size_t& all_;
  std::shared_ptr<Session> session_;
};

}  // namespace

asio::awaitable<Result<Console::Watched>> Console::watch(std::string run) {
  const Time now = tools_.clock();
  const auto known = watched_.find(run);
  if (known != watched_.end() && now - known->second.looked < fresh_for) co_return known->second;
  auto view = co_await ask<Result<report::RunView>>([run](House& house) { return house.run(run); });
  if (!view) co_return view.error();
  if (watched_.size() >= watched_max) watched_.clear();
  Watched& watched = watched_[run];
  watched.looked = now;
  watched.over = view->state.ended;
  std::string text = progress_event(*view, 0);
  if (text != watched.text) {
    watched.text = std::move(text);
    watched.event = progress_event(*view, ++watched.number);
  }
  co_return watched;
}

asio::awaitable<http::Reply> Console::events(Visit& visit) {
  auto first = co_await watch(visit.route.id);
  if (!first) co_return error(visit, first.error());
  if (streams_ >= settings_.limits.streams_max ||
      visit.session->streams >= settings_.limits.streams_per_session) {
    http::Reply busy = refuse(visit, Refused::pace, 503, "Too many runs are being followed.",
                              "The page can be loaded again by hand.");
    busy.headers.push_back({"Retry-After", "30"});
    co_return busy;
  }
  // Nothing is waited for between the look at the numbers and this: all who ask at once are
  // counted.
  const auto counted = std::make_shared<Followed>(streams_, visit.session);
  http::Reply reply;
  reply.headers = {{"Content-Type", "text/event-stream; charset=utf-8"},
                   {"X-Accel-Buffering", "no"}};
  // Also for a browser that lost the stream meanwhile and asks again when the run is over
  // (Last-Event-ID): with 204 it would not come back, and its page would never hear of the end.
  reply.stream = [this, counted, session = visit.session, run = visit.route.id](
                     http::BodyWriter& writer) { return follow(writer, session, run); };
  co_return reply;
}

asio::awaitable<void> Console::follow(http::BodyWriter& writer, std::shared_ptr<Session> session,
                                      std::string run) {
  std::size_t sent = 0;
  Time spoke = tools_.clock();
  if (!co_await writer.write("retry: 3000\n\n")) co_return;
  for (;;) {
    const Time now = tools_.clock();
    if (!sessions_.holds(*session, now)) co_return;
    const auto watched = co_await watch(run);
    if (!watched) co_return;
    if (watched->number != sent) {
      sent = watched->number;
      spoke = now;
      if (!co_await writer.write(watched->event)) co_return;
    } else if (now - spoke >= settings_.limits.stream_comment) {
      spoke = now;
      if (!co_await writer.write(": still there\n\n")) co_return;
    }
    if (watched->over) co_return;
    if (!co_await writer.pause(settings_.limits.stream_poll)) co_return;
  }
}

}  // namespace clawback::console
