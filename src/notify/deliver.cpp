#include "notify/deliver.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <set>

#include "notify/outbox.hpp"
#include "notify/render.hpp"

namespace clawback::notify {
namespace {

std::vector<std::string> payload_for(const Target& target, const Message& message,
                                     const std::string& host) {
  switch (target.kind) {
    case Target::Kind::webhook:
      return {to_json(message)};
    case Target::Kind::teams:
      return {to_teams(message)};
    case Target::Kind::syslog:
      return to_syslog(message, host);
  }
  return {};
}

asio::awaitable<Result<void>> send(http::Transport& transport, const Target& target,
                                   const Parcel& parcel, const Means& means) {
  if (target.kind != Target::Kind::syslog) {
    co_return co_await post(transport, target, parcel.id, parcel.payload.front(), means);
  }
  const auto address = parse_syslog_address(target.address);
  if (!address) co_return address.error();
  co_return co_await send_syslog(*address, parcel.payload, means.timeout);
}

Delivery delivery_of(const Parcel& parcel, Delivery::State state, std::string detail) {
  return {
      .state = state, .target = parcel.target, .message = parcel.id, .detail = std::move(detail)};
}

// After an attempt with a parcel that is in the outbox.
Delivery concluded(const Outbox& outbox, const Parcel& parcel, const Result<void>& sent) {
  if (!sent) return delivery_of(parcel, Delivery::State::kept, sent.error().message);
  const auto removed = outbox.remove(parcel);
  return delivery_of(parcel, Delivery::State::sent, removed ? "" : removed.error().message);
}

const Target* find(const std::vector<Target>& targets, const Parcel& parcel) {
  const auto found = std::find_if(targets.begin(), targets.end(), [&](const Target& target) {
    return target.name == parcel.target && name_of(target.kind) == parcel.kind;
  });
  return found == targets.end() ? nullptr : &*found;
}

// Why a parcel that waits is given up; empty: it is not.
std::string given_up(const Parcel& parcel, const Target* target, std::size_t newer, Time now) {
  if (target == nullptr) return "its target is not configured any more";
  if (now - parcel.created > parcel_age_max) {
    return fmt::format("older than {}", format_duration(parcel_age_max));
  }
  if (newer >= parcels_max / 2) return fmt::format("{} newer ones wait", newer);
  return {};
}

}  // namespace

std::string_view name_of(Delivery::State state) {
  switch (state) {
    case Delivery::State::sent:
      return "sent";
    case Delivery::State::kept:
      return "kept";
    case Delivery::State::failed:
      return "failed";
    case Delivery::State::dropped:
      return "dropped";
  }
  return "failed";
}

json::value to_json(const Delivery& delivery) {
  return json::object{{"message", delivery.message},
                      {"target", delivery.target},
                      {"state", name_of(delivery.state)},
                      {"detail", delivery.detail}};
}

asio::awaitable<std::vector<Delivery>> deliver(http::Transport& transport,
                                               std::vector<Target> targets, Message message,
                                               Settings settings) {
  std::vector<Delivery> out;
  for (const Target& target : targets) {
    if (!concerns(message, target.on)) continue;
    Parcel parcel{.id = message.id,
                  .target = target.name,
                  .kind = std::string(name_of(target.kind)),
                  .created = settings.means.now(),
                  .payload = payload_for(target, message, settings.host)};
    std::string not_kept = "no outbox";
    if (settings.outbox) {
      auto kept = Outbox(*settings.outbox).put(parcel);
      if (kept) parcel = std::move(*kept);
      not_kept = kept ? "" : kept.error().message;
    }
    const auto sent = co_await send(transport, target, parcel, settings.means);
    if (not_kept.empty()) {
      out.push_back(concluded(Outbox(*settings.outbox), parcel, sent));
    } else if (sent) {
      out.push_back(delivery_of(parcel, Delivery::State::sent, ""));
    } else {
      const std::string why = settings.outbox ? "; not kept: " + not_kept : "";
      out.push_back(delivery_of(parcel, Delivery::State::failed, sent.error().message + why));
    }
  }
  co_return out;
}

asio::awaitable<std::vector<Delivery>> flush(http::Transport& transport,
                                             std::vector<Target> targets, Settings settings) {
  std::vector<Delivery> out;
  if (!settings.outbox) co_return out;
  const Outbox outbox(*settings.outbox);
  const auto waiting = outbox.list();
  if (!waiting) {
    out.push_back({.state = Delivery::State::failed, .detail = waiting.error().message});
    co_return out;
  }
  for (const std::string& broken : waiting->broken) {
    out.push_back({.state = Delivery::State::failed, .detail = broken});
  }
  std::set<std::string> failing;
  std::size_t newer = waiting->parcels.size();
  for (const Parcel& parcel : waiting->parcels) {
    --newer;
    const Target* target = find(targets, parcel);
    const std::string why = given_up(parcel, target, newer, settings.means.now());
    if (!why.empty()) {
      const auto removed = outbox.remove(parcel);
      const std::string more = removed ? "" : "; " + removed.error().message;
      out.push_back(delivery_of(parcel, Delivery::State::dropped, why + more));
      continue;
    }
    if (failing.contains(parcel.target)) continue;
    const auto sent = co_await send(transport, *target, parcel, settings.means);
    if (!sent) failing.insert(parcel.target);
    out.push_back(concluded(outbox, parcel, sent));
  }
  co_return out;
}

}  // namespace clawback::notify
