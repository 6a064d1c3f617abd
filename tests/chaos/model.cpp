#include "chaos/model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace chaos {

using clawback::journal::Event;
using clawback::journal::EventKind;

namespace {

// Clocks of two processes, and the way between them.
constexpr std::chrono::milliseconds slack{50};

// What is known of one step after the phase.
struct Course {
  const Step& step;
  std::vector<const Happened*> writes, looks;
  std::vector<const Happened*> somebody;  // else's changes of the same fact
  std::vector<const Event*> events;
  const Event* last = nullptr;  // the journal's last word on it

  [[nodiscard]] EventKind said() const { return last == nullptr ? EventKind::started : last->kind; }
  [[nodiscard]] bool finished() const {
    return said() == EventKind::verified || said() == EventKind::satisfied;
  }
  [[nodiscard]] long effects() const {
    return std::ranges::count_if(writes, [](const Happened* one) { return one->took_effect(); });
  }
};

class Judge {
 public:
  explicit Judge(const Record& record) : record_(record) {
    for (const Step& step : record.steps) stories_.push_back(tell(step));
  }

  std::vector<std::string> judge() {
    nothing_outside_the_plan();
    nothing_else_changed();
    for (const Course& story : stories_) {
      written_down_first(story);
      looked_before(story);
      never_after_an_answer(story);
      once(story);
      in_order(story);
      came_to_its_end(story);
      journal_agrees(story);
    }
    exit_code();
    return std::move(broken_);
  }

 private:
  template <class... Values>
  void broken(const Course& story, fmt::format_string<Values...> text, Values&&... values) {
    broken_.push_back(fmt::format("{} {} ({}): {}", story.step.id, story.step.kind, story.step.key,
                                  fmt::format(text, std::forward<Values>(values)...)));
  }

  Course tell(const Step& step) const {
    Course out{.step = step};
    const auto number = static_cast<int>(&step - record_.steps.data());
    for (const Happened& one : record_.log) {
      if (one.kind == Happened::Kind::write && one.step == number) out.writes.push_back(&one);
      if (one.kind == Happened::Kind::look && one.step == number && one.delivered)
        out.looks.push_back(&one);
      if (one.kind == Happened::Kind::somebody && one.key == step.key) out.somebody.push_back(&one);
    }
    for (const Event& event : record_.events) {
      if (event.action != step.id) continue;
      out.events.push_back(&event);
      if (event.kind != EventKind::lost) out.last = &event;
    }
    return out;
  }

  void nothing_outside_the_plan() {
    for (const Happened& one : record_.log) {
      if (one.kind != Happened::Kind::write || one.step >= 0) continue;
      broken_.push_back("a request that is not in the plan was sent: " + one.request.method + " " +
                        one.request.path + " " + one.request.body);
    }
  }

  // The tenant is what it was, with what somebody else did and what the plan's requests did.
  void nothing_else_changed() {
    State expected = record_.before;
    for (const Happened& one : record_.log) {
      const bool somebody = one.kind == Happened::Kind::somebody;
      if (!somebody && !one.took_effect()) continue;
      if (one.value) {
        expected[one.key] = *one.value;
      } else {
        expected.erase(one.key);
      }
    }
    std::set<std::string> keys;
    for (const auto& [key, value] : expected) keys.insert(key);
    for (const auto& [key, value] : record_.after) keys.insert(key);
    for (const std::string& key : keys) {
      const Value is = value_of(record_.after, key);
      const Value was = value_of(expected, key);
      if (is == was) continue;
      broken_.push_back(key + " is " + shown(is) + " and should be " + shown(was) +
                        ": neither the plan nor somebody else changed it");
    }
  }

  void written_down_first(const Course& story) {
    for (const Happened* write : story.writes) {
      const bool found = std::ranges::any_of(story.events, [&](const Event* event) {
        return event->kind == EventKind::intent &&
               event->client_request_id == write->request.client_request_id;
      });
      if (!found) {
        broken(story, "a request was sent without an intent in the journal ({})",
               write->request.client_request_id);
      }
    }
  }

  // Before every request the object was read and was the planned one. A request whose outcome is
  // not known is repeated only after a read that would show its effect.
  void looked_before(const Course& story) {
    const Happened* earlier = nullptr;
    for (const Happened* write : story.writes) {
      const Happened* last = nullptr;
      const Happened* last_but_one = nullptr;
      for (const Happened* look : story.looks) {
        if (look > write) break;
        last_but_one = last;
        last = look;
      }
      const auto good = [&](const Happened* look) {
        if (look == nullptr || !as_planned(story.step, look->value)) return false;
        if (earlier == nullptr) return true;
        if (earlier->refused || may_repeat(story.step)) return look > earlier;
        return look > earlier && look->at - earlier->at >= record_.visibility;
      };
      // A list that several actions read may have been read once more by another of them.
      if (!good(last) && !good(last_but_one)) {
        broken(story, "it was sent although the last read showed {}{}",
               last == nullptr ? "nothing" : shown(last->value),
               earlier == nullptr ? "" : ", after a request whose outcome was not known");
      }
      earlier = write;
    }
  }

  void never_after_an_answer(const Course& story) {
    bool answered = false;
    for (const Event* event : story.events) {
      if (event->kind == EventKind::answered) answered = true;
      if (answered && event->kind == EventKind::intent) {
        broken(story, "it was sent again after the service had acknowledged it");
      }
    }
  }

  // At most one effect on one object. The same object made again by somebody else, while the
  // outcome of the first request is unknown, looks as if the request had never arrived: a second
  // effect is then allowed.
  void once(const Course& story) {
    const Happened* earlier = nullptr;
    for (const Happened* write : story.writes) {
      if (!write->took_effect()) continue;
      const bool made_again =
          earlier != nullptr && std::ranges::any_of(story.somebody, [&](const Happened* one) {
            return one > earlier && one < write;
          });
      if (earlier != nullptr && !made_again && !may_repeat(story.step))
        broken(story, "it took effect twice");
      earlier = write;
    }
  }

  // Containment first: what it waits for was acknowledged, or a read showed it, before.
  void in_order(const Course& story) {
    if (story.writes.empty()) return;
    const auto first =
        std::ranges::find(record_.events, EventKind::intent, [&](const Event& event) {
          return event.action == story.step.id ? event.kind : EventKind::started;
        });
    for (const std::string& id : story.step.depends) {
      const bool told = std::any_of(record_.events.begin(), first, [&](const Event& event) {
        return event.action == id &&
               (event.kind == EventKind::answered || event.kind == EventKind::verified ||
                event.kind == EventKind::satisfied);
      });
      const Course* other = story_of(id);
      const bool seen =
          other != nullptr && std::ranges::any_of(other->looks, [&](const auto* look) {
            return look < story.writes.front() && as_wanted(other->step, look->value);
          });
      if (!told && !seen) broken(story, "it was sent before {} was done", id);
    }
  }

  [[nodiscard]] const Course* story_of(const std::string& id) const {
    const auto found =
        std::ranges::find(stories_, id, [](const Course& one) { return one.step.id; });
    return found == stories_.end() ? nullptr : &*found;
  }

  // The fact as a step finds it when nobody else is there: what block-app makes is what
  // confirm-block is about.
  [[nodiscard]] Value found_by(const Course& story) const {
    Value out = value_of(record_.before, story.step.key);
    if (story.step.kind != "confirm-block") return out;
    for (const std::string& id : story.step.depends) {
      const Course* maker = story_of(id);
      if (maker == nullptr) continue;
      for (const Happened* write : maker->writes) {
        if (write->took_effect()) out = write->value;
      }
    }
    return out;
  }

  // Somebody else's change, now or before an undo, explains why it, or what it waits for, was left
  // alone.
  [[nodiscard]] bool disturbed(const Course& story) const {
    if (!story.somebody.empty()) return true;
    const Value before = found_by(story);
    if (!as_planned(story.step, before) && !as_wanted(story.step, before)) return true;
    return std::ranges::any_of(story.step.depends, [&](const std::string& id) {
      const Course* other = story_of(id);
      return other == nullptr || (!other->finished() && disturbed(*other));
    });
  }

  // Two actions of a plan may want the same: the first one does it.
  [[nodiscard]] bool done_by_another(const Course& story) const {
    return std::ranges::any_of(stories_, [&](const Course& other) {
      return &other != &story && other.step.key == story.step.key && other.effects() > 0;
    });
  }

  void came_to_its_end(const Course& story) {
    const Value now = value_of(record_.after, story.step.key);
    if (!disturbed(story)) {
      if (!story.finished()) {
        broken(story, "nobody else changed anything about it, and it ended as {}",
               name_of(story.said()));
      }
      if (!as_wanted(story.step, now)) broken(story, "it is {} in the end", shown(now));
      const bool was_so = as_wanted(story.step, found_by(story));
      const bool twice = may_repeat(story.step) && story.effects() > 1;
      if (!twice && story.effects() != (was_so ? 0 : 1)) {
        broken(story, "it took effect {} times", story.effects());
      }
      return;
    }
    switch (story.said()) {
      case EventKind::verified:
      case EventKind::satisfied:
      case EventKind::drifted:
        return;
      case EventKind::intent:
        // A request that may have been lost is not repeated, nor called unsent, while what it waits
        // for is not done: `resume` asks again.
      case EventKind::skipped:
        if (std::ranges::any_of(story.step.depends, [&](const std::string& id) {
              const Course* other = story_of(id);
              return other != nullptr && !other->finished();
            })) {
          return;
        }
        break;
      case EventKind::unverified:
        // Acknowledged, and made again at once by somebody else.
        if (!as_wanted(story.step, now)) return;
        break;
      case EventKind::started:
      case EventKind::answered:
      case EventKind::lost:
      case EventKind::refused:
      case EventKind::ended:
        break;
    }
    broken(story, "it was left as {} ({}), and is {}", name_of(story.said()),
           story.last == nullptr ? "" : story.last->detail, shown(now));
  }

  // After the last request, two reads showed what was wanted, the agreed time apart, and none
  // between them showed anything else.
  [[nodiscard]] bool agreed_twice(const Course& story) const {
    const Happened* first = nullptr;
    for (const Happened* look : story.looks) {
      if (!story.writes.empty() && look < story.writes.back()) continue;
      if (!as_wanted(story.step, look->value)) {
        first = nullptr;
      } else if (first == nullptr) {
        first = look;
      } else if (look->at - first->at >= record_.verify_gap - slack) {
        return true;
      }
    }
    return false;
  }

  void journal_agrees(const Course& story) {
    const auto was_seen = [&](auto test) {
      return std::ranges::any_of(story.looks,
                                 [&](const Happened* look) { return test(look->value); });
    };
    const auto drifted = [&](const Value& value) {
      return !as_wanted(story.step, value) && !as_planned(story.step, value);
    };
    if (story.said() == EventKind::verified) {
      if (!agreed_twice(story))
        broken(story, "it is called verified, and no two reads agreed on it");
      if (story.effects() == 0 && story.somebody.empty())
        broken(story, "it is called verified, and took no effect");
    }
    if (story.said() == EventKind::satisfied && story.effects() > 0)
      broken(story, "it is called satisfied, and was our own doing");
    if (story.said() == EventKind::drifted && !was_seen(drifted))
      broken(story, "it is called drifted, and no read showed another object");
  }

  void exit_code() {
    const bool all =
        std::ranges::all_of(stories_, [](const Course& one) { return one.finished(); });
    const int code = record_.exit_code;
    if (all ? code == 0 : (code == 6 || code == 7)) return;
    broken_.push_back(fmt::format("it ended with exit code {} and {}", code,
                                  all ? "everything done" : "something left"));
  }

  const Record& record_;
  std::vector<Course> stories_;
  std::vector<std::string> broken_;
};

// The facts that the undone phase had before its own effect: what was true, or what reads showed
// while somebody else's change was not visible yet.
std::vector<Value> originals(const Record& first, std::size_t number) {
  std::vector<Value> out;
  const Happened* look = nullptr;
  for (const Happened& one : first.log) {
    if (one.step != static_cast<int>(number)) continue;
    if (one.kind == Happened::Kind::look && one.delivered) look = &one;
    if (!one.took_effect()) continue;
    out.push_back(one.value_before);
    if (look != nullptr) out.push_back(look->value);
  }
  return out;
}

bool said_verified(const Record& record, const std::string& action) {
  EventKind last = EventKind::started;
  for (const Event& event : record.events) {
    if (event.action == action) last = event.kind;
  }
  return last == EventKind::verified;
}

// A change of somebody's that no read showed before the undo sent its request: it could not know,
// and must not call it done.
bool hidden_from(const Record& undo, const std::string& key, const Value& left) {
  for (std::size_t i = 0; i < undo.steps.size(); ++i) {
    if (undo.steps[i].key != key) continue;
    const Happened* look = nullptr;
    for (const Happened& one : undo.log) {
      if (one.step != static_cast<int>(i)) continue;
      if (one.kind == Happened::Kind::look && one.delivered) look = &one;
      if (!one.took_effect()) continue;
      return look != nullptr && look->value != left && !said_verified(undo, undo.steps[i].id);
    }
  }
  return false;
}

}  // namespace

std::vector<std::string> broken_promises(const Record& record) { return Judge(record).judge(); }

std::vector<std::string> broken_undo(const Record& first, const Record& undo) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < first.steps.size(); ++i) {
    const Step& step = first.steps[i];
    if (step.kind == "confirm-block") continue;  // it belongs to its block-app
    const bool disturbed = std::ranges::any_of(undo.log, [&](const Happened& one) {
      return one.kind == Happened::Kind::somebody && one.key == step.key;
    });
    if (disturbed) continue;
    const Value left = value_of(undo.before, step.key);
    const Value now = value_of(undo.after, step.key);
    const std::vector<Value> wanted = originals(first, i);
    const bool undone = step.reversible && said_verified(first, step.id) && !wanted.empty() &&
                        (is_removal(step) ? !left : as_wanted(step, left));
    const bool role = step.key.starts_with("role:");
    const auto fits = [&](const Value& original) {
      // What was made to shut something out stays: enabled again, or switched off.
      if (step.kind == "block-app") return now == "on";
      if (step.kind == "require-managed-client") return now == "disabled";
      return role ? now.has_value() == original.has_value() : now == original;
    };
    if (undone ? std::ranges::any_of(wanted, fits) : now == left) continue;
    // Somebody else did it between our look and our request, or while the outcome of our request
    // was not known: the run takes it for its own.
    const bool claimed = said_verified(first, step.id) && wanted.empty() && as_wanted(step, left);
    if (claimed || hidden_from(undo, step.key, left)) continue;
    out.push_back(fmt::format(
        "undo of {} {} ({}): it was {}, was left as {}, and is {}", step.id, step.kind, step.key,
        wanted.empty() ? "never changed" : shown(wanted.front()), shown(left), shown(now)));
  }
  return out;
}

}  // namespace chaos
