#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "notify/send.hpp"

namespace clawback::notify {

// What became of one message for one target.
struct Delivery {
  enum class State : std::uint8_t {
    sent,     // accepted; syslog only says that it was handed over
    kept,     // not sent, in the outbox: the next pass tries again
    failed,   // not sent and not kept
    dropped,  // given up: too old, too many, or its target is not configured any more
  };
  State state = State::sent;
  std::string target;   // name
  std::string message;  // id
  std::string detail;   // why; empty for sent
  friend bool operator==(const Delivery&, const Delivery&) = default;
};
std::string_view name_of(Delivery::State state);
// For the audit chain: {"message","target","state","detail"}.
json::value to_json(const Delivery& delivery);

struct Settings {
  Means means;
  std::string host;                             // this machine's name
  std::optional<std::filesystem::path> outbox;  // a folder; nullopt: nothing is kept
};

// Tells every target that the message concerns; one that fails stops no other. With an outbox each
// payload is on disk before it is sent, and goes when it was accepted: a message may come twice,
// with the same id, and is never lost to a crash.
asio::awaitable<std::vector<Delivery>> deliver(http::Transport& transport,
                                               std::vector<Target> targets, Message message,
                                               Settings settings);

// Tries again what earlier passes could not send, oldest first. A target that fails is not asked
// again in this flush. Empty without an outbox.
asio::awaitable<std::vector<Delivery>> flush(http::Transport& transport,
                                             std::vector<Target> targets, Settings settings);

}  // namespace clawback::notify
