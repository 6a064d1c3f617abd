#include "chaos/watch.hpp"

#include <algorithm>
#include <csignal>

#include "base/json.hpp"
#include "chaos/meddle.hpp"
#include "lab/reply.hpp"

namespace chaos {

using namespace clawback;

void Victim::is(pid_t pid) {
  const std::lock_guard lock(mutex_);
  pid_ = pid;
}

void Victim::gone() { is(0); }

void Victim::kill() {
  const std::lock_guard lock(mutex_);
  if (pid_ > 0) ::kill(pid_, SIGKILL);
}

bool is_write(const lab::Seen& request) {
  return request.method != "GET" && !request.operation.starts_with("sts_") &&
         request.operation != "batch_post" && !request.path.contains("/oauth2/");
}

namespace {

std::string canonical_body(const std::string& text) {
  if (text.empty()) return {};
  const auto body = parse_json(text);
  return body ? canonical_json(*body) : text;
}

bool is_request_of(const Step& step, const lab::Seen& request) {
  return step.method == request.method && step.path == request.path &&
         step.body == canonical_body(request.body);
}

bool whole(const lab::Reply& answer) {
  return !answer.reset && !answer.cut_after && !answer.body.starts_with("<html>");
}

// The service said that it did not act: 429, 503 with Retry-After, 401 and every other 4xx.
bool refuses(const lab::Reply& answer) {
  if (answer.status >= 400 && answer.status < 500) return answer.status != 408;
  return answer.status == 503 && http::find(answer.headers, "Retry-After") != nullptr;
}

}  // namespace

void Watcher::next_process(const Kill& kill) {
  const std::lock_guard lock(mutex_);
  ++process_;
  of_process_ = 0;
  kill_ = kill;
  killed_ = false;
}

void Watcher::strike(Kill::When when) {
  if (killed_ || kill_.when != when || of_process_ != kill_.n) return;
  killed_ = true;
  victim.kill();
}

void Watcher::operator()(lab::Store& store, const lab::Seen& request, const lab::Reply* answer) {
  if (request.operation.starts_with("sts_")) return;
  const std::lock_guard lock(mutex_);
  if (answer == nullptr) {
    before(store, request);
  } else {
    after(store, request, *answer);
  }
}

void Watcher::before(lab::Store& store, const lab::Seen& request) {
  if (request.operation == "batch_post") {
    batch_from_ = log.size();
    in_batch_ = true;
    return;
  }
  ++operations_;
  ++of_process_;
  meddle(store);
  before_.clear();
  for (const Step& step : steps_) before_.push_back(value_of(store.truth(), step.key));
  strike(Kill::When::at_request);
}

void Watcher::after(lab::Store& store, const lab::Seen& request, const lab::Reply& answer) {
  if (request.operation == "batch_post") {
    in_batch_ = false;
    // The items' answers travel in the envelope, and one that is no JSON spoils it.
    if (!whole(answer) || !parse_json(answer.body)) {
      for (std::size_t i = batch_from_; i < log.size(); ++i) log[i].delivered = false;
    }
    return;
  }
  Happened entry{.at = system_now(),
                 .process = process_,
                 .request = request,
                 .delivered = in_batch_ ? !answer.reset : whole(answer)};
  if (is_write(request)) {
    entry.kind = Happened::Kind::write;
    entry.refused = entry.delivered && refuses(answer);
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      if (!is_request_of(steps_[i], request)) continue;
      entry.step = static_cast<int>(i);
      entry.key = steps_[i].key;
      entry.value_before = before_[i];
      entry.value = value_of(store.truth(), entry.key);
      if (entry.took_effect()) effects_.push_back({.key = entry.key, .at = operations_});
      break;
    }
    log.push_back(std::move(entry));
  } else {
    bool seen = false;
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      if (!looks_at(steps_[i], request.method, request.path)) continue;
      seen = true;
      entry.kind = Happened::Kind::look;
      entry.step = static_cast<int>(i);
      entry.value = value_of(store.shown(), steps_[i].key);
      // An error, and a service that has lost the object, show different things.
      const bool answered = request.status == 200 || request.status == 404;
      Happened look = entry;
      look.delivered = entry.delivered && answered;
      log.push_back(std::move(look));
    }
    if (!seen) {
      entry.kind = Happened::Kind::other_request;
      log.push_back(std::move(entry));
    }
  }
  strike(Kill::When::after_request);
}

void Watcher::meddle(lab::Store& store) {
  for (Meddling& one : phase_.meddling) {
    if (one.done) continue;
    if (one.when == Meddling::When::at_operation) {
      if (operations_ < one.n) continue;
      act(store, one, {});
      continue;
    }
    for (const Effect& effect : effects_) {
      if (!fits(one.what, effect.key) || operations_ <= effect.at + one.n) continue;
      act(store, one, effect.key);
      break;
    }
  }
}

void Watcher::act(lab::Store& store, Meddling& one, const std::string& key) {
  one.done = true;
  for (Change& change : changes_of(one, key, steps_, store.truth())) {
    store.write(change.change, system_now());
    log.push_back({.kind = Happened::Kind::somebody,
                   .at = system_now(),
                   .process = process_,
                   .value = value_of(store.truth(), change.key),
                   .key = change.key,
                   .words = std::string(name_of(one.what))});
  }
}

}  // namespace chaos
