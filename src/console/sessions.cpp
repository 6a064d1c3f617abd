#include "console/sessions.hpp"

#include <algorithm>

#include "base/digest.hpp"
#include "console/cookies.hpp"

namespace clawback::console {
namespace {

constexpr std::size_t shown_max = 8;

}  // namespace

std::string Sessions::begin(const Person& person, Time now) {
  sweep(now);
  const auto own = std::ranges::count_if(
      sessions_, [&](const auto& one) { return one.second->person.name == person.name; });
  if (static_cast<std::size_t>(own) >= limits_.sessions_per_person) end_least_used(&person.name);
  if (sessions_.size() >= limits_.sessions_max) end_least_used(nullptr);
  std::string id = new_id();
  auto session = std::make_shared<Session>();
  session->person = person;
  session->csrf = new_id();
  session->begun = now;
  session->used = now;
  sessions_[sha256_text(id)] = std::move(session);
  return id;
}

std::shared_ptr<Session> Sessions::find(const std::string& id, Time now, bool touch) {
  const auto found = sessions_.find(sha256_text(id));
  if (found == sessions_.end()) return nullptr;
  if (!holds(*found->second, now)) {
    found->second->ended = true;
    sessions_.erase(found);
    return nullptr;
  }
  if (touch) found->second->used = now;
  return found->second;
}

void Sessions::end(const std::string& id) {
  const auto found = sessions_.find(sha256_text(id));
  if (found == sessions_.end()) return;
  found->second->ended = true;
  sessions_.erase(found);
}

bool Sessions::holds(const Session& session, Time now) const {
  return !session.ended && now - session.used < limits_.session_idle &&
         now - session.begun < limits_.session_max;
}

std::size_t Sessions::count(Time now) {
  sweep(now);
  return sessions_.size();
}

void Sessions::sweep(Time now) {
  std::erase_if(sessions_, [&](const auto& one) {
    if (holds(*one.second, now)) return false;
    one.second->ended = true;
    return true;
  });
}

void Sessions::end_least_used(const std::string* name) {
  auto least = sessions_.end();
  for (auto one = sessions_.begin(); one != sessions_.end(); ++one) {
    if (name != nullptr && one->second->person.name != *name) continue;
    if (least == sessions_.end() || one->second->used < least->second->used) least = one;
  }
  if (least == sessions_.end()) return;
  least->second->ended = true;
  sessions_.erase(least);
}

void show(Session& session, Shown shown) {
  if (session.shown.size() >= shown_max) {
    const auto oldest = std::ranges::min_element(session.shown, [](const auto& a, const auto& b) {
      return a.second.statement.issued < b.second.statement.issued;
    });
    session.shown.erase(oldest);
  }
  const std::string nonce = shown.statement.nonce;
  session.shown[nonce] = std::move(shown);
}

}  // namespace clawback::console
