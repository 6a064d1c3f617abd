#include "chaos/run.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "approval/approval.hpp"
#include "base/digest.hpp"
#include "base/file.hpp"
#include "chaos/child.hpp"
#include "chaos/model.hpp"
#include "journal/store.hpp"

namespace chaos {

using namespace clawback;

namespace {

// Processes of one phase before it is said that it never ends.
constexpr int processes_max = 16;

std::string name_of_step(const std::vector<Step>& steps, int number) {
  if (number < 0) return "";
  const Step& step = steps[static_cast<std::size_t>(number)];
  return step.id + " " + step.kind;
}

std::string line_of(const Happened& one, const std::vector<Step>& steps) {
  const std::string time = format_time(one.at).substr(11);
  if (one.kind == Happened::Kind::somebody) {
    return fmt::format("{} somebody {}: {} is {}\n", time, one.words, one.key, shown(one.value));
  }
  std::string line =
      fmt::format("{} [{}] {} {} {} {}", time, one.process, one.request.method, one.request.path,
                  one.request.status, name_of_step(steps, one.step));
  if (!one.delivered) line += " NOT DELIVERED";
  if (one.kind == Happened::Kind::look) line += " shows " + shown(one.value);
  if (one.kind == Happened::Kind::write) {
    line += fmt::format(" {} -> {} {}", shown(one.value_before), shown(one.value),
                        one.request.client_request_id);
  }
  return line + "\n";
}

std::string line_of(const journal::Event& event) {
  return fmt::format("{} journal {} {} {} {} {}\n", format_time(event.time).substr(11),
                     journal::name_of(event.kind), event.action, event.status,
                     event.client_request_id, event.detail);
}

// The requests so far, and the journal's last word on each action.
std::string where_it_stands(const std::vector<journal::Event>& events) {
  std::map<std::string, std::string> last;
  int intents = 0;
  for (const journal::Event& event : events) {
    if (event.kind == journal::EventKind::intent) ++intents;
    last[event.action] = journal::name_of(event.kind);
  }
  std::string out = std::to_string(intents);
  for (const auto& [action, kind] : last) out += " " + action + " " + kind;
  return out;
}

// What one seed leaves behind on disk, and how the binary is called for it.
class Play {
 public:
  Play(lab::Server& server, std::filesystem::path folder, const std::string& public_key,
       Verdict& verdict)
      : server_(server), folder_(std::move(folder)), public_key_(public_key), verdict_(verdict) {}

  void play(const Story& story) {
    story_ = &story;
    verdict_.trace = describe(story);
    server_.begin_again(story.lab);
    server_.with_tenant([&](lab::Tenant& tenant) { furnish(tenant, story); });
    if (!write_files()) return;
    const int planned = call({"plan", "-o", plan_file(), "--policy", policy()}).code;
    if (planned == 0) return;  // nothing to do
    if (planned != 3) return fail(fmt::format("plan ended with exit code {}", planned));
    Record first = phase(story.apply, "");
    if (first.steps.empty()) return;
    verdict_.actions = static_cast<int>(first.steps.size());
    take(broken_promises(first));
    if (!verdict_.broken.empty()) return;
    undo(story, first);
  }

 private:
  void undo(const Story& story, const Record& first) {
    std::filesystem::remove(plan_file());
    const int planned = call({"undo", run_, "-o", plan_file(), "--policy", policy()}).code;
    if (planned != 3 && planned != 0) {
      return fail(fmt::format("undo ended with exit code {}", planned));
    }
    Record second{.before = first.after, .after = first.after};
    if (planned == 3) {
      second = phase(story.undo, run_);
      take(broken_promises(second));
    }
    take(broken_undo(first, second));
  }

  Record phase(const Phase& phase, const std::string undo_of) {
    Record record{.visibility = story_->lab.visibility,
                  .verify_gap = *parse_duration(story_->verify_gap)};
    std::string problem;
    const auto text = read_file(plan_file());
    server_.with_tenant([&](lab::Tenant& tenant) {
      record.before = state_of(tenant);
      if (text) record.steps = read_steps(*text, tenant, problem);
    });
    if (record.steps.empty()) {
      if (!problem.empty()) fail(problem);
      return record;
    }
    if (call({"approve", plan_file(), "--key", (folder_ / "key").string(), "--as", "Dana Reyes",
              "--reason", "chaos", "--yes"})
            .code != 0) {
      fail("approve did not work");
      return record;
    }
    Watcher watcher(record.steps, phase);
    server_.set_witness([&](lab::Store& store, const lab::Seen& request, const lab::Reply* answer) {
      watcher(store, request, answer);
    });
    server_.set_faults(phase.faults);
    verdict_.faults += static_cast<int>(phase.faults.size());
    drive(phase, undo_of, watcher, record);
    server_.set_faults({});
    server_.set_witness({});
    server_.with_tenant([&](lab::Tenant& tenant) { record.after = state_of(tenant); });
    record.log = std::move(watcher.log);
    record.events = events();
    tell(record);
    if (call({"log", "verify"}).code != 0) fail("log verify does not hold");
    return record;
  }

  // `apply`, and `resume` until nothing is left to do.
  void drive(const Phase& phase, const std::string& undo_of, Watcher& watcher, Record& record) {
    run_.clear();
    std::string stood;
    bool faults = !phase.faults.empty();
    for (int i = 0; i < processes_max; ++i) {
      Kill kill;
      if (static_cast<std::size_t>(i) < phase.kills.size())
        kill = phase.kills[static_cast<std::size_t>(i)];
      watcher.next_process(kill);
      ++verdict_.processes;
      find_run(undo_of);
      std::vector<std::string> arguments = run_.empty()
                                               ? std::vector<std::string>{"apply", plan_file()}
                                               : std::vector<std::string>{"resume", run_};
      arguments.insert(arguments.end(),
                       {"--policy", policy(), "--verify-window", story_->verify_window,
                        "--verify-gap", story_->verify_gap, "--verbose"});
      const Ended ended = call(arguments, &watcher, kill);
      if (ended.killed) ++verdict_.kills;
      record.exit_code = ended.code;
      find_run(undo_of);
      if (ended.killed) continue;
      if (ended.code == -1) return fail("it does not end");
      if (ended.code == 0) return;
      if (static_cast<std::size_t>(i) < phase.kills.size()) continue;
      // Nothing is left to do when a resume sends nothing and leaves everything as it was.
      const std::string now = where_it_stands(events());
      const bool nothing_new = now == stood;
      stood = now;
      const bool over = (ended.code == 6 || ended.code == 7) && !run_.empty() && nothing_new;
      if (over && !faults) return;
      // Every outage ends.
      if (nothing_new) {
        faults = false;
        server_.set_faults({});
      }
    }
  }

  void find_run(const std::string& undo_of) {
    if (!run_.empty()) return;
    const auto store = journal::open_sqlite(folder_ / "clawback.db");
    if (!store) return;
    const auto runs = (*store)->runs();
    if (!runs) return;
    for (const journal::Run& run : *runs) {
      if (run.undo_of == undo_of) run_ = run.id;
    }
  }

  std::vector<journal::Event> events() {
    if (run_.empty()) return {};
    const auto store = journal::open_sqlite(folder_ / "clawback.db");
    if (!store) return {};
    const auto read = (*store)->events(run_);
    return read ? *read : std::vector<journal::Event>();
  }

  Ended call(std::vector<std::string> arguments, Watcher* watcher = nullptr,
             const Kill& kill = {}) {
    arguments.insert(arguments.begin(), {"--config", (folder_ / "clawback.toml").string()});
    Ended ended = run_child(arguments, watcher, kill);
    std::string line = "$ clawback";
    for (const std::string& argument : arguments) line += " " + argument;
    verdict_.trace += fmt::format("{}\n{}exit {}\n", line, ended.errors, ended.code);
    return ended;
  }

  bool write_files() {
    bool good(server_.write_config(folder_, folder_ / "policy"));
    const auto config = read_file(folder_ / "clawback.toml");
    const std::string approver =
        "\n[[approver]]\nname = \"Dana Reyes\"\ned25519 = \"" + public_key_ + "\"\n";
    if (!config || !write_file(folder_ / "clawback.toml", *config + approver)) good = false;
    std::filesystem::create_directories(folder_ / "policy" / "rules");
    for (const auto& [name, text] : policy_files(*story_)) {
      if (!write_file(folder_ / "policy" / name, text)) good = false;
    }
    if (!good) fail("the seed's files could not be written");
    return good;
  }

  void tell(const Record& record) {
    for (const Step& step : record.steps) {
      verdict_.trace += fmt::format("{} {} {} {} was {}\n", step.id, step.kind, step.method,
                                    step.key, shown(step.before));
    }
    for (const Happened& one : record.log) {
      verdict_.trace += line_of(one, record.steps);
      if (one.kind == Happened::Kind::somebody) ++verdict_.meddlings;
      if (one.took_effect() && one.step >= 0)
        verdict_.kinds.insert(record.steps[static_cast<std::size_t>(one.step)].kind);
      if (one.kind != Happened::Kind::somebody) ++verdict_.requests;
    }
    for (const journal::Event& event : record.events) verdict_.trace += line_of(event);
  }

  void take(const std::vector<std::string>& broken) {
    verdict_.broken.insert(verdict_.broken.end(), broken.begin(), broken.end());
  }
  void fail(std::string what) { verdict_.broken.push_back(std::move(what)); }
  [[nodiscard]] std::string plan_file() const { return (folder_ / "plan.json").string(); }
  [[nodiscard]] std::string policy() const { return (folder_ / "policy").string(); }

  lab::Server& server_;
  std::filesystem::path folder_;
  const std::string& public_key_;
  Verdict& verdict_;
  const Story* story_ = nullptr;
  std::string run_;
};

}  // namespace

std::unique_ptr<Stage> Stage::make(std::string& problem) {
  auto stage = std::unique_ptr<Stage>(new Stage());
  auto server = lab::Server::start({.tenant = {.users = 4, .planted = false}});
  if (!server) {
    problem = server.error().message;
    return nullptr;
  }
  stage->server_ = std::move(*server);
  std::string pattern = (std::filesystem::temp_directory_path() / "clawback-chaos-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    problem = "no folder for temporary files";
    return nullptr;
  }
  stage->folder_ = pattern;
  auto key = approval::make_key(Secret());
  if (!key || !write_file(stage->folder_ / "key", key->private_pem.reveal())) {
    problem = "no key";
    return nullptr;
  }
  stage->public_key_ = base64(key->public_key);
  return stage;
}

Stage::~Stage() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

Verdict Stage::play(std::uint64_t seed, bool keep_trace) {
  Verdict verdict{.seed = seed};
  const Story story = make_story(seed);
  const std::filesystem::path folder = folder_ / std::to_string(seed);
  std::filesystem::create_directories(folder);
  std::filesystem::copy_file(folder_ / "key", folder / "key",
                             std::filesystem::copy_options::overwrite_existing);
  Play(*server_, folder, public_key_, verdict).play(story);
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  if (!keep_trace && verdict.broken.empty()) verdict.trace.clear();
  return verdict;
}

}  // namespace chaos
